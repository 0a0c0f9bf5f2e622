/** How long an estimate looks back: a clock that drifts by 100 ppm is off by 6 ms within it. */
const WINDOW_US = 60_000_000;
const BUCKETS = 12;

/**
 * How far a device's clock is from the store's, from its stamps alone: a message cannot arrive before it was sent, so the
 * smallest difference of arrival and stamp within a minute is the offset plus the shortest way through the network, a few
 * milliseconds in a shop. Slow messages raise nothing.
 */
export class DeviceClock {
  /** Smallest arrival − stamp of each stretch of time, newest last. */
  readonly #buckets: { readonly endUs: number; smallestUs: number }[] = [];

  /** Takes a message's stamp (device's clock) and arrival (store's clock); gives what to add to the stamp. */
  note(stampUs: number, arrivalUs: number): number {
    const differenceUs = arrivalUs - stampUs;
    const newest = this.#buckets.at(-1);
    if (newest === undefined || arrivalUs >= newest.endUs) {
      this.#buckets.push({ endUs: arrivalUs + WINDOW_US / BUCKETS, smallestUs: differenceUs });
      while (this.#buckets[0]!.endUs < arrivalUs - WINDOW_US) this.#buckets.shift();
    } else newest.smallestUs = Math.min(newest.smallestUs, differenceUs);
    return this.offsetUs;
  }

  get offsetUs(): number {
    return Math.min(...this.#buckets.map(({ smallestUs }) => smallestUs));
  }
}
