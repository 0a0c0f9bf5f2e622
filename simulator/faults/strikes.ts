import type { RandomStream } from '../random.ts';

/** Moments at a Poisson rate between two times. */
export class Strikes {
  private readonly stream: RandomStream;
  private readonly meanGapUs: number;
  private nextUs: number;

  constructor(stream: RandomStream, perSecond: number, fromUs: number) {
    this.stream = stream;
    this.meanGapUs = perSecond > 0 ? 1_000_000 / perSecond : Number.POSITIVE_INFINITY;
    this.nextUs = perSecond > 0 ? fromUs + stream.exponential(this.meanGapUs) : Number.POSITIVE_INFINITY;
  }

  /** The next strike at or before a time, taken off the list; null when there is none. */
  take(byUs: number): number | null {
    if (this.nextUs > byUs) return null;
    const at = this.nextUs;
    this.nextUs += this.stream.exponential(this.meanGapUs);
    return at;
  }
}
