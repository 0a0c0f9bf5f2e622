import { imageFromWorldInto } from '../geometry/lens.ts';
import { OWNED_IN_SHELF } from './background.ts';
import type { Bodies } from './bodies.ts';
import type { Foreground } from './foreground.ts';
import type { Heads } from './head-finder.ts';
import type { ShelfFronts } from './shelf-fronts.ts';

export const HANDS_MAX = 256;
/** A trunk's half width as a share of the head's height, and its bounds in metres (ANSUR II: 24 cm at the elbows). */
const TRUNK_SHARE = 0.145;
const TRUNK_MIN_M = 0.13;
const TRUNK_MAX_M = 0.24;
/** An arm leaves the trunk: its nearest point lies within this of it; its tip is at least so far out. Metres. */
const ROOT_M = 0.1;
const OUT_M = 0.07;
/** Below this share of the head's height there are legs, and hands only at a shelf. */
const LEGS_SHARE = 0.4;
const AT_SHELF_M = 0.12;
/** So far before a shelf's front, metres, what belongs to no head seen is followed; an arm comes from further out than that. */
const STRAY_M = 0.35;
const STRAY_BEFORE_M = 0.15;
const STRAY_SCORE = 0.5;
/** A hand is in a shelf from this deep on: a camera's pose is off by 1 cm and 0.3°, 3 cm at 4 m. */
const DEEP_M = 0.04;
/** Least area of an arm, m². */
const AREA_MIN_M2 = 0.0015;
/** A hand's length from the wrist is 19 cm (ANSUR II): the points this near the tip are its … */
const HAND_M = 0.15;
/** … but fingers around goods do not stand out from them: in a shelf the arm's end is the palm already. */
const PALM_M = 0.06;
/** A second tip of one part is another hand when it is this far from the first, metres. */
const OTHER_HAND_M = 0.25;
/** Half a hand's thickness: the surface seen lies this far before its centre, metres. */
const HALF_HAND_M = 0.015;
/** Steepest surface along an arm between neighbouring pixels, share of the depth. */
const STEEPEST = 0.025;

/** Hands found in one picture; flat arrays, filled anew per picture. */
export class Hands {
  count = 0;
  readonly u = new Float64Array(HANDS_MAX);
  readonly v = new Float64Array(HANDS_MAX);
  readonly depthM = new Float64Array(HANDS_MAX);
  readonly score = new Float64Array(HANDS_MAX);
  readonly owner = new Int16Array(HANDS_MAX);
}

/** Finds arms as connected parts of a body outside its trunk, and a hand at the tip of each. */
export class HandFinder {
  readonly #fronts: ShelfFronts;
  /** Per pixel: 1 = of an arm and not yet walked over. */
  readonly #isArm: Uint8Array;
  /** Per pixel of an arm: distance from the body's axis, and how far behind a shelf's front, metres. */
  readonly #outM: Float32Array;
  readonly #insideM: Float32Array;
  readonly #stack: Int32Array;
  readonly #part: Int32Array;

  constructor(pixels: number, fronts: ShelfFronts) {
    this.#fronts = fronts;
    this.#isArm = new Uint8Array(pixels);
    this.#outM = new Float32Array(pixels);
    this.#insideM = new Float32Array(pixels);
    this.#stack = new Int32Array(pixels);
    this.#part = new Int32Array(pixels);
  }

  find(hands: Hands, seen: Foreground, heads: Heads, bodies: Bodies): void {
    hands.count = 0;
    this.#markArms(seen, heads, bodies);
    for (let i = 0; i < seen.count; i++) {
      const k = seen.pixels[i];
      if (this.#isArm[k] === 0) continue;
      const size = this.#walk(seen, bodies, k);
      if (hands.count < HANDS_MAX - 1) this.#addHands(hands, seen, heads, bodies, size);
    }
  }

  #markArms(seen: Foreground, heads: Heads, bodies: Bodies): void {
    for (let i = 0; i < seen.count; i++) {
      const k = seen.pixels[i];
      const h = bodies.owner[k];
      const z = seen.z[k];
      if (h < 0) {
        this.#markStray(seen, k);
        continue;
      }
      const share = Math.min(1.3, Math.max(0, (heads.z[h] - z) / Math.max(0.2, heads.z[h] - bodies.lowZ[h])));
      const dx = seen.x[k] - heads.x[h] - share * (bodies.lowX[h] - heads.x[h]);
      const dy = seen.y[k] - heads.y[h] - share * (bodies.lowY[h] - heads.y[h]);
      const trunk = trunkM(heads.z[h]);
      const out2 = dx * dx + dy * dy;
      if (out2 < trunk * trunk) continue;
      const inside = this.#fronts.depthInside(seen.x[k], seen.y[k], z, AT_SHELF_M);
      if (inside > 0) seen.owner[k] = OWNED_IN_SHELF;
      if (z < LEGS_SHARE * heads.z[h] && inside === Number.NEGATIVE_INFINITY) continue;
      this.#outM[k] = Math.sqrt(out2);
      this.#insideM[k] = inside;
      this.#isArm[k] = 1;
    }
  }

  /** Of a body whose head this picture does not show, only what is at a shelf can be told for an arm. */
  #markStray(seen: Foreground, k: number): void {
    const inside = this.#fronts.depthInside(seen.x[k], seen.y[k], seen.z[k], STRAY_M);
    if (inside === Number.NEGATIVE_INFINITY) return;
    if (inside > 0) seen.owner[k] = OWNED_IN_SHELF;
    this.#outM[k] = 0;
    this.#insideM[k] = inside;
    this.#isArm[k] = 1;
  }

  /** Collects the connected part that a pixel belongs to; returns its size. */
  #walk(seen: Foreground, bodies: Bodies, start: number): number {
    const { columns } = seen.grid;
    const isArm = this.#isArm;
    const stack = this.#stack;
    let size = 0;
    let open = 1;
    stack[0] = start;
    isArm[start] = 0;
    while (open > 0) {
      const k = stack[--open];
      this.#part[size++] = k;
      const d = seen.depthMm[k];
      const steepest = d * STEEPEST + 15;
      const owner = bodies.owner[k];
      for (let side = 0; side < 4; side++) {
        const next = k + (side === 0 ? 1 : side === 1 ? -1 : side === 2 ? columns : -columns);
        if (isArm[next] === 0 || bodies.owner[next] !== owner) continue;
        if (Math.abs(seen.depthMm[next] - d) > steepest) continue;
        isArm[next] = 0;
        stack[open++] = next;
      }
    }
    return size;
  }

  /** A hand where a part reaches deepest into a shelf, and one at its end furthest out. */
  #addHands(hands: Hands, seen: Foreground, heads: Heads, bodies: Bodies, size: number): void {
    const part = this.#part;
    const owner = bodies.owner[part[0]];
    const least = owner < 0 ? 0 : trunkM(heads.z[owner]) + OUT_M;
    let [near, far, tip, deep, deepest, area] = [Number.POSITIVE_INFINITY, -1, -1, DEEP_M, -1, 0];
    let before = 0;
    for (let i = 0; i < size; i++) {
      const k = part[i];
      const out = this.#outM[k];
      if (out < near) near = out;
      if (out > far) {
        far = out;
        tip = k;
      }
      if (this.#insideM[k] < before) before = this.#insideM[k];
      if (this.#insideM[k] > deep && out >= least) {
        deep = this.#insideM[k];
        deepest = k;
      }
      area += seen.depthMm[k] * seen.depthMm[k];
    }
    area *= 1e-6 * seen.grid.areaAt1M2;
    const h = bodies.owner[tip];
    if (h < 0) {
      // Goods that were moved do not reach out of the shelf.
      const isArm = deepest >= 0 && before < -STRAY_BEFORE_M && area >= AREA_MIN_M2;
      if (isArm) this.#write(hands, seen, h, deepest, size, STRAY_SCORE, PALM_M);
      return;
    }
    const trunk = trunkM(heads.z[h]);
    if (area < AREA_MIN_M2 || near > trunk + ROOT_M) return;
    const score = Math.min(1, area / 0.012);
    if (deepest >= 0) this.#write(hands, seen, h, deepest, size, score, PALM_M);
    if (far < trunk + OUT_M || (deepest >= 0 && apart2(seen, tip, deepest) < OTHER_HAND_M * OTHER_HAND_M)) return;
    this.#write(hands, seen, h, tip, size, score, HAND_M);
  }

  /** The middle of what lies within a hand's length of the tip, moved inside. */
  #write(
    hands: Hands,
    seen: Foreground,
    owner: number,
    tip: number,
    size: number,
    score: number,
    lengthM: number,
  ): void {
    const part = this.#part;
    const tipX = seen.x[tip];
    const tipY = seen.y[tip];
    const tipZ = seen.z[tip];
    let [x, y, z, n] = [0, 0, 0, 0];
    for (let i = 0; i < size; i++) {
      const k = part[i];
      const dx = seen.x[k] - tipX;
      const dy = seen.y[k] - tipY;
      const dz = seen.z[k] - tipZ;
      if (dx * dx + dy * dy + dz * dz > lengthM * lengthM) continue;
      x += seen.x[k];
      y += seen.y[k];
      z += seen.z[k];
      n++;
    }
    if (!imageFromWorldInto(image, seen.grid.lens, x / n, y / n, z / n)) return;
    const at = hands.count++;
    hands.u[at] = image[0];
    hands.v[at] = image[1];
    hands.depthM[at] = image[2] + HALF_HAND_M;
    hands.owner[at] = owner;
    hands.score[at] = 0.3 + 0.7 * score;
  }
}

function apart2(seen: Foreground, a: number, b: number): number {
  return (seen.x[a] - seen.x[b]) ** 2 + (seen.y[a] - seen.y[b]) ** 2 + (seen.z[a] - seen.z[b]) ** 2;
}

function trunkM(headZM: number): number {
  return Math.min(TRUNK_MAX_M, Math.max(TRUNK_MIN_M, TRUNK_SHARE * headZM));
}

const image = new Float64Array(3);
