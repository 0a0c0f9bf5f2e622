import type { PixelBox } from './visible-order.ts';

/** What shows where nothing is. */
const BACKGROUND = 0xff2a2420;
/** Rows are divided into at most this many blocks, one bit each. */
const BLOCKS = 32;

/** One picture in the making: depth, colour and ids of an ideal canvas, and which blocks of it were drawn into. */
export class CanvasLayer {
  readonly widthPx: number;
  readonly heightPx: number;
  /** 1/w of the nearest face per pixel; 0 = nothing. */
  readonly nearness: Float32Array;
  /** Per pixel 0xffBBGGRR; one more at the end for pixels that a lens does not show, always 0. */
  readonly rgba: Uint32Array;
  /** Per pixel id << 16 | depth in millimetres along the optical axis; one more at the end, always 0. */
  readonly aux: Uint32Array;
  /** Per row, a bit for each block that was drawn into. */
  readonly touched: Int32Array;
  /** A block is 2^this pixels wide. */
  readonly blockShift: number;

  constructor(widthPx: number, heightPx: number) {
    const n = widthPx * heightPx;
    this.widthPx = widthPx;
    this.heightPx = heightPx;
    this.nearness = new Float32Array(n);
    this.rgba = new Uint32Array(n + 1);
    this.aux = new Uint32Array(n + 1);
    this.touched = new Int32Array(heightPx);
    let shift = 4;
    while (BLOCKS << shift < widthPx) shift += 1;
    this.blockShift = shift;
  }

  /** Empties a rectangle. */
  clear(box: PixelBox): void {
    for (let y = box.y0; y < box.y1; y++) {
      const from = y * this.widthPx + box.x0;
      const to = y * this.widthPx + box.x1;
      this.nearness.fill(0, from, to);
      this.rgba.fill(BACKGROUND, from, to);
      this.aux.fill(0, from, to);
    }
  }

  /** Counts a rectangle as drawn into. */
  touch(box: PixelBox): void {
    for (let y = box.y0; y < box.y1; y++) this.touched[y] |= blockMask(box.x0, box.x1, this.blockShift);
  }

  /** Puts another layer of the same size wherever this one was drawn into. */
  restore(other: CanvasLayer): void {
    const { touched, widthPx, heightPx, blockShift, nearness, rgba, aux } = this;
    for (let y = 0; y < heightPx; y++) {
      const mask = touched[y];
      if (mask === 0) continue;
      // One stretch from the first to the last block: blocks in between are the same in both anyway.
      const first = 31 - Math.clz32(mask & -mask);
      const last = 31 - Math.clz32(mask);
      const row = y * widthPx;
      const end = row + Math.min(widthPx, (last + 1) << blockShift);
      for (let p = row + (first << blockShift); p < end; p++) {
        nearness[p] = other.nearness[p];
        rgba[p] = other.rgba[p];
        aux[p] = other.aux[p];
      }
      touched[y] = 0;
    }
  }
}

/** Bits of the blocks that pixels `from` ≤ x < `to` of a row lie in. */
export function blockMask(from: number, to: number, blockShift: number): number {
  return (2 << ((to - 1) >> blockShift)) - (1 << (from >> blockShift));
}
