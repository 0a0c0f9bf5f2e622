import type { Run } from '../scenario/run.ts';
import type { WorldView } from '../world/view.ts';

/** Shoulders stand this far below the head's centre; the head is this thick. Metres. */
const SHOULDERS_M = 0.25;
const HEAD_RADIUS_M = 0.11;
/** One's own trunk hides one's own hands, but is thinner than the space one takes up, metres. */
const OWN_RADIUS_M = 0.15;

/**
 * Bodies as things that hide: an upright cylinder to the shoulders and a sphere for the head. Filled once a tick. A point
 * inside a cylinder (an arm around another) is not hidden by it, nor a carried child by its carrier.
 */
export class BodySight {
  private readonly carrier: Int32Array;
  private readonly bodies: Int32Array;
  private readonly x: Float64Array;
  private readonly y: Float64Array;
  private readonly radius: Float64Array;
  private readonly head: Float64Array;
  private count = 0;
  private cx = 0;
  private cy = 0;
  private cz = 0;

  constructor(run: Run) {
    const n = run.shoppers.length;
    const index = new Map(run.shoppers.map((shopper, i) => [shopper.key, i]));
    this.carrier = Int32Array.from(run.shoppers, (s) => (s.carriedBy === null ? -1 : (index.get(s.carriedBy) ?? -1)));
    this.bodies = new Int32Array(n);
    this.x = new Float64Array(n);
    this.y = new Float64Array(n);
    this.radius = new Float64Array(n);
    this.head = new Float64Array(3 * n);
  }

  advance(world: WorldView): void {
    this.count = 0;
    for (let i = 0; i < world.bodies.length; i++) {
      const body = world.bodies[i]!;
      if (!body.present || !body.visible) continue;
      const k = this.count++;
      this.bodies[k] = i;
      this.x[k] = body.xM;
      this.y[k] = body.yM;
      this.radius[k] = body.radiusM;
      for (let axis = 0; axis < 3; axis++) this.head[3 * k + axis] = body.headInWorldM[axis]!;
    }
  }

  /** Chooses the camera that `hides` looks from. */
  lookFrom(camera: readonly [number, number, number]): void {
    [this.cx, this.cy, this.cz] = camera;
  }

  /** Whether a body stands between the camera and a point of body `own` (its head when `isHead`). */
  hides(px: number, py: number, pz: number, own: number, isHead: boolean): boolean {
    const dx = px - this.cx;
    const dy = py - this.cy;
    const dz = pz - this.cz;
    const squared = dx * dx + dy * dy;
    for (let k = 0; k < this.count; k++) {
      const bx = this.x[k]! - this.cx;
      const by = this.y[k]! - this.cy;
      const cross = dx * by - dy * bx;
      const radius = this.radius[k]!;
      if (cross * cross >= radius * radius * squared) continue;
      const dot = dx * bx + dy * by;
      if (dot <= 0 || dot >= squared) continue;
      const body = this.bodies[k]!;
      if (body === own) {
        if (!isHead && this.trunkStops(k, OWN_RADIUS_M, dot, cross, squared, pz, dz)) return true;
      } else if (this.carrier[own] !== body && this.carrier[body] !== own) {
        if (this.trunkStops(k, radius, dot, cross, squared, pz, dz) || this.headStops(k, px, py, pz)) return true;
      }
    }
    return false;
  }

  /** The line enters the cylinder below the shoulders, and its end lies outside. `dot`, `cross`: axis against line. */
  private trunkStops(
    k: number,
    radius: number,
    dot: number,
    cross: number,
    squared: number,
    pz: number,
    dz: number,
  ): boolean {
    const chord = radius * radius - (cross * cross) / squared;
    if (chord <= 0) return false;
    const half = Math.sqrt(chord / squared);
    const leaves = dot / squared + half;
    if (leaves >= 1) return false;
    const enters = Math.max(0, dot / squared - half);
    const shouldersZ = this.head[3 * k + 2]! - SHOULDERS_M;
    return Math.min(pz - dz * (1 - enters), pz - dz * (1 - leaves)) < shouldersZ;
  }

  private headStops(k: number, px: number, py: number, pz: number): boolean {
    const hx = this.head[3 * k]! - px;
    const hy = this.head[3 * k + 1]! - py;
    const hz = this.head[3 * k + 2]! - pz;
    const ux = this.cx - px;
    const uy = this.cy - py;
    const uz = this.cz - pz;
    const share = (hx * ux + hy * uy + hz * uz) / (ux * ux + uy * uy + uz * uz);
    if (share <= 0 || share >= 1) return false;
    const far = hx * hx + hy * hy + hz * hz;
    const off = far - share * share * (ux * ux + uy * uy + uz * uz);
    return off < HEAD_RADIUS_M * HEAD_RADIUS_M && far > HEAD_RADIUS_M * HEAD_RADIUS_M;
  }
}
