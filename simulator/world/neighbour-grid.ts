import { clamp } from '../maths.ts';
import type { NavGrid } from './nav-grid.ts';
import type { Walker } from './walker.ts';

const CELL_M = 1;
const GROWTH = 64;

/** Walkers sorted into cells of one metre by counting sort; positions copied flat. */
export class NeighbourGrid {
  readonly columns: number;
  readonly rows: number;
  private readonly minXM: number;
  private readonly minYM: number;
  /** First entry of each cell in `sorted`; one more at the end. */
  readonly cellStart: Int32Array;
  /** Rank of each sorted entry in the crowd's order. */
  sorted = new Int32Array(GROWTH);
  xM = new Float64Array(GROWTH);
  yM = new Float64Array(GROWTH);
  private cellOf = new Int32Array(GROWTH);

  constructor(grid: NavGrid) {
    this.columns = Math.ceil((grid.columns * 0.1) / CELL_M) + 1;
    this.rows = Math.ceil((grid.rows * 0.1) / CELL_M) + 1;
    this.minXM = grid.minXM;
    this.minYM = grid.minYM;
    this.cellStart = new Int32Array(this.columns * this.rows + 1);
  }

  columnAt(xM: number): number {
    return clamp(Math.floor((xM - this.minXM) / CELL_M), 0, this.columns - 1);
  }

  rowAt(yM: number): number {
    return clamp(Math.floor((yM - this.minYM) / CELL_M), 0, this.rows - 1);
  }

  /** Sorts the walkers; the order inside a cell is that of `walkers`. */
  fill(walkers: readonly Walker[]): void {
    const n = walkers.length;
    if (n > this.sorted.length) this.grow(n);
    const { cellStart, cellOf } = this;
    cellStart.fill(0);
    for (let rank = 0; rank < n; rank++) {
      const walker = walkers[rank]!;
      const cell = this.rowAt(walker.yM) * this.columns + this.columnAt(walker.xM);
      cellOf[rank] = cell;
      cellStart[cell + 1]! += 1;
    }
    for (let cell = 0; cell < cellStart.length - 1; cell++) cellStart[cell + 1]! += cellStart[cell]!;
    // Backwards, filling each cell from its end: leaves `cellStart` pointing at ends, shifted back below.
    for (let rank = n - 1; rank >= 0; rank--) {
      const at = --cellStart[cellOf[rank]! + 1]!;
      this.sorted[at] = rank;
      this.xM[at] = walkers[rank]!.xM;
      this.yM[at] = walkers[rank]!.yM;
    }
    for (let cell = 0; cell < cellStart.length - 1; cell++) cellStart[cell] = cellStart[cell + 1]!;
    cellStart[cellStart.length - 1] = n;
  }

  private grow(n: number): void {
    const size = Math.ceil((n * 2) / GROWTH) * GROWTH;
    this.sorted = new Int32Array(size);
    this.xM = new Float64Array(size);
    this.yM = new Float64Array(size);
    this.cellOf = new Int32Array(size);
  }
}
