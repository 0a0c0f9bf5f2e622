import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import { compareLandmarks, landmarkTable } from '../../bench/models/mediapipe/compare-landmarks.ts';
import { measureModels } from '../../bench/models/model-speed.ts';
import { modelsTable } from '../../bench/models/models-table.ts';
import { GainMeter, gainLine, type RecognitionGain } from '../../bench/models/recognition-gain.ts';
import { storeAccuracy, storeAccuracyTable } from '../../bench/models/store-accuracy.ts';
import { readModel } from '../../models/backend/model-folder.ts';
import { openBackend } from '../../models/backend/open-backend.ts';
import { HAND_STATE_FOLDER } from '../../models/hand-state/hand-state.ts';
import { ProductRecogniser, RECOGNISER_FOLDER } from '../../models/product-recogniser/product-recogniser.ts';
import { SHELF_READER_FOLDER } from '../../models/shelf-reader/shelf-reader.ts';
import type { Run } from '../../simulator/scenario/run.ts';
import { Simulation, type SimulationStep } from '../../simulator/simulate.ts';
import { openGallery } from '../pictures/open-gallery.ts';
import { PicturePool, STEPS_UNDER_WAY } from '../pictures/picture-pool.ts';
import { resolveFile } from '../scenario-files.ts';
import { machine, parseCount } from './bench-options.ts';

/** Pictures of a played store are looked at this often, µs. */
const EVERY_US = 500_000;

/** Frames that people are looked for in. */
const LANDMARK_FRAMES = 60;

interface ModelsOptions {
  readonly seconds: number;
  readonly stores?: readonly string[];
  readonly gain?: readonly string[];
  readonly mediapipe?: readonly string[];
}

export function modelsCommand(): Command {
  return new Command('models')
    .description('Crops per second of each model per backend and batch, parity of the backends, accuracy')
    .option('--seconds <n>', 'most time for each case', parseCount, 1)
    .option('--stores <files...>', 'play these scenarios instead and recognise what is in hands, in their pictures')
    .option('--gain <files...>', 'run these scenarios on pictures, with and without what is recognised in hands')
    .option(
      '--mediapipe <files...>',
      'find people in pictures of these scenarios with MediaPipe and with our perception',
    )
    .action(async ({ seconds, stores, gain, mediapipe }: ModelsOptions) => {
      console.log(machine());
      if (gain) for (const file of gain) console.log(gainLine(await measureGain(resolveFile(file, null, {}))));
      else if (mediapipe)
        for (const file of mediapipe) console.log(landmarkTable(await compareLandmarks(file, LANDMARK_FRAMES)));
      else if (stores) await benchStores(stores);
      else {
        const folders = [RECOGNISER_FOLDER, HAND_STATE_FOLDER, SHELF_READER_FOLDER];
        const manifests = folders.map((folder) => readModel(folder).manifest);
        console.log(modelsTable(await measureModels(seconds), manifests));
      }
    });
}

async function benchStores(files: readonly string[]): Promise<void> {
  const { backend } = await openBackend();
  const recogniser = await ProductRecogniser.open(backend);
  console.log('held products in pixel pictures: longer side, crops, top-1, top-5, mean probability of the top one');
  for (const file of files) {
    const run = resolveFile(file, null, {});
    const name = file.replace(/^.*\/|\.yaml$/g, '');
    console.log(storeAccuracyTable(name, await storeAccuracy(recogniser, run, EVERY_US)));
  }
  await recogniser.dispose();
}

async function measureGain(whole: Run): Promise<RecognitionGain> {
  const run = { ...whole, cameras: whole.cameras.map((camera) => ({ ...camera, output: 'pixels' as const })) };
  const gallery = await openGallery(run);
  let pool: PicturePool | null = null;
  const simulation = new Simulation(run, {
    pictures: (...picture) => pool!.take(...picture),
    watch: (world) => pool?.watch(world),
  });
  pool = await PicturePool.open(run, simulation.store, { workers: availableParallelism(), gallery });
  const meter = new GainMeter(run, simulation.store, simulation);
  const ahead: { step: SimulationStep; seen: Promise<void> }[] = [];
  const play = async () => {
    const { step, seen } = ahead.shift()!;
    await seen;
    meter.step(step);
  };
  for (let step = simulation.step(); step; step = simulation.step()) {
    ahead.push({ step, seen: pool.endStep() });
    if (ahead.length === STEPS_UNDER_WAY) await play();
  }
  while (ahead.length > 0) await play();
  await pool.close();
  return meter.finish();
}
