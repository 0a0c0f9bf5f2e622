import type { Camera } from '../store.ts';

/** Steps of Newton's method; quadratic from a good start, so the last few never run. */
const NEWTON_STEPS = 20;

/** A camera ready for projection: pinhole with two radial terms (Brown 1971), rotation and translation unpacked. */
export class Lens {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly fx: number;
  readonly fy: number;
  readonly cx: number;
  readonly cy: number;
  readonly k1: number;
  readonly k2: number;
  /** 3 × 4 row-major, camera from world. */
  readonly cameraFromWorld: Float64Array;
  /** x, y, z of the lens in world metres. */
  readonly centreInWorldM: Float64Array;
  /** Undistorted radius up to which distortion grows with it, tangent of the angle to the axis; beyond, no image exists. */
  readonly radiusLimit: number;
  /** The same limit after distortion. */
  readonly distortedLimit: number;

  constructor(camera: Camera) {
    this.widthPx = camera.widthPx;
    this.heightPx = camera.heightPx;
    this.fx = camera.intrinsics.fx;
    this.fy = camera.intrinsics.fy;
    this.cx = camera.intrinsics.cx;
    this.cy = camera.intrinsics.cy;
    this.k1 = camera.intrinsics.k1;
    this.k2 = camera.intrinsics.k2;
    this.cameraFromWorld = Float64Array.from(camera.cameraFromWorld);
    const m = this.cameraFromWorld;
    this.centreInWorldM = new Float64Array(3);
    for (let i = 0; i < 3; i++) this.centreInWorldM[i] = -(m[i]! * m[3]! + m[4 + i]! * m[7]! + m[8 + i]! * m[11]!);
    this.radiusLimit = radiusLimitOf(this.k1, this.k2);
    this.distortedLimit = distorted(this.radiusLimit, this.k1, this.k2);
  }
}

/** First radius at which d/dr of r(1 + k1 r² + k2 r⁴) is 0, or infinity. */
function radiusLimitOf(k1: number, k2: number): number {
  // 1 + 3 k1 s + 5 k2 s² = 0 in s = r²; the smallest positive root, in the form that also holds as k2 goes to 0.
  const discriminant = 9 * k1 * k1 - 20 * k2;
  if (discriminant < 0) return Number.POSITIVE_INFINITY;
  const twice = -3 * k1 + Math.sqrt(discriminant);
  return twice > 0 ? Math.sqrt(2 / twice) : Number.POSITIVE_INFINITY;
}

function distorted(radius: number, k1: number, k2: number): number {
  if (!Number.isFinite(radius)) return radius;
  const s = radius * radius;
  return radius * (1 + s * (k1 + s * k2));
}

/**
 * Writes u, v (pixels) and depth along the axis (metres) of a world point; false if it is behind the camera or beyond
 * where the lens model holds. The point may lie outside the picture.
 */
export function imageFromWorldInto(out: Float64Array, lens: Lens, x: number, y: number, z: number): boolean {
  const m = lens.cameraFromWorld;
  const depth = m[8]! * x + m[9]! * y + m[10]! * z + m[11]!;
  if (depth <= 1e-6) return false;
  const px = (m[0]! * x + m[1]! * y + m[2]! * z + m[3]!) / depth;
  const py = (m[4]! * x + m[5]! * y + m[6]! * z + m[7]!) / depth;
  const s = px * px + py * py;
  if (s > lens.radiusLimit * lens.radiusLimit) return false;
  const stretch = 1 + s * (lens.k1 + s * lens.k2);
  out[0] = lens.fx * px * stretch + lens.cx;
  out[1] = lens.fy * py * stretch + lens.cy;
  out[2] = depth;
  return true;
}

/** Undistorted radius from a distorted one; NaN beyond the lens model's reach. */
export function undistortedRadius(lens: Lens, radius: number): number {
  const { k1, k2, distortedLimit } = lens;
  if (radius > distortedLimit) return Number.NaN;
  let r = Math.min(radius, lens.radiusLimit);
  for (let i = 0; i < NEWTON_STEPS; i++) {
    const s = r * r;
    const error = r * (1 + s * (k1 + s * k2)) - radius;
    const slope = 1 + s * (3 * k1 + 5 * k2 * s);
    // Close to the limit the slope vanishes; a step that would leave the valid stretch is halved back into it.
    let next = slope > 1e-9 ? r - error / slope : r * 0.5;
    if (next < 0) next = r * 0.5;
    else if (next > lens.radiusLimit) next = (r + lens.radiusLimit) * 0.5;
    if (Math.abs(next - r) <= 1e-14 * (1 + r)) return next;
    r = next;
  }
  return r;
}

/** Writes the world point at `depthM` along the axis behind pixel (u, v); false beyond where the lens model holds. */
export function worldFromImageInto(out: Float64Array, lens: Lens, u: number, v: number, depthM: number): boolean {
  let px = (u - lens.cx) / lens.fx;
  let py = (v - lens.cy) / lens.fy;
  if (lens.k1 !== 0 || lens.k2 !== 0) {
    const radius = Math.sqrt(px * px + py * py);
    if (radius > 1e-12) {
      const shrink = undistortedRadius(lens, radius) / radius;
      // NaN: no ray leads to this pixel.
      if (!(shrink >= 0)) return false;
      px *= shrink;
      py *= shrink;
    }
  }
  const m = lens.cameraFromWorld;
  const cx = px * depthM - m[3]!;
  const cy = py * depthM - m[7]!;
  const cz = depthM - m[11]!;
  out[0] = m[0]! * cx + m[4]! * cy + m[8]! * cz;
  out[1] = m[1]! * cx + m[5]! * cy + m[9]! * cz;
  out[2] = m[2]! * cx + m[6]! * cy + m[10]! * cz;
  return true;
}

/** True if the world point falls inside the picture. */
export function isInPicture(lens: Lens, x: number, y: number, z: number): boolean {
  if (!imageFromWorldInto(scratch, lens, x, y, z)) return false;
  const u = scratch[0]!;
  const v = scratch[1]!;
  return u >= 0 && v >= 0 && u < lens.widthPx && v < lens.heightPx;
}

const scratch = new Float64Array(3);
