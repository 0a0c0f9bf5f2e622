/** A picture as cameras and files give it: red, green, blue, row by row, 0..255. */
export interface RgbPicture {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly rgb: Uint8Array;
}

/** A box in a picture: middle and longer side, pixels. */
export interface CropBox {
  readonly u: number;
  readonly v: number;
  readonly sidePx: number;
}

/** Pixels to keep by their depth: millimetres along the optical axis, 0 = no return (kept). */
export interface DepthWindow {
  readonly depthMm: Uint16Array;
  readonly nearMm: number;
  readonly farMm: number;
}

/** Side of what the nets look at, pixels. */
export const CROP_PX = 48;
/** Numbers per crop: rows × columns × channels. */
export const CROP_VALUES = CROP_PX * CROP_PX * 3;
/** The square around a box is larger than the box by this. */
export const MARGIN = 1.15;
/** Grey of 0..255 that stands for what lies outside the picture or the depth window: 0 among a crop's values. */
export const BLANK = 127.5;

/**
 * Writes the square around a box as 48 × 48 × 3 values −1..1 at `at`: area means where it shrinks, bilinear where it grows;
 * grey outside the picture and outside the depth window.
 */
export function cropInto(
  out: Float32Array,
  at: number,
  picture: RgbPicture,
  box: CropBox,
  window: DepthWindow | null = null,
): void {
  const side = Math.max(2, box.sidePx * MARGIN);
  const step = side / CROP_PX;
  const taps = Math.max(1, Math.min(MAX_TAPS, Math.ceil(step)));
  const left = box.u - side / 2;
  const top = box.v - side / 2;
  for (let j = 0, q = at; j < CROP_PX; j++) {
    for (let i = 0; i < CROP_PX; i++, q += 3) {
      red = green = blue = 0;
      for (let b = 0; b < taps; b++) {
        const y = top + (j + (b + 0.5) / taps) * step - 0.5;
        for (let a = 0; a < taps; a++) addSample(picture, left + (i + (a + 0.5) / taps) * step - 0.5, y, window);
      }
      const scale = 1 / (BLANK * taps * taps);
      out[q] = red * scale - 1;
      out[q + 1] = green * scale - 1;
      out[q + 2] = blue * scale - 1;
    }
  }
}

/** Samples per side at most: enough for boxes of 384 px; larger ones are thinned. */
const MAX_TAPS = 8;
let red = 0;
let green = 0;
let blue = 0;

function addSample(picture: RgbPicture, x: number, y: number, window: DepthWindow | null): void {
  const x0 = Math.floor(x);
  const y0 = Math.floor(y);
  const fx = x - x0;
  const fy = y - y0;
  addPixel(picture, x0, y0, (1 - fx) * (1 - fy), window);
  addPixel(picture, x0 + 1, y0, fx * (1 - fy), window);
  addPixel(picture, x0, y0 + 1, (1 - fx) * fy, window);
  addPixel(picture, x0 + 1, y0 + 1, fx * fy, window);
}

function addPixel(picture: RgbPicture, x: number, y: number, weight: number, window: DepthWindow | null): void {
  const { widthPx, heightPx, rgb } = picture;
  if (x >= 0 && y >= 0 && x < widthPx && y < heightPx) {
    const p = y * widthPx + x;
    const depth = window === null ? 0 : window.depthMm[p];
    if (depth === 0 || (depth >= window!.nearMm && depth <= window!.farMm)) {
      red += weight * rgb[3 * p];
      green += weight * rgb[3 * p + 1];
      blue += weight * rgb[3 * p + 2];
      return;
    }
  }
  const grey = BLANK * weight;
  red += grey;
  green += grey;
  blue += grey;
}
