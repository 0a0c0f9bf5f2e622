import type { Store } from '../store.ts';
import type { Foreground } from './foreground.ts';

/** Side of a cell, metres. */
const CELL_M = 0.04;
/** How far around the store the map reaches, metres. */
const AROUND_M = 1.5;
/** Heads lie at least this far apart on the map, so a peak is the highest of this many cells around. */
const PEAK_CELLS = 3;
/** No peak of a head is lower, metres: a child of 80 cm stands, adults crouch; baskets are carried lower. */
const LOWEST_PEAK_M = 0.68;

/** A ridge goes on level from a peak over these distances, metres: beyond a head, short of a neighbour's. */
const RIDGE_M = [0.15, 0.19, 0.23, 0.27, 0.31, 0.35];
/** How many of them may show nothing. */
const RIDGE_GAPS = 1;
/** The same where a door is to be expected, seen slantingly and thus in fewer pixels. */
const DOOR_GAPS = 3;
const RIDGE_DIRECTIONS = 48;

/** Height of the foreground seen from above (Harville 2004, Image and Vision Computing 22:127), one picture at a time. */
export class PlanView {
  readonly columns: number;
  readonly rows: number;
  /** Highest point per cell, metres; 0 where nothing is. */
  readonly heightM: Float32Array;
  /** Pixels of the peaks found last, highest first. */
  readonly peaks = new Int32Array(256);
  peakCount = 0;
  readonly #topPixel: Int32Array;
  readonly #touched: Int32Array;
  #touchedCount = 0;

  constructor(store: Store) {
    this.columns = Math.ceil((store.sizeM[0] + 2 * AROUND_M) / CELL_M);
    this.rows = Math.ceil((store.sizeM[1] + 2 * AROUND_M) / CELL_M);
    this.heightM = new Float32Array(this.columns * this.rows);
    this.#topPixel = new Int32Array(this.columns * this.rows);
    this.#touched = new Int32Array(this.columns * this.rows);
  }

  /** Maps the foreground and finds its peaks. */
  map(seen: Foreground): void {
    const { heightM } = this;
    const topPixel = this.#topPixel;
    const touched = this.#touched;
    for (let i = 0; i < this.#touchedCount; i++) heightM[touched[i]] = 0;
    let n = 0;
    for (let i = 0; i < seen.count; i++) {
      const k = seen.pixels[i];
      const z = seen.z[k];
      const column = ((seen.x[k] + AROUND_M) / CELL_M) | 0;
      const row = ((seen.y[k] + AROUND_M) / CELL_M) | 0;
      if (column < PEAK_CELLS || row < PEAK_CELLS) continue;
      if (column >= this.columns - PEAK_CELLS || row >= this.rows - PEAK_CELLS) continue;
      const cell = row * this.columns + column;
      const before = heightM[cell];
      if (z <= before) continue;
      if (before === 0) touched[n++] = cell;
      heightM[cell] = z;
      topPixel[cell] = k;
    }
    this.#touchedCount = n;
    this.#findPeaks();
  }

  /** Whether something goes on from a place in one direction, nowhere lower than a height: a door, a box, no head. */
  isRidge(x: number, y: number, heightM: number, mayBeDoor: boolean): boolean {
    const most = mayBeDoor ? DOOR_GAPS : RIDGE_GAPS;
    for (let i = 0; i < ridge.length; i += 2 * RIDGE_M.length) {
      let gaps = 0;
      for (let j = i; j < i + 2 * RIDGE_M.length && gaps <= most; j += 2) {
        const column = ((x + ridge[j] + AROUND_M) / CELL_M) | 0;
        const row = ((y + ridge[j + 1] + AROUND_M) / CELL_M) | 0;
        const isInside = column >= 0 && row >= 0 && column < this.columns && row < this.rows;
        if (!isInside || this.heightM[row * this.columns + column] < heightM) gaps++;
      }
      if (gaps <= most) return true;
    }
    return false;
  }

  #findPeaks(): void {
    const { heightM, peaks } = this;
    let n = 0;
    for (let i = 0; i < this.#touchedCount && n < peaks.length; i++) {
      const cell = this.#touched[i];
      const z = heightM[cell];
      if (z < LOWEST_PEAK_M || !this.#isPeak(cell, z)) continue;
      let at = n++;
      while (at > 0 && heightOf(this, peaks[at - 1]) < z) {
        peaks[at] = peaks[at - 1];
        at--;
      }
      peaks[at] = cell;
    }
    this.peakCount = n;
    for (let i = 0; i < n; i++) peaks[i] = this.#topPixel[peaks[i]];
  }

  #isPeak(cell: number, z: number): boolean {
    const { columns, heightM } = this;
    for (let dy = -PEAK_CELLS; dy <= PEAK_CELLS; dy++) {
      const from = cell + dy * columns;
      for (let dx = -PEAK_CELLS; dx <= PEAK_CELLS; dx++) {
        const other = heightM[from + dx];
        if (other > z || (other === z && from + dx < cell)) return false;
      }
    }
    return true;
  }
}

/** Steps of a ridge in all directions: x, y. */
const ridge = Float64Array.from(
  Array.from({ length: RIDGE_DIRECTIONS }, (_, i) => (2 * Math.PI * i) / RIDGE_DIRECTIONS).flatMap((angle) =>
    RIDGE_M.flatMap((far) => [far * Math.cos(angle), far * Math.sin(angle)]),
  ),
);

function heightOf(plan: PlanView, cell: number): number {
  return plan.heightM[cell];
}
