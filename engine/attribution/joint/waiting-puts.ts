import type { TrackHistory } from '../../tracking/track-view.ts';
import type { HandSight } from './hand-sight.ts';
import { reachesOf } from './reach.ts';
import type { ShelfPart } from './shelf-part.ts';
import { targetOf } from './take-story.ts';

/** A hand this near a place may be pressing on it, metres. */
const PRESSING_M = 0.22;
/** How long hands must be away before what is left is goods; hands are lost from sight for 0.6 s at the median. */
const AWAY_US = 1_000_000;
/** Nobody presses longer. */
const LONGEST_US = 45_000_000;
/** A dragged package leaves one cell and presses the next within this. */
const DRAGGED_US = 1_500_000;
/** A press that ends takes its weight away to within this share, and this many SDs. */
const SAME_SHARE = 0.02;
const SAME_SDS = 4;

/** Gains of weight under somebody's hand: a press until the hand has gone and the weight has stayed. */
export class WaitingPuts {
  readonly #sight: HandSight;
  #waiting: { readonly part: ShelfPart; handUs: number; pressers: readonly number[] | null }[] = [];

  constructor(sight: HandSight) {
    this.#sight = sight;
  }

  get sinceUs(): number {
    return this.#waiting.reduce((since, { part }) => Math.min(since, part.timeUs), Number.POSITIVE_INFINITY);
  }

  add(part: ShelfPart): void {
    this.#waiting.push({ part, handUs: part.step.settledUs, pressers: null });
  }

  /** True if a loss of weight only ends a press that was waiting; both are forgotten then. */
  ends(loss: ShelfPart): boolean {
    const at = this.#waiting.findIndex(({ part }) => {
      if (!isUnder(part, loss)) return false;
      const sd = Math.sqrt(part.sdGrams ** 2 + loss.sdGrams ** 2);
      const off = Math.abs(part.deltaGrams + loss.deltaGrams);
      return off < Math.max(SAME_SHARE * part.deltaGrams, SAME_SDS * sd);
    });
    if (at < 0) return false;
    this.#waiting.splice(at, 1);
    return true;
  }

  /** A loss that may be the end of a press that was waiting and something taken at once, as one change; null if it is none. */
  netOf(loss: ShelfPart): ShelfPart | null {
    const row = this.#waiting.findLast(({ part }) => isOneWith(part, loss));
    return row === undefined ? null : netPart(row.part, loss);
  }

  /** The press that `netOf` found was one: it is forgotten. */
  endWith(loss: ShelfPart): void {
    const at = this.#waiting.findLastIndex(({ part }) => isOneWith(part, loss));
    this.#waiting.splice(at, 1);
  }

  /** Gains that no hand is on any more, in order of time. */
  take(history: TrackHistory, nowUs: number): ShelfPart[] {
    const ready: ShelfPart[] = [];
    this.#waiting = this.#waiting.filter((row) => {
      const { part } = row;
      row.pressers ??= handsAt(history, part, this.#sight, part.timeUs);
      const there = handsAt(history, part, this.#sight, nowUs);
      // Others who reach in there later do not press what was there before.
      const presses = row.pressers.length === 0 ? there.length > 0 : there.some((id) => row.pressers!.includes(id));
      if (presses) row.handUs = nowUs;
      const over = nowUs - row.handUs >= AWAY_US || nowUs - part.timeUs > LONGEST_US;
      if (over) ready.push(part);
      return !over;
    });
    return ready.sort((a, b) => a.timeUs - b.timeUs || a.middleM - b.middleM);
  }
}

/** Whether a gain that waits lies under a later loss. */
function isUnder(gain: ShelfPart, loss: ShelfPart): boolean {
  if (gain.step.unitIndex !== loss.step.unitIndex || gain.timeUs > loss.timeUs) return false;
  return gain.toCell >= loss.fromCell && gain.fromCell <= loss.toCell;
}

/** Whether they may be one change: the gain under the loss, or beside it in the same moment, as when a package is dragged. */
function isOneWith(gain: ShelfPart, loss: ShelfPart): boolean {
  if (gain.deltaGrams >= -loss.deltaGrams) return false;
  if (isUnder(gain, loss)) return true;
  if (gain.step !== loss.step || Math.abs(gain.timeUs - loss.timeUs) > DRAGGED_US) return false;
  return gain.toCell + 1 === loss.fromCell || loss.toCell + 1 === gain.fromCell;
}

function netPart(gain: ShelfPart, loss: ShelfPart): ShelfPart {
  const deltaGrams = gain.deltaGrams + loss.deltaGrams;
  const shares = new Float64Array(loss.shares.length);
  let middleM = 0;
  for (let cell = 0; cell < shares.length; cell++) {
    shares[cell] = (gain.shares[cell]! * gain.deltaGrams + loss.shares[cell]! * loss.deltaGrams) / deltaGrams;
    middleM += shares[cell]! * loss.place.cellMiddlesM[cell]!;
  }
  return {
    ...loss,
    deltaGrams,
    sdGrams: Math.sqrt(gain.sdGrams ** 2 + loss.sdGrams ** 2),
    spotVariance: gain.spotVariance + loss.spotVariance,
    fromUs: Math.min(gain.fromUs, loss.fromUs),
    fromCell: Math.min(gain.fromCell, loss.fromCell),
    toCell: Math.max(gain.toCell, loss.toCell),
    shares,
    middleM,
  };
}

/** Bodies with a hand on the place. */
function handsAt(history: TrackHistory, part: ShelfPart, sight: HandSight, timeUs: number): number[] {
  const target = targetOf(part, null, 0.16);
  return reachesOf(history, part.place, sight, timeUs).flatMap((reach) => {
    const distanceM = reach.handDistanceM(target);
    return distanceM !== null && distanceM < PRESSING_M ? [reach.trackId] : [];
  });
}
