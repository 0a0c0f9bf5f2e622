import type { CanvasLayer } from './canvas-layer.ts';
import { COEFFICIENTS, COLOUR, type FaceRecords, ID, LIGHT, STRIDE, TEXELS, WORDS } from './face-records.ts';

/** Shades every pixel of a layer that has a face, and forgets the face: colour, and id with depth, in one pass. */
export function shadeFaces(layer: CanvasLayer, face: Int32Array, records: FaceRecords, texels: Uint32Array): void {
  const { touched, widthPx, heightPx, blockShift } = layer;
  for (let y = 0; y < heightPx; y++) {
    const row = y * widthPx;
    for (let mask = touched[y]; mask !== 0; mask &= mask - 1) {
      const block = 31 - Math.clz32(mask & -mask);
      const end = row + Math.min(widthPx, (block + 1) << blockShift);
      for (let p = row + (block << blockShift); p < end; ) {
        const number = face[p];
        if (number === 0) {
          p++;
          continue;
        }
        const from = p;
        do face[p++] = 0;
        while (p < end && face[p] === number);
        shadeRun(layer, records, texels, number, from, p, row, y);
      }
    }
  }
}

/** Shades pixels `from` ≤ p < `to` of one row, all of one face. */
function shadeRun(
  layer: CanvasLayer,
  records: FaceRecords,
  texels: Uint32Array,
  number: number,
  from: number,
  to: number,
  row: number,
  y: number,
): void {
  const { words } = records;
  const word = number * WORDS;
  const isPlain = words[word + TEXELS] < 0;
  if (words[word + LIGHT] >= 0) {
    if (isPlain) flatRun(layer, words, word, from, to);
    else texturedRun(layer, records, texels, number, from, to, row, y);
  } else if (isPlain) smoothRun(layer, records, number, from, to, row, y);
  else smoothTexturedRun(layer, records, texels, number, from, to, row, y);
}

function flatRun(layer: CanvasLayer, words: Int32Array, word: number, from: number, to: number): void {
  const { rgba, aux, nearness } = layer;
  const id = words[word + ID];
  const colour = lit(words[word + COLOUR], words[word + LIGHT]);
  for (let p = from; p < to; p++) {
    rgba[p] = colour;
    const mm = 1000 / nearness[p] + 0.5;
    aux[p] = id | (mm > 65535 ? 65535 : mm);
  }
}

function smoothRun(
  layer: CanvasLayer,
  records: FaceRecords,
  number: number,
  from: number,
  to: number,
  row: number,
  y: number,
): void {
  const { rgba, aux, nearness } = layer;
  const { coefficients: k, words } = records;
  const at = number * COEFFICIENTS;
  const id = words[number * WORDS + ID];
  const colour = words[number * WORDS + COLOUR];
  const lx = k[at + 6];
  const lc = k[at + 7] * y + k[at + 8];
  for (let p = from; p < to; p++) {
    const w = 1 / nearness[p];
    rgba[p] = lit(colour, within256(((lx * (p - row) + lc) * w) | 0));
    const mm = 1000 * w + 0.5;
    aux[p] = id | (mm > 65535 ? 65535 : mm);
  }
}

function texturedRun(
  layer: CanvasLayer,
  records: FaceRecords,
  texels: Uint32Array,
  number: number,
  from: number,
  to: number,
  row: number,
  y: number,
): void {
  const { rgba, aux, nearness } = layer;
  const { coefficients: k, words } = records;
  const at = number * COEFFICIENTS;
  const word = number * WORDS;
  const id = words[word + ID];
  const light = words[word + LIGHT];
  const offset = words[word + TEXELS];
  const stride = words[word + STRIDE];
  const ux = k[at];
  const vx = k[at + 3];
  const uc = k[at + 1] * y + k[at + 2];
  const vc = k[at + 4] * y + k[at + 5];
  for (let p = from; p < to; p++) {
    const w = 1 / nearness[p];
    const x = p - row;
    rgba[p] = lit(texels[offset + (((vx * x + vc) * w) | 0) * stride + (((ux * x + uc) * w) | 0)], light);
    const mm = 1000 * w + 0.5;
    aux[p] = id | (mm > 65535 ? 65535 : mm);
  }
}

function smoothTexturedRun(
  layer: CanvasLayer,
  records: FaceRecords,
  texels: Uint32Array,
  number: number,
  from: number,
  to: number,
  row: number,
  y: number,
): void {
  const { rgba, aux, nearness } = layer;
  const { coefficients: k, words } = records;
  const at = number * COEFFICIENTS;
  const word = number * WORDS;
  const id = words[word + ID];
  const offset = words[word + TEXELS];
  const stride = words[word + STRIDE];
  const ux = k[at];
  const vx = k[at + 3];
  const lx = k[at + 6];
  const uc = k[at + 1] * y + k[at + 2];
  const vc = k[at + 4] * y + k[at + 5];
  const lc = k[at + 7] * y + k[at + 8];
  for (let p = from; p < to; p++) {
    const w = 1 / nearness[p];
    const x = p - row;
    const texel = texels[offset + (((vx * x + vc) * w) | 0) * stride + (((ux * x + uc) * w) | 0)];
    rgba[p] = lit(texel, within256(((lx * x + lc) * w) | 0));
    const mm = 1000 * w + 0.5;
    aux[p] = id | (mm > 65535 ? 65535 : mm);
  }
}

function within256(light: number): number {
  return light < 0 ? 0 : light > 256 ? 256 : light;
}

/** A colour under so many 1/256 of light. */
function lit(colour: number, light: number): number {
  return (
    ((Math.imul(colour & 0xff00ff, light) >>> 8) & 0xff00ff) |
    ((Math.imul(colour & 0xff00, light) >>> 8) & 0xff00) |
    0xff000000
  );
}
