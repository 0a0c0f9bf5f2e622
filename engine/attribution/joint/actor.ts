import type { TripLink } from '../../tracking/track-view.ts';
import { MIN_TRIP_SHARE, NOBODY_LOG } from './joint-constants.ts';
import type { Reach, Target } from './reach.ts';

/** One body, and one trip that it may belong to, which may have moved something; or nobody known. */
export class Actor {
  readonly trackId: number;
  /** Null: nobody's, or a trip that is closed. */
  readonly tripId: string | null;
  readonly staff: boolean;
  /** At each of the moments at which the load moved; empty for nobody. */
  readonly #reaches: readonly Reach[];
  readonly #shareLog: number;
  readonly #known = new Map<Target, number>();

  constructor(reaches: readonly Reach[], tripId: string | null, staff: boolean, shareLog: number) {
    this.trackId = reaches[0]?.trackId ?? -1;
    this.tripId = tripId;
    this.staff = staff;
    this.#reaches = reaches;
    this.#shareLog = shareLog;
  }

  /** Log odds that this one moved something at a target. */
  log(target: Target): number {
    if (this.#reaches.length === 0) return NOBODY_LOG;
    let log = this.#known.get(target);
    if (log !== undefined) return log;
    log = this.#shareLog + Math.max(...this.#reaches.map((reach) => reach.logOdds(target)));
    this.#known.set(target, log);
    return log;
  }

  handDistanceM(target: Target): number | null {
    const distances = this.#reaches.flatMap((reach) => reach.handDistanceM(target) ?? []);
    return distances.length > 0 ? Math.min(...distances) : null;
  }
}

/** Everybody who may have done something, nobody last. */
export function actorsOf(reaches: readonly Reach[], link: TripLink, isClosed: (tripId: string) => boolean): Actor[] {
  const staff = new Set(link.trips().flatMap((trip) => (trip.staff ? [trip.tripId] : [])));
  const actors: Actor[] = [];
  for (const [trackId, some] of Map.groupBy(reaches, (reach) => reach.trackId)) {
    for (const { tripId, prob } of link.sharesOf(trackId)) {
      if (prob < MIN_TRIP_SHARE) continue;
      const open = tripId !== null && !isClosed(tripId) ? tripId : null;
      actors.push(new Actor(some, open, open !== null && staff.has(open), Math.log(prob)));
    }
  }
  actors.push(new Actor([], null, false, 0));
  return actors;
}
