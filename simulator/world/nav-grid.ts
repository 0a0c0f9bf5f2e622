import { clamp, hypot2 } from '../maths.ts';
import type { FloorBox, Layout } from './layout.ts';

export const NAV_CELL_M = 0.1;

/** How far outside a door the floor goes on: room for the queue at the gate. */
export const LANE_M = 3;

/** Nearest obstacle is looked for no farther than this. */
const FAR_M = 0.8;

/** Two sizes of walker: a person alone, and one behind a trolley or pram. */
export type Girth = 'person' | 'cart';

const NEEDS_M = { person: 0.2, cart: 0.34 } as const;

/** The walkable floor in cells of 0.1 m, with the distance of every cell's centre to the nearest fixture or wall. */
export class NavGrid {
  readonly columns: number;
  readonly rows: number;
  readonly minXM: number;
  readonly minYM: number;
  /** Metres to the nearest obstacle, at most 0.8; 0 inside obstacles and off the floor. */
  readonly clearanceM: Float32Array;

  constructor(layout: Layout) {
    const [minX, minY, maxX, maxY] = extent(layout);
    this.minXM = minX;
    this.minYM = minY;
    this.columns = Math.ceil((maxX - minX) / NAV_CELL_M);
    this.rows = Math.ceil((maxY - minY) / NAV_CELL_M);
    this.clearanceM = new Float32Array(this.columns * this.rows);
    this.openFloor(layout);
    for (const box of [...layout.fixtures, ...layout.walls]) this.closeBox(box);
  }

  /** Cell under a point; points off the grid count as its border. */
  cellAt(xM: number, yM: number): number {
    const column = clamp(Math.floor((xM - this.minXM) / NAV_CELL_M), 0, this.columns - 1);
    const row = clamp(Math.floor((yM - this.minYM) / NAV_CELL_M), 0, this.rows - 1);
    return row * this.columns + column;
  }

  xOf(cell: number): number {
    return this.minXM + ((cell % this.columns) + 0.5) * NAV_CELL_M;
  }

  yOf(cell: number): number {
    return this.minYM + (Math.floor(cell / this.columns) + 0.5) * NAV_CELL_M;
  }

  isFree(cell: number, girth: Girth): boolean {
    return this.clearanceM[cell]! >= NEEDS_M[girth];
  }

  /** Nearest free cell within 2 m, in rings outwards; −1 when there is none. */
  nearestFree(xM: number, yM: number, girth: Girth): number {
    const start = this.cellAt(xM, yM);
    if (this.isFree(start, girth)) return start;
    const column = start % this.columns;
    const row = (start - column) / this.columns;
    let best = -1;
    let bestM = Number.POSITIVE_INFINITY;
    for (let ring = 1; ring <= 20 && best < 0; ring++) {
      for (let dr = -ring; dr <= ring; dr++) {
        const step = Math.abs(dr) === ring ? 1 : 2 * ring;
        for (let dc = -ring; dc <= ring; dc += step) {
          const r = row + dr;
          const c = column + dc;
          if (r < 0 || c < 0 || r >= this.rows || c >= this.columns) continue;
          const cell = r * this.columns + c;
          const distanceM = hypot2(this.xOf(cell) - xM, this.yOf(cell) - yM);
          if (!this.isFree(cell, girth) || distanceM >= bestM) continue;
          best = cell;
          bestM = distanceM;
        }
      }
    }
    return best;
  }

  /** True when the straight way between two points stays on free cells. */
  isLineFree(fromXM: number, fromYM: number, toXM: number, toYM: number, girth: Girth): boolean {
    const steps = Math.ceil(hypot2(toXM - fromXM, toYM - fromYM) / NAV_CELL_M);
    for (let i = 0; i <= steps; i++) {
      const t = steps === 0 ? 0 : i / steps;
      if (!this.isFree(this.cellAt(fromXM + (toXM - fromXM) * t, fromYM + (toYM - fromYM) * t), girth)) return false;
    }
    return true;
  }

  private openFloor(layout: Layout): void {
    const [w, d] = layout.sizeM;
    this.openRectangle(0, 0, w, d);
    for (const zone of layout.zones) this.openRectangle(zone.minM[0], zone.minM[1], zone.maxM[0], zone.maxM[1]);
    for (const door of layout.doors) {
      const halfM = Math.max(0.7, door.widthM / 2);
      const outX = door.xM - door.nx * LANE_M;
      const outY = door.yM - door.ny * LANE_M;
      const sideX = Math.abs(door.ny) * halfM;
      const sideY = Math.abs(door.nx) * halfM;
      this.openRectangle(
        Math.min(door.xM, outX) - sideX,
        Math.min(door.yM, outY) - sideY,
        Math.max(door.xM, outX) + sideX,
        Math.max(door.yM, outY) + sideY,
      );
    }
  }

  private openRectangle(minX: number, minY: number, maxX: number, maxY: number): void {
    for (let row = 0; row < this.rows; row++) {
      const y = this.minYM + (row + 0.5) * NAV_CELL_M;
      if (y < minY || y > maxY) continue;
      for (let column = 0; column < this.columns; column++) {
        const x = this.minXM + (column + 0.5) * NAV_CELL_M;
        if (x >= minX && x <= maxX) this.clearanceM[row * this.columns + column] = FAR_M;
      }
    }
  }

  private closeBox(box: FloorBox): void {
    const reachM = box.halfLengthM + box.halfDepthM + FAR_M;
    const first = this.cellAt(box.xM - reachM, box.yM - reachM);
    const last = this.cellAt(box.xM + reachM, box.yM + reachM);
    const columns = this.columns;
    for (let row = Math.floor(first / columns); row <= Math.floor(last / columns); row++) {
      for (let column = first % columns; column <= last % columns; column++) {
        const cell = row * columns + column;
        const distanceM = distanceToBox(box, this.xOf(cell), this.yOf(cell));
        if (distanceM < this.clearanceM[cell]!) this.clearanceM[cell] = distanceM;
      }
    }
  }
}

/** Metres from a point to a box on the floor; 0 inside. */
export function distanceToBox(box: FloorBox, xM: number, yM: number): number {
  const dx = xM - box.xM;
  const dy = yM - box.yM;
  const along = Math.abs(dx * box.ux + dy * box.uy) - box.halfLengthM;
  const across = Math.abs(dy * box.ux - dx * box.uy) - box.halfDepthM;
  return hypot2(Math.max(0, along), Math.max(0, across));
}

function extent(layout: Layout): [number, number, number, number] {
  let minX = -0.4;
  let minY = -0.4;
  let maxX = layout.sizeM[0] + 0.4;
  let maxY = layout.sizeM[1] + 0.4;
  const include = (x: number, y: number) => {
    minX = Math.min(minX, x - 0.4);
    minY = Math.min(minY, y - 0.4);
    maxX = Math.max(maxX, x + 0.4);
    maxY = Math.max(maxY, y + 0.4);
  };
  for (const zone of layout.zones) {
    include(zone.minM[0], zone.minM[1]);
    include(zone.maxM[0], zone.maxM[1]);
  }
  for (const door of layout.doors) include(door.xM - door.nx * LANE_M, door.yM - door.ny * LANE_M);
  return [minX, minY, maxX, maxY];
}
