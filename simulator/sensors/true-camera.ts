import { cos, hypot3, sin, tan } from '../maths.ts';
import type { CameraPlan } from '../scenario/run.ts';

/** A body's parts are within this of its middle, metres; its middle is about this high. */
const LIMB_M = 1.2;

/** 3 × 4 row-major: camera point (x right, y down, z forward) from world point, metres. */
export type CameraFromWorld = Float64Array;

/** Pose of a camera at a place, looking at a point, its picture's up as near to world up (or +y, looking down) as it can be. */
export function lookAt(
  at: readonly [number, number, number],
  look: readonly [number, number, number],
): CameraFromWorld {
  let fx = look[0] - at[0];
  let fy = look[1] - at[1];
  let fz = look[2] - at[2];
  const length = hypot3(fx, fy, fz);
  if (length < 1e-9) throw new Error(`camera at ${at.join(', ')} looks at its own place, expected another point`);
  fx /= length;
  fy /= length;
  fz /= length;
  // right = forward × up; straight up or down has no right of its own.
  let rx = fy;
  let ry = -fx;
  const flat = Math.sqrt(rx * rx + ry * ry);
  if (flat < 1e-6) {
    rx = 1;
    ry = 0;
  } else {
    rx /= flat;
    ry /= flat;
  }
  const dx = -fz * ry;
  const dy = fz * rx;
  const dz = fx * ry - fy * rx;
  const pose = Float64Array.of(rx, ry, 0, 0, dx, dy, dz, 0, fx, fy, fz, 0);
  return withCentre(pose, at);
}

/** The same rotation seen from another place. */
export function withCentre(pose: CameraFromWorld, at: readonly [number, number, number]): CameraFromWorld {
  const moved = Float64Array.from(pose);
  for (let row = 0; row < 3; row++) {
    const i = 4 * row;
    moved[i + 3] = -(pose[i]! * at[0] + pose[i + 1]! * at[1] + pose[i + 2]! * at[2]);
  }
  return moved;
}

/** Rotates a pose by an angle about an axis in camera space (Rodrigues), the centre kept. */
export function turned(
  pose: CameraFromWorld,
  at: readonly [number, number, number],
  axis: readonly [number, number, number],
  angleRad: number,
): CameraFromWorld {
  const length = hypot3(axis[0], axis[1], axis[2]);
  if (length === 0 || angleRad === 0) return withCentre(pose, at);
  const [x, y, z] = [axis[0] / length, axis[1] / length, axis[2] / length];
  const c = cos(angleRad);
  const s = sin(angleRad);
  const r = [
    c + x * x * (1 - c),
    x * y * (1 - c) - z * s,
    x * z * (1 - c) + y * s,
    y * x * (1 - c) + z * s,
    c + y * y * (1 - c),
    y * z * (1 - c) - x * s,
    z * x * (1 - c) - y * s,
    z * y * (1 - c) + x * s,
    c + z * z * (1 - c),
  ];
  const out = new Float64Array(12);
  for (let row = 0; row < 3; row++) {
    for (let column = 0; column < 3; column++) {
      for (let k = 0; k < 3; k++) out[4 * row + column]! += r[3 * row + k]! * pose[4 * k + column]!;
    }
  }
  return withCentre(out, at);
}

/** Focal length in pixels of a horizontal field of view. */
export function focalPx(plan: CameraPlan): number {
  return plan.widthPx / 2 / tan(plan.hfovRad / 2);
}

/** Where a world point falls in a camera's picture by the true pose and lens. */
export class TrueCamera {
  readonly plan: CameraPlan;
  readonly focalPx: number;
  readonly atM: readonly [number, number, number];
  /** Result of the last `project`: pixels, and metres along the optical axis. */
  u = 0;
  v = 0;
  depthM = 0;
  private readonly pose: CameraFromWorld;
  private readonly widestSquared: number;

  constructor(plan: CameraPlan, pose: CameraFromWorld, atM: readonly [number, number, number]) {
    this.plan = plan;
    this.pose = pose;
    this.atM = atM;
    this.focalPx = focalPx(plan);
    this.widestSquared = foldSquared(plan.k1, plan.k2);
  }

  /** Whether nothing of a body that stands here can be in the picture: beyond the range, or well behind the camera. */
  isFarFrom(xM: number, yM: number, rangeM: number): boolean {
    const dx = xM - this.atM[0];
    const dy = yM - this.atM[1];
    const reach = rangeM + LIMB_M;
    if (dx * dx + dy * dy > reach * reach) return true;
    return this.pose[8]! * dx + this.pose[9]! * dy + this.pose[10]! * (LIMB_M - this.atM[2]) < -2 * LIMB_M;
  }

  /** Sets `u`, `v`, `depthM`; false behind the camera, outside the picture or beyond where the lens model folds. */
  project(xM: number, yM: number, zM: number): boolean {
    const { pose, plan } = this;
    const depth = pose[8]! * xM + pose[9]! * yM + pose[10]! * zM + pose[11]!;
    this.depthM = depth;
    if (depth < 0.05) return false;
    const x = (pose[0]! * xM + pose[1]! * yM + pose[2]! * zM + pose[3]!) / depth;
    const y = (pose[4]! * xM + pose[5]! * yM + pose[6]! * zM + pose[7]!) / depth;
    const r2 = x * x + y * y;
    if (r2 > this.widestSquared) return false;
    const stretch = this.focalPx * (1 + r2 * (plan.k1 + r2 * plan.k2));
    this.u = plan.widthPx / 2 + x * stretch;
    this.v = plan.heightPx / 2 + y * stretch;
    return this.u >= 0 && this.v >= 0 && this.u < plan.widthPx && this.v < plan.heightPx;
  }
}

/** Square of the normalised radius at which r(1 + k1 r² + k2 r⁴) stops growing; Infinity when it never does. */
function foldSquared(k1: number, k2: number): number {
  for (let r2 = 0; r2 < 16; r2 += 0.01) {
    if (1 + r2 * (3 * k1 + r2 * 5 * k2) <= 0) return r2;
  }
  return Number.POSITIVE_INFINITY;
}

/** The camera as the scenario has it. */
export function trueCamera(plan: CameraPlan): TrueCamera {
  return new TrueCamera(plan, lookAt(plan.atM, plan.lookM), plan.atM);
}
