import type { Rival } from '../cart.ts';

/** Where bodies and hands were: what attribution may ask of tracking. Histories are kept at least 120 s. */
export interface TrackHistory {
  /** Ids of confirmed tracks that existed at some time in [fromUs, toUs], ascending. */
  idsBetween(fromUs: number, toUs: number): number[];
  /** Writes the head's x, y, z (world metres, interpolated, coasted where unseen); false if the track did not exist then. */
  headInWorldInto(out: Float64Array, trackId: number, timeUs: number): boolean;
  /** Hand sightings of a track in [fromUs, toUs] in time order: rows of timeUs, x, y, z (world metres), score. A copy. */
  handsBetween(trackId: number, fromUs: number, toUs: number): Float64Array;
}

/** One gate entry, or one body that came in without one. */
export interface Trip {
  readonly tripId: string;
  /** Null for a body without a credential (tailgater). */
  readonly credential: string | null;
  readonly staff: boolean;
  readonly enteredAtUs: number;
  /** Bodies this trip covers. */
  readonly admits: number;
  /** When the last body that may belong to it left; null while someone is inside. */
  exitedAtUs: number | null;
  /**
   * How far that exit can be trusted: `seen` if every body was watched through a door, `presumed` if one vanished near a
   * door, was lost inside or never showed, and so may still be in the store: its cart is for a person. Null while inside.
   */
  exit?: 'seen' | 'presumed' | null;
}

/** Which body belongs to which trip, as probabilities that may still change until settlement. */
export interface TripLink {
  /** All trips not yet dropped, by time of entry. */
  trips(): readonly Trip[];
  /**
   * Probability of each trip for this body; sums to 1. A body without a gate entry has a trip of its own. With `timeUs`,
   * for whoever the track was then, who may have been mixed up with another before.
   */
  sharesOf(trackId: number, timeUs?: number): readonly Rival[];
}
