import { CROP_VALUES } from '../picture/crop.ts';
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

  /** Writes a crop as values −1..1, with its light changed a little when there are dice. */
  readInto(out: Float32Array, at: number, index: number, dice: Dice | null): void {
    const from = index * CROP_VALUES;
    const gain = dice === null ? 1 : 1 + 0.06 * dice.normal();
    const tint = [0, 1, 2].map(() => (dice === null ? gain : gain * (1 + 0.02 * dice.normal())) / 127.5);
    for (let i = 0; i < CROP_VALUES; i += 3)
      for (let c = 0; c < 3; c++) out[at + i + c] = Math.min(1, this.crops[from + i + c] * tint[c] - 1);
  }
}
