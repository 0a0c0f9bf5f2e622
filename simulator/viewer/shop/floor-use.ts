/** Edge of a cell of the floor, metres. */
export const CELL_M = 0.25;
/** Longest step between two places of one body, metres: more is somebody else under the same number. */
const STEP_M = 1.5;

/** How a floor was used, as it goes to pages that come late. */
export interface FloorUseSoFar {
  readonly untilUs: number;
  /** rows × columns each: seconds stayed, metres walked towards +x and +y. */
  readonly seconds: readonly number[];
  readonly eastM: readonly number[];
  readonly northM: readonly number[];
}

/** How long bodies stayed in each cell of a floor, and which way they went through it. */
export class FloorUse {
  readonly columns: number;
  readonly rows: number;
  readonly seconds: Float32Array;
  readonly eastM: Float32Array;
  readonly northM: Float32Array;
  #untilUs = Number.NEGATIVE_INFINITY;
  readonly #last = new Map<number, readonly [number, number]>();

  constructor(sizeM: readonly [number, number]) {
    this.columns = Math.ceil(sizeM[0] / CELL_M);
    this.rows = Math.ceil(sizeM[1] / CELL_M);
    this.seconds = new Float32Array(this.columns * this.rows);
    this.eastM = new Float32Array(this.columns * this.rows);
    this.northM = new Float32Array(this.columns * this.rows);
  }

  /** Adds where everybody is; what is not later than the last time is known already. */
  add(timeUs: number, trackIds: Int32Array, onFloorM: Float32Array): void {
    if (timeUs <= this.#untilUs) return;
    const elapsed = this.#untilUs < 0 ? 0 : Math.min(1, (timeUs - this.#untilUs) / 1e6);
    this.#untilUs = timeUs;
    const present = new Set(trackIds);
    for (const trackId of this.#last.keys()) if (!present.has(trackId)) this.#last.delete(trackId);
    for (let i = 0; i < trackIds.length; i++) {
      const [x, y] = [onFloorM[2 * i], onFloorM[2 * i + 1]];
      const before = this.#last.get(trackIds[i]);
      this.#last.set(trackIds[i], [x, y]);
      const cell = this.#cellAt(x, y);
      if (cell < 0) continue;
      this.seconds[cell] += elapsed;
      if (!before || Math.hypot(x - before[0], y - before[1]) > STEP_M) continue;
      this.eastM[cell] += x - before[0];
      this.northM[cell] += y - before[1];
    }
  }

  /** Takes over what somebody else counted from the beginning. */
  restore({ untilUs, seconds, eastM, northM }: FloorUseSoFar): void {
    this.#untilUs = untilUs;
    this.seconds.set(seconds);
    this.eastM.set(eastM);
    this.northM.set(northM);
  }

  soFar(): FloorUseSoFar {
    const rounded = (values: Float32Array) => Array.from(values, (value) => Math.round(value * 100) / 100);
    const { seconds, eastM, northM } = this;
    const untilUs = Math.max(-1, this.#untilUs);
    return { untilUs, seconds: rounded(seconds), eastM: rounded(eastM), northM: rounded(northM) };
  }

  #cellAt(x: number, y: number): number {
    const column = Math.floor(x / CELL_M);
    const row = Math.floor(y / CELL_M);
    const isInside = column >= 0 && row >= 0 && column < this.columns && row < this.rows;
    return isInside ? row * this.columns + column : -1;
  }
}
