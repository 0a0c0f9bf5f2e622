import type { Store } from '../../store.ts';
import type { TrackHistory } from '../../tracking/track-view.ts';
import { carryingShare } from './carrying.ts';
import { FixtureOutlines } from './fixture-outlines.ts';
import { MEETING_HANDED } from './joint-constants.ts';
import { type BodyHands, MeetingWatch } from './meeting-watch.ts';

/** What hands did away from the scales, as far as it can be seen: two met, or one went down to the floor or to a ledge. */
export interface HandEvent {
  readonly kind: 'meeting' | 'floor';
  readonly fromUs: number;
  /** When it was over. */
  readonly timeUs: number;
  /** One body, or the two that met. */
  readonly trackIds: readonly number[];
  readonly inWorldM: readonly [number, number, number];
  /** Of a meeting: how likely something changed hands, by what was seen alone. */
  readonly handedProb: number;
}

/** Hands are looked at this often. */
const LOOK_US = 100_000;
/** Who hands something over stands still, metres on the floor. */
const STILL_M = 0.2;
const STILL_US = 400_000;
/** Hands are back at rest this long before and after a meeting. */
const BEFORE_US = [2_200_000, 700_000] as const;
const AFTER_US = [500_000, 2_000_000] as const;
/** Who reaches for a low shelf, up to here, bends so far that the other hand hangs to the floor; metres. */
const LOW_M = 0.65;
const AT_SHELF_M = 0.12;
const BENT_US = 1_500_000;
/** Hands this far inside a fixture's outline are in it for certain, metres. */
const INSIDE_M = 0.04;
/** Looks in a row that must show a hand on the floor. */
const FLOOR_LOOKS = 2;
/** A hand this low is on the floor, metres; bottom shelves are 0.2 m high. */
const FLOOR_M = 0.16;
/** The same hand says nothing new for this long. */
const AGAIN_US = 3_000_000;

const head = new Float64Array(3);

/** Watches hands for what no scale feels. */
export class HandWatch {
  readonly #outlines: FixtureOutlines;
  readonly #meetings: MeetingWatch;
  #lookedUs = Number.NEGATIVE_INFINITY;
  /** Looks in a row, and when it was last told, by body. */
  readonly #looks = new Map<number, { count: number; lastUs: number; toldUs: number }>();

  constructor(store: Store) {
    this.#outlines = new FixtureOutlines(store);
    this.#meetings = new MeetingWatch(this.#outlines);
  }

  /** Since when something may be going on that is not told yet. */
  get openSinceUs(): number {
    return this.#meetings.openSinceUs;
  }

  /** What has become clear by now. */
  look(history: TrackHistory, nowUs: number): HandEvent[] {
    if (!Number.isFinite(nowUs) || nowUs - this.#lookedUs < LOOK_US) return [];
    this.#lookedUs = nowUs;
    const bodies = bodiesAt(history, nowUs);
    const found: HandEvent[] = bodies.flatMap((body) => this.#floor(body, nowUs) ?? []);
    for (const { trackIds, fromUs, toUs, inWorldM, bothLooks } of this.#meetings.look(bodies, history, nowUs)) {
      const { prob } = MEETING_HANDED.findLast(({ fromLooks }) => bothLooks >= fromLooks)!;
      found.push({ kind: 'meeting', fromUs, timeUs: toUs, trackIds, inWorldM, handedProb: prob });
    }
    if (this.#looks.size > 4096) this.#forget(nowUs);
    return found;
  }

  /** By how much the share of full hands of each body changed over a meeting; null where too little was seen. */
  carryingChanges(history: TrackHistory, { trackIds, fromUs, timeUs }: HandEvent): (number | null)[] {
    return trackIds.map((trackId) => {
      const before = carryingShare(history, trackId, fromUs - BEFORE_US[0], fromUs - BEFORE_US[1]);
      const after = carryingShare(history, trackId, timeUs + AFTER_US[0], timeUs + AFTER_US[1]);
      return before === null || after === null ? null : after - before;
    });
  }

  /** Whether the body had a hand at a low shelf about that time: then its other hand only hung down. */
  wasBentTo(history: TrackHistory, { trackIds, timeUs }: HandEvent): boolean {
    const rows = history.handsBetween(trackIds[0]!, timeUs - BENT_US, timeUs + BENT_US);
    for (let at = 0; at + 4 < rows.length; at += 5) {
      const z = rows[at + 3]!;
      if (z > FLOOR_M && z < LOW_M && this.#outlines.covers(rows[at + 1]!, rows[at + 2]!, AT_SHELF_M)) return true;
    }
    return false;
  }

  #floor({ trackId, rows }: BodyHands, nowUs: number): HandEvent | null {
    for (let at = 0; at + 4 < rows.length; at += 5) {
      const [x, y, z] = [rows[at + 1]!, rows[at + 2]!, rows[at + 3]!];
      if (z > FLOOR_M || this.#outlines.covers(x, y, -INSIDE_M)) continue;
      const isTold = this.#tell(trackId, nowUs);
      return isTold
        ? { kind: 'floor', fromUs: nowUs, timeUs: nowUs, trackIds: [trackId], inWorldM: [x, y, z], handedProb: 0 }
        : null;
    }
    return null;
  }

  /** True when enough looks in a row have shown it, and it was not told lately. */
  #tell(trackId: number, nowUs: number): boolean {
    const row = this.#looks.get(trackId) ?? { count: 0, lastUs: 0, toldUs: Number.NEGATIVE_INFINITY };
    this.#looks.set(trackId, row);
    row.count = nowUs - row.lastUs <= 3 * LOOK_US ? row.count + 1 : 1;
    row.lastUs = nowUs;
    if (row.count < FLOOR_LOOKS || nowUs - row.toldUs < AGAIN_US) return false;
    row.toldUs = nowUs;
    return true;
  }

  #forget(nowUs: number): void {
    for (const [key, { lastUs }] of this.#looks) if (nowUs - lastUs > AGAIN_US) this.#looks.delete(key);
  }
}

/** Everybody whose hands were seen lately. */
function bodiesAt(history: TrackHistory, nowUs: number): BodyHands[] {
  return history.idsBetween(nowUs - LOOK_US, nowUs).flatMap((trackId): BodyHands[] => {
    const rows = history.handsBetween(trackId, nowUs - 2 * LOOK_US, nowUs);
    if (rows.length === 0 || !history.headInWorldInto(head, trackId, nowUs)) return [];
    const [xM, yM, headM] = [head[0]!, head[1]!, head[2]!];
    const wasThere = history.headInWorldInto(head, trackId, nowUs - STILL_US);
    const isStill = wasThere && (head[0]! - xM) ** 2 + (head[1]! - yM) ** 2 < STILL_M * STILL_M;
    return [{ trackId, rows, xM, yM, headM, isStill }];
  });
}
