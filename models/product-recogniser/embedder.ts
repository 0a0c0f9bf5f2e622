import type { LoadedModel } from '../backend/inference-backend.ts';
import { INPUT, OUTPUT } from '../net/net-description.ts';
import { CROP_VALUES } from '../picture/crop.ts';
import { EMBEDDING } from './net.ts';

/** Crops per call of the backend. */
const BATCH = 32;

/** Turns crops (n × 48 × 48 × 3, −1..1) into embeddings of length 1 (n × 96). */
export async function embed(model: LoadedModel, crops: Float32Array): Promise<Float32Array> {
  const count = crops.length / CROP_VALUES;
  const out = new Float32Array(count * EMBEDDING);
  for (let from = 0; from < count; from += BATCH) {
    const n = Math.min(BATCH, count - from);
    const picture = crops.subarray(from * CROP_VALUES, (from + n) * CROP_VALUES);
    const result = await model.run({ [INPUT]: picture }, n);
    out.set(result[OUTPUT], from * EMBEDDING);
  }
  for (let i = 0; i < count; i++) toUnit(out.subarray(i * EMBEDDING, (i + 1) * EMBEDDING));
  return out;
}

function toUnit(vector: Float32Array): void {
  let square = 0;
  for (const value of vector) square += value * value;
  const scale = square > 0 ? 1 / Math.sqrt(square) : 0;
  for (let k = 0; k < vector.length; k++) vector[k] *= scale;
}
