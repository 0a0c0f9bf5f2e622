import type { TripLink } from '../../tracking/track-view.ts';
import { MIN_TRIP_SHARE, NOBODY_LOG } from './joint-constants.ts';
import type { Reach, Target } from './reach.ts';

/** One body, and one trip that it may belong to, which may have moved something; or nobody known. */
export class Actor {
  readonly trackId: number;
  /** Null: nobody's, or a trip that is closed. */
  readonly tripId: string | null;
  readonly staff: boolean;
  readonly #reach: Reach | null;
  readonly #shareLog: number;
  readonly #known = new Map<Target, number>();

  constructor(reach: Reach | null, tripId: string | null, staff: boolean, shareLog: number) {
    this.trackId = reach?.trackId ?? -1;
    this.tripId = tripId;
    this.staff = staff;
    this.#reach = reach;
    this.#shareLog = shareLog;
  }

  /** Log odds that this one moved something at a target. */
  log(target: Target): number {
    if (this.#reach === null) return NOBODY_LOG;
    let log = this.#known.get(target);
    if (log === undefined) this.#known.set(target, (log = this.#shareLog + this.#reach.logOdds(target)));
    return log;
  }

  handDistanceM(target: Target): number | null {
    return this.#reach?.handDistanceM(target) ?? null;
  }
}

/** Everybody who may have done something, nobody last. */
export function actorsOf(reaches: readonly Reach[], link: TripLink, isClosed: (tripId: string) => boolean): Actor[] {
  const staff = new Set(link.trips().flatMap((trip) => (trip.staff ? [trip.tripId] : [])));
  const actors: Actor[] = [];
  for (const reach of reaches) {
    for (const { tripId, prob } of link.sharesOf(reach.trackId)) {
      if (prob < MIN_TRIP_SHARE) continue;
      const open = tripId !== null && !isClosed(tripId) ? tripId : null;
      actors.push(new Actor(reach, open, open !== null && staff.has(open), Math.log(prob)));
    }
  }
  actors.push(new Actor(null, null, false, 0));
  return actors;
}
