import type { Run } from '../../scenario/run.ts';
import { Layout, type PlacedSlot } from '../../world/layout.ts';

/** Room above a top shelf that still counts as its own, metres. */
const OPEN_TOP_M = 0.35;
/** A shelf is looked at from behind when the line of sight runs out of its front by more than this share. */
const BEHIND = 0.05;

type Point = readonly [number, number, number];

export interface SightLine {
  readonly fromM: Point;
  /** Unit vector. */
  readonly direction: Point;
}

export interface SlotHit {
  readonly slot: PlacedSlot;
  /** Where the line of sight meets it, world metres. */
  readonly atM: Point;
}

/** Finds the place on a shelf that a line of sight meets first. */
export class SlotPicker {
  readonly #layout: Layout;
  readonly #tallM: readonly number[];

  constructor(run: Run) {
    this.#layout = new Layout(run);
    this.#tallM = this.#layout.slots.map(({ fixture, shelf }) => {
      const above = fixture.plan.shelves.map(({ heightM }) => heightM).filter((heightM) => heightM > shelf.heightM);
      return above.length > 0 ? Math.min(...above) - shelf.heightM : OPEN_TOP_M;
    });
  }

  /** All places that have a product, by fixture and shelf. */
  get slots(): readonly PlacedSlot[] {
    return this.#layout.slots.filter(({ plan }) => plan.skus.length > 0);
  }

  /** Null where nothing is met, or a shelf's back. */
  hit(line: SightLine): SlotHit | null {
    let best: PlacedSlot | null = null;
    let bestM = Number.POSITIVE_INFINITY;
    for (const slot of this.#layout.slots) {
      const awayM = this.#distance(slot, line);
      if (awayM < bestM) [best, bestM] = [slot, awayM];
    }
    if (!best) return null;
    const { nx, ny } = best.fixture;
    if (line.direction[0] * nx + line.direction[1] * ny > BEHIND) return null;
    const at = (axis: 0 | 1 | 2) => line.fromM[axis] + line.direction[axis] * bestM;
    return { slot: best, atM: [at(0), at(1), at(2)] };
  }

  /** The eight corners of a place, front first, left to right, below to above. */
  corners(slot: PlacedSlot): Point[] {
    const out = new Float64Array(3);
    const { fromM, toM } = slot.plan;
    const points: Point[] = [];
    for (const intoM of [0, slot.shelf.depthM])
      for (const upM of [0, this.#tallM[slot.index]])
        for (const alongM of [fromM, toM]) {
          this.#layout.pointOnShelfInto(out, slot, alongM, intoM, upM);
          points.push([out[0], out[1], out[2]]);
        }
    return points;
  }

  /** How far along a line of sight a place begins; infinite where it is not met. Slabs after Kay and Kajiya (1986). */
  #distance(slot: PlacedSlot, { fromM, direction }: SightLine): number {
    const { fixture, shelf, plan } = slot;
    const [x, y] = fixture.plan.atM;
    const local = (px: number, py: number) => [px * fixture.ux + py * fixture.uy, -px * fixture.nx - py * fixture.ny];
    const [along, into] = local(fromM[0] - x, fromM[1] - y);
    const [alongStep, intoStep] = local(direction[0], direction[1]);
    const slabs = [
      [along + fixture.halfLengthM - plan.fromM, alongStep, plan.toM - plan.fromM],
      [into, intoStep, shelf.depthM],
      [fromM[2] - shelf.heightM, direction[2], this.#tallM[slot.index]],
    ];
    let near = 0;
    let far = Number.POSITIVE_INFINITY;
    for (const [start, step, size] of slabs) {
      if (Math.abs(step) < 1e-9) {
        if (start < 0 || start > size) return Number.POSITIVE_INFINITY;
        continue;
      }
      const [a, b] = [-start / step, (size - start) / step];
      near = Math.max(near, Math.min(a, b));
      far = Math.min(far, Math.max(a, b));
    }
    return near <= far ? near : Number.POSITIVE_INFINITY;
  }
}
