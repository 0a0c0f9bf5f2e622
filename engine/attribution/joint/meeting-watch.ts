import type { TrackHistory } from '../../tracking/track-view.ts';
import type { FixtureOutlines } from './fixture-outlines.ts';
import { MEETING_LEAST_LOOKS } from './joint-constants.ts';

/** One body with what was seen of its hands lately: rows of timeUs, x, y, z, score. */
export interface BodyHands {
  readonly trackId: number;
  readonly rows: Float64Array;
  readonly xM: number;
  readonly yM: number;
  readonly headM: number;
  readonly isStill: boolean;
}

/** Two bodies whose hands were together between them for a while. */
export interface Meeting {
  readonly trackIds: readonly [number, number];
  readonly fromUs: number;
  readonly toUs: number;
  readonly inWorldM: readonly [number, number, number];
  /** Looks that showed a hand in the middle, and hands of both there. */
  readonly looks: number;
  readonly bothLooks: number;
  /** Share of the looks in which others stood around the two. */
  readonly crowdedShare: number;
  /** By how much they came nearer to each other for it, metres; null if they were not watched before. */
  readonly approachM: number | null;
}

interface Episode {
  readonly trackIds: readonly [number, number];
  readonly fromUs: number;
  lastUs: number;
  inWorldM: readonly [number, number, number];
  looks: number;
  bothLooks: number;
  crowdedLooks: number;
  apartM: number;
}

/** Who stands this near to the middle of two is in the crowd with them, metres. */
const AROUND_M = 1.5;
/** Who came together for something was farther apart this long before. */
const BEFORE_US = 3_000_000;
/** Heads of two who hand something over are this far apart, metres. */
const APART_M = [0.35, 1.5] as const;
/** A hand this near the middle between the heads is in the meeting; the other may lag, or be seen as the first; metres. */
const IN_MIDDLE_M = 0.12;
const NEAR_MIDDLE_M = 0.2;
/** Things are handed over between hip and chin: these shares of the smaller one's head height. */
const HEIGHT_SHARES = [0.5, 0.85] as const;
/** Hands hide each other: an episode goes on after this long without a sight. */
const GAP_US = 700_000;
/** An episode is told at last, even if the two stay so. */
const LONGEST_US = 6_000_000;
/** A hand in a shelf this short before or after says that they met on the way to it. */
const REACHING_US = 300_000;

/** Finds the moments in which two still bodies hold their hands together between them. */
export class MeetingWatch {
  readonly #outlines: FixtureOutlines;
  readonly #episodes = new Map<string, Episode>();

  constructor(outlines: FixtureOutlines) {
    this.#outlines = outlines;
  }

  /** Since when a meeting that is not over may have been going on. */
  get openSinceUs(): number {
    let sinceUs = Number.POSITIVE_INFINITY;
    for (const { fromUs, looks } of this.#episodes.values()) {
      if (looks >= MEETING_LEAST_LOOKS) sinceUs = Math.min(sinceUs, fromUs);
    }
    return sinceUs;
  }

  /** Takes one look at all bodies; gives the meetings that are over. */
  look(bodies: readonly BodyHands[], history: TrackHistory, nowUs: number): Meeting[] {
    bodies.forEach((a, i) => {
      for (let k = i + 1; k < bodies.length; k++) this.#see(a, bodies[k]!, bodies, nowUs);
    });
    const over: Meeting[] = [];
    for (const [key, episode] of this.#episodes) {
      if (nowUs - episode.lastUs <= GAP_US && nowUs - episode.fromUs <= LONGEST_US) continue;
      this.#episodes.delete(key);
      const isTold = episode.looks >= MEETING_LEAST_LOOKS && episode.bothLooks > 1 && !this.#isReach(episode, history);
      if (isTold) over.push(toldOf(episode, history));
    }
    return over.sort((a, b) => a.fromUs - b.fromUs || a.trackIds[0] - b.trackIds[0] || a.trackIds[1] - b.trackIds[1]);
  }

  #see(a: BodyHands, b: BodyHands, bodies: readonly BodyHands[], nowUs: number): void {
    if (!a.isStill || !b.isStill) return;
    const apart = (a.xM - b.xM) ** 2 + (a.yM - b.yM) ** 2;
    if (apart < APART_M[0] ** 2 || apart > APART_M[1] ** 2) return;
    const xM = (a.xM + b.xM) / 2;
    const yM = (a.yM + b.yM) / 2;
    const headM = Math.min(a.headM, b.headM);
    const nearA = nearest(a.rows, xM, yM, headM);
    const nearB = nearest(b.rows, xM, yM, headM);
    if (Math.min(nearA, nearB) > IN_MIDDLE_M || this.#outlines.covers(xM, yM, 0)) return;
    const key = `${a.trackId}+${b.trackId}`;
    let episode = this.#episodes.get(key);
    if (episode === undefined) {
      const inWorldM = [xM, yM, headM * HEIGHT_SHARES[0]] as const;
      const trackIds = [a.trackId, b.trackId] as const;
      episode = {
        trackIds,
        fromUs: nowUs,
        lastUs: nowUs,
        inWorldM,
        looks: 0,
        bothLooks: 0,
        crowdedLooks: 0,
        apartM: 0,
      };
      this.#episodes.set(key, episode);
    }
    episode.lastUs = nowUs;
    episode.looks++;
    episode.apartM = Math.sqrt(apart);
    const around = bodies.filter((one) => (one.xM - xM) ** 2 + (one.yM - yM) ** 2 < AROUND_M * AROUND_M);
    if (around.length > 2) episode.crowdedLooks++;
    if (Math.max(nearA, nearB) < NEAR_MIDDLE_M) episode.bothLooks++;
  }

  #isReach({ trackIds, fromUs, lastUs }: Episode, history: TrackHistory): boolean {
    return trackIds.some((trackId) => {
      const rows = history.handsBetween(trackId, fromUs - REACHING_US, lastUs + REACHING_US);
      for (let at = 0; at + 4 < rows.length; at += 5) {
        if (this.#outlines.covers(rows[at + 1]!, rows[at + 2]!, -INSIDE_M)) return true;
      }
      return false;
    });
  }
}

const headA = new Float64Array(3);
const headB = new Float64Array(3);

function toldOf(episode: Episode, history: TrackHistory): Meeting {
  const { trackIds, fromUs, lastUs, inWorldM, looks, bothLooks, crowdedLooks } = episode;
  const crowdedShare = crowdedLooks / looks;
  return {
    trackIds,
    fromUs,
    toUs: lastUs,
    inWorldM,
    looks,
    bothLooks,
    crowdedShare,
    approachM: approachOf(episode, history),
  };
}

/** By how much two came nearer to each other from a while before to their last moment together. */
function approachOf({ trackIds, fromUs, apartM }: Episode, history: TrackHistory): number | null {
  const beforeUs = fromUs - BEFORE_US;
  if (!history.headInWorldInto(headA, trackIds[0], beforeUs)) return null;
  if (!history.headInWorldInto(headB, trackIds[1], beforeUs)) return null;
  return Math.sqrt((headA[0]! - headB[0]!) ** 2 + (headA[1]! - headB[1]!) ** 2) - apartM;
}

/** A hand this far inside a fixture's outline is in it, metres. */
const INSIDE_M = 0.02;

/** Nearest of the hands to a spot on the floor, of those at handing height; Infinity if none. */
function nearest(rows: Float64Array, xM: number, yM: number, headM: number): number {
  let best = Number.POSITIVE_INFINITY;
  for (let at = 0; at + 4 < rows.length; at += 5) {
    const z = rows[at + 3]!;
    if (z < HEIGHT_SHARES[0] * headM || z > HEIGHT_SHARES[1] * headM) continue;
    best = Math.min(best, (rows[at + 1]! - xM) ** 2 + (rows[at + 2]! - yM) ** 2);
  }
  return Math.sqrt(best);
}
