import type { TrackHistory } from '../../tracking/track-view.ts';
import { reachesOf } from './reach.ts';
import type { ShelfPart } from './shelf-part.ts';
import { targetOf } from './take-story.ts';

/** A hand this near a place may be pressing on it, metres. */
const PRESSING_M = 0.22;
/** How long hands must be away before what is left is goods; hands are lost from sight for 0.6 s at the median. */
const AWAY_US = 1_000_000;
/** Nobody presses longer. */
const LONGEST_US = 45_000_000;
/** A press that ends takes its weight away to within this share, and this many SDs. */
const SAME_SHARE = 0.02;
const SAME_SDS = 4;

/** Gains of weight under somebody's hand: a press until the hand has gone and the weight has stayed. */
export class WaitingPuts {
  #waiting: { readonly part: ShelfPart; handUs: number }[] = [];

  get sinceUs(): number {
    return this.#waiting.reduce((since, { part }) => Math.min(since, part.timeUs), Number.POSITIVE_INFINITY);
  }

  add(part: ShelfPart): void {
    this.#waiting.push({ part, handUs: part.step.settledUs });
  }

  /** True if a loss of weight only ends a press that was waiting; both are forgotten then. */
  ends(loss: ShelfPart): boolean {
    const at = this.#waiting.findIndex(({ part }) => {
      if (part.step.unitIndex !== loss.step.unitIndex || part.timeUs > loss.timeUs) return false;
      if (part.toCell < loss.fromCell || part.fromCell > loss.toCell) return false;
      const sd = Math.sqrt(part.sdGrams ** 2 + loss.sdGrams ** 2);
      const off = Math.abs(part.deltaGrams + loss.deltaGrams);
      return off < Math.max(SAME_SHARE * part.deltaGrams, SAME_SDS * sd);
    });
    if (at < 0) return false;
    this.#waiting.splice(at, 1);
    return true;
  }

  /** Gains that no hand is on any more, in order of time. */
  take(history: TrackHistory, nowUs: number): ShelfPart[] {
    const ready: ShelfPart[] = [];
    this.#waiting = this.#waiting.filter((row) => {
      const { part } = row;
      if (isHandThere(history, part, nowUs)) row.handUs = nowUs;
      const over = nowUs - row.handUs >= AWAY_US || nowUs - part.timeUs > LONGEST_US;
      if (over) ready.push(part);
      return !over;
    });
    return ready.sort((a, b) => a.timeUs - b.timeUs || a.middleM - b.middleM);
  }
}

function isHandThere(history: TrackHistory, part: ShelfPart, nowUs: number): boolean {
  const target = targetOf(part, null, 0.16);
  return reachesOf(history, part.place, nowUs).some((reach) => {
    const distanceM = reach.handDistanceM(target);
    return distanceM !== null && distanceM < PRESSING_M;
  });
}
