import { OWNED_BY_PERSON } from './background.ts';
import type { Foreground } from './foreground.ts';
import { HEADS_MAX, type Heads } from './head-finder.ts';

/** Nothing of a body is further from its head on the floor than this, metres: an arm's length and a lean. */
const REACH_M = 1;
/** Nor higher above its head than this: a raised hand. */
const RAISED_M = 0.6;
/** Foreground this near below the head belongs to the trunk and legs that say where the body stands, metres. */
const TRUNK_M = 0.45;
/** Half a trunk's depth: the surface seen lies this far before its axis, metres. */
const HALF_TRUNK_M = 0.09;
const TRUNK_POINTS_MIN = 12;

/** Whose each pixel of the foreground is, and the axis of every body from the trunk's middle to the head. */
export class Bodies {
  /** Per pixel of the foreground: row of the head, or −1. */
  readonly owner: Int16Array;
  /** Trunk's middle per head. */
  readonly lowX = new Float64Array(HEADS_MAX);
  readonly lowY = new Float64Array(HEADS_MAX);
  readonly lowZ = new Float64Array(HEADS_MAX);
  readonly #points = new Int32Array(HEADS_MAX);

  constructor(pixels: number) {
    this.owner = new Int16Array(pixels);
  }

  /** Gives every foreground pixel to the nearest head in reach, then finds the trunks. */
  divide(seen: Foreground, heads: Heads): void {
    this.lowX.fill(0, 0, heads.count);
    this.lowY.fill(0, 0, heads.count);
    this.lowZ.fill(0, 0, heads.count);
    this.#points.fill(0, 0, heads.count);
    this.#give(seen, heads);
    const [cx, cy] = seen.grid.lens.centreInWorldM;
    for (let h = 0; h < heads.count; h++) this.#settle(heads, h, cx, cy);
  }

  #give(seen: Foreground, heads: Heads): void {
    const { pixels, x, y, z } = seen;
    const { owner, lowX, lowY, lowZ } = this;
    const count = heads.count;
    const [headX, headY, headZ] = [heads.x, heads.y, heads.z];
    for (let i = 0; i < seen.count; i++) {
      const k = pixels[i];
      const px = x[k];
      const py = y[k];
      const pz = z[k];
      let best = -1;
      let best2 = REACH_M * REACH_M;
      for (let h = 0; h < count; h++) {
        const dx = px - headX[h];
        const dy = py - headY[h];
        const apart2 = dx * dx + dy * dy;
        if (apart2 >= best2 || pz > headZ[h] + RAISED_M) continue;
        best = h;
        best2 = apart2;
      }
      owner[k] = best;
      if (best < 0) continue;
      seen.owner[k] = OWNED_BY_PERSON;
      if (best2 > TRUNK_M * TRUNK_M || pz > headZ[best] - 0.3 || pz < 0.25 * headZ[best]) continue;
      lowX[best] += px;
      lowY[best] += py;
      lowZ[best] += pz;
      this.#points[best]++;
    }
  }

  #settle(heads: Heads, h: number, cx: number, cy: number): void {
    const n = this.#points[h];
    if (n < TRUNK_POINTS_MIN) {
      this.lowX[h] = heads.x[h];
      this.lowY[h] = heads.y[h];
      this.lowZ[h] = heads.z[h] - 0.5;
      return;
    }
    const x = this.lowX[h] / n;
    const y = this.lowY[h] / n;
    const away = HALF_TRUNK_M / Math.max(0.1, Math.sqrt((x - cx) ** 2 + (y - cy) ** 2));
    this.lowX[h] = x + (x - cx) * away;
    this.lowY[h] = y + (y - cy) * away;
    this.lowZ[h] = this.lowZ[h] / n;
  }
}
