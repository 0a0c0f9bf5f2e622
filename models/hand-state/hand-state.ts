import { fileURLToPath } from 'node:url';
import type { InferenceBackend, LoadedModel } from '../backend/inference-backend.ts';
import { readModel } from '../backend/model-folder.ts';
import { reject } from '../model-error.ts';
import { INPUT, OUTPUT } from '../net/net-description.ts';
import { CROP_VALUES } from '../picture/crop.ts';
import { HAND_STATES, type HandState } from './net.ts';

/** Where the weights that come with the program lie. */
export const HAND_STATE_FOLDER = fileURLToPath(new URL('./weights/', import.meta.url));
/** Side of the square around a hand that the net was trained on, metres. */
export const HAND_SQUARE_M = 0.34;
const BATCH = 32;

/** Calibrated probability of each state. */
export type HandStateProbs = Readonly<Record<HandState, number>>;

/** Says what hands hold. */
export class HandStateReader {
  private readonly model: LoadedModel;
  private readonly sharpness: number;

  private constructor(model: LoadedModel, sharpness: number) {
    this.model = model;
    this.sharpness = sharpness;
  }

  /** Loads the weights; throws `ModelError` when they are not what their manifest says. */
  static async open(backend: InferenceBackend, folder: string = HAND_STATE_FOLDER): Promise<HandStateReader> {
    const { manifest, files } = readModel(folder);
    const found = manifest.classes?.join();
    if (found !== HAND_STATES.join()) reject(`${folder}: classes`, found ?? 'none', HAND_STATES.join());
    const { sharpness } = manifest.calibration;
    if (sharpness === undefined) reject(folder, 'no calibration.sharpness', 'a number');
    return new HandStateReader(await backend.load(files), sharpness);
  }

  /** Reads crops (n × 48 × 48 × 3, −1..1) of squares of `HAND_SQUARE_M` around hands. */
  async read(crops: Float32Array): Promise<HandStateProbs[]> {
    const count = crops.length / CROP_VALUES;
    const found: HandStateProbs[] = [];
    for (let from = 0; from < count; from += BATCH) {
      const n = Math.min(BATCH, count - from);
      const picture = crops.subarray(from * CROP_VALUES, (from + n) * CROP_VALUES);
      const output = (await this.model.run({ [INPUT]: picture }, n))[OUTPUT];
      for (let i = 0; i < n; i++) found.push(sharpened(output, i * HAND_STATES.length, this.sharpness));
    }
    return found;
  }

  dispose(): Promise<void> {
    return this.model.dispose();
  }
}

/** Probabilities raised to a power and brought back to a sum of 1: temperature scaling (Guo et al. 2017). */
export function sharpened(output: Float32Array, at: number, sharpness: number): HandStateProbs {
  const powers = HAND_STATES.map((_, k) => Math.max(1e-9, output[at + k]) ** sharpness);
  const sum = powers.reduce((a, b) => a + b, 0);
  return Object.fromEntries(HAND_STATES.map((state, k) => [state, powers[k] / sum])) as HandStateProbs;
}
