import type { InferenceBackend } from '../backend/inference-backend.ts';
import { RECOGNISER_NET } from '../product-recogniser/net.ts';
import { curveSvg } from './curve.ts';
import { fitNet, STEPS_PER_POINT } from './fit-net.ts';
import { generatePackages } from './packages.ts';
import { openRange, recogniserExamples } from './recogniser-examples.ts';
import { calibrate, recogniserMetrics } from './recogniser-quality.ts';
import { recogniserTrials } from './recogniser-trials.ts';
import type { TrainingOptions, TrainingResult } from './training-job.ts';
import { modelFiles, writeModel } from './write-model.ts';

const PRODUCTS = 2048;
const PER_PRODUCT = 16;
const CAMERAS = 96;
const EPOCHS = 6;
const BATCH = 64;
const RATE = 2e-3;
const LOSS = { kind: 'cosine', classes: PRODUCTS, scale: 20, margin: 0.1 } as const;
const ALL_VIEWS = 13;
/** Seeds of products and cameras for calibration and for the final figures; training uses 1000 + its own seed. */
const CALIBRATION = { productSeed: 500_001, cameraSeed: 600_001, galleries: 4, crops: 3072, views: ALL_VIEWS };
const TEST = { productSeed: 700_001, cameraSeed: 800_001, galleries: 8, crops: 6144, views: ALL_VIEWS };

/** Trains, calibrates and measures the product recogniser, and writes it. */
export async function trainRecogniser(backend: InferenceBackend, options: TrainingOptions): Promise<TrainingResult> {
  const { seed, threads, checkpoint, progress } = options;
  const startedMs = performance.now();
  progress(0, 'painting packages');
  const range = await openRange(generatePackages(1000 + seed, PRODUCTS));
  const examples = await recogniserExamples(range, PER_PRODUCT, CAMERAS, seed, (done) =>
    progress(done, 'taking pictures'),
  );
  const plan = { net: RECOGNISER_NET, loss: LOSS, batch: BATCH, epochs: EPOCHS, rate: RATE, seed, threads, checkpoint };
  const { run, losses } = await fitNet(plan, examples, (done, loss) => progress(done, `loss ${loss.toFixed(2)}`));
  const minutes = Math.round((performance.now() - startedMs) / 6000) / 10;
  const files = modelFiles(RECOGNISER_NET, run.weights());
  const model = await backend.load(files);
  progress(0, 'calibrating');
  const calibration = calibrate(await recogniserTrials(model, CALIBRATION));
  progress(0.5, 'testing');
  const metrics = recogniserMetrics(await recogniserTrials(model, TEST), calibration);
  const single = recogniserMetrics(await recogniserTrials(model, { ...TEST, views: 1 }), calibration);
  for (const name of ['top1From32Px', 'top116To32Px', 'lookAlikeFrom32Px']) metrics[`${name}OnePicture`] = single[name];
  await model.dispose();
  const training = {
    recipe: `${PRODUCTS} generated packages × ${PER_PRODUCT} crops from ${CAMERAS} cameras, 12 to 80 px, held or on a shelf; cosine loss, scale ${LOSS.scale}, margin ${LOSS.margin}`,
    seed,
    examples: examples.count,
    products: PRODUCTS,
    epochs: EPOCHS,
    steps: run.steps,
    batch: BATCH,
    minutes,
  };
  const account = { output: 'embedding, its direction counts', training, metrics, calibration: { ...calibration } };
  writeModel(options.folder, files, account, curveSvg('product-recogniser', losses, STEPS_PER_POINT));
  return metrics;
}
