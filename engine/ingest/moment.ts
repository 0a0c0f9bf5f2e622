import type { Reading } from '../readings.ts';

/** All readings of one bin of event time, in an order that does not depend on how they arrived. */
export interface Moment {
  /** End of the bin; it holds readings with `timeUs` in [end − momentUs, end). A multiple of momentUs. */
  readonly timeUs: number;
  /** Newest arrival stamp when this moment was released. */
  readonly arrivalUs: number;
  /** By timeUs, then kind, then the sensor's place in the store, then sequence. */
  readonly readings: readonly Reading[];
}
