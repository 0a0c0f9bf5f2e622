import type { InferenceBackend, LoadedModel } from '../backend/inference-backend.ts';
import type { Calibration } from '../product-recogniser/match.ts';
import { EMBEDDING, RECOGNISER_NET } from '../product-recogniser/net.ts';
import { BACKGROUND_FILE } from '../product-recogniser/product-recogniser.ts';
import { curveSvg } from './curve.ts';
import { fitNet, STEPS_PER_POINT } from './fit-net.ts';
import { generatePackages } from './packages.ts';
import { openRange, recogniserExamples } from './recogniser-examples.ts';
import { calibrate, recogniserMetrics } from './recogniser-quality.ts';
import { recogniserTrials, type Trial } from './recogniser-trials.ts';
import type { TrainingOptions, TrainingResult } from './training-job.ts';
import { modelFiles, writeModel } from './write-model.ts';

const PRODUCTS = 3072;
const PER_PRODUCT = 16;
const CAMERAS = 96;
const EPOCHS = 5;
const BATCH = 64;
/** Share of crops with a covered rectangle. */
const COVERED = 0.3;
const RATE = 3e-3;
const LOSS = { kind: 'cosine', classes: PRODUCTS, scale: 24, margin: 0.15 } as const;
/** Products of training that strangers are compared with. */
const BACKGROUND = 512;
const ALL_VIEWS = 13;
/** Seeds of products and cameras for calibration and for the final figures; training uses 1000 + its own seed. */
const CALIBRATION = { productSeed: 500_001, cameraSeed: 600_001, galleries: 3, crops: 1536, views: [ALL_VIEWS] };
const TEST = { productSeed: 700_001, cameraSeed: 800_001, galleries: 3, crops: 2048, views: [ALL_VIEWS, 1] };

/** Trains, calibrates and measures the product recogniser, and writes it. */
export async function trainRecogniser(backend: InferenceBackend, options: TrainingOptions): Promise<TrainingResult> {
  const { seed, threads, checkpoint, progress } = options;
  const makeExamples = async () => {
    progress(0, 'painting packages');
    const range = await openRange(generatePackages(1000 + seed, PRODUCTS));
    return recogniserExamples(range, PER_PRODUCT, CAMERAS, seed, (done) => progress(done, 'taking pictures'));
  };
  const plan = {
    net: RECOGNISER_NET,
    loss: LOSS,
    batch: BATCH,
    examples: PRODUCTS * PER_PRODUCT,
    epochs: EPOCHS,
    rate: RATE,
    disturbance: { mirrored: false, covered: COVERED },
    seed,
    threads,
    checkpoint,
  };
  const { run, losses, cpuMinutes } = await fitNet(plan, makeExamples, (done, loss) =>
    progress(done, `loss ${loss.toFixed(2)}`),
  );
  const files = modelFiles(RECOGNISER_NET, run.weights());
  const model = await backend.load(files);
  const background = run.directions().subarray(0, BACKGROUND * EMBEDDING);
  progress(0, 'calibrating');
  // Shops have both: products that stand alone, and rows of variants.
  const [mixed] = await recogniserTrials(model, background, { ...CALIBRATION, isDistinct: false });
  const [apart] = await recogniserTrials(model, background, { ...CALIBRATION, isDistinct: true });
  const calibration = calibrate([...mixed, ...apart]);
  progress(0.5, 'testing');
  const metrics = await testMetrics(model, background, calibration);
  await model.dispose();
  const training = {
    recipe: `${PRODUCTS} generated packages × ${PER_PRODUCT} crops from ${CAMERAS} cameras, 12 to 80 px, held or on a shelf; cosine loss, scale ${LOSS.scale}, margin ${LOSS.margin}; batch normalisation folded in; a rectangle covers ${100 * COVERED} % of crops`,
    seed,
    examples: PRODUCTS * PER_PRODUCT,
    products: PRODUCTS,
    epochs: EPOCHS,
    steps: run.steps,
    batch: BATCH,
    cpuMinutes: Math.round(10 * cpuMinutes) / 10,
  };
  const account = { output: 'embedding, its direction counts', training, metrics, calibration: { ...calibration } };
  const further = { [BACKGROUND_FILE]: new Uint8Array(background.slice().buffer) };
  writeModel(options.folder, files, account, curveSvg('product-recogniser', losses, STEPS_PER_POINT), further);
  return metrics;
}

/** Figures for galleries of distinct products; those of galleries full of variants are called `variants/…`. */
async function testMetrics(
  model: LoadedModel,
  background: Float32Array,
  calibration: Calibration,
): Promise<Record<string, number>> {
  const metrics: Record<string, number> = {};
  const both: Trial[] = [];
  for (const isDistinct of [true, false]) {
    const [all, single] = await recogniserTrials(model, background, { ...TEST, isDistinct });
    both.push(...all);
    const prefix = isDistinct ? '' : 'variants/';
    const named = recogniserMetrics(all, calibration);
    for (const [name, value] of Object.entries(named))
      if (!name.startsWith('lookAlike')) metrics[prefix + name] = value;
      else if (!isDistinct) metrics[name] = value;
    const few = recogniserMetrics(single, calibration);
    for (const name of ['top1From32Px', 'top116To32Px']) metrics[`${prefix}${name}OnePicture`] = few[name];
  }
  metrics['calibrationErrorBoth'] = recogniserMetrics(both, calibration)['calibrationError'];
  return metrics;
}
