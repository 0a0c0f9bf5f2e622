import type { Store } from '../store.ts';
import type { Background } from './background.ts';
import type { PixelGrid } from './pixel-grid.ts';

/** Every so many pixels one is asked. */
const EVERY = 3;
const PASSES = 4;
/** Depth this far from where the floor should be is none of it: at first, and once its tilt is known; metres. */
const FLOOR_BAND_M = [0.15, 0.05];
/** Beside fixtures stands what has no place in the store's description. */
const BESIDE_M = 0.15;
const FARTHEST_MM = 8_000;
/** Floor seen by fewer pixels, or over less than this variance, m², says nothing of a tilt. */
const PIXELS_MIN = 400;
const SPREAD_MIN_M2 = 0.1;
/** No camera is fitted worse than this: 3 degrees. */
const TILT_MAX = 0.05;
/** Smaller changes are noise: a millimetre, and a quarter of one per metre. */
const RISE_MIN_M = 0.001;
const TILT_MIN = 0.00025;

/** How the floor lies in what a camera sees: its height under the camera, metres, and its slope along world x and y. */
export interface FloorLevel {
  readonly riseM: number;
  readonly alongX: number;
  readonly alongY: number;
}

/**
 * Measures the floor in the empty shop's depths: where it is not level at 0, the camera is tilted or higher than its
 * description says. Null where too little floor is seen or it lies as described.
 */
export function floorLevel(grid: PixelGrid, background: Background, store: Store): FloorLevel | null {
  let level: FloorLevel = { riseM: 0, alongX: 0, alongY: 0 };
  for (let pass = 0; pass < PASSES; pass++) {
    gather(grid, background, store, level, FLOOR_BAND_M[Math.min(pass, 1)]);
    const found = planeOf();
    if (found === null) return null;
    level = found;
  }
  const tilt = Math.max(Math.abs(level.alongX), Math.abs(level.alongY));
  if (tilt > TILT_MAX) return null;
  return tilt < TILT_MIN && Math.abs(level.riseM) < RISE_MIN_M ? null : level;
}

function gather(grid: PixelGrid, background: Background, store: Store, level: FloorLevel, bandM: number): void {
  const [cx, cy, cz] = grid.lens.centreInWorldM;
  sums.fill(0);
  for (let k = 0; k < grid.count; k += EVERY) {
    const depthMm = background.depthMm(k);
    if (depthMm > FARTHEST_MM) continue;
    const depthM = depthMm * 0.001;
    const x = depthM * grid.rayX[k];
    const y = depthM * grid.rayY[k];
    const z = cz + depthM * grid.rayZ[k];
    const off = z - level.riseM - level.alongX * x - level.alongY * y;
    if (!(Math.abs(off) < bandM) || !isFloor(store, cx + x, cy + y)) continue;
    // Noise of depth grows with its square, pixels shrink with it: each square metre of floor counts alike.
    const weight = depthM * depthM;
    sums[0] += weight;
    sums[1] += weight * x;
    sums[2] += weight * y;
    sums[3] += weight * z;
    sums[4] += weight * x * x;
    sums[5] += weight * x * y;
    sums[6] += weight * y * y;
    sums[7] += weight * x * z;
    sums[8] += weight * y * z;
    sums[9] += 1;
  }
}

/** Weighted least-squares plane through what was gathered. */
function planeOf(): FloorLevel | null {
  const [n, x, y, z, xx, xy, yy, xz, yz, count] = sums;
  if (count < PIXELS_MIN) return null;
  const [mx, my, mz] = [x / n, y / n, z / n];
  const [cxx, cxy, cyy] = [xx / n - mx * mx, xy / n - mx * my, yy / n - my * my];
  const [cxz, cyz] = [xz / n - mx * mz, yz / n - my * mz];
  const det = cxx * cyy - cxy * cxy;
  if (det < SPREAD_MIN_M2 * SPREAD_MIN_M2) return null;
  const alongX = (cxz * cyy - cyz * cxy) / det;
  const alongY = (cyz * cxx - cxz * cxy) / det;
  return { riseM: mz - alongX * mx - alongY * my, alongX, alongY };
}

/** Whether nothing but the floor is described at a place. */
function isFloor({ sizeM, fixtures }: Store, x: number, y: number): boolean {
  if (x < BESIDE_M || y < BESIDE_M || x > sizeM[0] - BESIDE_M || y > sizeM[1] - BESIDE_M) return false;
  return !fixtures.some(({ atM, facingRad, depthM, lengthM }) => {
    const [nx, ny] = [Math.cos(facingRad), Math.sin(facingRad)];
    const [dx, dy] = [x - atM[0], y - atM[1]];
    const inside = -(dx * nx + dy * ny);
    const along = Math.abs(dy * nx - dx * ny);
    return inside > -BESIDE_M && inside < depthM + BESIDE_M && along < lengthM / 2 + BESIDE_M;
  });
}

/** Sums over pixels: weights, then weighted x, y, z, xx, xy, yy, xz, yz; last the number of pixels. */
const sums = new Float64Array(10);
