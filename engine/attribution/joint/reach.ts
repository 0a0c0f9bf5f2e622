import type { TrackHistory } from '../../tracking/track-view.ts';
import type { HandSight } from './hand-sight.ts';
import { BODIES_WITHIN_M, HAND_AFTER_US, HAND_BEFORE_US, REACH_M, REACH_SD_M } from './joint-constants.ts';
import { type ShelfPlace, toShelfInto } from './shelf-place.ts';

/** Stands for the floor where a scale unit's row is asked for. */
export const FLOOR = -1;

/** Where on a shelf something was moved: a stretch of it, metres, and how tall the package is. */
export interface Target {
  readonly fromM: number;
  readonly toM: number;
  readonly heightM: number;
}

/** Squared SDs from the package beyond which a hand says nothing about it. */
const IDLE_SPREAD = 50;
/** Packages are held about their middle; this much off it costs nothing, metres. */
const GRIP_M = 0.03;
/** Who takes something stands before it: so far out, and so far aside and farther out with this SD, metres (seen: 0.13 to 0.48). */
const STAND_M = 0.45;
const STAND_SD_M = 0.25;
/** Heads lean this far over a shelf; whoever is farther behind its front stands on another side of it. Metres, and SD. */
const LEAN_M = 0.15;
const LEAN_SD_M = 0.15;
/** Standing says no more than this, log. */
const STAND_LOG_MIN = -6;

const point = new Float64Array(3);
const head = new Float64Array(3);

/** One body near a shelf at the time of a change: how likely its hands are if it moved something there, or if not. */
export class Reach {
  readonly trackId: number;
  readonly #place: ShelfPlace;
  readonly #sight: HandSight;
  /** Rows of metres along, into and above the shelf. */
  readonly #hands: Float64Array;
  readonly #headAlongM: number;
  readonly #headOutM: number;
  readonly #scratch: Float64Array;

  constructor(
    trackId: number,
    place: ShelfPlace,
    sight: HandSight,
    hands: Float64Array,
    headAlongM: number,
    headOutM: number,
  ) {
    this.trackId = trackId;
    this.#place = place;
    this.#sight = sight;
    this.#hands = hands;
    this.#headAlongM = headAlongM;
    this.#headOutM = headOutM;
    this.#scratch = new Float64Array(hands.length / 3);
  }

  /** Nearest hand to a target, metres; null if none was seen. */
  handDistanceM(target: Target): number | null {
    let nearest = Number.POSITIVE_INFINITY;
    for (let at = 0; at < this.#hands.length; at += 3) {
      this.#offsetsInto(point, at, target);
      nearest = Math.min(nearest, Math.sqrt(point[0]! ** 2 + point[1]! ** 2 + point[2]! ** 2));
    }
    return Number.isFinite(nearest) ? nearest : null;
  }

  /** Log odds of what was seen of this body if it moved the package there against if it did not. */
  logOdds(target: Target): number {
    const standLog = this.#sight.isStandWeighed ? this.#standLog(target) : 0;
    return this.#handLogOdds(target) + this.#bodyLog(target) + standLog;
  }

  #handLogOdds(target: Target): number {
    const count = this.#scratch.length;
    const { sdM, missedProb, unseenLog, idleThere, onItShare } = this.#sight;
    if (count === 0) return unseenLog;
    for (let i = 0; i < count; i++) {
      this.#offsetsInto(point, 3 * i, target);
      let squares = 0;
      for (let axis = 0; axis < 3; axis++) squares += (point[axis]! / sdM[axis]!) ** 2;
      this.#scratch[i] = squares;
    }
    this.#scratch.sort();
    const squares = this.#scratch[Math.floor(onItShare * (count - 1))]!;
    const doer = (1 - missedProb) * Math.exp(-squares / 2) + missedProb;
    const idle = Math.min(1, Math.max(idleThere, squares / IDLE_SPREAD));
    return Math.log(doer / idle);
  }

  /** Nobody reaches farther than an arm and a lean. */
  #bodyLog({ fromM, toM }: Target): number {
    const asideM = Math.max(0, fromM - this.#headAlongM, this.#headAlongM - toM);
    const outM = Math.max(0, this.#headOutM, -this.#headOutM - this.#place.shelf.depthM);
    const over = Math.max(0, Math.sqrt(asideM * asideM + outM * outM) - REACH_M) / REACH_SD_M;
    return -0.5 * Math.min(over * over, 100);
  }

  /** Whom hands do not tell, the place where everybody stands may. */
  #standLog({ fromM, toM }: Target): number {
    const aside = Math.max(0, fromM - this.#headAlongM, this.#headAlongM - toM) / STAND_SD_M;
    const out = Math.max(0, this.#headOutM - STAND_M) / STAND_SD_M;
    const behind = this.#place.fixture.kind === 'table' ? 0 : Math.max(0, -this.#headOutM - LEAN_M) / LEAN_SD_M;
    return Math.max(STAND_LOG_MIN, -0.5 * (aside * aside + out * out + behind * behind));
  }

  #offsetsInto(out: Float64Array, at: number, { fromM, toM, heightM }: Target): void {
    const alongM = this.#hands[at]!;
    const intoM = this.#hands[at + 1]!;
    out[0] = Math.max(0, fromM - alongM, alongM - toM);
    out[1] = Math.max(0, -intoM, intoM - this.#place.shelf.depthM);
    out[2] = Math.max(0, Math.abs(this.#hands[at + 2]! - heightM / 2) - GRIP_M);
  }
}

/** Everybody near a shelf about the time of a change, by track id. */
export function reachesOf(history: TrackHistory, place: ShelfPlace, sight: HandSight, timeUs: number): Reach[] {
  const reaches: Reach[] = [];
  for (const trackId of history.idsBetween(timeUs - HAND_BEFORE_US, timeUs + HAND_AFTER_US)) {
    if (!headNear(history, trackId, timeUs)) continue;
    toShelfInto(point, place, head[0]!, head[1]!, head[2]!);
    const [alongM, intoM] = [point[0]!, point[1]!];
    const asideM = Math.max(0, -alongM, alongM - place.fixture.lengthM);
    if (Math.sqrt(asideM * asideM + intoM * intoM) > BODIES_WITHIN_M) continue;
    const rows = history.handsBetween(trackId, timeUs - HAND_BEFORE_US, timeUs + HAND_AFTER_US);
    const hands = new Float64Array(Math.floor(rows.length / 5) * 3);
    for (let row = 0; row * 5 + 4 < rows.length; row++) {
      toShelfInto(point, place, rows[5 * row + 1]!, rows[5 * row + 2]!, rows[5 * row + 3]!);
      hands.set(point, 3 * row);
    }
    reaches.push(new Reach(trackId, place, sight, hands, alongM, -intoM));
  }
  return reaches;
}

function headNear(history: TrackHistory, trackId: number, timeUs: number): boolean {
  return (
    history.headInWorldInto(head, trackId, timeUs) ||
    history.headInWorldInto(head, trackId, timeUs - HAND_BEFORE_US) ||
    history.headInWorldInto(head, trackId, timeUs + HAND_AFTER_US)
  );
}
