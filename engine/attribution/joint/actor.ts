import type { TripLink } from '../../tracking/track-view.ts';
import { LEAST_DOER_PROB, MIN_TRIP_SHARE, NOBODY_LOG } from './joint-constants.ts';
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

/** Everybody who may have done something at a time, as who they were then; nobody last. */
export function actorsOf(
  reaches: readonly Reach[],
  link: TripLink,
  timeUs: number,
  isClosed: (tripId: string) => boolean,
): Actor[] {
  const staff = new Set(link.trips().flatMap((trip) => (trip.staff ? [trip.tripId] : [])));
  const actors: Actor[] = [];
  for (const [trackId, some] of Map.groupBy(reaches, (reach) => reach.trackId)) {
    for (const { tripId, prob } of link.sharesOf(trackId, timeUs)) {
      if (prob < MIN_TRIP_SHARE) continue;
      const open = tripId !== null && !isClosed(tripId) ? tripId : null;
      actors.push(new Actor(some, open, open !== null && staff.has(open), Math.log(prob)));
    }
  }
  actors.push(new Actor([], null, false, 0));
  return actors;
}

/**
 * Those of some actors who may have taken what a change says was taken: who is very unlikely, whatever it was and whatever
 * happened before, is left out, so that trips which have nothing to do with each other are not thought of together.
 */
export function likelyTakers(
  actors: readonly Actor[],
  stories: readonly { readonly target: Target; readonly log: number }[],
  strayTargets: readonly Target[],
): Actor[] {
  const best = stories.reduce((most, { log }) => Math.max(most, log), Number.NEGATIVE_INFINITY);
  const likely = stories.filter(({ log }) => log > best + Math.log(LEAST_DOER_PROB));
  const wanted = [
    ...likely.map(({ target, log }) => ({ target, log })),
    ...strayTargets.map((target) => ({ target, log: best })),
  ];
  const logs = actors.map((actor) => Math.max(...wanted.map(({ target, log }) => log + actor.log(target))));
  const most = Math.max(...logs);
  return actors.filter((actor, i) => actor.trackId < 0 || logs[i]! > most + Math.log(LEAST_DOER_PROB));
}
