/**
 * Timed rows of a fixed width, oldest first; grows until it spans `keepUs` and then overwrites what is older. Times
 * never fall.
 */
export class RowRing {
  count = 0;
  readonly width: number;
  #keepUs: number;
  /** Index of the oldest row. */
  #first = 0;
  #timesUs: Float64Array;
  #values: Float32Array;

  constructor(width: number, keepUs: number, capacity: number) {
    this.width = width;
    this.#keepUs = keepUs;
    this.#timesUs = new Float64Array(capacity);
    this.#values = new Float32Array(capacity * width);
  }

  /** Appends a row of `values[at …]`. */
  append(timeUs: number, values: Float64Array, at: number): void {
    while (this.count > 0 && this.#timesUs[this.#first]! < timeUs - this.#keepUs) {
      this.#first = (this.#first + 1) & (this.#timesUs.length - 1);
      this.count--;
    }
    if (this.count === this.#timesUs.length) this.#grow();
    const slot = (this.#first + this.count) & (this.#timesUs.length - 1);
    this.#timesUs[slot] = timeUs;
    for (let k = 0; k < this.width; k++) this.#values[slot * this.width + k] = values[at + k]!;
    this.count++;
  }

  timeUs(row: number): number {
    return this.#timesUs[(this.#first + row) & (this.#timesUs.length - 1)]!;
  }

  value(row: number, k: number): number {
    return this.#values[((this.#first + row) & (this.#timesUs.length - 1)) * this.width + k]!;
  }

  /** Index of the first row at or after `timeUs`; `count` if there is none. */
  findFrom(timeUs: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.timeUs(middle) < timeUs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Appends the rows of another ring that are newer than its own. */
  appendAll(other: RowRing): void {
    const row = new Float64Array(this.width);
    const newestUs = this.count > 0 ? this.timeUs(this.count - 1) : Number.NEGATIVE_INFINITY;
    for (let i = other.findFrom(newestUs); i < other.count; i++) {
      for (let k = 0; k < this.width; k++) row[k] = other.value(i, k);
      this.append(other.timeUs(i), row, 0);
    }
  }

  /** Exchanges the rows older than `timeUs` with those of another ring. */
  exchangeBefore(other: RowRing, timeUs: number): void {
    const mine = this.#copy();
    const theirs = other.#copy();
    this.#rebuild(theirs, mine, timeUs);
    other.#rebuild(mine, theirs, timeUs);
  }

  #copy(): RowRing {
    const copy = new RowRing(this.width, this.#keepUs, this.#timesUs.length);
    copy.appendAll(this);
    return copy;
  }

  /** What one held before `timeUs` and another from then on. */
  #rebuild(before: RowRing, after: RowRing, timeUs: number): void {
    this.count = 0;
    this.#first = 0;
    const row = new Float64Array(this.width);
    const append = (from: RowRing, first: number, end: number) => {
      for (let i = first; i < end; i++) {
        for (let k = 0; k < this.width; k++) row[k] = from.value(i, k);
        this.append(from.timeUs(i), row, 0);
      }
    };
    append(before, 0, before.findFrom(timeUs));
    append(after, after.findFrom(timeUs), after.count);
  }

  #grow(): void {
    const size = this.#timesUs.length;
    const timesUs = new Float64Array(2 * size);
    const values = new Float32Array(2 * size * this.width);
    for (let i = 0; i < this.count; i++) {
      const slot = (this.#first + i) & (size - 1);
      timesUs[i] = this.#timesUs[slot]!;
      for (let k = 0; k < this.width; k++) values[i * this.width + k] = this.#values[slot * this.width + k]!;
    }
    this.#timesUs = timesUs;
    this.#values = values;
    this.#first = 0;
  }
}
