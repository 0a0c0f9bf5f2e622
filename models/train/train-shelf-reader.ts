import type { InferenceBackend, LoadedModel } from '../backend/inference-backend.ts';
import { INPUT, OUTPUT } from '../net/net-description.ts';
import { CROP_VALUES, cropInto } from '../picture/crop.ts';
import { cutCrops, ProductRecogniser } from '../product-recogniser/product-recogniser.ts';
import { judgeSlot } from '../shelf-reader/judge-slot.ts';
import { FACING_STATES, SHELF_READER_NET } from '../shelf-reader/net.ts';
import { drawCamera } from './camera-settings.ts';
import { cataloguePictures } from './catalogue-views.ts';
import { curveSvg } from './curve.ts';
import { Dice } from './dice.ts';
import { ExampleSet } from './example-set.ts';
import { fitNet, STEPS_PER_POINT } from './fit-net.ts';
import { throughJpeg } from './jpeg.ts';
import { generatePackages } from './packages.ts';
import { drawSidePx, openRange, type Range } from './recogniser-examples.ts';
import { type SlotShot, slotShot } from './shelf-scene.ts';
import type { TrainingOptions, TrainingResult } from './training-job.ts';
import { modelFiles, writeModel } from './write-model.ts';

const PRODUCTS = 512;
const EXAMPLES = 16_000;
const CAMERAS = 64;
const EPOCHS = 6;
const BATCH = 64;
const RATE = 3e-3;
const SIDE_PX = [24, 64] as const;
const MOST_FACINGS = 3;
const TEST_SEED = 820_001;
const TEST_PRODUCTS = 64;
const TEST_SLOTS = 1200;

/** Trains and measures the shelf reader together with the recogniser in its place, and writes it. */
export async function trainShelfReader(backend: InferenceBackend, options: TrainingOptions): Promise<TrainingResult> {
  const { seed, threads, checkpoint, progress } = options;
  const makeExamples = async () => {
    progress(0, 'painting packages');
    const range = await openRange(generatePackages(3000 + seed, PRODUCTS));
    return facingExamples(range, seed, (done) => progress(done, 'taking pictures'));
  };
  const plan = {
    net: SHELF_READER_NET,
    loss: { kind: 'softmax' } as const,
    batch: BATCH,
    examples: EXAMPLES,
    epochs: EPOCHS,
    rate: RATE,
    disturbance: { mirrored: true, covered: 0.1 },
    seed,
    threads,
    checkpoint,
  };
  const { run, losses, cpuMinutes } = await fitNet(plan, makeExamples, (done, loss) =>
    progress(done, `loss ${loss.toFixed(2)}`),
  );
  const files = modelFiles(SHELF_READER_NET, run.weights());
  const model = await backend.load(files);
  const metrics = await slotMetrics(backend, model, (done) => progress(done, 'testing'));
  await model.dispose();
  const training = {
    recipe: `${EXAMPLES} facings of generated slots of 1 to ${MOST_FACINGS} with ${PRODUCTS} packages, 24 to 64 px`,
    seed,
    examples: EXAMPLES,
    products: PRODUCTS,
    epochs: EPOCHS,
    steps: run.steps,
    batch: BATCH,
    cpuMinutes: Math.round(10 * cpuMinutes) / 10,
  };
  const account = {
    output: 'probabilities of the classes',
    classes: [...FACING_STATES],
    training,
    metrics,
    calibration: {},
  };
  writeModel(options.folder, files, account, curveSvg('shelf-reader', losses, STEPS_PER_POINT));
  return metrics;
}

/** What stands in a slot: as planned, something else, nothing. */
interface Slot {
  readonly expected: number;
  readonly actual: number | null;
  readonly shot: SlotShot;
}

/** Draws slots: half as planned, a quarter with another product, a quarter empty. */
async function* slots(range: Range, count: number, seed: number): AsyncGenerator<Slot> {
  const cameraDice = new Dice(seed, 'cameras');
  const cameras = Array.from({ length: CAMERAS }, () => drawCamera(cameraDice));
  for (let i = 0; i < count; i++) {
    const dice = new Dice(seed, 'slot', i);
    const expected = dice.below(range.looks.length);
    const draw = dice.uniform();
    let actual: number | null = draw < 0.5 ? expected : null;
    while (draw >= 0.75 && (actual === null || actual === expected)) actual = dice.below(range.looks.length);
    const facings = 1 + dice.below(MOST_FACINGS);
    const sidePx = Math.min(drawSidePx(dice, SIDE_PX), 110 / facings);
    const shot = slotShot(
      range.stage,
      range.looks,
      { expected, actual, facings, settings: dice.pick(cameras), sidePx },
      dice,
    );
    if (shot.jpegQuality === 0) yield { expected, actual, shot };
    else {
      const [picture] = await throughJpeg([shot.picture], shot.jpegQuality);
      yield { expected, actual, shot: { ...shot, picture } };
    }
  }
}

async function facingExamples(range: Range, seed: number, progress: (done: number) => void): Promise<ExampleSet> {
  const examples = new ExampleSet(EXAMPLES);
  const crop = new Float32Array(CROP_VALUES);
  let count = 0;
  for await (const { shot } of slots(range, EXAMPLES, seed)) {
    shot.facings.forEach((box, k) => {
      if (count === EXAMPLES) return;
      cropInto(crop, 0, shot.picture, box);
      examples.put(count++, crop, shot.isStocked[k] ? 1 : 0, box.sidePx);
    });
    if (count === EXAMPLES) break;
    progress(count / EXAMPLES);
  }
  return examples;
}

async function slotMetrics(
  backend: InferenceBackend,
  model: LoadedModel,
  progress: (done: number) => void,
): Promise<Record<string, number>> {
  const range = await openRange(generatePackages(TEST_SEED, TEST_PRODUCTS));
  const recogniser = await ProductRecogniser.open(backend);
  const products = range.looks.map((look, i) => ({ sku: `${i}`, pictures: cataloguePictures(range.stage, look) }));
  const gallery = await recogniser.enrol(products);
  const tally = { facings: 0, facingsRight: 0, stocked: 0, productRight: 0, wrong: 0, wrongSeen: 0, wrongNamed: 0 };
  const more = { right: 0, falseWrong: 0, empty: 0, emptySeen: 0, countRight: 0, done: 0 };
  for await (const { expected, actual, shot } of slots(range, TEST_SLOTS, TEST_SEED)) {
    const crops = cutCrops(shot.picture, shot.facings);
    const states = (await model.run({ [INPUT]: crops.values }, shot.facings.length))[OUTPUT];
    const probs = shot.facings.map((_, k) => states[2 * k + 1]);
    const reading = judgeSlot(`${expected}`, probs, await recogniser.recognise(crops, gallery, TEST_PRODUCTS));
    probs.forEach((prob, k) => {
      tally.facings += 1;
      if (prob >= 0.5 === shot.isStocked[k]) tally.facingsRight += 1;
    });
    const stockedFacings = shot.isStocked.filter(Boolean).length;
    if (reading.facings === stockedFacings) more.countRight += 1;
    if (actual === null) {
      more.empty += 1;
      if (reading.state === 'empty') more.emptySeen += 1;
    } else {
      tally.stocked += 1;
      if (reading.sku === `${actual}`) tally.productRight += 1;
      if (actual !== expected) {
        tally.wrong += 1;
        if (reading.state === 'wrong') tally.wrongSeen += 1;
        if (reading.sku === `${actual}`) tally.wrongNamed += 1;
      } else {
        more.right += 1;
        if (reading.state === 'wrong') more.falseWrong += 1;
      }
    }
    if (++more.done % 100 === 0) progress(more.done / TEST_SLOTS);
  }
  await recogniser.dispose();
  return {
    facingAccuracy: tally.facingsRight / tally.facings,
    facingCountAccuracy: more.countRight / more.done,
    productAccuracy: tally.productRight / tally.stocked,
    wrongItemRecall: tally.wrongSeen / tally.wrong,
    wrongItemNamed: tally.wrongNamed / tally.wrong,
    falseWrongShare: more.falseWrong / more.right,
    emptyRecall: more.emptySeen / more.empty,
  };
}
