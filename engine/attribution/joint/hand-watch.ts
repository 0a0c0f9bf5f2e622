import type { Store } from '../../store.ts';
import type { TrackHistory } from '../../tracking/track-view.ts';
import { type Bend, BendWatch } from './bend-watch.ts';
import { carryingShare } from './carrying.ts';
import { FixtureOutlines } from './fixture-outlines.ts';
import { dropProbOf } from './floor-odds.ts';
import { handedProbOf } from './meeting-odds.ts';
import { type BodyHands, MeetingWatch } from './meeting-watch.ts';

interface Seen {
  readonly fromUs: number;
  /** When it was over. */
  readonly timeUs: number;
  readonly inWorldM: readonly [number, number, number];
}

/** Two bodies held their hands together. */
export interface MeetingEvent extends Seen {
  readonly kind: 'meeting';
  readonly trackIds: readonly [number, number];
  /** How likely something changed hands, by what was seen of it alone. */
  readonly handedProb: number;
}

/** A body bent down to the floor, or to a ledge low down. */
export interface FloorEvent extends Seen {
  readonly kind: 'floor';
  readonly trackIds: readonly [number];
  readonly bend: Bend;
}

/** What hands did away from the scales, as far as it can be seen. */
export type HandEvent = MeetingEvent | FloorEvent;

/** Hands are looked at this often. */
const LOOK_US = 100_000;
/** Who hands something over stands still, metres on the floor. */
const STILL_M = 0.2;
const STILL_US = 400_000;
/** Hands are back at rest this long before and after a meeting or a bend. */
const BEFORE_US = [2_200_000, 700_000] as const;
const AFTER_US = [500_000, 2_000_000] as const;
/** A bend that ends higher than this was for no floor: share of the standing head height. */
const LOW_SHARE = 0.66;
/** Changes low down explain bends beside them: metres, and how long they are kept. */
const BESIDE_M = 1;
const BEND_MARGIN_US = 700_000;
const KEPT_US = 20_000_000;

const head = new Float64Array(3);

/** Watches hands and heads for what no scale feels. */
export class HandWatch {
  readonly #bends: BendWatch;
  readonly #meetings: MeetingWatch;
  #lookedUs = Number.NEGATIVE_INFINITY;
  /** Loads that changed low down lately: when, and where on the floor. */
  #lowChanges: { readonly timeUs: number; readonly xM: number; readonly yM: number }[] = [];

  constructor(store: Store) {
    const outlines = new FixtureOutlines(store);
    this.#bends = new BendWatch(outlines);
    this.#meetings = new MeetingWatch(outlines);
  }

  /** Since when something may be going on that is not told yet. */
  get openSinceUs(): number {
    return this.#meetings.openSinceUs;
  }

  /** A load changed on a low shelf: who bent there did so for it. */
  addLowChange(timeUs: number, xM: number, yM: number): void {
    this.#lowChanges = this.#lowChanges.filter((one) => timeUs - one.timeUs < KEPT_US);
    this.#lowChanges.push({ timeUs, xM, yM });
  }

  /** What has become clear by now. */
  look(history: TrackHistory, nowUs: number): HandEvent[] {
    if (!Number.isFinite(nowUs) || nowUs - this.#lookedUs < LOOK_US) return [];
    this.#lookedUs = nowUs;
    const bodies = bodiesAt(history, nowUs);
    const found: HandEvent[] = [];
    for (const bend of this.#bends.look(bodies, nowUs)) {
      const { trackId, fromUs, toUs, inWorldM } = bend;
      if (bend.lowestShare < LOW_SHARE)
        found.push({ kind: 'floor', fromUs, timeUs: toUs, trackIds: [trackId], inWorldM, bend });
    }
    for (const meeting of this.#meetings.look(bodies, history, nowUs)) {
      const { trackIds, fromUs, toUs, inWorldM } = meeting;
      found.push({ kind: 'meeting', fromUs, timeUs: toUs, trackIds, inWorldM, handedProb: handedProbOf(meeting) });
    }
    return found;
  }

  /** By how much the share of full hands of each body changed over a meeting; null where too little was seen. */
  carryingChanges(history: TrackHistory, event: HandEvent): (number | null)[] {
    return event.trackIds.map((trackId) => {
      const [before, after] = carriedAround(history, trackId, event);
      return before === null || after === null ? null : after - before;
    });
  }

  /** Probability that who bent down left something there. */
  dropProb(history: TrackHistory, event: FloorEvent): number {
    const [before, after] = carriedAround(history, event.trackIds[0], event);
    const isExplained = this.#lowChanges.some(({ timeUs, xM, yM }) => {
      if (timeUs < event.fromUs - BEND_MARGIN_US || timeUs > event.timeUs + BEND_MARGIN_US) return false;
      return (xM - event.inWorldM[0]) ** 2 + (yM - event.inWorldM[1]) ** 2 < BESIDE_M * BESIDE_M;
    });
    return dropProbOf(event.bend, before, after, isExplained);
  }
}

function carriedAround(history: TrackHistory, trackId: number, { fromUs, timeUs }: Seen): (number | null)[] {
  return [
    carryingShare(history, trackId, fromUs - BEFORE_US[0], fromUs - BEFORE_US[1]),
    carryingShare(history, trackId, timeUs + AFTER_US[0], timeUs + AFTER_US[1]),
  ];
}

/** Everybody whose hands were seen lately. */
function bodiesAt(history: TrackHistory, nowUs: number): BodyHands[] {
  return history.idsBetween(nowUs - LOOK_US, nowUs).flatMap((trackId): BodyHands[] => {
    if (!history.headInWorldInto(head, trackId, nowUs)) return [];
    const [xM, yM, headM] = [head[0]!, head[1]!, head[2]!];
    const rows = history.handsBetween(trackId, nowUs - 2 * LOOK_US, nowUs);
    const wasThere = history.headInWorldInto(head, trackId, nowUs - STILL_US);
    const isStill = wasThere && (head[0]! - xM) ** 2 + (head[1]! - yM) ** 2 < STILL_M * STILL_M;
    return [{ trackId, rows, xM, yM, headM, isStill }];
  });
}
