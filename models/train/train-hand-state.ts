import type { InferenceBackend, LoadedModel } from '../backend/inference-backend.ts';
import { HAND_STATE_NET, HAND_STATES } from '../hand-state/net.ts';
import { INPUT, OUTPUT } from '../net/net-description.ts';
import { CROP_VALUES } from '../picture/crop.ts';
import { drawCamera } from './camera-settings.ts';
import { cropShot } from './crop-scene.ts';
import { curveSvg } from './curve.ts';
import { Dice } from './dice.ts';
import { ExampleSet } from './example-set.ts';
import { fitNet, STEPS_PER_POINT } from './fit-net.ts';
import { handShot } from './hand-scene.ts';
import { bestSharpness, type Judged, stateMetrics } from './hand-state-quality.ts';
import { generatePackages } from './packages.ts';
import { drawSidePx, openRange, type Range, takeShots } from './recogniser-examples.ts';
import type { TrainingOptions, TrainingResult } from './training-job.ts';
import { modelFiles, writeModel } from './write-model.ts';

const PRODUCTS = 512;
const EXAMPLES = 32_000;
const CAMERAS = 96;
const EPOCHS = 7;
const BATCH = 64;
const RATE = 3e-3;
/** Side of the square around the hand, pixels. */
const SIDE_PX = [22, 96] as const;
const CALIBRATION_SEED = 610_001;
const TEST_SEED = 810_001;
const TEST_PRODUCT_SEED = 710_001;
const TEST_EXAMPLES = 4000;

/** Trains, calibrates and measures the reader of hand states, and writes it. */
export async function trainHandState(backend: InferenceBackend, options: TrainingOptions): Promise<TrainingResult> {
  const { seed, threads, checkpoint, progress } = options;
  const makeExamples = async () => {
    progress(0, 'painting packages');
    const range = await openRange(generatePackages(2000 + seed, PRODUCTS));
    return handExamples(range, EXAMPLES, seed, (done) => progress(done, 'taking pictures'));
  };
  const plan = {
    net: HAND_STATE_NET,
    loss: { kind: 'softmax' } as const,
    batch: BATCH,
    examples: EXAMPLES,
    epochs: EPOCHS,
    rate: RATE,
    disturbance: { mirrored: true, covered: 0.2 },
    seed,
    threads,
    checkpoint,
  };
  const { run, losses, cpuMinutes } = await fitNet(plan, makeExamples, (done, loss) =>
    progress(done, `loss ${loss.toFixed(2)}`),
  );
  const files = modelFiles(HAND_STATE_NET, run.weights());
  const model = await backend.load(files);
  const unseen = await openRange(generatePackages(TEST_PRODUCT_SEED, PRODUCTS / 4));
  progress(0.5, 'testing');
  const judge = async (at: number) =>
    judged(model, await handExamples(unseen, TEST_EXAMPLES, at, (done) => progress(done, 'testing')));
  const sharpness = bestSharpness(await judge(CALIBRATION_SEED));
  const metrics = stateMetrics(await judge(TEST_SEED), sharpness);
  await model.dispose();
  const training = {
    recipe: `${EXAMPLES} generated hands with ${PRODUCTS} packages from ${CAMERAS} cameras, squares of 22 to 96 px`,
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
    classes: [...HAND_STATES],
    training,
    metrics,
    calibration: { sharpness },
  };
  writeModel(options.folder, files, account, curveSvg('hand-state', losses, STEPS_PER_POINT));
  return metrics;
}

/** Hands in every state, evenly; the label is the state's place. */
async function handExamples(
  range: Range,
  count: number,
  seed: number,
  progress: (done: number) => void,
): Promise<ExampleSet> {
  const cameraDice = new Dice(seed, 'cameras');
  const settings = Array.from({ length: CAMERAS }, () => drawCamera(cameraDice));
  const examples = new ExampleSet(count);
  const crop = new Float32Array(CROP_VALUES);
  const shot = (index: number) => {
    const dice = new Dice(seed, 'hand', index);
    const state = HAND_STATES[index % HAND_STATES.length];
    return handShot(range.stage, range.looks, state, dice.pick(settings), drawSidePx(dice, SIDE_PX), dice);
  };
  await takeShots(range, count, shot, (index, one) => {
    cropShot(crop, 0, one);
    examples.put(index, crop, index % HAND_STATES.length, one.longSidePx);
    if (index % 256 === 0) progress(index / count);
  });
  return examples;
}

async function judged(model: LoadedModel, examples: ExampleSet): Promise<Judged[]> {
  const found: Judged[] = [];
  const crop = new Float32Array(CROP_VALUES);
  for (let i = 0; i < examples.count; i++) {
    examples.readInto(crop, 0, i, null);
    const output = (await model.run({ [INPUT]: crop }, 1))[OUTPUT];
    found.push({ output, truth: examples.labels[i], sidePx: examples.sidePx[i] });
  }
  return found;
}
