import type { Gallery } from './gallery.ts';
import { EMBEDDING } from './net.ts';

/**
 * How sure a cosine makes: log-odds of product i are `slope · cosine`, of "none of these" `none`; both change with the
 * logarithm of the crop's longer side, measured from 32 px.
 */
export interface Calibration {
  readonly slope: number;
  readonly slopePerOctave: number;
  readonly none: number;
  readonly nonePerOctave: number;
}

/** Sizes beyond these say nothing more. */
const SIDE_PX = [10, 96] as const;

/** Best cosine of each product's pictures with an embedding at `at`; writes one number per product. */
export function cosinesInto(out: Float32Array, gallery: Gallery, embeddings: Float32Array, at: number): void {
  const { vectors, productOf } = gallery;
  out.fill(-1);
  for (let v = 0, q = 0; v < productOf.length; v++) {
    let cosine = 0;
    for (let k = 0; k < EMBEDDING; k++, q++) cosine += vectors[q] * embeddings[at + k];
    if (cosine > out[productOf[v]]) out[productOf[v]] = cosine;
  }
}

/** Probabilities of every product and, last, of none of them; `cosines` has one number per product. */
export function probsInto(out: Float64Array, cosines: Float32Array, sidePx: number, calibration: Calibration): void {
  const octaves = Math.log2(Math.min(SIDE_PX[1], Math.max(SIDE_PX[0], sidePx)) / 32);
  const slope = Math.max(1, calibration.slope + calibration.slopePerOctave * octaves);
  const n = cosines.length;
  out[n] = calibration.none + calibration.nonePerOctave * octaves;
  let highest = out[n];
  for (let i = 0; i < n; i++) {
    out[i] = slope * cosines[i];
    if (out[i] > highest) highest = out[i];
  }
  let sum = 0;
  for (let i = 0; i <= n; i++) sum += out[i] = Math.exp(out[i] - highest);
  for (let i = 0; i <= n; i++) out[i] /= sum;
}
