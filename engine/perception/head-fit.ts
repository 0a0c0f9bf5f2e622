import { imageFromWorldInto } from '../geometry/lens.ts';
import type { Foreground } from './foreground.ts';

/**
 * A head with hair as a sphere: breadth 15 cm, length 20 cm, height 23 cm of an adult (ANSUR II, 2012, medians) make a
 * mean radius of 9.5 cm; hair adds half a centimetre.
 */
export const HEAD_RADIUS_M = 0.1;
const STEPS = 7;
/** Points further from the surface than this are not of the head, metres: first coarse, then fine. */
const COARSE_M = 0.08;
const FINE_M = 0.045;
/** Neck and shoulders begin this far below the centre, metres. */
const NECK_M = 0.075;
const POINTS_MIN = 6;

/** A sphere laid into the foreground. */
export class HeadFit {
  x = 0;
  y = 0;
  z = 0;
  /** Depth of the centre along the optical axis and its place in the picture. */
  depthM = 0;
  u = 0;
  v = 0;
  points = 0;
  /** Mean distance of the points from the sphere, metres. */
  residualM = 0;
  /** Area seen, as a share of the sphere's disc. */
  filled = 0;
}

/** Lays a sphere of a head's size under a peak by alternating nearest points and mean; false where no head can be. */
export function fitHead(out: HeadFit, seen: Foreground, peak: number): boolean {
  const lens = seen.grid.lens;
  const [cx, cy, cz] = lens.centreInWorldM;
  const dx = seen.x[peak] - cx;
  const dy = seen.y[peak] - cy;
  const dz = seen.z[peak] - cz;
  // The peak is the top of the side that faces the camera.
  const behind = (0.4 * HEAD_RADIUS_M) / Math.sqrt(dx * dx + dy * dy + dz * dz);
  out.x = seen.x[peak] + dx * behind;
  out.y = seen.y[peak] + dy * behind;
  out.z = seen.z[peak] - 0.9 * HEAD_RADIUS_M;
  for (let step = 0; step < STEPS; step++) {
    if (!moveToPoints(out, seen, step < 3 ? COARSE_M : FINE_M)) return false;
  }
  return measure(out, seen);
}

/** One step: every point wants the centre one radius behind it. */
function moveToPoints(fit: HeadFit, seen: Foreground, bandM: number): boolean {
  if (!openWindow(fit, seen, HEAD_RADIUS_M + bandM)) return false;
  const { columns } = seen.grid;
  const { x, y, z } = fit;
  const outer = (HEAD_RADIUS_M + bandM) ** 2;
  const lowest = z - NECK_M;
  let [sx, sy, sz, n] = [0, 0, 0, 0];
  for (let row = box.top; row <= box.bottom; row++) {
    for (let k = row * columns + box.left; k <= row * columns + box.right; k++) {
      if (seen.isOn[k] === 0 || seen.z[k] < lowest) continue;
      const px = x - seen.x[k];
      const py = y - seen.y[k];
      const pz = z - seen.z[k];
      const squared = px * px + py * py + pz * pz;
      if (squared > outer || squared < 1e-6) continue;
      const scale = HEAD_RADIUS_M / Math.sqrt(squared);
      sx += seen.x[k] + px * scale;
      sy += seen.y[k] + py * scale;
      sz += seen.z[k] + pz * scale;
      n++;
    }
  }
  if (n < POINTS_MIN) return false;
  fit.x = sx / n;
  fit.y = sy / n;
  fit.z = sz / n;
  return true;
}

function measure(fit: HeadFit, seen: Foreground): boolean {
  if (!openWindow(fit, seen, HEAD_RADIUS_M + FINE_M)) return false;
  const { columns, areaAt1M2 } = seen.grid;
  let [off, n, depth2] = [0, 0, 0];
  for (let row = box.top; row <= box.bottom; row++) {
    for (let k = row * columns + box.left; k <= row * columns + box.right; k++) {
      if (seen.isOn[k] === 0 || seen.z[k] < fit.z - NECK_M) continue;
      const px = fit.x - seen.x[k];
      const py = fit.y - seen.y[k];
      const pz = fit.z - seen.z[k];
      const distance = Math.sqrt(px * px + py * py + pz * pz);
      if (distance > HEAD_RADIUS_M + FINE_M) continue;
      off += Math.abs(distance - HEAD_RADIUS_M);
      const depthM = seen.depthMm[k] * 0.001;
      depth2 += depthM * depthM;
      n++;
    }
  }
  if (n < POINTS_MIN) return false;
  fit.points = n;
  fit.residualM = off / n;
  fit.filled = (depth2 * areaAt1M2) / (Math.PI * HEAD_RADIUS_M * HEAD_RADIUS_M);
  return true;
}

/** Pixels around a sphere's centre; false outside the picture. Leaves the centre's projection in the fit. */
function openWindow(fit: HeadFit, seen: Foreground, radiusM: number): boolean {
  const { grid } = seen;
  if (!imageFromWorldInto(image, grid.lens, fit.x, fit.y, fit.z)) return false;
  fit.u = image[0];
  fit.v = image[1];
  fit.depthM = image[2];
  const column = grid.columnOf(image[0]);
  const row = grid.rowOf(image[1]);
  const reach = Math.ceil((radiusM * grid.lens.fx) / (image[2] * grid.stride));
  box.left = Math.max(1, column - reach);
  box.right = Math.min(grid.columns - 2, column + reach);
  box.top = Math.max(1, row - reach);
  box.bottom = Math.min(grid.rows - 2, row + reach);
  return box.left <= box.right && box.top <= box.bottom;
}

const image = new Float64Array(3);
const box = { left: 0, right: 0, top: 0, bottom: 0 };
