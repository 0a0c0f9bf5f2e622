import { imageFromWorldInto } from '../geometry/lens.ts';
import type { Foreground } from './foreground.ts';
import { fitHead, HEAD_RADIUS_M, HeadFit } from './head-fit.ts';
import type { PlanView } from './plan-view.ts';

export const HEADS_MAX = 64;
/** Two heads are no nearer on the floor than this, metres: half a shoulder's breadth. */
const APART_M = 0.28;
/** A peak this near another head and this far below it is a shoulder, an elbow or what is carried, metres. */
const PART_M = 0.45;
const PART_BELOW_M = 0.22;
const SHOULDER_M = 0.34;
const SHOULDER_BELOW_M = 0.1;
/** Surfaces of heads lie this close to the sphere; noise along the ray comes on top. Metres. */
const RESIDUAL_M = 0.012;
const RESIDUAL_WIDTH_M = 0.022;
/** Least score of what is reported at all. */
const SCORE_MIN = 0.25;
/** Less of the sphere's disc than this is a strip or a scrap. */
const FILLED_MIN = 0.3;
/** A ridge is level with the head's centre or higher, within this, metres. */
const LEVEL_M = 0.02;
/** What lies this far behind a head is not of it, metres. */
const ANOTHER_M = 0.25;
/** A head fills this share of its radius; an arm does not. */
const CORE = 0.6;
const CORE_MIN = 0.55;
const CORE_WIDTH = 0.3;
/** Half extents of the chest looked for below a head: aside, up and down. */
const CHEST_HALF_M = 0.14;
const CHEST_BELOW_M = 0.42;
/** Share of it that a body fills at least: more than a pole or a door seen edge-on. */
const CHEST_MIN = 0.35;
const CHEST_WIDTH = 0.3;

/** Heads found in one picture, best explained first; flat arrays, filled anew per picture. */
export class Heads {
  count = 0;
  readonly x = new Float64Array(HEADS_MAX);
  readonly y = new Float64Array(HEADS_MAX);
  readonly z = new Float64Array(HEADS_MAX);
  readonly u = new Float64Array(HEADS_MAX);
  readonly v = new Float64Array(HEADS_MAX);
  readonly depthM = new Float64Array(HEADS_MAX);
  readonly score = new Float64Array(HEADS_MAX);
}

/** Takes peaks of the plan view for heads where a sphere fits, air is around it and a body below it. */
export function findHeads(heads: Heads, seen: Foreground, plan: PlanView): void {
  heads.count = 0;
  for (let i = 0; i < plan.peakCount && heads.count < HEADS_MAX; i++) {
    if (!fitHead(fit, seen, plan.peaks[i])) continue;
    const score = scoreOf(fit, seen, plan);
    if (score < SCORE_MIN) continue;
    place(heads, fit, score);
  }
}

/** Adds a head, unless one that explains it better is there; takes the place of one it explains better. */
function place(heads: Heads, found: HeadFit, score: number): void {
  for (let h = 0; h < heads.count; h++) {
    const dx = heads.x[h] - found.x;
    const dy = heads.y[h] - found.y;
    const apart2 = dx * dx + dy * dy;
    const isSame = apart2 < APART_M * APART_M;
    const below = heads.z[h] - found.z;
    const isShoulder = apart2 < SHOULDER_M * SHOULDER_M && below > SHOULDER_BELOW_M;
    const isPart = apart2 < PART_M * PART_M && below > PART_BELOW_M;
    if (!isSame && !isShoulder && !isPart) continue;
    if (isSame && score > heads.score[h]) write(heads, h, found, score);
    return;
  }
  write(heads, heads.count++, found, score);
}

function write(heads: Heads, at: number, found: HeadFit, score: number): void {
  heads.x[at] = found.x;
  heads.y[at] = found.y;
  heads.z[at] = found.z;
  heads.u[at] = found.u;
  heads.v[at] = found.v;
  heads.depthM[at] = found.depthM;
  heads.score[at] = score;
}

function scoreOf(found: HeadFit, seen: Foreground, plan: PlanView): number {
  if (found.filled < FILLED_MIN || isCut(found, seen)) return 0;
  const noiseM = 0.0008 * found.depthM * found.depthM;
  const shape = clamp01(1 - (found.residualM - RESIDUAL_M - noiseM) / RESIDUAL_WIDTH_M);
  if (shape <= 0) return 0;
  const core = clamp01((coreShare(found, seen) - CORE_MIN) / CORE_WIDTH);
  if (core === 0 || plan.isRidge(found.x, found.y, found.z - LEVEL_M)) return 0;
  return shape * core * bodyShare(found, seen);
}

/** Whether the picture's edge cuts through it: what is left of a body then peaks anywhere. */
function isCut(found: HeadFit, { grid }: Foreground): boolean {
  const inset = (0.1 * HEAD_RADIUS_M * grid.lens.fx) / found.depthM;
  const { widthPx, heightPx } = grid.lens;
  return found.u < inset || found.v < inset || found.u > widthPx - inset || found.v > heightPx - inset;
}

/** Share of the sphere's core that is not the shop behind it; what hides it, or gives nothing back, is left out. */
function coreShare(found: HeadFit, seen: Foreground): number {
  const { grid } = seen;
  const radius = (CORE * HEAD_RADIUS_M * grid.lens.fx) / (found.depthM * grid.stride);
  const column = (found.u - grid.offset - 0.5) / grid.stride;
  const row = (found.v - grid.offset - 0.5) / grid.stride;
  const behindMm = 1000 * (found.depthM + ANOTHER_M) + 3 * found.depthM * found.depthM;
  let [full, empty] = [0, 0];
  for (let r = Math.max(0, Math.ceil(row - radius)); r <= Math.min(grid.rows - 1, row + radius); r++) {
    for (let c = Math.max(0, Math.ceil(column - radius)); c <= Math.min(grid.columns - 1, column + radius); c++) {
      if ((r - row) * (r - row) + (c - column) * (c - column) > radius * radius) continue;
      const k = r * grid.columns + c;
      if (seen.isOn[k] === 1 && seen.depthMm[k] < behindMm) full++;
      else if (seen.depthMm[k] > behindMm) empty++;
    }
  }
  return full + empty === 0 ? 0 : full / (full + empty);
}

/** How much of where a chest must be is one, leaving out what something nearer hides; 0.7 when all is hidden. */
function bodyShare(found: HeadFit, seen: Foreground): number {
  const { grid } = seen;
  // A child's chest is nearer to its head.
  const belowM = Math.min(CHEST_BELOW_M, 0.3 * (found.z + HEAD_RADIUS_M));
  if (!imageFromWorldInto(image, grid.lens, found.x, found.y, found.z - belowM)) return 0.7;
  const column = grid.columnOf(image[0]);
  const row = grid.rowOf(image[1]);
  const reach = (CHEST_HALF_M * grid.lens.fx) / (image[2] * grid.stride);
  const chestMm = image[2] * 1000;
  let [body, empty] = [0, 0];
  for (let i = -3; i <= 3; i++) {
    const r = row + Math.round((i * reach) / 3);
    if (r < 1 || r >= grid.rows - 1) continue;
    for (let j = -3; j <= 3; j++) {
      const c = column + Math.round((j * reach) / 3);
      if (c < 1 || c >= grid.columns - 1) continue;
      const k = r * grid.columns + c;
      const d = seen.depthMm[k];
      if (d === 0) continue;
      if (d > chestMm + 450) empty++;
      else if (seen.isOn[k] === 1 && d > chestMm - 450) body++;
    }
  }
  const known = body + empty;
  if (known < 12) return 0.7;
  return clamp01((body / known - CHEST_MIN) / CHEST_WIDTH);
}

function clamp01(value: number): number {
  return value < 0 ? 0 : value > 1 ? 1 : value;
}

const fit = new HeadFit();
const image = new Float64Array(3);
