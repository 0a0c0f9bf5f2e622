import { Background, OWNED_BY_NOBODY } from './background.ts';
import type { PixelGrid } from './pixel-grid.ts';

/** Neighbours that must stand out with a pixel, at a depth that one surface can have. */
const NEIGHBOURS = 2;
/** Steepest surface between two neighbouring pixels, share of the depth. */
const STEEPEST = 0.035;
/** Depths within a block of one surface differ by no more than this, and this share: slant and noise. */
const BLOCK_STEP_MM = 40;
const BLOCK_STEP = 0.06;
/** What averaging leaves of the noise; half, and some for blocks at edges. */
const BLOCK_NOISE = 0.6;

/** Further from the world's floor than this is no person, metres. */
const LOWEST_M = 0.12;
const HIGHEST_M = 2.6;
/** Beyond this a head is five pixels wide and its depth uncertain by as much as its size. */
const RANGE_MM = 8_000;

/** What stands out of the empty shop in one picture: the pixels' numbers and their world points. Filled anew per picture. */
export class Foreground {
  readonly grid: PixelGrid;
  readonly background: Background;
  /** Depth of every pixel looked at, millimetres, 0 = no return. */
  readonly depthMm: Uint16Array;
  /** 1: foreground, and `x`, `y`, `z` hold its world point. */
  readonly isOn: Uint8Array;
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly z: Float32Array;
  /** Numbers of the foreground's pixels, ascending: the first `count`. */
  readonly pixels: Int32Array;
  count = 0;
  /** Per pixel, how the background should treat it; set by whoever knows whose it is. */
  readonly owner: Uint8Array;
  readonly #stands: Uint8Array;
  readonly #rowStands: Uint8Array;

  constructor(grid: PixelGrid) {
    this.grid = grid;
    this.background = new Background(grid.columns, grid.rows, grid.stride > 1 ? BLOCK_NOISE : 1);
    this.depthMm = new Uint16Array(grid.count);
    this.isOn = new Uint8Array(grid.count);
    this.x = new Float32Array(grid.count);
    this.y = new Float32Array(grid.count);
    this.z = new Float32Array(grid.count);
    this.pixels = new Int32Array(grid.count);
    this.owner = new Uint8Array(grid.count);
    this.#stands = new Uint8Array(grid.count);
    this.#rowStands = new Uint8Array(grid.rows);
  }

  /** Takes a picture's depths, full size. */
  look(pictureDepthMm: Uint16Array): void {
    for (let i = 0; i < this.count; i++) {
      this.isOn[this.pixels[i]] = 0;
      this.owner[this.pixels[i]] = OWNED_BY_NOBODY;
    }
    this.count = 0;
    this.#compare(pictureDepthMm);
    if (this.background.isLearned) this.#gather();
  }

  /** Lets the background follow the picture looked at last. */
  followUp(): void {
    this.background.follow(this.depthMm, this.owner);
  }

  /** Adds a pixel at a depth, if `mayBe` holds for its world point; `pixels` is no longer ascending from here on. */
  add(k: number, depthMm: number, mayBe: (x: number, y: number, z: number) => boolean): boolean {
    const { rayX, rayY, rayZ, lens } = this.grid;
    const metres = depthMm * 0.001;
    const x = lens.centreInWorldM[0] + metres * rayX[k];
    const y = lens.centreInWorldM[1] + metres * rayY[k];
    const z = lens.centreInWorldM[2] + metres * rayZ[k];
    if (!mayBe(x, y, z)) return false;
    this.isOn[k] = 1;
    this.depthMm[k] = depthMm;
    this.x[k] = x;
    this.y[k] = y;
    this.z[k] = z;
    this.pixels[this.count++] = k;
    return true;
  }

  #compare(picture: Uint16Array): void {
    if (this.grid.stride > 1) averageInto(this.depthMm, picture, this.grid);
    else this.depthMm.set(picture);
    const { columns, rows } = this.grid;
    const { depthMm } = this;
    const { limitMm: limit, behindMm: behind, farLimitMm: farLimit, hasDoor } = this.background;
    const stands = this.#stands;
    for (let row = 0; row < rows; row++) {
      const end = (row + 1) * columns;
      let any = 0;
      // 0 becomes the largest of all, so that "no return" never stands out.
      for (let k = row * columns; k < end; k++) {
        const on = ((depthMm[k] - 1) & 0xffff) < limit[k] - 1 ? 1 : 0;
        stands[k] = on;
        any |= on;
      }
      for (let k = hasDoor[row] === 1 ? row * columns : end; k < end; k++) {
        if (depthMm[k] <= behind[k] || depthMm[k] >= farLimit[k]) continue;
        stands[k] = 1;
        any = 1;
      }
      this.#rowStands[row] = any;
    }
  }

  /** Keeps what two neighbours bear out: neither noise nor the flying pixels of an edge have those. */
  #gather(): void {
    const { columns, rows, rayX, rayY, rayZ, lens } = this.grid;
    const [cx, cy, cz] = lens.centreInWorldM;
    const { depthMm, isOn, x, y, z, pixels } = this;
    const stands = this.#stands;
    let n = 0;
    for (let row = 1; row < rows - 1; row++) {
      if (this.#rowStands[row] === 0) continue;
      const end = (row + 1) * columns - 1;
      for (let k = row * columns + 1; k < end; k++) {
        if (stands[k] === 0) continue;
        const d = depthMm[k];
        if (d > RANGE_MM) continue;
        const steepest = d * STEEPEST;
        let near = 0;
        if (stands[k - 1] === 1 && Math.abs(depthMm[k - 1] - d) <= steepest) near++;
        if (stands[k + 1] === 1 && Math.abs(depthMm[k + 1] - d) <= steepest) near++;
        if (stands[k - columns] === 1 && Math.abs(depthMm[k - columns] - d) <= steepest) near++;
        if (stands[k + columns] === 1 && Math.abs(depthMm[k + columns] - d) <= steepest) near++;
        if (near < NEIGHBOURS) continue;
        const metres = d * 0.001;
        const height = cz + metres * rayZ[k];
        if (!(height > LOWEST_M && height < HIGHEST_M)) continue;
        isOn[k] = 1;
        x[k] = cx + metres * rayX[k];
        y[k] = cy + metres * rayY[k];
        z[k] = height;
        pixels[n++] = k;
      }
    }
    this.count = n;
  }
}

/** Means of blocks of two by two pixels of one surface; across an edge, or beside a missing return, one pixel of them. */
function averageInto(out: Uint16Array, picture: Uint16Array, { columns, rows, stride, lens }: PixelGrid): void {
  const { widthPx } = lens;
  for (let row = 0, k = 0; row < rows; row++) {
    // The pixel looked at and those before it: `offset` is at least 1.
    let at = (row * stride + (stride >> 1)) * widthPx + (stride >> 1);
    for (const end = k + columns; k < end; k++, at += stride) {
      const a = picture[at - widthPx - 1];
      const b = picture[at - widthPx];
      const c = picture[at - 1];
      const d = picture[at];
      const most = BLOCK_STEP_MM + d * BLOCK_STEP;
      const isWhole = a !== 0 && b !== 0 && c !== 0 && d !== 0;
      if (isWhole && Math.abs(a - d) < most && Math.abs(b - c) < most) out[k] = (a + b + c + d + 2) >> 2;
      else out[k] = d > 0 ? d : a > 0 ? a : b > 0 ? b : c;
    }
  }
}
