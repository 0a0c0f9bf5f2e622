/** Numbers per row: key of the thing, product index or −1 when it is no longer there, place, direction, size, light. */
export const ROW = 12;
export const KEY = 0;
export const PRODUCT = 1;
export const PLACE = 2;
export const DIRECTION = 5;
export const SIZE = 7;
export const LIGHT = 10;
/** 1 when it lies where it fell. */
export const LYING = 11;

const FIRST_BYTES = 1 << 20;
const MOST_BYTES = 1 << 28;

/**
 * Every change to what stands on shelves and lies on the floor, in order, from the opening stock on. Grows in shared
 * memory: workers read the rows in place that a snapshot says are true.
 */
export class StockLog {
  readonly shared: SharedArrayBuffer;
  private readonly rows: Float32Array;
  private written = 0;

  constructor() {
    this.shared = new SharedArrayBuffer(FIRST_BYTES, { maxByteLength: MOST_BYTES });
    this.rows = new Float32Array(this.shared);
  }

  /** Rows written so far. */
  get length(): number {
    return this.written;
  }

  /** Appends a row of `ROW` numbers. Throws beyond 5 million changes. */
  push(row: Float32Array): void {
    const end = (this.written + 1) * ROW * 4;
    if (end > MOST_BYTES) throw new Error(`stock log: found ${this.written + 1} changes, expected at most 5 million`);
    if (end > this.shared.byteLength) this.shared.grow(Math.min(MOST_BYTES, this.shared.byteLength * 2));
    this.rows.set(row, this.written * ROW);
    this.written += 1;
  }
}
