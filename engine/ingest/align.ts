import type { IngestCounters } from '../cart.ts';
import { type Reading, type ReadingKind, readingProblem } from '../readings.ts';
import type { Store } from '../store.ts';
import type { Moment } from './moment.ts';
import { type Sensor, sensorsOf } from './sensors.ts';
import { SequenceWindow } from './sequence-window.ts';

export interface AlignOptions {
  /** How long after its event time a reading may arrive and still count. */
  readonly latenessUs?: number;
  /** Length of a moment. */
  readonly momentUs?: number;
}

export const ALIGN_DEFAULTS = { latenessUs: 3_000_000, momentUs: 100_000 } as const;

/** A clock set back by its time server may repeat this much; sensors are taken to have reached this much less. */
const CLOCK_STEP_US = 20_000;

/** Gates first, so that a credential is known before the body that follows it in the same moment. */
const KIND_RANK: Readonly<Record<ReadingKind, number>> = {
  tick: 0,
  gate: 1,
  detection: 2,
  pose: 3,
  scale: 4,
  decision: 5,
};

interface Source {
  readonly sensor: Sensor;
  readonly window: SequenceWindow;
  pending: number;
}

interface Arrived {
  readonly reading: Reading;
  readonly source: Source | null;
}

/**
 * Sorts readings into moments by event time. A moment is released when every sensor has passed its end without a gap
 * in its numbering, or when the newest arrival is `latenessUs` past it; so any order of arrival within that bound
 * gives the same moments, and a silent sensor delays the others by that bound at most. Empty bins give no moment.
 */
export class Aligner {
  readonly counters: IngestCounters = {
    readings: 0,
    late: 0,
    lost: 0,
    duplicate: 0,
    outOfOrder: 0,
    invalid: 0,
    unknownSensor: 0,
  };
  #latenessUs: number;
  #momentUs: number;
  #sources = new Map<string, Source>();
  #sourceList: Source[] = [];
  /** Unreleased readings by the number of their bin. */
  #bins = new Map<number, Arrived[]>();
  #ready: Moment[] = [];
  #readyHead = 0;
  #newestArrivalUs = 0;
  /** End of the newest bin released, empty ones included. */
  #releasedUs = 0;

  constructor(store: Store, options: AlignOptions = {}) {
    this.#latenessUs = options.latenessUs ?? ALIGN_DEFAULTS.latenessUs;
    this.#momentUs = options.momentUs ?? ALIGN_DEFAULTS.momentUs;
    for (const [id, sensor] of sensorsOf(store)) {
      // Room for every reading that can be in flight, four times over: batches are smaller and ticks come on top.
      const inFlight = (sensor.rateHz === 0 ? 60 : sensor.rateHz) * (this.#latenessUs / 1e6);
      const source: Source = { sensor, window: new SequenceWindow(256 + 4 * inFlight), pending: 0 };
      this.#sources.set(id, source);
      this.#sourceList.push(source);
    }
  }

  /** Takes one reading in; bad, late, doubled and unknown ones are counted and dropped. Never throws on a bad reading. */
  push(reading: Reading): void {
    this.counters.readings++;
    if (readingProblem(reading) !== null || reading.timeUs > reading.arrivalUs + this.#latenessUs) {
      this.counters.invalid++;
      return;
    }
    const source = this.#sources.get(reading.sensorId) ?? null;
    // A reviewer's desk is no sensor of the store.
    if (source === null && reading.kind !== 'decision') {
      this.counters.unknownSensor++;
      return;
    }
    if (reading.arrivalUs > this.#newestArrivalUs) this.#newestArrivalUs = reading.arrivalUs;
    if (this.#accept(reading, source)) this.#hold(reading, source);
    this.#release(this.#watermarkUs());
  }

  /** The next finished moment, or null. */
  take(): Moment | null {
    const moment = this.#ready[this.#readyHead];
    if (moment === undefined) return null;
    this.#readyHead++;
    if (this.#readyHead === this.#ready.length) {
      this.#ready.length = 0;
      this.#readyHead = 0;
    }
    return moment;
  }

  /** End of input: releases everything and counts what never came as lost. */
  flush(): void {
    this.#release(Number.POSITIVE_INFINITY);
    for (const source of this.#sourceList) source.window.close();
    this.#countLost();
  }

  #accept(reading: Reading, source: Source | null): boolean {
    if (source === null) return !this.#isLate(reading);
    const { sensor, window } = source;
    const fits = reading.kind === 'tick' || reading.kind === sensor.kind;
    const whole = reading.kind !== 'scale' || reading.grams.length % sensor.cellCount === 0;
    if (!fits || !whole || source.pending >= window.size) {
      this.counters.invalid++;
      return false;
    }
    const overtaken = window.isOvertaken(reading.sequence);
    if (!window.accept(reading.sequence, reading.timeUs)) {
      this.counters.duplicate++;
      return false;
    }
    if (overtaken) this.counters.outOfOrder++;
    return !this.#isLate(reading);
  }

  #isLate(reading: Reading): boolean {
    if (reading.timeUs >= this.#releasedUs) return false;
    this.counters.late++;
    return true;
  }

  #hold(reading: Reading, source: Source | null): void {
    const bin = Math.floor(reading.timeUs / this.#momentUs);
    const arrived = this.#bins.get(bin);
    if (arrived === undefined) this.#bins.set(bin, [{ reading, source }]);
    else arrived.push({ reading, source });
    if (source !== null) source.pending++;
  }

  #watermarkUs(): number {
    const floorUs = this.#newestArrivalUs - this.#latenessUs;
    let reachedUs = Number.POSITIVE_INFINITY;
    for (const source of this.#sourceList) {
      const { window } = source;
      if (window.reachedUs < floorUs) window.giveUpBefore(floorUs);
      if (window.reachedUs < reachedUs) reachedUs = window.reachedUs;
    }
    return Math.max(floorUs, reachedUs === Number.POSITIVE_INFINITY ? floorUs : reachedUs - CLOCK_STEP_US);
  }

  #release(watermarkUs: number): void {
    if (watermarkUs < this.#releasedUs + this.#momentUs) return;
    const endBin = Math.floor(watermarkUs / this.#momentUs);
    const due = [...this.#bins.keys()].filter((bin) => bin < endBin).sort((a, b) => a - b);
    for (const bin of due) {
      const arrived = this.#bins.get(bin)!;
      this.#bins.delete(bin);
      arrived.sort(compareArrived);
      for (const { source } of arrived) if (source !== null) source.pending--;
      const timeUs = (bin + 1) * this.#momentUs;
      this.#ready.push({ timeUs, arrivalUs: this.#newestArrivalUs, readings: arrived.map((one) => one.reading) });
    }
    const newest = due.length === 0 ? 0 : (due[due.length - 1]! + 1) * this.#momentUs;
    this.#releasedUs = Math.max(newest, Number.isFinite(endBin) ? endBin * this.#momentUs : this.#releasedUs);
    this.#countLost();
  }

  #countLost(): void {
    let lost = 0;
    for (const source of this.#sourceList) lost += source.window.lostCount;
    this.counters.lost = lost;
  }
}

/** Decisions carry no sensor of the store: their sequence and the trip they speak of order them. */
function compareArrived(a: Arrived, b: Arrived): number {
  const one = a.reading;
  const other = b.reading;
  return (
    one.timeUs - other.timeUs ||
    KIND_RANK[one.kind] - KIND_RANK[other.kind] ||
    (a.source?.sensor.index ?? 0) - (b.source?.sensor.index ?? 0) ||
    one.sequence - other.sequence ||
    compareTrips(one, other)
  );
}

function compareTrips(one: Reading, other: Reading): number {
  if (one.kind !== 'decision' || other.kind !== 'decision' || one.tripId === other.tripId) return 0;
  return one.tripId < other.tripId ? -1 : 1;
}
