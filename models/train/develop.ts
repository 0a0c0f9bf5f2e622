import type { PixelBox } from '../../simulator/render/rasterise/visible-order.ts';
import type { RgbPicture } from '../picture/crop.ts';
import type { CameraSettings } from './camera-settings.ts';
import { Dice } from './dice.ts';
import { STAGE_PX } from './stage.ts';

const TABLE = 4096;
const tableDice = new Dice(1, 'normals');
const normals = Float32Array.from({ length: TABLE }, () => tableDice.normal());
const plane = new Float32Array(STAGE_PX * STAGE_PX * 3);
const blurred = new Float32Array(STAGE_PX * STAGE_PX * 3);

/** Movement while the shutter is open, pixels. */
export interface Motion {
  readonly dx: number;
  readonly dy: number;
}

/** What a camera's sensor makes of a box of a drawn canvas (0xffBBGGRR): colour, blur, noise. Black outside the box. */
export function develop(
  rgba: Uint32Array,
  box: PixelBox,
  camera: CameraSettings,
  motion: Motion,
  dice: Dice,
): RgbPicture {
  const width = box.x1 - box.x0;
  const size = 3 * width * (box.y1 - box.y0);
  const { gain } = camera;
  for (let y = box.y0, q = 0; y < box.y1; y++) {
    for (let p = y * STAGE_PX + box.x0, end = p + width; p < end; p++, q += 3) {
      const colour = rgba[p];
      plane[q] = (colour & 255) * gain[0];
      plane[q + 1] = ((colour >>> 8) & 255) * gain[1];
      plane[q + 2] = ((colour >>> 16) & 255) * gain[2];
    }
  }
  if (camera.blurPx > 0) soften(camera.blurPx, width, size);
  if (Math.abs(motion.dx) + Math.abs(motion.dy) >= 1) smear(motion, width, size);
  if (camera.readLevels + camera.shotLevels > 0) addNoise(camera, size, dice);
  const rgb = new Uint8Array(3 * STAGE_PX * STAGE_PX);
  for (let y = box.y0, q = 0; y < box.y1; y++) {
    for (let p = 3 * (y * STAGE_PX + box.x0), end = p + 3 * width; p < end; p++, q++) {
      const value = plane[q];
      rgb[p] = value < 0 ? 0 : value > 255 ? 255 : value + 0.5;
    }
  }
  return { widthPx: STAGE_PX, heightPx: STAGE_PX, rgb };
}

function addNoise({ readLevels, shotLevels }: CameraSettings, size: number, dice: Dice): void {
  const read = readLevels * readLevels;
  const shot = (shotLevels * shotLevels) / 255;
  for (let q = 0; q < size; q++) plane[q] += normals[dice.uint32() & (TABLE - 1)] * Math.sqrt(read + shot * plane[q]);
}

/** Convolves with a 3 × 3 kernel of the given SD. */
function soften(sd: number, width: number, size: number): void {
  const side = Math.exp(-1 / (2 * sd * sd));
  const scale = 1 / (1 + 2 * side);
  for (const step of [3, 3 * width]) {
    blurred.set(plane.subarray(0, size));
    for (let q = step; q < size - step; q++)
      plane[q] = (blurred[q] + side * (blurred[q - step] + blurred[q + step])) * scale;
  }
}

function smear({ dx, dy }: Motion, width: number, size: number): void {
  const steps = Math.ceil(Math.max(Math.abs(dx), Math.abs(dy))) + 1;
  blurred.set(plane.subarray(0, size));
  for (let q = 0; q < size; q++) plane[q] = 0;
  for (let k = 0; k < steps; k++) {
    const share = k / (steps - 1) - 0.5;
    const offset = 3 * (Math.round(share * dy) * width + Math.round(share * dx));
    for (let q = 0; q < size; q++) {
      const from = q + offset;
      plane[q] += from < 0 || from >= size ? blurred[q] : blurred[from];
    }
  }
  for (let q = 0; q < size; q++) plane[q] /= steps;
}

/** Depth in a box as the sensor says it, mm: noise grows with the square of distance. */
export function developDepth(aux: Uint32Array, box: PixelBox, sdAt1M: number, dice: Dice): Uint16Array {
  const depthMm = new Uint16Array(STAGE_PX * STAGE_PX);
  for (let y = box.y0; y < box.y1; y++) {
    for (let p = y * STAGE_PX + box.x0, end = y * STAGE_PX + box.x1; p < end; p++) {
      const mm = aux[p] & 0xffff;
      const m = mm / 1000;
      depthMm[p] = Math.max(0, mm + normals[dice.uint32() & (TABLE - 1)] * sdAt1M * m * m);
    }
  }
  return depthMm;
}
