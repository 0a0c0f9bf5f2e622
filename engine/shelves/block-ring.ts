import { BLOCK_MEMORY } from './change-constants.ts';

/** Means of the cells of one scale unit over short blocks of samples, and how much they shook inside each block. */
export class BlockRing {
  readonly cells: number;
  /** Blocks ever closed; block `n` lives at `n % BLOCK_MEMORY`. */
  end = 0;
  readonly #samplesPerBlock: number;
  readonly #longestUs: number;
  readonly #timesUs = new Float64Array(BLOCK_MEMORY);
  readonly #means: Float64Array;
  readonly #shaking: Float64Array;
  readonly #sum: Float64Array;
  readonly #squares: Float64Array;
  readonly #low: Float64Array;
  readonly #high: Float64Array;
  /** First sample of the open block, per cell: keeps squares small. */
  readonly #first: Float64Array;
  #count = 0;
  #openedUs = 0;
  readonly #sorted = new Float64Array(BLOCK_MEMORY);

  constructor(cells: number, rateHz: number, blockUs: number) {
    this.cells = cells;
    this.#samplesPerBlock = Math.max(1, Math.round((rateHz * blockUs) / 1e6));
    this.#longestUs = 2 * blockUs;
    this.#means = new Float64Array(BLOCK_MEMORY * cells);
    this.#shaking = new Float64Array(BLOCK_MEMORY * cells);
    this.#sum = new Float64Array(cells);
    this.#squares = new Float64Array(cells);
    this.#low = new Float64Array(cells);
    this.#high = new Float64Array(cells);
    this.#first = new Float64Array(cells);
  }

  /** Takes one row of samples; true if it closed a block. */
  append(timeUs: number, row: Float32Array): boolean {
    if (this.#count === 0) this.#open(timeUs, row);
    for (let cell = 0; cell < this.cells; cell++) {
      const value = row[cell]! - this.#first[cell]!;
      this.#sum[cell]! += value;
      this.#squares[cell]! += value * value;
      if (value < this.#low[cell]!) this.#low[cell] = value;
      if (value > this.#high[cell]!) this.#high[cell] = value;
    }
    this.#count++;
    if (this.#count < this.#samplesPerBlock && timeUs - this.#openedUs < this.#longestUs) return false;
    this.#close(timeUs);
    return true;
  }

  /** Forgets the open block. */
  drop(): void {
    this.#count = 0;
  }

  timeUs(block: number): number {
    return this.#timesUs[block % BLOCK_MEMORY]!;
  }

  /** Mean of a cell in a block, grams. */
  grams(block: number, cell: number): number {
    return this.#means[(block % BLOCK_MEMORY) * this.cells + cell]!;
  }

  /** Mean of a cell over blocks [from, to), grams. */
  mean(from: number, to: number, cell: number): number {
    let sum = 0;
    for (let block = from; block < to; block++) sum += this.grams(block, cell);
    return sum / (to - from);
  }

  /** Summed load of cells [fromCell, toCell) in a block, grams. */
  sum(block: number, fromCell: number, toCell: number): number {
    let sum = 0;
    for (let cell = fromCell; cell < toCell; cell++) sum += this.grams(block, cell);
    return sum;
  }

  /** First kept block that ends at or after a time. */
  blockAt(timeUs: number): number {
    let block = Math.max(0, this.end - BLOCK_MEMORY);
    while (block < this.end && this.timeUs(block) < timeUs) block++;
    return block;
  }

  /** Largest less smallest block of a cell in [from, to), grams. */
  range(from: number, to: number, cell: number): number {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (let block = from; block < to; block++) {
      const grams = this.grams(block, cell);
      low = Math.min(low, grams);
      high = Math.max(high, grams);
    }
    return high - low;
  }

  /** Median SD inside the last `blocks` blocks of a cell, grams: shaking without the one block that holds a step. */
  shakingOf(blocks: number, cell: number): number {
    const count = Math.min(blocks, this.end);
    const some = this.#sorted.subarray(0, count);
    for (let i = 0; i < count; i++) some[i] = this.#shaking[((this.end - 1 - i) % BLOCK_MEMORY) * this.cells + cell]!;
    some.sort();
    return count > 0 ? some[count >> 1]! : 0;
  }

  #open(timeUs: number, row: Float32Array): void {
    this.#openedUs = timeUs;
    this.#sum.fill(0);
    this.#squares.fill(0);
    this.#low.fill(Number.POSITIVE_INFINITY);
    this.#high.fill(Number.NEGATIVE_INFINITY);
    for (let cell = 0; cell < this.cells; cell++) this.#first[cell] = row[cell]!;
  }

  #close(timeUs: number): void {
    const at = (this.end % BLOCK_MEMORY) * this.cells;
    const n = this.#count;
    for (let cell = 0; cell < this.cells; cell++) {
      const mean = this.#sum[cell]! / n;
      this.#shaking[at + cell] = Math.sqrt(Math.max(0, this.#squares[cell]! / n - mean * mean));
      // One wild sample must not move a block: without the smallest and the largest, where there are enough.
      const trimmed = n >= 5 ? (this.#sum[cell]! - this.#low[cell]! - this.#high[cell]!) / (n - 2) : mean;
      this.#means[at + cell] = trimmed + this.#first[cell]!;
    }
    this.#timesUs[this.end % BLOCK_MEMORY] = timeUs;
    this.end++;
    this.#count = 0;
  }
}
