import type { ScaleReading } from '../readings.ts';
import type { ScaleUnit } from '../store.ts';
import { SampleHistory } from './sample-history.ts';
import type { ShelfStep } from './shelf-step.ts';
import {
  ACTIVE_FOR_US,
  ACTIVE_SD_GRAMS,
  BEFORE_GUARD_US,
  FORCE_AFTER_US,
  FORCE_ALWAYS_US,
  FORCE_WINDOW_US,
  GAP_US,
  HISTORY_US,
  MIN_CHANGE_GRAMS,
  QUIET_FOR_US,
  STALE_US,
  WINDOW_US,
} from './step-constants.ts';
import { changePointUs, firstAwayUs, lastAwayUs, sumOf } from './step-times.ts';

/** Loads beyond this cannot come from a shelf scale (20 kg plates, measured set-up); such a sample counts as missing. */
const MAX_ABS_GRAMS = 1_000_000;
/** A sequence this far behind means a restart, not two stamps that changed places. */
const RESTART_SEQUENCES = 8;
const NEVER = Number.NEGATIVE_INFINITY;

/** Finds steps on one scale unit by the SD of its summed load in a sliding window (MPS, see `step-constants.ts`). */
export class ScaleWatch {
  readonly history: SampleHistory;
  /** Times this unit's sequence began anew. */
  restarts = 0;
  readonly #unit: ScaleUnit;
  readonly #unitIndex: number;
  /** Last valid value of every cell: a missing sample repeats it, so one dead cell does not move the sum. */
  readonly #row: Float32Array;
  readonly #seen: Uint8Array;
  /** Summed load of the rows in the window, relative to `#reference` to keep the squares small. */
  readonly #sums: Float64Array;
  #windowFrom = 0;
  #total = 0;
  #squares = 0;
  #reference = 0;
  #sumsUntilRenewal = 0;

  #lastUs = Number.NEGATIVE_INFINITY;
  #lastSequence = -1;
  /** Levels of the cells before the open activity, or after the last one. */
  readonly #level: Float64Array;
  #hasLevel = false;
  /** End of the window that gave `#level`. */
  #levelUs = 0;
  /** Since when a unit without a level has been active. */
  #unquietSinceUs = NEVER;
  #activeSinceUs = NEVER;
  #activeRunUs = NEVER;
  #longEnough = false;
  #quietSinceUs = NEVER;
  #nextForceUs = 0;
  readonly #after: Float64Array;
  readonly #scratch: Float64Array;

  constructor(unit: ScaleUnit, unitIndex: number) {
    const cells = unit.cells.length;
    this.#unit = unit;
    this.#unitIndex = unitIndex;
    this.history = new SampleHistory(cells, Math.max(64, Math.ceil((HISTORY_US / 1e6) * unit.rateHz * 1.1)));
    this.#row = new Float32Array(cells);
    this.#seen = new Uint8Array(cells);
    this.#sums = new Float64Array(this.history.capacity);
    this.#level = new Float64Array(cells);
    this.#after = new Float64Array(cells);
    this.#scratch = new Float64Array(cells);
  }

  /** Time of the newest sample, −∞ before the first. */
  get lastUs(): number {
    return this.#lastUs;
  }

  /** When the open activity began, event time; null while quiet. */
  get openSinceUs(): number | null {
    return this.#activeSinceUs === NEVER || !this.#hasLevel ? null : this.#activeSinceUs;
  }

  /** Takes one batch and appends settled steps to `out`; rows that do not fit the unit's cells are left out. */
  push(reading: ScaleReading, out: ShelfStep[]): void {
    if (!Number.isSafeInteger(reading.timeUs)) return;
    const cells = this.history.cells;
    const samples = Math.floor(reading.grams.length / cells);
    if (reading.sequence + RESTART_SEQUENCES < this.#lastSequence && reading.timeUs > this.#lastUs) this.#startAfresh();
    this.#lastSequence = Math.max(reading.sequence, this.#lastSequence);
    for (let i = 0; i < samples; i++) {
      const timeUs = reading.timeUs - Math.round((samples - 1 - i) * reading.periodUs);
      if (!(timeUs > this.#lastUs)) continue;
      if (this.#takeRow(reading.grams, i * cells)) this.#sample(timeUs, out);
    }
  }

  /** Settles an open activity at the end of the input with what has been seen. */
  flush(out: ShelfStep[]): void {
    if (this.openSinceUs !== null) this.#close(QUIET_FOR_US, out);
  }

  /** A unit that restarted counts from a new zero: nothing can be said across that. */
  #startAfresh(): void {
    this.#hasLevel = false;
    this.#lastSequence = -1;
    this.restarts++;
    this.#emptyWindow();
    this.#activeSinceUs = NEVER;
  }

  #emptyWindow(): void {
    this.#windowFrom = this.history.end;
    this.#total = this.#squares = 0;
  }

  #takeRow(grams: Float32Array, at: number): boolean {
    let any = false;
    for (let cell = 0; cell < this.#row.length; cell++) {
      const value = grams[at + cell];
      if (!(Math.abs(value) < MAX_ABS_GRAMS)) continue;
      this.#row[cell] = value;
      this.#seen[cell] = 1;
      any = true;
    }
    return any;
  }

  #sample(timeUs: number, out: ShelfStep[]): void {
    if (timeUs - this.#lastUs > GAP_US) this.#gap(timeUs);
    this.#lastUs = timeUs;
    let sum = 0;
    for (let cell = 0; cell < this.#row.length; cell++) sum += this.#row[cell];
    this.history.append(timeUs, this.#row);
    this.#slide(timeUs, sum);
    const count = this.history.end - this.#windowFrom;
    const periodUs = 1e6 / this.#unit.rateHz;
    if (timeUs - this.history.timeUs(this.#windowFrom) + periodUs * 1.5 < WINDOW_US || count < 3) return;
    const mean = this.#total / count;
    const variance = this.#squares / count - mean * mean;
    if (variance > ACTIVE_SD_GRAMS * ACTIVE_SD_GRAMS) this.#active(timeUs, periodUs, out);
    else this.#quiet(timeUs, out);
  }

  /** Adds the newest sum to the window and drops those older than its length. */
  #slide(timeUs: number, sum: number): void {
    const { history } = this;
    if (this.#sumsUntilRenewal-- <= 0 || history.end - this.#windowFrom <= 1) this.#renew(sum);
    const value = sum - this.#reference;
    this.#sums[(history.end - 1) % history.capacity] = value;
    this.#total += value;
    this.#squares += value * value;
    while (
      history.timeUs(this.#windowFrom) <= timeUs - WINDOW_US ||
      history.end - this.#windowFrom > history.capacity
    ) {
      const old = this.#sums[this.#windowFrom++ % history.capacity];
      this.#total -= old;
      this.#squares -= old * old;
    }
  }

  /** Takes the running sums anew around the present level, so that rounding never builds up. */
  #renew(sum: number): void {
    const { history } = this;
    const shift = sum - this.#reference;
    this.#reference = sum;
    this.#total = this.#squares = 0;
    for (let row = this.#windowFrom; row < history.end - 1; row++) {
      const value = (this.#sums[row % history.capacity] -= shift);
      this.#total += value;
      this.#squares += value * value;
    }
    this.#sumsUntilRenewal = 4096;
  }

  #gap(timeUs: number): void {
    if (this.#activeSinceUs === NEVER && this.#hasLevel) this.#rememberLevel(this.#lastUs, 0);
    if (timeUs - this.#lastUs > STALE_US) this.#hasLevel = false;
    this.#emptyWindow();
    if (!this.#hasLevel) {
      this.#activeSinceUs = NEVER;
      return;
    }
    if (this.#activeSinceUs === NEVER) this.#open(this.#lastUs);
    this.#longEnough = true;
    this.#quietSinceUs = NEVER;
  }

  #open(timeUs: number): void {
    this.#activeSinceUs = timeUs;
    this.#activeRunUs = NEVER;
    this.#longEnough = false;
    this.#quietSinceUs = NEVER;
    this.#nextForceUs = timeUs + FORCE_AFTER_US;
  }

  /** Level of the window that ends `guardUs` before `timeUs`, unless the last activity reaches into it. */
  #rememberLevel(timeUs: number, guardUs: number): void {
    const from = this.history.rowAt(Math.max(timeUs - guardUs - WINDOW_US, this.#levelUs - WINDOW_US));
    const to = this.history.rowAt(timeUs - guardUs);
    if (this.history.timeUs(Math.max(this.history.start, to - 1)) <= this.#levelUs) return;
    this.history.meanInto(this.#level, from, to);
  }

  #active(timeUs: number, periodUs: number, out: ShelfStep[]): void {
    if (!this.#hasLevel) {
      this.#startUnquiet(timeUs);
      return;
    }
    if (this.#activeSinceUs === NEVER) {
      this.#rememberLevel(timeUs, BEFORE_GUARD_US);
      this.#open(timeUs);
    }
    if (this.#activeRunUs === NEVER) this.#activeRunUs = timeUs;
    if (timeUs - this.#activeRunUs + periodUs * 1.001 >= ACTIVE_FOR_US) this.#longEnough = true;
    this.#quietSinceUs = NEVER;
    if (timeUs >= this.#nextForceUs) this.#force(timeUs, out);
  }

  /** A unit too noisy ever to be quiet gets its first level like a lasting disturbance gets its last. */
  #startUnquiet(timeUs: number): void {
    if (this.#unquietSinceUs === NEVER) this.#unquietSinceUs = timeUs;
    if (timeUs - this.#unquietSinceUs < FORCE_AFTER_US) return;
    this.#hasLevel = this.#windowMean(this.#level, FORCE_WINDOW_US);
    this.#levelUs = timeUs;
    this.#open(timeUs);
    this.#unquietSinceUs = NEVER;
  }

  #quiet(timeUs: number, out: ShelfStep[]): void {
    if (!this.#hasLevel) {
      this.#hasLevel = this.#windowMean(this.#level, WINDOW_US);
      this.#levelUs = timeUs;
      this.#unquietSinceUs = NEVER;
      return;
    }
    if (this.#activeSinceUs === NEVER) return;
    this.#activeRunUs = NEVER;
    if (this.#quietSinceUs === NEVER) this.#quietSinceUs = timeUs;
    if (timeUs - this.#quietSinceUs < QUIET_FOR_US) return;
    this.#close(WINDOW_US, out);
  }

  #close(lengthUs: number, out: ShelfStep[]): void {
    if (this.#windowMean(this.#after, lengthUs)) this.#settle(this.#longEnough, out);
    this.#activeSinceUs = NEVER;
  }

  #windowMean(out: Float64Array, lengthUs: number): boolean {
    return this.history.meanInto(out, this.history.rowAt(this.#lastUs - lengthUs + 1), this.history.end);
  }

  /** Settles a disturbance that does not end, once its level holds or patience does. */
  #force(timeUs: number, out: ShelfStep[]): void {
    const { history } = this;
    this.#nextForceUs = timeUs + WINDOW_US;
    const middle = history.rowAt(timeUs - FORCE_WINDOW_US);
    if (!history.meanInto(this.#scratch, history.rowAt(timeUs - 2 * FORCE_WINDOW_US), middle)) return;
    if (!history.meanInto(this.#after, middle, history.end)) return;
    const holds = Math.abs(sumOf(this.#after) - sumOf(this.#scratch)) < MIN_CHANGE_GRAMS;
    if (!holds && timeUs - this.#activeSinceUs < FORCE_ALWAYS_US) return;
    // Three standard errors of the difference of two such means, so that a shaking shelf alone makes no change.
    const count = history.end - this.#windowFrom;
    const variance = Math.max(0, this.#squares / count - (this.#total / count) ** 2);
    const doubt = 3 * Math.sqrt((2 * variance) / Math.max(1, history.end - middle));
    if (Math.abs(sumOf(this.#after) - sumOf(this.#level)) > doubt) this.#settle(true, out);
    this.#activeSinceUs = timeUs;
    this.#nextForceUs = timeUs + FORCE_AFTER_US;
  }

  /** The level after becomes the level before; if the activity counts and moved it enough, that is a step. */
  #settle(counts: boolean, out: ShelfStep[]): void {
    const { history } = this;
    const before = this.#level.slice();
    // The mass may have moved a window before the activity showed.
    const from = history.rowAt(this.#activeSinceUs - WINDOW_US);
    this.#level.set(this.#after);
    this.#levelUs = this.#lastUs;
    const cellDeltaGrams = this.#after.map((grams, cell) => grams - before[cell]);
    const deltaGrams = sumOf(cellDeltaGrams);
    if (!counts || !(Math.abs(deltaGrams) > MIN_CHANGE_GRAMS)) return;
    const cellTimesUs = cellDeltaGrams.map((delta, cell) =>
      changePointUs(history, from, cell, cell + 1, before[cell] + delta / 2, delta),
    );
    const old = sumOf(before);
    out.push({
      unitIndex: this.#unitIndex,
      scaleId: this.#unit.id,
      shelfId: this.#unit.shelfId,
      fromUs: firstAwayUs(history, from, old),
      toUs: lastAwayUs(history, from, old + deltaGrams),
      timeUs: changePointUs(history, from, 0, history.cells, old + deltaGrams / 2, deltaGrams),
      settledUs: this.#lastUs,
      deltaGrams,
      cellDeltaGrams,
      cellTimesUs,
    });
  }
}
