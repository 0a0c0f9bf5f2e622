/** Ids and floor positions over time, kept compact: 12 bytes per body and moment. */
export class PositionLog {
  readonly timesUs: number[] = [];
  /** First row of each moment; one more entry than moments. */
  readonly starts: number[] = [0];
  ids = new Int32Array(1024);
  onFloorM = new Float32Array(2048);

  get length(): number {
    return this.timesUs.length;
  }

  /** Adds one moment; times must not fall. */
  push(timeUs: number, ids: Int32Array, onFloorM: Float32Array): void {
    const last = this.timesUs.at(-1);
    if (last !== undefined && timeUs < last) {
      throw new Error(`position log: moment at ${timeUs} µs after one at ${last} µs, expected rising times`);
    }
    const row = this.starts.at(-1)!;
    if (row + ids.length > this.ids.length) this.#grow(row + ids.length);
    this.ids.set(ids, row);
    this.onFloorM.set(onFloorM.subarray(0, 2 * ids.length), 2 * row);
    this.timesUs.push(timeUs);
    this.starts.push(row + ids.length);
  }

  /** Row of an id at a moment, −1 where it is absent. */
  find(moment: number, id: number): number {
    for (let row = this.starts[moment]; row < this.starts[moment + 1]; row++) if (this.ids[row] === id) return row;
    return -1;
  }

  /** Forgets the first `moments` moments. */
  drop(moments: number): void {
    if (moments <= 0) return;
    const from = this.starts[moments];
    this.ids.copyWithin(0, from, this.starts.at(-1)!);
    this.onFloorM.copyWithin(0, 2 * from, 2 * this.starts.at(-1)!);
    this.timesUs.splice(0, moments);
    this.starts.splice(0, moments);
    for (let k = 0; k < this.starts.length; k++) this.starts[k] -= from;
  }

  #grow(rows: number): void {
    const ids = new Int32Array(Math.max(rows, 2 * this.ids.length));
    ids.set(this.ids);
    const onFloorM = new Float32Array(2 * ids.length);
    onFloorM.set(this.onFloorM);
    this.ids = ids;
    this.onFloorM = onFloorM;
  }
}
