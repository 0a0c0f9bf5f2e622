/**
 * Points on a floor in square cells, for finding neighbours within one cell's length. Built anew for each moment by
 * counting sort; points off the floor fall into the border cells.
 */
export class FloorGrid {
  readonly cellM: number;
  #columns: number;
  #rows: number;
  /** First entry of each cell in `#items`. */
  #start: Int32Array;
  #items = new Int32Array(64);
  #cellOf = new Int32Array(64);

  constructor(sizeM: readonly [number, number], cellM: number) {
    this.cellM = cellM;
    this.#columns = Math.max(1, Math.ceil(sizeM[0] / cellM));
    this.#rows = Math.max(1, Math.ceil(sizeM[1] / cellM));
    this.#start = new Int32Array(this.#columns * this.#rows + 1);
  }

  /** Takes `count` points, x at `points[i · stride]` and y behind it. */
  build(points: Float64Array, count: number, stride: number): void {
    if (count > this.#items.length) {
      this.#items = new Int32Array(2 * count);
      this.#cellOf = new Int32Array(2 * count);
    }
    const start = this.#start.fill(0);
    for (let i = 0; i < count; i++) {
      const cell = this.#row(points[i * stride + 1]!) * this.#columns + this.#column(points[i * stride]!);
      this.#cellOf[i] = cell;
      start[cell + 1]!++;
    }
    for (let cell = 1; cell < start.length; cell++) start[cell]! += start[cell - 1]!;
    // Backwards, so that starts end up in place and each cell lists its points in ascending order.
    for (let i = count - 1; i >= 0; i--) this.#items[--start[this.#cellOf[i]! + 1]!] = i;
    start.copyWithin(0, 1);
    start[start.length - 1] = count;
  }

  /** Writes the indices of all points in the cells around (x, y), at least those within `cellM`; returns their count. */
  nearInto(out: Int32Array, x: number, y: number): number {
    const column = this.#column(x);
    const row = this.#row(y);
    const left = Math.max(0, column - 1);
    const right = Math.min(this.#columns - 1, column + 1);
    let count = 0;
    for (let r = Math.max(0, row - 1); r <= Math.min(this.#rows - 1, row + 1); r++) {
      const end = this.#start[r * this.#columns + right + 1]!;
      for (let i = this.#start[r * this.#columns + left]!; i < end; i++) out[count++] = this.#items[i]!;
    }
    return count;
  }

  #column(x: number): number {
    return clampedCell(x / this.cellM, this.#columns);
  }

  #row(y: number): number {
    return clampedCell(y / this.cellM, this.#rows);
  }
}

function clampedCell(at: number, count: number): number {
  if (!(at > 0)) return 0;
  return at >= count ? count - 1 : Math.floor(at);
}
