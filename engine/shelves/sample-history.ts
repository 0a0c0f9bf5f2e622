/** The last samples of one scale unit: a ring of rows, one value per cell, times ascending. */
export class SampleHistory {
  readonly cells: number;
  readonly capacity: number;
  /** Number of rows ever appended; row `n` lives at `n % capacity`. */
  end = 0;
  readonly #timesUs: Float64Array;
  readonly #grams: Float32Array;

  constructor(cells: number, capacity: number) {
    this.cells = cells;
    this.capacity = capacity;
    this.#timesUs = new Float64Array(capacity);
    this.#grams = new Float32Array(capacity * cells);
  }

  /** First row still held. */
  get start(): number {
    return Math.max(0, this.end - this.capacity);
  }

  append(timeUs: number, row: Float32Array): void {
    const at = this.end++ % this.capacity;
    this.#timesUs[at] = timeUs;
    this.#grams.set(row, at * this.cells);
  }

  timeUs(row: number): number {
    return this.#timesUs[row % this.capacity];
  }

  grams(row: number, cell: number): number {
    return this.#grams[(row % this.capacity) * this.cells + cell];
  }

  /** First held row with time ≥ `timeUs`, or `end`. */
  rowAt(timeUs: number): number {
    let low = this.start;
    let high = this.end;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.timeUs(middle) < timeUs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Mean of every cell over rows [from, to), grams; leaves `out` alone and gives false if there is none. */
  meanInto(out: Float64Array, from: number, to: number): boolean {
    const first = Math.max(from, this.start);
    if (first >= to) return false;
    out.fill(0);
    for (let row = first; row < to; row++) {
      const at = (row % this.capacity) * this.cells;
      for (let cell = 0; cell < this.cells; cell++) out[cell] += this.#grams[at + cell];
    }
    for (let cell = 0; cell < this.cells; cell++) out[cell] /= to - first;
    return true;
  }
}
