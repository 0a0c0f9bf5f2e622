import benny from 'benny';
import { BACKENDS, type BackendName, type LoadedModel } from '../../models/backend/inference-backend.ts';
import { type Model, readModel } from '../../models/backend/model-folder.ts';
import { tryBackend } from '../../models/backend/open-backend.ts';
import { HAND_STATE_FOLDER } from '../../models/hand-state/hand-state.ts';
import { INPUT, OUTPUT } from '../../models/net/net-description.ts';
import { CROP_VALUES } from '../../models/picture/crop.ts';
import { RECOGNISER_FOLDER } from '../../models/product-recogniser/product-recogniser.ts';
import { SHELF_READER_FOLDER } from '../../models/shelf-reader/shelf-reader.ts';

/** One model on one backend with one size of batch. */
export interface SpeedRow {
  readonly model: string;
  readonly backend: BackendName;
  readonly batch: number;
  /** Median over benny's samples, by the clock. */
  readonly perSecond: number;
  /** By CPU time of the whole process, which other programs disturb less. */
  readonly perCpuSecond: number;
}

/** Largest difference of a backend's outputs from those of the first that loads; null and why where it does not load. */
export interface ParityRow {
  readonly model: string;
  readonly backend: BackendName;
  readonly largest: number | null;
  readonly reason: string | null;
}

const FOLDERS = [RECOGNISER_FOLDER, HAND_STATE_FOLDER, SHELF_READER_FOLDER];
/** tfjs-cpu does tens of pictures per second: one size is enough. */
const BATCHES = { 'onnxruntime-node': [1, 8, 32], 'tfjs-node': [1, 8, 32], 'tfjs-wasm': [1, 8, 32], 'tfjs-cpu': [1] };
const PARITY_BATCH = 4;
const CPU_SAMPLES = 9;

/** Measures every model on every backend that loads. `maxTimeS` bounds each of benny's cases. */
export async function measureModels(maxTimeS: number): Promise<{ speed: SpeedRow[]; parity: ParityRow[] }> {
  const speed: SpeedRow[] = [];
  const parity: ParityRow[] = [];
  for (const model of FOLDERS.map(readModel)) {
    const name = model.manifest.model;
    let first: Float32Array | null = null;
    for (const trial of await Promise.all(BACKENDS.map(tryBackend))) {
      if (trial.backend === null) {
        parity.push({ model: name, backend: trial.name, largest: null, reason: trial.reason });
        continue;
      }
      const loaded = await trial.backend.load(model.files);
      const output = await loaded.run({ [INPUT]: noise(PARITY_BATCH) }, PARITY_BATCH);
      first ??= output[OUTPUT];
      const largest = output[OUTPUT].reduce((most, value, i) => Math.max(most, Math.abs(value - first![i])), 0);
      parity.push({ model: name, backend: trial.name, largest, reason: null });
      for (const batch of BATCHES[trial.name]) speed.push(await speedOf(model, loaded, trial.name, batch, maxTimeS));
      await loaded.dispose();
    }
  }
  return { speed, parity };
}

async function speedOf(
  { manifest }: Model,
  loaded: LoadedModel,
  backend: BackendName,
  batch: number,
  maxTimeS: number,
): Promise<SpeedRow> {
  const pictures = { [INPUT]: noise(batch) };
  const run = async () => {
    await loaded.run(pictures, batch);
  };
  const summary = await benny.suite(
    `${manifest.model} ${backend} ${batch}`,
    benny.add('run', run, { minSamples: 5, maxTime: maxTimeS }),
    benny.complete(() => {}),
  );
  const seconds = await medianCpuSeconds(run, backend === 'tfjs-cpu' ? 1 : 10);
  const perSecond = batch / summary.results[0].details.median;
  return { model: manifest.model, backend, batch, perSecond, perCpuSecond: batch / seconds };
}

async function medianCpuSeconds(run: () => Promise<void>, rounds: number): Promise<number> {
  const samples: number[] = [];
  for (let k = 0; k < CPU_SAMPLES; k++) {
    const before = process.cpuUsage();
    for (let round = 0; round < rounds; round++) await run();
    const { user, system } = process.cpuUsage(before);
    samples.push((user + system) / 1e6 / rounds);
  }
  return samples.sort((a, b) => a - b)[CPU_SAMPLES >> 1];
}

/** Crops that look like nothing, the same every time. */
function noise(count: number): Float32Array {
  let state = 12345;
  return Float32Array.from({ length: count * CROP_VALUES }, () => {
    state = (Math.imul(state, 1103515245) + 12345) | 0;
    return (state >>> 8) / 2 ** 23 - 1;
  });
}
