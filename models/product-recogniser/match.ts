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
  /** How much a likeness to products of training speaks for "none of these". */
  readonly noneBackground: number;
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

/**
 * Likeness of an embedding at `at` to the nearest of many products of other shops (n × `EMBEDDING`, of length 1 each): a
 * stranger is as like them as the gallery, a product of the gallery is not. 0 without any.
 */
export function backgroundCosine(background: Float32Array, embeddings: Float32Array, at: number): number {
  if (background.length === 0) return 0;
  nearest.fill(-1);
  for (let q = 0; q < background.length; ) {
    let cosine = 0;
    for (let k = 0; k < EMBEDDING; k++, q++) cosine += background[q] * embeddings[at + k];
    for (let place = NEAREST - 1; place >= 0 && cosine > nearest[place]; place--) {
      if (place < NEAREST - 1) nearest[place + 1] = nearest[place];
      nearest[place] = cosine;
    }
  }
  return nearest.reduce((sum, cosine) => sum + cosine, 0) / NEAREST;
}

/** The mean of so many is less of an accident than the best. */
const NEAREST = 4;
const nearest = new Float64Array(NEAREST);

/**
 * Probabilities of every product and, last, of none of them; `cosines` has one number per product, `background` is their
 * crop's likeness to other products.
 */
export function probsInto(
  out: Float64Array,
  cosines: Float32Array,
  background: number,
  sidePx: number,
  calibration: Calibration,
): void {
  const octaves = Math.log2(Math.min(SIDE_PX[1], Math.max(SIDE_PX[0], sidePx)) / 32);
  const slope = Math.max(1, calibration.slope + calibration.slopePerOctave * octaves);
  const n = cosines.length;
  out[n] = calibration.none + calibration.nonePerOctave * octaves + calibration.noneBackground * background;
  let highest = out[n];
  for (let i = 0; i < n; i++) {
    out[i] = slope * cosines[i];
    if (out[i] > highest) highest = out[i];
  }
  let sum = 0;
  for (let i = 0; i <= n; i++) sum += out[i] = Math.exp(out[i] - highest);
  for (let i = 0; i <= n; i++) out[i] /= sum;
}
