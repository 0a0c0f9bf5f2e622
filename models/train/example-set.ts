import { CROP_PX, CROP_VALUES } from '../picture/crop.ts';
import type { Dice } from './dice.ts';

/** Labelled crops as bytes. */
export class ExampleSet {
  readonly crops: Uint8Array;
  readonly labels: Uint16Array;
  /** Longer side of the subject before it was cropped, pixels. */
  readonly sidePx: Uint8Array;

  constructor(count: number) {
    this.crops = new Uint8Array(count * CROP_VALUES);
    this.labels = new Uint16Array(count);
    this.sidePx = new Uint8Array(count);
  }

  get count(): number {
    return this.labels.length;
  }

  put(index: number, crop: Float32Array, label: number, sidePx: number): void {
    const at = index * CROP_VALUES;
    for (let i = 0; i < CROP_VALUES; i++) this.crops[at + i] = Math.round(127.5 * (crop[i] + 1));
    this.labels[index] = label;
    this.sidePx[index] = Math.min(255, Math.round(sidePx));
  }

  /** Writes a crop as values −1..1; with dice its light changes a little, and more as `disturbance` allows. */
  readInto(
    out: Float32Array,
    at: number,
    index: number,
    dice: Dice | null,
    disturbance: Disturbance = UNDISTURBED,
  ): void {
    const from = index * CROP_VALUES;
    const gain = dice === null ? 1 : 1 + 0.06 * dice.normal();
    const tint = [0, 1, 2].map(() => (dice === null ? gain : gain * (1 + 0.02 * dice.normal())) / 127.5);
    for (let i = 0; i < CROP_VALUES; i += 3)
      for (let c = 0; c < 3; c++) out[at + i + c] = Math.min(1, this.crops[from + i + c] * tint[c] - 1);
    if (dice === null) return;
    const crop = out.subarray(at, at + CROP_VALUES);
    if (disturbance.mirrored && dice.chance(0.5)) mirror(crop);
    if (dice.chance(disturbance.covered)) cover(crop, dice);
  }
}

/** How examples are varied each time they are seen. */
export interface Disturbance {
  /** Whether left and right may be exchanged. */
  readonly mirrored: boolean;
  /** Share of crops of which a rectangle is covered with one colour (Zhong et al. 2020, random erasing). */
  readonly covered: number;
}

const UNDISTURBED: Disturbance = { mirrored: false, covered: 0 };
/** Sides of what covers, as shares of the crop's. */
const COVER = [0.15, 0.45] as const;

function mirror(crop: Float32Array): void {
  for (let row = 0; row < CROP_VALUES; row += 3 * CROP_PX)
    for (let a = row, b = row + 3 * (CROP_PX - 1); a < b; a += 3, b -= 3)
      for (let c = 0; c < 3; c++) [crop[a + c], crop[b + c]] = [crop[b + c], crop[a + c]];
}

function cover(crop: Float32Array, dice: Dice): void {
  const [width, height] = [0, 1].map(() => Math.round(CROP_PX * dice.between(...COVER)));
  const [left, top] = [dice.below(CROP_PX - width), dice.below(CROP_PX - height)];
  const colour = [0, 1, 2].map(() => dice.between(-0.9, 0.9));
  for (let y = top; y < top + height; y++)
    for (let x = left; x < left + width; x++) for (let c = 0; c < 3; c++) crop[3 * (y * CROP_PX + x) + c] = colour[c];
}
