import type { Claim, Rival, ShelfChange } from '../../engine/cart.ts';
import type { Run } from '../../simulator/scenario/run.ts';
import type { TruthEvent } from '../../simulator/truth.ts';
import { maxAssignmentInto } from './assignment.ts';

/** Items that one grasp moved off or onto one shelf. */
export interface TruthChange {
  readonly shelfId: string;
  readonly sign: 1 | -1;
  fromUs: number;
  toUs: number;
  /** Weight that left (−) or arrived (+). */
  deltaGrams: number;
  /** Whose hands did it. */
  readonly by: string;
  readonly skus: Map<string, number>;
}

/** What the engine said about one change. */
export interface ReportedChange {
  readonly change: Pick<ShelfChange, 'changeId' | 'shelfId' | 'fromUs' | 'toUs' | 'deltaGrams' | 'products'>;
  /** Latest claim per SKU. */
  readonly claims: Map<string, Claim>;
}

/** Collects truth movements into shelf changes: same grasp, shelf and direction. */
export class TruthChanges {
  readonly #shelfOfSlot: ReadonlyMap<string, string>;
  readonly #byGrasp = new Map<string, TruthChange>();

  constructor(run: Pick<Run, 'store'>) {
    this.#shelfOfSlot = new Map(run.store.slots.map((slot) => [slot.id, slot.shelfId]));
  }

  add(event: Extract<TruthEvent, { kind: 'moved' }>): void {
    this.#side(event, event.from, -1);
    this.#side(event, event.to, 1);
  }

  list(): readonly TruthChange[] {
    return [...this.#byGrasp.values()];
  }

  #side(event: Extract<TruthEvent, { kind: 'moved' }>, place: string, sign: 1 | -1): void {
    const shelfId = this.#shelfOfSlot.get(place);
    if (shelfId === undefined) return;
    const key = `${event.grasp}|${event.by}|${shelfId}|${sign}`;
    let change = this.#byGrasp.get(key);
    if (!change) {
      const { timeUs, by } = event;
      change = { shelfId, sign, fromUs: timeUs, toUs: timeUs, deltaGrams: 0, by, skus: new Map() };
      this.#byGrasp.set(key, change);
    }
    change.fromUs = Math.min(change.fromUs, event.timeUs);
    change.toUs = Math.max(change.toUs, event.timeUs);
    change.deltaGrams += sign * event.grams;
    change.skus.set(event.sku, (change.skus.get(event.sku) ?? 0) + 1);
  }
}

/** What became of one true shelf change. */
export interface ChangeOutcome {
  readonly timeUs: number;
  readonly shelfId: string;
  readonly by: string;
  /** Items per SKU; below zero = taken. */
  readonly skus: Readonly<Record<string, number>>;
  /** Change the engine reported for it, or null. */
  readonly changeId: string | null;
  readonly claimed: Readonly<Record<string, number>>;
  readonly productRight: boolean;
  readonly ownerRight: boolean;
}

export interface ChangeMatch {
  readonly truth: TruthChange;
  readonly reported: ReportedChange | null;
}

/** Largest gap in time between a true and a reported change, µs. */
const WINDOW_US = 3_000_000;
/** Weight below which a difference is not held against a pairing, grams: twice the MPS event threshold. */
const WEIGHT_GRAMS = 20;

/** Time between a true change and the reported interval, µs; 0 where they overlap. */
function gapUs(truth: TruthChange, { change }: ReportedChange): number {
  return Math.max(0, change.fromUs - truth.toUs, truth.fromUs - change.toUs);
}

/** 2 at best, 0 at worst: how near in time and in weight. */
function closeness(truth: TruthChange, reported: ReportedChange): number {
  const off = Math.abs(truth.deltaGrams - reported.change.deltaGrams);
  const scale = Math.max(WEIGHT_GRAMS, Math.abs(truth.deltaGrams));
  return 2 - gapUs(truth, reported) / WINDOW_US - Math.min(1, off / scale);
}

/**
 * Pairs true with reported changes one to one: same shelf, same sign, at most 3 s apart; as many as possible, then
 * the nearest in time and weight. Every truth change is returned, in order of shelf, sign and time.
 */
export function matchChanges(truths: readonly TruthChange[], reported: readonly ReportedChange[]): ChangeMatch[] {
  const keyOf = (shelfId: string, negative: boolean) => `${shelfId}|${negative ? '-' : '+'}`;
  const ours = Map.groupBy(reported, ({ change }) => keyOf(change.shelfId, change.deltaGrams < 0));
  const theirs = Map.groupBy(truths, (truth) => keyOf(truth.shelfId, truth.sign < 0));
  return [...theirs.keys()].sort().flatMap((key) => {
    const some = theirs.get(key)!.sort((a, b) => a.fromUs - b.fromUs || a.deltaGrams - b.deltaGrams);
    return matchShelf(
      some,
      (ours.get(key) ?? []).sort((a, b) => a.change.fromUs - b.change.fromUs),
    );
  });
}

/** Splits a shelf's day where nothing can be paired across, and solves each piece. */
function matchShelf(truths: readonly TruthChange[], reported: readonly ReportedChange[]): ChangeMatch[] {
  const matches: ChangeMatch[] = [];
  let i = 0;
  let j = 0;
  while (i < truths.length) {
    const firstTruth = i;
    let endUs = truths[i].toUs + WINDOW_US;
    // Reported changes that ended before this piece can begin belong to nothing.
    while (j < reported.length && reported[j].change.toUs < truths[i].fromUs - WINDOW_US) j++;
    const firstReported = j;
    for (let grown = true; grown; ) {
      grown = false;
      while (i < truths.length && truths[i].fromUs <= endUs + WINDOW_US) {
        endUs = Math.max(endUs, truths[i++].toUs + WINDOW_US);
        grown = true;
      }
      while (j < reported.length && reported[j].change.fromUs <= endUs) {
        endUs = Math.max(endUs, reported[j++].change.toUs);
        grown = true;
      }
    }
    matches.push(...matchPiece(truths.slice(firstTruth, i), reported.slice(firstReported, j)));
  }
  return matches;
}

function matchPiece(truths: readonly TruthChange[], reported: readonly ReportedChange[]): ChangeMatch[] {
  const cols = reported.length;
  const value = new Float64Array(truths.length * cols);
  const most = 2 * truths.length + 1;
  truths.forEach((truth, i) => {
    reported.forEach((report, j) => {
      if (gapUs(truth, report) <= WINDOW_US) value[i * cols + j] = most + closeness(truth, report);
    });
  });
  const colOfRow = new Int32Array(truths.length).fill(-1);
  if (cols > 0) maxAssignmentInto(colOfRow, value, truths.length, cols);
  return truths.map((truth, i) => {
    const j = colOfRow[i];
    return { truth, reported: j >= 0 && value[i * cols + j] > 0 ? reported[j] : null };
  });
}

/** SKUs and counts the engine says moved: its claims, or the change's best reading where it claimed nothing. */
export function claimedSkus({ change, claims }: ReportedChange): Map<string, number> {
  if (claims.size > 0) return new Map([...claims.values()].map((claim) => [claim.sku, Math.abs(claim.quantity)]));
  const best = change.products[0];
  return best ? new Map([[best.sku, Math.abs(best.count)]]) : new Map();
}

/** Right SKUs and counts, nothing more and nothing less. */
export function productRight({ truth, reported }: ChangeMatch): boolean {
  if (!reported) return false;
  const claimed = claimedSkus(reported);
  return claimed.size === truth.skus.size && [...truth.skus].every(([sku, count]) => claimed.get(sku) === count);
}

/** Trip that each claim thinks most likely; a change without a claim has none. */
export function claimedTrips({ claims }: ReportedChange): (string | null)[] {
  const nobody: Rival = { tripId: null, prob: 0 };
  return [...claims.values()].map(
    ({ shares }) => shares.reduce((best, share) => (share.prob > best.prob ? share : best), nobody).tripId,
  );
}
