import { statSync } from 'node:fs';
import sharp from 'sharp';
import { ModelError, reject } from '../model-error.ts';
import { BLANK, type CropBox, type RgbPicture } from './crop.ts';

/** Files and pictures beyond these are refused before they are decoded. */
const MOST_BYTES = 64 << 20;
const MOST_PIXELS = 48e6;
/** Decoded pictures are shrunk to this longer side: nets look at 48 px. */
const LONGEST_PX = 256;
/** Colours this near to the corners' count as background, levels of 255. */
const NEAR_LEVELS = 18;

/** A catalogue picture and where the product is in it. */
export interface CataloguePicture {
  readonly picture: RgbPicture;
  readonly box: CropBox;
}

/** Reads a picture file of any common format; throws `ModelError` on what is none or too large. */
export async function readCataloguePicture(path: string): Promise<CataloguePicture> {
  const { size } = statSync(path, { throwIfNoEntry: false }) ?? reject(path, 'no such file', 'a picture');
  if (size > MOST_BYTES) reject(path, `${size} bytes`, `a picture of at most ${MOST_BYTES} bytes`);
  try {
    const { width, height } = await sharp(path, { limitInputPixels: false }).metadata();
    if (!(width * height <= MOST_PIXELS))
      reject(path, `${width} × ${height} pixels`, `at most ${MOST_PIXELS / 1e6} million`);
    const { data, info } = await sharp(path, { limitInputPixels: MOST_PIXELS })
      .rotate()
      .resize(LONGEST_PX, LONGEST_PX, { fit: 'inside', withoutEnlargement: true })
      .toColourspace('srgb')
      .ensureAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    return subjectOf(new Uint8Array(data), info.width, info.height);
  } catch (error) {
    if (error instanceof ModelError) throw error;
    return reject(path, `nothing that can be decoded (${(error as Error).message.split('\n')[0]})`, 'a picture');
  }
}

/** Finds the product before a transparent or plain background, which becomes grey; else it is the whole picture. */
export function subjectOf(rgba: Uint8Array, widthPx: number, heightPx: number): CataloguePicture {
  const isBackground = backgroundTest(rgba, widthPx, heightPx);
  const rgb = new Uint8Array(3 * widthPx * heightPx);
  let [u0, v0, u1, v1] = [widthPx, heightPx, -1, -1];
  for (let y = 0, p = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++, p++) {
      if (isBackground(p)) {
        rgb.fill(Math.round(BLANK), 3 * p, 3 * p + 3);
        continue;
      }
      rgb.set(rgba.subarray(4 * p, 4 * p + 3), 3 * p);
      u0 = Math.min(u0, x);
      u1 = Math.max(u1, x);
      v0 = Math.min(v0, y);
      v1 = Math.max(v1, y);
    }
  }
  if (u1 < 0) [u0, v0, u1, v1] = [0, 0, widthPx - 1, heightPx - 1];
  const box = { u: (u0 + u1 + 1) / 2, v: (v0 + v1 + 1) / 2, sidePx: Math.max(u1 - u0, v1 - v0) + 1 };
  return { picture: { widthPx, heightPx, rgb }, box };
}

function backgroundTest(rgba: Uint8Array, width: number, height: number): (p: number) => boolean {
  const corners = [0, width - 1, width * (height - 1), width * height - 1];
  if (corners.some((p) => rgba[4 * p + 3] < 128)) return (p) => rgba[4 * p + 3] < 128;
  const [r, g, b] = rgba;
  const near = (p: number) =>
    Math.abs(rgba[4 * p] - r) <= NEAR_LEVELS &&
    Math.abs(rgba[4 * p + 1] - g) <= NEAR_LEVELS &&
    Math.abs(rgba[4 * p + 2] - b) <= NEAR_LEVELS;
  return corners.every(near) ? near : () => false;
}

/** Throws `ModelError` unless a picture in memory has pixels, and as many as it says. */
export function checkPicture({ widthPx, heightPx, rgb }: RgbPicture, where: string): void {
  const isSize = (side: number) => Number.isInteger(side) && side > 0;
  if (!isSize(widthPx) || !isSize(heightPx) || widthPx * heightPx > MOST_PIXELS)
    reject(where, `${widthPx} × ${heightPx} pixels`, `1 to ${MOST_PIXELS / 1e6} million`);
  if (rgb.length !== 3 * widthPx * heightPx)
    reject(where, `${rgb.length} bytes`, `3 × ${widthPx} × ${heightPx} = ${3 * widthPx * heightPx}`);
}
