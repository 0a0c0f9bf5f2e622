import type { Run } from '../../simulator/scenario/run.ts';
import { FixtureSight } from '../../simulator/sensors/fixture-sight.ts';
import { type TrueCamera, trueCamera } from '../../simulator/sensors/true-camera.ts';
import type { TruthPose } from '../../simulator/truth.ts';

/** One body in one picture; the box in pixels from the picture's left top corner, cut at its edges. */
export interface BodyBox {
  readonly shopperIndex: number;
  readonly leftPx: number;
  readonly topPx: number;
  readonly widthPx: number;
  readonly heightPx: number;
  /** Share of the body that is inside the picture and hidden by no fixture and no other body. */
  readonly visibility: number;
}

/** A body as an upright cylinder, world metres. */
export interface BodyCylinder {
  readonly shopperIndex: number;
  readonly xM: number;
  readonly yM: number;
  readonly radiusM: number;
  readonly bottomM: number;
  readonly topM: number;
}

/** Radius of a body as a share of its height, and crown above the head's centre: as the simulator has them. */
const RADIUS_SHARE = 0.13;
const CROWN_M = 0.11;

/** The bodies of one pose as cylinders, from the floor to the crown; who is carried ends where the legs do. */
export function cylindersOf(run: Pick<Run, 'shoppers'>, pose: TruthPose): BodyCylinder[] {
  return Array.from(pose.shopperIndex, (shopperIndex, i) => {
    const { heightM, carriedBy } = run.shoppers[shopperIndex];
    const topM = pose.inWorldM[9 * i + 2] + CROWN_M;
    const bottomM = carriedBy === null ? 0 : Math.max(0, topM - heightM);
    const [xM, yM] = [pose.onFloorM[2 * i], pose.onFloorM[2 * i + 1]];
    return { shopperIndex, xM, yM, radiusM: RADIUS_SHARE * heightM, bottomM, topM };
  });
}

/** Points around a rim: a box from 16 is within 2 % of the cylinder's width. */
const RIM = Array.from({ length: 16 }, (_, k) => {
  const angle = (k * Math.PI) / 8;
  return [Math.cos(angle), Math.sin(angle)] as const;
});
/** Points whose sight makes up the visibility: three abreast at eight heights. */
const HEIGHTS = 8;
const ABREAST = [-0.6, 0, 0.6];
/** Boxes smaller than this in the picture are left out, pixels squared. */
const LEAST_AREA_PX2 = 16;

/**
 * Boxes of bodies in the pictures of a run's cameras, by the true pose and lens. Bodies are upright cylinders: arms
 * and goods in hand are not in the box. Fixtures hide as solid blocks, doors do not hide.
 */
export class BodyBoxes {
  readonly #cameras: readonly TrueCamera[];
  readonly #fixtures: FixtureSight;

  constructor(run: Run) {
    this.#cameras = run.cameras.map(trueCamera);
    this.#fixtures = new FixtureSight(run);
  }

  /** Boxes in one camera's picture, in the order of the bodies. */
  list(camera: number, bodies: readonly BodyCylinder[]): BodyBox[] {
    const seen = this.#cameras[camera];
    return bodies.flatMap((body) => {
      const box = boxOf(seen, body);
      return box ? [{ ...box, visibility: this.#visibility(seen, body, bodies) }] : [];
    });
  }

  #visibility(camera: TrueCamera, body: BodyCylinder, bodies: readonly BodyCylinder[]): number {
    const [dx, dy] = [body.xM - camera.atM[0], body.yM - camera.atM[1]];
    const flat = Math.hypot(dx, dy) || 1;
    let seen = 0;
    for (let k = 0; k < HEIGHTS; k++) {
      const z = body.bottomM + ((k + 0.5) / HEIGHTS) * (body.topM - body.bottomM);
      for (const share of ABREAST) {
        const x = body.xM - (dy / flat) * share * body.radiusM;
        const y = body.yM + (dx / flat) * share * body.radiusM;
        if (!camera.project(x, y, z) || !this.#fixtures.isFree(camera.atM, x, y, z)) continue;
        if (!bodies.some((other) => other !== body && isBetween(other, camera.atM, x, y, z))) seen++;
      }
    }
    return seen / (HEIGHTS * ABREAST.length);
  }
}

function boxOf(camera: TrueCamera, body: BodyCylinder): Omit<BodyBox, 'visibility'> | null {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [cos, sin] of RIM) {
    for (const z of [body.bottomM, body.topM]) {
      camera.u = Number.NaN;
      camera.project(body.xM + body.radiusM * cos, body.yM + body.radiusM * sin, z);
      // Behind the camera, or where its lens model ends.
      if (Number.isNaN(camera.u)) continue;
      [left, right] = [Math.min(left, camera.u), Math.max(right, camera.u)];
      [top, bottom] = [Math.min(top, camera.v), Math.max(bottom, camera.v)];
    }
  }
  const { widthPx, heightPx } = camera.plan;
  [left, top] = [Math.max(0, left), Math.max(0, top)];
  [right, bottom] = [Math.min(widthPx, right), Math.min(heightPx, bottom)];
  if (right <= left || bottom <= top || (right - left) * (bottom - top) < LEAST_AREA_PX2) return null;
  return { shopperIndex: body.shopperIndex, leftPx: left, topPx: top, widthPx: right - left, heightPx: bottom - top };
}

/** Whether a body's cylinder cuts the line from a camera to a point. */
function isBetween(
  body: BodyCylinder,
  camera: readonly [number, number, number],
  x: number,
  y: number,
  z: number,
): boolean {
  const [dx, dy, dz] = [x - camera[0], y - camera[1], z - camera[2]];
  const [bx, by] = [camera[0] - body.xM, camera[1] - body.yM];
  // |b + t d|² = r² on the floor.
  const a = dx * dx + dy * dy;
  const half = bx * dx + by * dy;
  const root = half * half - a * (bx * bx + by * by - body.radiusM * body.radiusM);
  if (a === 0 || root <= 0) return false;
  const from = Math.max(0, (-half - Math.sqrt(root)) / a);
  const to = Math.min(1, (-half + Math.sqrt(root)) / a);
  if (from >= to) return false;
  const [zFrom, zTo] = [camera[2] + from * dz, camera[2] + to * dz];
  return Math.min(zFrom, zTo) < body.topM && Math.max(zFrom, zTo) > body.bottomM;
}
