import type { Origin } from './origins.ts';

/**
 * `live`: seen within the last moments; `coasting`: unseen for up to 3 s; `missing`: unseen for longer, away from the
 * exits, so it must still be inside; `left`: gone through or beside an exit.
 */
export type BodyState = 'live' | 'coasting' | 'missing' | 'left';

/** One confirmed track as gate linking and viewers see it. */
export interface Body {
  /** Counts up from 1 in order of confirmation; never used twice. */
  readonly trackId: number;
  readonly state: BodyState;
  /** First sighting. */
  readonly bornUs: number;
  /** x, y of the first sighting, floor metres. */
  readonly bornOnFloorM: readonly [number, number];
  /** Appeared away from every entry door. */
  readonly suspect: boolean;
  readonly lastSeenUs: number;
  /** x, y now (coasted where unseen), floor metres. */
  readonly onFloorM: readonly [number, number];
  /** Head height when upright, metres. */
  readonly headHeightM: number;
  /** When it left; null while inside. Returns to null if the body is found again. */
  readonly leftUs: number | null;
  /** `seen`: was watched walking out by a door; `presumed`: vanished near one, or was given up. Null while inside. */
  readonly exit: 'seen' | 'presumed' | null;
}

/** What gate linking asks of the tracker. */
export interface BodySource {
  /** Confirmed bodies, by track id; those that left stay for the length of the track history. */
  bodies(): readonly Body[];
  /** Which bodies a track may have been at `timeUs`, likeliest first; sums to 1. */
  originsOf(trackId: number, timeUs: number): readonly Origin[];
  /** False if a track was ever near enough to another to be mixed up with it. */
  isSure(trackId: number): boolean;
}
