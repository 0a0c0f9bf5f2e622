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
const LEGS_FROM_M = 0.12;
/** So far before a front, metres, an arm is on its way into the shelf. */
const AT_SHELF_M = 0.35;
/** So far before a shelf's front, metres, what belongs to no head seen is followed; an arm comes from further out than that. */
const STRAY_M = 0.35;
const STRAY_BEFORE_M = 0.15;
const STRAY_SCORE = 0.5;
/** A hand is in a shelf from this deep on: a camera's pose is off by 1 cm and 0.3°, 3 cm at 4 m. */
const DEEP_M = 0.04;
/** Least area of an arm, m². */
const AREA_MIN_M2 = 0.0015;
/** A hand's length from the wrist is 19 cm (ANSUR II): its middle is that of the last so many metres of an arm. */
const HAND_M = 0.18;
/** Where fingers are among goods, what is seen ends at the palm. */
const PALM_M = 0.1;
/** Nearer than this to what is behind them, fingers are among it: a hand is 10 cm broad and thick with what it holds. */
const TOUCH_MM = 120;
/** A second tip of one part is another hand when it is this far from the first, metres. */
const OTHER_HAND_M = 0.25;
/** Half a hand's thickness: the surface seen lies this far before its centre, metres. */
const HALF_HAND_M = 0.015;
/** Steepest surface along an arm between neighbouring pixels, share of the depth. */
const STEEPEST = 0.025;

/** Marks a pixel of an arm that lies in a shelf. */
const IN_SHELF = 2;
/** An arm's root: what lies so near to where it leaves the body, metres. */
const ROOT_DEEP_M = 0.05;
const UNREACHED = 32_767;
/** Shoulders are at 0.82 of the stature, the head's centre at 0.93 (Drillis & Contini 1966). */
const SHOULDERS_SHARE = 0.12;
/** A hand in a shelf counts as so much further out. */
const IN_SHELF_MERIT_M = 0.5;
/** A hand narrower than so many pixels is not made out. */
const HAND_WIDTH_M = 0.09;
const HAND_PX_MIN = 3;
const BLOB_MIN_M2 = 0.0008;
const STEP_COLUMN = [1, -1, 0, 0, 1, 1, -1, -1];
const STEP_ROW = [0, 0, 1, -1, 1, -1, 1, -1];

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
  readonly #blob: Int32Array;
  readonly #steps: Int16Array;
  /** Pixel of each hand found last that reaches furthest. */
  readonly #tips = new Int32Array(HANDS_MAX);

  constructor(pixels: number, fronts: ShelfFronts) {
    this.#fronts = fronts;
    this.#isArm = new Uint8Array(pixels);
    this.#outM = new Float32Array(pixels);
    this.#insideM = new Float32Array(pixels);
    this.#stack = new Int32Array(pixels);
    this.#part = new Int32Array(pixels);
    this.#blob = new Int32Array(pixels);
    this.#steps = new Int16Array(pixels);
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
    this.#keepTwo(hands);
  }

  /** Nobody has more than two: those in shelves first, then those furthest out. */
  #keepTwo(hands: Hands): void {
    let kept = 0;
    for (let i = 0; i < hands.count; i++) {
      let better = 0;
      for (let j = 0; j < hands.count && hands.owner[i] >= 0; j++)
        if (hands.owner[j] === hands.owner[i] && (merits[j] > merits[i] || (merits[j] === merits[i] && j < i)))
          better++;
      isKept[i] = better < 2 ? 1 : 0;
    }
    for (let i = 0; i < hands.count; i++) {
      if (isKept[i] === 0) continue;
      hands.u[kept] = hands.u[i];
      hands.v[kept] = hands.v[i];
      hands.depthM[kept] = hands.depthM[i];
      hands.owner[kept] = hands.owner[i];
      hands.score[kept++] = hands.score[i];
    }
    hands.count = kept;
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
      if (z < LEGS_SHARE * heads.z[h] && inside < -LEGS_FROM_M) continue;
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

  /** A hand at the end of a part, and in every shelf it reaches into elsewhere. */
  #addHands(hands: Hands, seen: Foreground, heads: Heads, bodies: Bodies, size: number): void {
    const part = this.#part;
    const owner = bodies.owner[part[0]];
    let [near, far, before, area] = [Number.POSITIVE_INFINITY, -1, 0, 0];
    for (let i = 0; i < size; i++) {
      const k = part[i];
      const out = this.#outM[k];
      if (out < near) near = out;
      if (out > far) far = out;
      if (this.#insideM[k] > Number.NEGATIVE_INFINITY && this.#insideM[k] < before) before = this.#insideM[k];
      area += seen.depthMm[k] * seen.depthMm[k];
    }
    area *= 1e-6 * seen.grid.areaAt1M2;
    if (area < AREA_MIN_M2) return;
    if (owner < 0 && before > -STRAY_BEFORE_M) return;
    const isApart = owner >= 0 && near > trunkM(heads.z[owner]) + ROOT_M;
    if (isApart) return;
    const score = owner < 0 ? STRAY_SCORE : Math.min(1, area / 0.012);
    const first = hands.count;
    this.#measureSteps(seen, heads, owner, size, before);
    this.#addReaches(hands, seen, owner, size, score);
    if (owner < 0 || (far < trunkM(heads.z[owner]) + OUT_M && hands.count > first)) return;
    let tip = part[0];
    for (let i = 1; i < size; i++) if (this.#steps[part[i]] > this.#steps[tip]) tip = part[i];
    for (let i = first; i < hands.count; i++)
      if (apart2(seen, tip, this.#tips[i]) < OTHER_HAND_M * OTHER_HAND_M) return;
    this.#write(hands, seen, owner, tip, part, size, score);
  }

  /** Numbers a part's pixels by their steps from where it leaves the body; those not connected keep 0. */
  #measureSteps(seen: Foreground, heads: Heads, owner: number, size: number, before: number): void {
    const part = this.#part;
    const steps = this.#steps;
    const queue = this.#stack;
    const { columns } = seen.grid;
    if (owner >= 0) this.#measureReach(seen, heads, owner, size);
    let nearest = Number.POSITIVE_INFINITY;
    for (let i = 0; i < size && owner >= 0; i++) nearest = Math.min(nearest, this.#outM[part[i]]);
    let end = 0;
    for (let i = 0; i < size; i++) {
      const k = part[i];
      const isRoot = owner < 0 ? this.#insideM[k] < before + ROOT_DEEP_M : this.#outM[k] < nearest + ROOT_DEEP_M;
      steps[k] = isRoot ? 1 : UNREACHED;
      if (isRoot) queue[end++] = k;
    }
    for (let at = 0; at < end; at++) {
      const k = queue[at];
      for (let side = 0; side < 8; side++) {
        const next = k + STEP_COLUMN[side] + STEP_ROW[side] * columns;
        if (steps[next] !== UNREACHED) continue;
        steps[next] = Math.min(UNREACHED - 1, steps[k] + 1);
        queue[end++] = next;
      }
    }
    for (let i = 0; i < size; i++) if (steps[part[i]] === UNREACHED) steps[part[i]] = 0;
  }

  /** Puts the distance from the shoulders' middle into `outM`: along an arm it grows from shoulder to hand, bent or not. */
  #measureReach(seen: Foreground, heads: Heads, owner: number, size: number): void {
    const [x, y, z] = [heads.x[owner], heads.y[owner], (1 - SHOULDERS_SHARE) * heads.z[owner]];
    for (let i = 0; i < size; i++) {
      const k = this.#part[i];
      this.#outM[k] = Math.sqrt((seen.x[k] - x) ** 2 + (seen.y[k] - y) ** 2 + (seen.z[k] - z) ** 2);
    }
  }

  /** Finds the connected stretches of a part that lie in shelves, and a hand at the end of each. */
  #addReaches(hands: Hands, seen: Foreground, owner: number, size: number, score: number): void {
    const part = this.#part;
    const { columns } = seen.grid;
    const stack = this.#stack;
    const blob = this.#blob;
    for (let i = 0; i < size; i++) if (this.#insideM[part[i]] > 0) this.#isArm[part[i]] = IN_SHELF;
    for (let i = 0; i < size; i++) {
      if (this.#isArm[part[i]] !== IN_SHELF) continue;
      let [open, n] = [1, 0];
      stack[0] = part[i];
      this.#isArm[part[i]] = 0;
      while (open > 0) {
        const k = stack[--open];
        blob[n++] = k;
        for (let side = 0; side < 8; side++) {
          const next = k + STEP_COLUMN[side] + STEP_ROW[side] * columns;
          if (this.#isArm[next] !== IN_SHELF) continue;
          this.#isArm[next] = 0;
          stack[open++] = next;
        }
      }
      if (hands.count < HANDS_MAX - 1) this.#addReach(hands, seen, owner, n, score);
    }
  }

  #addReach(hands: Hands, seen: Foreground, owner: number, count: number, score: number): void {
    const blob = this.#blob;
    let [deepest, tip, area] = [0, blob[0], 0];
    for (let i = 0; i < count; i++) {
      const k = blob[i];
      area += seen.depthMm[k] * seen.depthMm[k];
      if (this.#insideM[k] > deepest) deepest = this.#insideM[k];
      if (this.#steps[k] > this.#steps[tip]) tip = k;
    }
    area *= 1e-6 * seen.grid.areaAt1M2;
    if (deepest < DEEP_M || area < BLOB_MIN_M2 || count < 3) return;
    this.#write(hands, seen, owner, tip, blob, count, score);
  }

  /** Whether what is behind an arm's end is so near that fingers are among it. */
  #endsOnGoods(seen: Foreground, tip: number): boolean {
    return seen.background.depthMm(tip) - seen.depthMm[tip] < TOUCH_MM;
  }

  /** The middle of the last stretch before a tip, as long as a hand. */
  #write(
    hands: Hands,
    seen: Foreground,
    owner: number,
    tip: number,
    of: Int32Array,
    count: number,
    score: number,
  ): void {
    const { grid } = seen;
    const tipDepthM = seen.depthMm[tip] * 0.001;
    const pixelM = (tipDepthM * grid.stride) / grid.lens.fx;
    if (pixelM * HAND_PX_MIN > HAND_WIDTH_M) return;
    const lengthM = this.#endsOnGoods(seen, tip) ? PALM_M : HAND_M;
    const from = this.#steps[tip] - lengthM / pixelM;
    let [x, y, z, n] = [0, 0, 0, 0];
    for (let i = 0; i < count; i++) {
      const k = of[i];
      if (this.#steps[k] < from) continue;
      const [dx, dy, dz] = [seen.x[k] - seen.x[tip], seen.y[k] - seen.y[tip], seen.z[k] - seen.z[tip]];
      if (dx * dx + dy * dy + dz * dz > (HAND_M + 0.05) * (HAND_M + 0.05)) continue;
      x += seen.x[k];
      y += seen.y[k];
      z += seen.z[k];
      n++;
    }
    if (n === 0 || !imageFromWorldInto(image, grid.lens, x / n, y / n, z / n)) return;
    const at = hands.count++;
    this.#tips[at] = tip;
    merits[at] = this.#outM[tip] + (this.#insideM[tip] > 0 ? IN_SHELF_MERIT_M : 0);
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
/** How far out each hand found last is, metres, and more in a shelf. */
const merits = new Float64Array(HANDS_MAX);
const isKept = new Uint8Array(HANDS_MAX);
