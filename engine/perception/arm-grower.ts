import { OWNED_IN_SHELF } from './background.ts';
import type { Bodies } from './bodies.ts';
import type { ColourBackground } from './colour-background.ts';
import type { Foreground } from './foreground.ts';
import type { ShelfFronts } from './shelf-fronts.ts';

/** So far before a shelf's front an arm is followed by its colour, metres. */
const BEFORE_M = 0.3;
/** Steepest surface along an arm between neighbouring pixels: share of the depth, and the noise of one. */
const STEEPEST = 0.03;
const STEP_MM = 20;
/** What is this much further away than the empty shop was uncovered, millimetres: goods that were taken. */
const UNCOVERED_MM = 12;
/** An arm is followed so far from where depth lost it: forearm and hand, metres (ANSUR II: 45 cm). */
const FAR_M = 0.45;

/**
 * Follows arms into shelves where depth alone loses them: from what stands out in depth on to neighbours of another colour
 * than the empty shop, at a depth that goes on, or that gives nothing back. They become part of the foreground.
 */
export class ArmGrower {
  readonly #fronts: ShelfFronts;
  readonly #queue: Int32Array;
  readonly #steps: Uint8Array;

  constructor(pixels: number, fronts: ShelfFronts) {
    this.#fronts = fronts;
    this.#queue = new Int32Array(pixels);
    this.#steps = new Uint8Array(pixels);
  }

  grow(seen: Foreground, bodies: Bodies, colours: ColourBackground): void {
    const { columns, rows } = seen.grid;
    const queue = this.#queue;
    const most = (1000 * FAR_M * seen.grid.lens.fx) / seen.grid.stride;
    let end = 0;
    for (let i = 0; i < seen.count; i++) {
      const k = seen.pixels[i];
      if (bodies.owner[k] < 0 || !this.#isAtShelf(seen.x[k], seen.y[k], seen.z[k])) continue;
      queue[end++] = k;
      this.#steps[k] = 0;
    }
    for (let at = 0; at < end; at++) {
      const k = queue[at];
      const steps = this.#steps[k] + 1;
      if (steps > 255 || steps * seen.depthMm[k] > most) continue;
      for (let side = 0; side < 4; side++) {
        const next = k + (side === 0 ? 1 : side === 1 ? -1 : side === 2 ? columns : -columns);
        if (seen.isOn[next] === 1 || isEdge(next, columns, rows) || end === queue.length) continue;
        if (!this.#goesOn(seen, colours, k, next)) continue;
        bodies.owner[next] = bodies.owner[k];
        seen.owner[next] = OWNED_IN_SHELF;
        this.#steps[next] = steps;
        queue[end++] = next;
      }
    }
  }

  /** Adds a neighbour to the foreground if it shows the same arm. */
  #goesOn(seen: Foreground, colours: ColourBackground, k: number, next: number): boolean {
    const from = seen.depthMm[k];
    const there = seen.depthMm[next];
    const known = seen.background.depthMm(next);
    if (there !== 0 && Math.abs(there - from) > from * STEEPEST + STEP_MM) return false;
    // Where nothing comes back, the arm is taken to go on as it was, but never into what stands behind it.
    const depthMm = there !== 0 ? there : Math.min(from, known);
    if (depthMm > known + UNCOVERED_MM + 0.0017 * 2 * known * known * 1e-3) return false;
    if (!colours.differs(next)) return false;
    return seen.add(next, depthMm, (x, y, z) => this.#isAtShelf(x, y, z));
  }

  #isAtShelf(x: number, y: number, z: number): boolean {
    return this.#fronts.depthInside(x, y, z, BEFORE_M) !== Number.NEGATIVE_INFINITY;
  }
}

function isEdge(k: number, columns: number, rows: number): boolean {
  const column = k % columns;
  return k < columns || k >= (rows - 1) * columns || column === 0 || column === columns - 1;
}
