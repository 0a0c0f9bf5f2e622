import type { Store } from '../../store.ts';
import type { TrackHistory } from '../../tracking/track-view.ts';

/** What hands did away from the scales, as far as it can be seen: two met, or one went down to the floor or to a ledge. */
export interface HandEvent {
  readonly kind: 'meeting' | 'floor';
  readonly timeUs: number;
  /** One body, or the two that met. */
  readonly trackIds: readonly number[];
  readonly inWorldM: readonly [number, number, number];
  /** Looks in which it showed; still counted for a while after it is told. */
  looks: number;
}

/** Hands are looked at this often. */
const LOOK_US = 100_000;
/** Heads of two who hand something over are this near, metres (people stop at 0.95 m). */
const PARTNERS_M = 1.5;
/** Who hands something over reaches out for it and stands still, metres on the floor. */
const REACHED_OUT_M = 0.28;
const APART_M = 0.5;
const STILL_M = 0.15;
const STILL_US = 400_000;
/** Who reaches for a low shelf, up to here, bends so far that the other hand hangs to the floor; metres. */
const LOW_M = 0.65;
const AT_SHELF_M = 0.12;
const BENT_US = 1_500_000;
/** A reach takes about this long. */
const REACHING_US = 800_000;
/** Hands this far inside a fixture's outline are in it, for certain; beyond as much outside they are not, metres. */
const INSIDE_M = 0.08;
/** Hands that meet are this near each other, and this near the middle between the heads on the floor, metres. */
const MEETING_M = 0.13;
const BETWEEN_M = 0.3;
/** Looks in a row that must show it: 0.25 s is the shortest hand-over. */
const MEETING_LOOKS = 2;
const FLOOR_LOOKS = 2;
/** A hand this low is on the floor, metres; bottom shelves are 0.2 m high. */
const FLOOR_M = 0.16;
/** The same hands say nothing new for this long. */
const AGAIN_US = 3_000_000;

const headA = new Float64Array(3);

/** Watches hands for what no scale feels. */
export class HandWatch {
  readonly #boxes: readonly (readonly [number, number, number, number, number, number])[];
  #lookedUs = Number.NEGATIVE_INFINITY;
  /** Looks in a row, and when it was last told, by pair or body. */
  readonly #looks = new Map<string, { count: number; lastUs: number; toldUs: number; told: HandEvent | null }>();

  constructor(store: Store) {
    this.#boxes = store.fixtures.map(({ atM, facingRad, lengthM, depthM }) => [
      atM[0],
      atM[1],
      Math.cos(facingRad),
      Math.sin(facingRad),
      lengthM / 2,
      depthM,
    ]);
  }

  /** What has become clear by now. */
  look(history: TrackHistory, nowUs: number): HandEvent[] {
    if (!Number.isFinite(nowUs) || nowUs - this.#lookedUs < LOOK_US) return [];
    this.#lookedUs = nowUs;
    const found: HandEvent[] = [];
    const bodies = history.idsBetween(nowUs - LOOK_US, nowUs).flatMap((trackId) => {
      const rows = history.handsBetween(trackId, nowUs - 2 * LOOK_US, nowUs);
      if (rows.length === 0 || !history.headInWorldInto(headA, trackId, nowUs)) return [];
      const [xM, yM] = [headA[0]!, headA[1]!];
      const wasThere = history.headInWorldInto(headA, trackId, nowUs - STILL_US);
      const isStill = wasThere && (headA[0]! - xM) ** 2 + (headA[1]! - yM) ** 2 < STILL_M * STILL_M;
      return [{ trackId, rows, xM, yM, isStill }];
    });
    bodies.forEach((a, i) => {
      this.#floor(found, a, nowUs);
      for (const b of bodies.slice(i + 1)) {
        const apart = (a.xM - b.xM) ** 2 + (a.yM - b.yM) ** 2;
        const isFit = apart < PARTNERS_M * PARTNERS_M && apart > APART_M * APART_M && a.isStill && b.isStill;
        if (isFit) this.#meeting(found, a, b, nowUs);
      }
    });
    if (this.#looks.size > 4096) this.#forget(nowUs);
    return found;
  }

  #floor(found: HandEvent[], { trackId, rows }: BodyHands, nowUs: number): void {
    for (let at = 0; at + 4 < rows.length; at += 5) {
      const [x, y, z] = [rows[at + 1]!, rows[at + 2]!, rows[at + 3]!];
      if (z > FLOOR_M || this.#isInFixture(x, y, -INSIDE_M / 2)) continue;
      const event: HandEvent = {
        ...{ kind: 'floor', timeUs: nowUs, trackIds: [trackId], inWorldM: [x, y, z] },
        looks: FLOOR_LOOKS,
      };
      if (this.#tell(event, FLOOR_LOOKS)) found.push(event);
      return;
    }
  }

  #meeting(found: HandEvent[], a: BodyHands, b: BodyHands, nowUs: number): void {
    const middleX = (a.xM + b.xM) / 2;
    const middleY = (a.yM + b.yM) / 2;
    for (let i = 0; i + 4 < a.rows.length; i += 5) {
      const [x, y, z] = [a.rows[i + 1]!, a.rows[i + 2]!, a.rows[i + 3]!];
      if ((x - middleX) ** 2 + (y - middleY) ** 2 > BETWEEN_M * BETWEEN_M || this.#isInFixture(x, y, INSIDE_M))
        continue;
      if ((x - a.xM) ** 2 + (y - a.yM) ** 2 < REACHED_OUT_M * REACHED_OUT_M) continue;
      if ((x - b.xM) ** 2 + (y - b.yM) ** 2 < REACHED_OUT_M * REACHED_OUT_M) continue;
      for (let j = 0; j + 4 < b.rows.length; j += 5) {
        const apart = (b.rows[j + 1]! - x) ** 2 + (b.rows[j + 2]! - y) ** 2 + (b.rows[j + 3]! - z) ** 2;
        if (apart > MEETING_M * MEETING_M) continue;
        const trackIds = [a.trackId, b.trackId];
        const event: HandEvent = {
          kind: 'meeting',
          timeUs: nowUs,
          trackIds,
          inWorldM: [x, y, z],
          looks: MEETING_LOOKS,
        };
        if (this.#tell(event, MEETING_LOOKS)) found.push(event);
        return;
      }
    }
  }

  /** Whether any of the hands was in a fixture about that time: then they met on their way to a shelf. */
  reachedIn(history: TrackHistory, { trackIds, timeUs }: HandEvent): boolean {
    return trackIds.some((trackId) => {
      const rows = history.handsBetween(trackId, timeUs - REACHING_US, timeUs + REACHING_US);
      for (let at = 0; at + 4 < rows.length; at += 5) {
        if (this.#isInFixture(rows[at + 1]!, rows[at + 2]!, -INSIDE_M / 4)) return true;
      }
      return false;
    });
  }

  /** Whether the body had a hand at a low shelf about that time: then its other hand only hung down. */
  wasBentTo(history: TrackHistory, { trackIds, timeUs }: HandEvent): boolean {
    const rows = history.handsBetween(trackIds[0]!, timeUs - BENT_US, timeUs + BENT_US);
    for (let at = 0; at + 4 < rows.length; at += 5) {
      const z = rows[at + 3]!;
      if (z > FLOOR_M && z < LOW_M && this.#isInFixture(rows[at + 1]!, rows[at + 2]!, AT_SHELF_M)) return true;
    }
    return false;
  }

  #isInFixture(x: number, y: number, marginM: number): boolean {
    return this.#boxes.some(([atX, atY, outX, outY, halfM, depthM]) => {
      const intoM = -((x - atX) * outX + (y - atY) * outY);
      const asideM = Math.abs(-(x - atX) * outY + (y - atY) * outX);
      return intoM > -marginM && intoM < depthM + marginM && asideM < halfM + marginM;
    });
  }

  /** True when enough looks in a row have shown it, and it was not told lately. */
  #tell(event: HandEvent, looks: number): boolean {
    const key = event.trackIds.join('+');
    const nowUs = event.timeUs;
    const row = this.#looks.get(key) ?? { count: 0, lastUs: 0, toldUs: Number.NEGATIVE_INFINITY, told: null };
    this.#looks.set(key, row);
    const isSame = nowUs - row.lastUs <= 3 * LOOK_US;
    row.count = isSame ? row.count + 1 : 1;
    row.lastUs = nowUs;
    if (isSame && row.told !== null) row.told.looks++;
    if (row.count < looks || nowUs - row.toldUs < AGAIN_US) return false;
    row.toldUs = nowUs;
    row.told = event;
    return true;
  }

  #forget(nowUs: number): void {
    for (const [key, { lastUs }] of this.#looks) if (nowUs - lastUs > AGAIN_US) this.#looks.delete(key);
  }
}

interface BodyHands {
  readonly trackId: number;
  readonly rows: Float64Array;
  readonly xM: number;
  readonly yM: number;
  readonly isStill: boolean;
}
