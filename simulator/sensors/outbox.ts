import type { Reading } from '../../engine/readings.ts';

function byArrival(a: Reading, b: Reading): number {
  if (a.arrivalUs !== b.arrivalUs) return a.arrivalUs - b.arrivalUs;
  if (a.sensorId !== b.sensorId) return a.sensorId < b.sensorId ? -1 : 1;
  return a.sequence - b.sequence;
}

/** Readings on their way to the engine's host. */
export class Outbox {
  private pending: Reading[] = [];
  private earliestUs = Number.POSITIVE_INFINITY;

  push(reading: Reading): void {
    this.pending.push(reading);
    if (reading.arrivalUs < this.earliestUs) this.earliestUs = reading.arrivalUs;
  }

  /** Removes and returns what has arrived by a time, in order of arrival, sensor and sequence. */
  takeUntil(timeUs: number): Reading[] {
    if (timeUs < this.earliestUs) return [];
    const arrived: Reading[] = [];
    const left: Reading[] = [];
    this.earliestUs = Number.POSITIVE_INFINITY;
    for (const reading of this.pending) {
      if (reading.arrivalUs <= timeUs) arrived.push(reading);
      else {
        left.push(reading);
        if (reading.arrivalUs < this.earliestUs) this.earliestUs = reading.arrivalUs;
      }
    }
    this.pending = left;
    return arrived.sort(byArrival);
  }
}
