/**
 * Kalman filter on the floor with nearly constant velocity that fades (Bar-Shalom, Li and Kirubarajan 2001, ch. 6 and 8:
 * white-noise acceleration, first-order Gauss–Markov velocity).
 * State: x, y, vx, vy. Covariance, 10 numbers: Pxx Pxy Pyy (place), Cxx Cxy Cyx Cyy (place with velocity), Vxx Vxy Vyy.
 */
export const STATE_SIZE = 4;
export const COV_SIZE = 10;

/** Spectral density of acceleration: a walker stops or starts within about a second. m²/s³. */
export const ACCELERATION = 0.8;
/**
 * A head that bends to a low shelf moves half a metre in a third of a second, which no walker does: when matching,
 * places may differ by this much more (SD, metres²).
 */
export const BEND_VAR_M2 = 0.15 * 0.15;
/** Beyond this χ² a sighting says that the body has changed its motion: 99 % with 2 degrees of freedom. */
const SURPRISE_CHI2 = 9.2;
/**
 * Time in which a body forgets its speed, seconds: shoppers stop and go, and an unseen one that is taken to walk on
 * ends up among others.
 */
export const SPEED_KEPT_SECONDS = 1;

/** Starts at a place with its covariance (xx, xy, yy) and an unknown walking speed. */
export function startMotion(
  state: Float64Array,
  cov: Float64Array,
  x: number,
  y: number,
  placeCov: Float64Array,
): void {
  state[0] = x;
  state[1] = y;
  state[2] = 0;
  state[3] = 0;
  cov.fill(0);
  cov[0] = placeCov[0]!;
  cov[1] = placeCov[1]!;
  cov[2] = placeCov[2]!;
  cov[7] = 1;
  cov[9] = 1;
}

/** Moves the state on by `seconds`; `keep` is the share of velocity that survives (1: constant velocity). */
export function predictMotion(state: Float64Array, cov: Float64Array, seconds: number, keep: number): void {
  const t = seconds;
  state[0] = state[0]! + state[2]! * t;
  state[1] = state[1]! + state[3]! * t;
  state[2] = state[2]! * keep;
  state[3] = state[3]! * keep;
  const q = ACCELERATION;
  const place = (q * t * t * t) / 3;
  const cross = (q * t * t) / 2;
  const vxx = cov[7]!;
  const vxy = cov[8]!;
  const vyy = cov[9]!;
  cov[0] = cov[0]! + 2 * t * cov[3]! + t * t * vxx + place;
  cov[1] = cov[1]! + t * (cov[4]! + cov[5]!) + t * t * vxy;
  cov[2] = cov[2]! + 2 * t * cov[6]! + t * t * vyy + place;
  cov[3] = keep * (cov[3]! + t * vxx) + cross;
  cov[4] = keep * (cov[4]! + t * vxy);
  cov[5] = keep * (cov[5]! + t * vxy);
  cov[6] = keep * (cov[6]! + t * vyy) + cross;
  cov[7] = keep * keep * vxx + q * t;
  cov[8] = keep * keep * vxy;
  cov[9] = keep * keep * vyy + q * t;
}

/** Corrects with a measured place (x, y) of covariance (rxx, rxy, ryy). */
export function correctMotion(
  state: Float64Array,
  cov: Float64Array,
  x: number,
  y: number,
  rxx: number,
  rxy: number,
  ryy: number,
): void {
  const sxx = cov[0]! + rxx;
  const sxy = cov[1]! + rxy;
  const syy = cov[2]! + ryy;
  const det = sxx * syy - sxy * sxy;
  const ixx = syy / det;
  const ixy = -sxy / det;
  const iyy = sxx / det;
  const pxx = cov[0]!;
  const pxy = cov[1]!;
  const pyy = cov[2]!;
  const cxx = cov[3]!;
  const cxy = cov[4]!;
  const cyx = cov[5]!;
  const cyy = cov[6]!;
  // Gains: place K = P S⁻¹, velocity L = Cᵀ S⁻¹.
  const kxx = pxx * ixx + pxy * ixy;
  const kxy = pxx * ixy + pxy * iyy;
  const kyx = pxy * ixx + pyy * ixy;
  const kyy = pxy * ixy + pyy * iyy;
  const lxx = cxx * ixx + cyx * ixy;
  const lxy = cxx * ixy + cyx * iyy;
  const lyx = cxy * ixx + cyy * ixy;
  const lyy = cxy * ixy + cyy * iyy;
  const ex = x - state[0]!;
  const ey = y - state[1]!;
  state[0] = state[0]! + kxx * ex + kxy * ey;
  state[1] = state[1]! + kyx * ex + kyy * ey;
  state[2] = state[2]! + lxx * ex + lxy * ey;
  state[3] = state[3]! + lyx * ex + lyy * ey;
  cov[0] = pxx - (kxx * pxx + kxy * pxy);
  cov[1] = pxy - (kxx * pxy + kxy * pyy);
  cov[2] = pyy - (kyx * pxy + kyy * pyy);
  cov[3] = cxx - (kxx * cxx + kxy * cyx);
  cov[4] = cxy - (kxx * cxy + kxy * cyy);
  cov[5] = cyx - (kyx * cxx + kyy * cyx);
  cov[6] = cyy - (kyx * cxy + kyy * cyy);
  cov[7] = cov[7]! - (lxx * cxx + lxy * cyx);
  cov[8] = cov[8]! - (lxx * cxy + lxy * cyy);
  cov[9] = cov[9]! - (lyx * cxy + lyy * cyy);
}

/** Heads are measured to a few centimetres and nod a little; SD metres. */
const HEAD_Z_SD_M = 0.06;
/** Heads sink and rise at up to about this speed when people bend, metres per second. */
const BEND_MPS = 0.5;
/** A head that bends suddenly is still the same head: height never counts for more than this. */
const HEAD_Z_CHI2_MAX = 12;

/** Variance of a head's height `unseenUs` after it was last seen, metres². */
export function headZVarM2(unseenUs: number): number {
  const bent = (BEND_MPS * unseenUs) / 1e6;
  return HEAD_Z_SD_M * HEAD_Z_SD_M + bent * bent;
}

/** χ² of a head's height against the one expected, bounded. */
export function headZChi2(differenceM: number, varM2: number): number {
  return Math.min(HEAD_Z_CHI2_MAX, (differenceM * differenceM) / varM2);
}

/** Widens the covariance until a sighting at (x, y) is no longer a surprise, so that the filter follows at once. */
export function allowSurprise(
  state: Float64Array,
  cov: Float64Array,
  x: number,
  y: number,
  rxx: number,
  rxy: number,
  ryy: number,
): void {
  const xx = cov[0]! + rxx;
  const xy = cov[1]! + rxy;
  const yy = cov[2]! + ryy;
  const d2 = mahalanobis2(x - state[0]!, y - state[1]!, xx, xy, yy);
  if (d2 <= SURPRISE_CHI2) return;
  const factor = d2 / SURPRISE_CHI2;
  for (let i = 0; i < COV_SIZE; i++) cov[i] = cov[i]! * factor;
}

/** Squared Mahalanobis distance of (dx, dy) under the covariance (xx, xy, yy). */
export function mahalanobis2(dx: number, dy: number, xx: number, xy: number, yy: number): number {
  return (dx * dx * yy - 2 * dx * dy * xy + dy * dy * xx) / (xx * yy - xy * xy);
}
