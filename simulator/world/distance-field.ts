import type { Girth, NavGrid } from './nav-grid.ts';

/** Cost of a cell that no way leads from. */
export const UNREACHED = 65535;

/** Cost units per metre of free floor. */
export const COST_PER_METRE = 100;

const STRAIGHT = 10;
const DIAGONAL = 14;
/** Passing close by an obstacle counts this much longer, so that ways keep off shelves where there is room. */
const CLOSE_FACTOR = 2;
const COMFORT_M = { person: 0.35, cart: 0.5 } as const;
const BUCKETS = DIAGONAL * CLOSE_FACTOR + 1;
const MEMORY_BYTES = 64 * 1024 * 1024;
/** Destinations share fields in blocks of this many cells. */
const BLOCK = 9;
const HALF_BLOCK = 4;

const buckets: number[][] = Array.from({ length: BUCKETS }, () => []);

/** Walking costs of every cell to one goal cell. */
export interface DistanceField {
  readonly goalCell: number;
  readonly goalXM: number;
  readonly goalYM: number;
  /** Cost per cell, `UNREACHED` where no way leads. */
  readonly cost: Uint16Array;
}

/** Makes and keeps distance fields, one per destination block and girth, the least recently used dropped first. */
export class DistanceFields {
  private readonly grid: NavGrid;
  private readonly kept = new Map<number, DistanceField>();
  private readonly capacity: number;

  constructor(grid: NavGrid, memoryBytes = MEMORY_BYTES) {
    this.grid = grid;
    this.capacity = Math.max(2, Math.floor(memoryBytes / (2 * grid.clearanceM.length)));
  }

  /** Field towards a point, or null when no free floor is within 2 m of it. */
  towards(xM: number, yM: number, girth: Girth): DistanceField | null {
    const goalCell = this.sharedGoal(xM, yM, girth);
    if (goalCell < 0) return null;
    const key = goalCell * 2 + (girth === 'cart' ? 1 : 0);
    const kept = this.kept.get(key);
    if (kept) {
      this.kept.delete(key);
      this.kept.set(key, kept);
      return kept;
    }
    const field = {
      goalCell,
      goalXM: this.grid.xOf(goalCell),
      goalYM: this.grid.yOf(goalCell),
      cost: this.spread(goalCell, girth),
    };
    if (this.kept.size >= this.capacity) this.kept.delete(this.kept.keys().next().value!);
    this.kept.set(key, field);
    return field;
  }

  /** The middle cell of the goal's block if it sees the goal, else the goal's own cell. */
  private sharedGoal(xM: number, yM: number, girth: Girth): number {
    const { grid } = this;
    const own = grid.nearestFree(xM, yM, girth);
    if (own < 0) return -1;
    const column = own % grid.columns;
    const row = (own - column) / grid.columns;
    const middleColumn = Math.min(grid.columns - 1, column - (column % BLOCK) + HALF_BLOCK);
    const middleRow = Math.min(grid.rows - 1, row - (row % BLOCK) + HALF_BLOCK);
    const middle = middleRow * grid.columns + middleColumn;
    const seen = grid.isLineFree(grid.xOf(own), grid.yOf(own), grid.xOf(middle), grid.yOf(middle), girth);
    return seen ? middle : own;
  }

  /** Dijkstra outwards from the goal with a ring of buckets (Dial 1969). */
  private spread(goalCell: number, girth: Girth): Uint16Array {
    const { grid } = this;
    const { columns, rows, clearanceM } = grid;
    const cost = new Uint16Array(columns * rows).fill(UNREACHED);
    const comfortM = COMFORT_M[girth];
    cost[goalCell] = 0;
    buckets[0]!.push(goalCell);
    let waiting = 1;
    for (let level = 0; waiting > 0 && level < UNREACHED - BUCKETS; level++) {
      const bucket = buckets[level % BUCKETS]!;
      for (const cell of bucket) {
        waiting -= 1;
        if (cost[cell] !== level) continue;
        const column = cell % columns;
        const row = (cell - column) / columns;
        for (let dr = -1; dr <= 1; dr++) {
          const r = row + dr;
          if (r < 0 || r >= rows) continue;
          for (let dc = -1; dc <= 1; dc++) {
            const c = column + dc;
            if (c < 0 || c >= columns) continue;
            const next = r * columns + c;
            if (!grid.isFree(next, girth)) continue;
            const length = dr !== 0 && dc !== 0 ? DIAGONAL : STRAIGHT;
            const reached = level + (clearanceM[next]! < comfortM ? length * CLOSE_FACTOR : length);
            if (reached >= cost[next]!) continue;
            cost[next] = reached;
            buckets[reached % BUCKETS]!.push(next);
            waiting += 1;
          }
        }
      }
      bucket.length = 0;
    }
    if (waiting > 0) for (const bucket of buckets) bucket.length = 0;
    return cost;
  }
}

const LOOK_AHEAD_CELLS = 5;

/** Writes the point a few cells down the field; returns the way left in metres (cost-weighted), Infinity when there is none. */
export function nextPointInto(
  out: Float64Array,
  grid: NavGrid,
  field: DistanceField,
  girth: Girth,
  xM: number,
  yM: number,
): number {
  let cell = grid.nearestFree(xM, yM, girth);
  if (cell < 0 || field.cost[cell] === UNREACHED) return Number.POSITIVE_INFINITY;
  const wayM = field.cost[cell]! / COST_PER_METRE;
  for (let i = 0; i < LOOK_AHEAD_CELLS; i++) cell = cheapestNeighbour(grid, field.cost, cell);
  out[0] = grid.xOf(cell);
  out[1] = grid.yOf(cell);
  return wayM;
}

function cheapestNeighbour(grid: NavGrid, cost: Uint16Array, cell: number): number {
  const column = cell % grid.columns;
  const row = (cell - column) / grid.columns;
  let best = cell;
  for (let r = Math.max(0, row - 1); r <= Math.min(grid.rows - 1, row + 1); r++) {
    for (let c = Math.max(0, column - 1); c <= Math.min(grid.columns - 1, column + 1); c++) {
      const next = r * grid.columns + c;
      if (cost[next]! < cost[best]!) best = next;
    }
  }
  return best;
}
