import { imageFromWorldInto } from '../geometry/lens.ts';
import type { Foreground } from './foreground.ts';
import { fitHead, HEAD_RADIUS_M, HeadFit } from './head-fit.ts';
import type { PlanView } from './plan-view.ts';
import type { ShelfFronts } from './shelf-fronts.ts';

export const HEADS_MAX = 64;
/** Two heads are no nearer on the floor than this, metres: half a shoulder's breadth. */
const APART_M = 0.28;
/** A peak this near another head and this far below it is a shoulder, an elbow or what is carried, metres. */
const PART_M = 0.45;
const PART_BELOW_M = 0.22;
const SHOULDER_M = 0.34;
const SHOULDER_BELOW_M = 0.1;
/** What is this near a head and so much less like one is its raised arm. */
const ARM_M = 0.55;
const ARM_SCORE = 0.75;
/** What is this near a shelf's front, or in it, and this near a head, is a hand with goods: trunks keep heads further out. */
const AT_FRONT_M = 0.12;
const REACH_M = 0.7;
/** Alone in a picture it may be a head that leans in: enough to follow somebody, not to find one. */
const AT_FRONT_SHARE = 0.45;
/** More than any merit. */
const LAST = 10;
/** Height above what else somebody carries counts this much score, per metre. */
const MERIT_PER_M = 0.3;
/** Surfaces of heads lie this close to the sphere; noise along the ray comes on top. Metres. */
const RESIDUAL_M = 0.012;
const RESIDUAL_WIDTH_M = 0.022;
/** Least score of what is reported at all. */
const SCORE_MIN = 0.25;
/** Less of the sphere's disc than this is a strip or a scrap. */
const FILLED_MIN = 0.3;
/** So many radii of a head lie inside the picture, above its centre and to the sides. */
const CUT_ABOVE = 0.8;
const CUT_ASIDE = 0.9;
/** If what looks like a head is a shoulder, the neck is this far aside of it (ANSUR II: biacromial breadth 40 cm), metres. */
const NECK_ASIDE_M = 0.18;
const SHOULDER_DIRECTIONS = 12;
/** From there on up to the head, metres. */
const TO_HEAD_M = [0, 0.05, 0.1, 0.15, 0.2, 0.25];
/** What lies within this of where the neck would be belongs to it, millimetres. */
const NECK_MM = 120;
/** What lies so far before a head hides what is beside it, millimetres. */
const BEFORE_MM = 300;
/** Above a shoulder's head is nothing any more, metres. */
const ABOVE_HEAD_M = 0.5;
/** What may be a shoulder at the picture's edge counts so much: enough to follow somebody, not to find one. */
const EDGE_SHARE = 0.45;
const NO_NECK = 0;
const NECK = 1;
const UNKNOWN = 2;
/** Pixels next to the picture's edge have no neighbours to bear them out. */
const MARGIN_PX = 2;
/** A ridge is level with the head's centre or higher, within this, metres. */
const LEVEL_M = 0.02;
/** What lies this far behind a head is not of it, metres. */
const ANOTHER_M = 0.25;
/** A head fills this share of its radius (half its breadth), an arm does not; where pixels are coarse, a little less. */
const CORE = 0.75;
const CORE_COARSE = 0.6;
const COARSE_PX = 3;
const CORE_POINTS_MIN = 4;
/** No surface of a head slants more on the whole, even when half of it is hidden. */
const SLOPE_MAX = 1.1;
/** Where a door may be, only what faces the camera like a whole head counts. */
const DOOR_SLOPE_MAX = 0.5;
const CORE_MIN = 0.7;
const CORE_WIDTH = 0.2;
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

/** Takes peaks of the plan view for heads where a sphere fits, nothing goes on level and a body is below. */
export function findHeads(heads: Heads, seen: Foreground, plan: PlanView, fronts: ShelfFronts): void {
  maybe.count = 0;
  for (let i = 0; i < plan.peakCount && maybe.count < HEADS_MAX; i++) {
    if (!fitHead(fit, seen, plan.peaks[i])) continue;
    const score = scoreOf(fit, seen, plan, fronts);
    if (score < SCORE_MIN) continue;
    const isNear = fronts.depthInside(fit.x, fit.y, fit.z, AT_FRONT_M) !== Number.NEGATIVE_INFINITY;
    isAtFront[maybe.count] = isNear ? 1 : 0;
    write(maybe, maybe.count++, fit, isNear ? score * AT_FRONT_SHARE : score);
  }
  heads.count = 0;
  for (let i = 0; i < maybe.count; i++) rank[i] = i;
  for (let i = 0; i < maybe.count; i++) {
    for (let j = i + 1; j < maybe.count; j++) if (merit(rank[j]) > merit(rank[i])) swapRanks(i, j);
    if (isHeadBeside(heads, rank[i])) write(heads, heads.count++, rowOf(maybe, rank[i]), maybe.score[rank[i]]);
  }
}

/**
 * Of two things that cannot both be heads the better explained is one; heads are above what people hold. A hand raised to a
 * shelf may be higher than its owner's head: what is at a shelf comes after all that is not.
 */
function merit(row: number): number {
  return maybe.score[row] + MERIT_PER_M * maybe.z[row] - (isAtFront[row] === 1 ? LAST : 0);
}

function swapRanks(i: number, j: number): void {
  const row = rank[i];
  rank[i] = rank[j];
  rank[j] = row;
}

/** Whether a candidate may be a head beside those found before it. */
function isHeadBeside(heads: Heads, row: number): boolean {
  for (let h = 0; h < heads.count; h++) {
    const dx = heads.x[h] - maybe.x[row];
    const dy = heads.y[h] - maybe.y[row];
    const apart2 = dx * dx + dy * dy;
    const below = heads.z[h] - maybe.z[row];
    if (apart2 < APART_M * APART_M) return false;
    if (apart2 < SHOULDER_M * SHOULDER_M && below > SHOULDER_BELOW_M) return false;
    if (apart2 < PART_M * PART_M && below > PART_BELOW_M) return false;
    if (isAtFront[row] === 1 && apart2 < REACH_M * REACH_M) return false;
    if (apart2 < ARM_M * ARM_M && maybe.score[row] < ARM_SCORE * heads.score[h]) return false;
  }
  return true;
}

function rowOf(from: Heads, row: number): HeadFit {
  fit.x = from.x[row];
  fit.y = from.y[row];
  fit.z = from.z[row];
  fit.u = from.u[row];
  fit.v = from.v[row];
  fit.depthM = from.depthM[row];
  return fit;
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

function scoreOf(found: HeadFit, seen: Foreground, plan: PlanView, fronts: ShelfFronts): number {
  if (found.filled < FILLED_MIN || isCut(found, seen)) return 0;
  const noiseM = 0.0008 * found.depthM * found.depthM;
  const shape = clamp01(1 - (found.residualM - RESIDUAL_M - noiseM) / RESIDUAL_WIDTH_M);
  if (shape <= 0) return 0;
  const mayBeDoor = fronts.mayBeDoor(found.x, found.y, found.z + HEAD_RADIUS_M);
  const core = coreScore(found, seen, mayBeDoor ? DOOR_SLOPE_MAX : SLOPE_MAX);
  if (core === 0 || plan.isRidge(found.x, found.y, found.z - LEVEL_M, mayBeDoor)) return 0;
  const share = headShare(found, seen);
  return share === 0 ? 0 : shape * core * share * bodyShare(found, seen);
}

/** Whether the picture's edge cuts through it: of a body whose head is outside, what is left peaks anywhere. */
function isCut(found: HeadFit, { grid }: Foreground): boolean {
  const radius = (HEAD_RADIUS_M * grid.lens.fx) / found.depthM;
  const { widthPx } = grid.lens;
  const aside = CUT_ASIDE * radius;
  return found.v < CUT_ABOVE * radius || found.u < aside || found.u > widthPx - aside;
}

/** 0 if a neck leads up from it to a head, or to where a head is out of sight; less than 1 where the neck itself may be so. */
function headShare(found: HeadFit, seen: Foreground): number {
  // A chest whose head is right above the picture.
  let share = pixelOf(seen, found.x, found.y, found.z + TO_HEAD_M.at(-1)!) < 0 ? EDGE_SHARE : 1;
  for (let i = 0; i < shoulders.length; i += 2) {
    const leads = neckAt(found, seen, shoulders[i], shoulders[i + 1]);
    if (leads === NECK) return 0;
    if (leads === UNKNOWN) share = EDGE_SHARE;
  }
  return share;
}

/** What there is above a place beside what may be a shoulder. */
function neckAt(
  found: HeadFit,
  seen: Foreground,
  dx: number,
  dy: number,
): typeof NECK | typeof NO_NECK | typeof UNKNOWN {
  const { depthMm } = seen;
  const [x, y] = [found.x + dx, found.y + dy];
  let isNeck = false;
  for (const up of TO_HEAD_M) {
    const k = pixelOf(seen, x, y, found.z + up);
    if (k < 0) return up === 0 ? UNKNOWN : isNeck ? NECK : NO_NECK;
    // Dark hair gives nothing back.
    const isHidden = depthMm[k] === 0 || depthMm[k] < 1000 * found.depthM - BEFORE_MM;
    if (isHidden) return isNeck ? NECK : NO_NECK;
    isNeck = isThere(seen, k);
    if (!isNeck && up > 0) return NO_NECK;
  }
  if (!isNeck) return NO_NECK;
  // Somebody taller beside a head goes on further up.
  const above = pixelOf(seen, x, y, found.z + ABOVE_HEAD_M);
  return above >= 0 && isThere(seen, above) ? NO_NECK : NECK;
}

/** Whether a pixel shows something about where the point asked for last is. */
function isThere({ isOn, depthMm }: Foreground, k: number): boolean {
  return isOn[k] === 1 && Math.abs(depthMm[k] - 1000 * image[2]) <= NECK_MM;
}

/** Pixel that shows a point, −1 outside the picture. */
function pixelOf({ grid }: Foreground, x: number, y: number, z: number): number {
  if (!imageFromWorldInto(image, grid.lens, x, y, z)) return -1;
  const column = grid.columnOf(image[0]);
  const row = grid.rowOf(image[1]);
  const isInside =
    row >= MARGIN_PX && column >= MARGIN_PX && row < grid.rows - MARGIN_PX && column < grid.columns - MARGIN_PX;
  return isInside ? row * grid.columns + column : -1;
}

/**
 * How well the sphere's core is filled, 0..1: by what is not the shop behind it, nor a surface seen so slantingly as no head
 * ever is. What hides the core, or gives nothing back, is left out.
 */
function coreScore(found: HeadFit, seen: Foreground, slopeMax: number): number {
  const { grid } = seen;
  const pixelsPerM = grid.lens.fx / (found.depthM * grid.stride);
  const whole = HEAD_RADIUS_M * pixelsPerM;
  const radius = whole * (whole > COARSE_PX ? CORE : CORE_COARSE) * sizeOfHead(found.z);
  const column = (found.u - grid.middle) / grid.stride;
  const row = (found.v - grid.middle) / grid.stride;
  const behindMm = 1000 * (found.depthM + ANOTHER_M) + 3 * found.depthM * found.depthM;
  let [full, empty] = [0, 0];
  sums.fill(0);
  for (let r = Math.max(0, Math.ceil(row - radius)); r <= Math.min(grid.rows - 1, row + radius); r++) {
    for (let c = Math.max(0, Math.ceil(column - radius)); c <= Math.min(grid.columns - 1, column + radius); c++) {
      if ((r - row) * (r - row) + (c - column) * (c - column) > radius * radius) continue;
      const k = r * grid.columns + c;
      if (seen.isOn[k] === 1 && seen.depthMm[k] < behindMm) {
        full++;
        addToPlane((c - column) / pixelsPerM, (r - row) / pixelsPerM, seen.depthMm[k] / 1000 - found.depthM);
      } else if (seen.depthMm[k] > behindMm) empty++;
    }
  }
  if (full < CORE_POINTS_MIN) return 0;
  // Two standard errors of the slope: noise of one depth over the spread of the points and the root of their number.
  const slack = (4 * 0.0017 * found.depthM * found.depthM * pixelsPerM) / (radius * Math.sqrt(full));
  if (slopeOfPlane() > slopeMax + slack) return 0;
  return clamp01((full / (full + empty) - CORE_MIN) / CORE_WIDTH);
}

/** Size of a head of that height against an adult's: 0.82 at 0.8 m of stature (WHO head circumferences, 15 months). */
function sizeOfHead(zM: number): number {
  return 0.82 + 0.18 * clamp01((zM / 0.93 - 0.8) / 0.92);
}

function addToPlane(x: number, y: number, z: number): void {
  sums[0] += 1;
  sums[1] += x;
  sums[2] += y;
  sums[3] += z;
  sums[4] += x * x;
  sums[5] += x * y;
  sums[6] += y * y;
  sums[7] += x * z;
  sums[8] += y * z;
}

/** Slope of the least-squares plane through the points added, metres of depth per metre aside. */
function slopeOfPlane(): number {
  const [n, x, y, z, xx, xy, yy, xz, yz] = sums;
  const [cxx, cxy, cyy] = [xx - (x * x) / n, xy - (x * y) / n, yy - (y * y) / n];
  const [cxz, cyz] = [xz - (x * z) / n, yz - (y * z) / n];
  const det = cxx * cyy - cxy * cxy;
  if (det < 1e-12) return 0;
  const a = (cxz * cyy - cyz * cxy) / det;
  const b = (cyz * cxx - cxz * cxy) / det;
  return Math.sqrt(a * a + b * b);
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

/** Where the neck may be beside a shoulder, all around: x, y. */
const shoulders = Float64Array.from(
  Array.from({ length: SHOULDER_DIRECTIONS }, (_, i) => (2 * Math.PI * i) / SHOULDER_DIRECTIONS).flatMap((angle) => [
    NECK_ASIDE_M * Math.cos(angle),
    NECK_ASIDE_M * Math.sin(angle),
  ]),
);

const fit = new HeadFit();
const maybe = new Heads();
const rank = new Int32Array(HEADS_MAX);
const isAtFront = new Uint8Array(HEADS_MAX);
/** Of the points of a plane: n, x, y, z, xx, xy, yy, xz, yz. */
const sums = new Float64Array(9);
const image = new Float64Array(3);
