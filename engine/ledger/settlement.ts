import type { Cart, CartLine } from '../cart.ts';
import type { DecisionReading } from '../readings.ts';
import type { Store } from '../store.ts';
import type { Trip, TripLink } from '../tracking/track-view.ts';
import { type Account, ELSEWHERE, type Ledger } from './ledger.ts';
import { expectedLossMinor, REVIEW_POLICY, type ReviewPolicy } from './review-policy.ts';

export interface SettlementOptions {
  /** How long after the exit a trip waits for shelf activity of its last moments to show. */
  readonly settleUs: number;
  /** A cart less likely exact than this goes to a person. */
  readonly reviewBelowProb: number;
  /** Costs that decide about the others. */
  readonly review?: ReviewPolicy;
}

/** An activity that never settles holds a cart back no longer than this; longer than any forced settling of steps. */
const MAX_HOLD_US = 60_000_000;
/** What the shelves still keep from us about a trip: nothing, a change not settled yet, or what a blind scale missed. */
export type Doubt = 'none' | 'open' | 'blind';
/** Probability that a trip closed in such doubt took nothing unseen; ours, low enough that a person looks. */
const NOTHING_UNSEEN_PROB = 0.4;
/** A settled trip is named among the rivals of others for this long after its exit, as long as tracks are kept. */
const KEEP_NAMED_US = 120_000_000;
/**
 * A settled trip can be reached by a reviewer's answer, and settled again by nobody, for this long after its exit, and for
 * so many trips: a shift of four hours. Later answers are for the gateway, which has the journal.
 */
const REACHABLE_US = 4 * 3_600_000_000;
const MAX_SETTLED = 1024;

/** What carts are made from: claims, or beliefs. */
export interface CartBook {
  /** Takes anew who is who. */
  reassign(): void;
  /** What a trip holds now, as a draft. */
  cart(trip: Trip, finalAtUs: number | null): Cart;
  /** The trip's cart is closed: it stays as it is. */
  freeze(tripId: string): void;
}

/** Closes trips after their exit: one cart per trip, and another only when a person decides otherwise. */
export class Settlement {
  readonly #ledger: Ledger;
  readonly #book: CartBook;
  readonly #link: TripLink;
  readonly #options: SettlementOptions;
  readonly #units: ReadonlyMap<string, 'each' | 'g'>;
  readonly #prices: ReadonlyMap<string, number>;
  readonly #meanPriceMinor: number;
  /** By trip; the latest cart of each. Shared with the claim book, which must not touch these trips any more. */
  readonly #settled: Map<string, Cart>;
  /** Settled trips that the link still lists, in order of settling. */
  #named: { readonly tripId: string; readonly untilUs: number }[] = [];

  constructor(
    store: Store,
    ledger: Ledger,
    book: CartBook,
    link: TripLink,
    settled: Map<string, Cart>,
    options: SettlementOptions,
  ) {
    this.#ledger = ledger;
    this.#book = book;
    this.#link = link;
    this.#settled = settled;
    this.#options = options;
    this.#prices = new Map(store.products.map(({ sku, priceMinor }) => [sku, priceMinor]));
    this.#meanPriceMinor =
      store.products.reduce((sum, { priceMinor }) => sum + priceMinor, 0) / Math.max(1, store.products.length);
    this.#units = new Map(store.products.map((product) => [product.sku, product.sellBy === 'weighed' ? 'g' : 'each']));
  }

  /**
   * Carts of the trips that can be closed at `nowUs`, in order of exit. A trip waits for a change that is still open;
   * when that takes too long, or a scale was blind, it is closed with less confidence.
   */
  settle(nowUs: number, arrivalUs: number, doubtOf: (trip: Trip) => Doubt): Cart[] {
    const due = this.#open().filter(
      ({ exitedAtUs }) => exitedAtUs !== null && nowUs >= exitedAtUs + this.#options.settleUs,
    );
    const ready = due
      .map((trip) => ({ trip, doubt: doubtOf(trip) }))
      .filter(
        ({ trip, doubt }) => doubt !== 'open' || nowUs >= trip.exitedAtUs! + this.#options.settleUs + MAX_HOLD_US,
      );
    if (ready.length === 0) return [];
    this.#book.reassign();
    ready.sort((a, b) => byExit(a.trip, b.trip));
    return ready.flatMap(({ trip, doubt }) => this.#close(trip, arrivalUs, doubt));
  }

  /** Settled trips that gate linking may forget now; each is given once. */
  takeStale(nowUs: number): string[] {
    this.#forgetOld(nowUs);
    if (this.#named.length === 0 || this.#named[0].untilUs > nowUs) return [];
    const stale = this.#named.filter((row) => row.untilUs <= nowUs);
    this.#named = this.#named.filter((row) => row.untilUs > nowUs);
    return stale.map((row) => row.tripId);
  }

  /** End of the input: closes every trip that left and drafts the carts of those inside. */
  finish(arrivalUs: number, doubtOf: (trip: Trip) => Doubt): Cart[] {
    this.#book.reassign();
    const open = this.#open();
    const left = open.filter((trip) => trip.exitedAtUs !== null).sort(byExit);
    const carts = left.flatMap((trip) => this.#close(trip, arrivalUs, doubtOf(trip)));
    for (const trip of open) {
      if (trip.exitedAtUs === null) carts.push(...worthShowing(this.#cart(trip, null, 'none')));
    }
    return carts;
  }

  /** Carts of everyone still inside as they stand now, by time of entry. Changes nothing. */
  drafts(): Cart[] {
    return this.#open().map((trip) => this.#cart(trip, null, 'none'));
  }

  /** A reviewer's answer as a new cart; or why it cannot be taken. */
  decide(reading: DecisionReading): Cart | string {
    const before = this.#settled.get(reading.tripId);
    if (!before) {
      const open = this.#open().some((trip) => trip.tripId === reading.tripId);
      return open ? 'the trip is not settled yet' : 'no such trip, or one settled too long ago';
    }
    const wanted = new Map<string, number>();
    for (const { sku, quantity } of reading.lines) {
      if (!this.#units.has(sku)) return `unknown SKU ${sku}`;
      if (!Number.isSafeInteger(quantity) || quantity < 0) return `quantity ${quantity} of ${sku}`;
      wanted.set(sku, (wanted.get(sku) ?? 0) + quantity);
    }
    const changeId = `${reading.sensorId}#${reading.sequence}`;
    const lines = this.#reviewedLines(before, wanted, changeId, reading.timeUs);
    const same = before.status === 'reviewed' && sameQuantities(before.lines, lines);
    if (same) return 'already decided so';
    this.#adjust(before, wanted, changeId, reading.timeUs);
    const cart: Cart = { ...before, status: 'reviewed', confidence: 1, finalAtUs: reading.arrivalUs, lines };
    this.#settled.set(reading.tripId, cart);
    return cart;
  }

  #open(): Trip[] {
    return this.#link.trips().filter((trip) => !this.#settled.has(trip.tripId));
  }

  #cart(trip: Trip, finalAtUs: number | null, doubt: Doubt): Cart {
    const cart = this.#book.cart(trip, finalAtUs);
    if (finalAtUs === null) return cart;
    const confidence = cart.confidence * (doubt === 'none' ? 1 : NOTHING_UNSEEN_PROB);
    const settled = { ...cart, confidence };
    const isForPerson = this.#isForPerson(trip, confidence) || this.#isWorthReview(settled);
    return { ...settled, status: isForPerson ? 'review' : 'final' };
  }

  /** Nobody is charged unasked who was not seen leaving, or has not said who they are. */
  #isForPerson({ exit, credential }: Trip, confidence: number): boolean {
    return exit === 'presumed' || credential === null || confidence < this.#options.reviewBelowProb;
  }

  /** Whether its mistakes are expected to cost more than a person's look at it. */
  #isWorthReview(cart: Cart): boolean {
    const policy = this.#options.review ?? REVIEW_POLICY;
    const lossMinor = expectedLossMinor(cart, (sku) => this.#prices.get(sku) ?? 0, this.#meanPriceMinor, policy);
    return lossMinor > policy.reviewMinor;
  }

  #close(trip: Trip, arrivalUs: number, doubt: Doubt): Cart[] {
    const cart = this.#cart(trip, arrivalUs, doubt);
    this.#settled.set(trip.tripId, cart);
    this.#book.freeze(trip.tripId);
    this.#named.push({ tripId: trip.tripId, untilUs: trip.exitedAtUs! + KEEP_NAMED_US });
    return worthShowing(cart);
  }

  /** Trips the link still lists stay known as settled, or they would be settled twice. */
  #forgetOld(nowUs: number): void {
    let listed: Set<string> | null = null;
    for (const [tripId, cart] of this.#settled) {
      if (this.#settled.size <= MAX_SETTLED && nowUs - cart.exitedAtUs! <= REACHABLE_US) return;
      listed ??= new Set(this.#link.trips().map((trip) => trip.tripId));
      if (listed.has(tripId)) continue;
      this.#settled.delete(tripId);
      this.#ledger.forget(tripId);
    }
  }

  #adjust(before: Cart, wanted: ReadonlyMap<string, number>, changeId: string, timeUs: number): void {
    const account: Account = { kind: 'trip', id: before.tripId };
    for (const sku of new Set([...before.lines.map((line) => line.sku), ...wanted.keys()])) {
      const by = (wanted.get(sku) ?? 0) - this.#ledger.balance(account, sku);
      if (by === 0) continue;
      const [from, to] = by > 0 ? [ELSEWHERE, account] : [account, ELSEWHERE];
      this.#ledger.book({ timeUs, changeId, sku, quantity: Math.abs(by), from, to, reason: 'reviewed' });
    }
  }

  #reviewedLines(before: Cart, wanted: ReadonlyMap<string, number>, changeId: string, timeUs: number): CartLine[] {
    return [...wanted]
      .filter(([, quantity]) => quantity > 0)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([sku, quantity]) => {
        const line = before.lines.find((row) => row.sku === sku);
        const own = line && line.quantity.value === quantity ? line.evidence : [];
        const decision = {
          changeId,
          timeUs,
          shelfId: '',
          slotId: null,
          scaleIds: [],
          deltaGrams: 0,
          quantity: quantity - (line?.quantity.value ?? 0),
          handDistanceM: null,
          rivals: [{ tripId: before.tripId, prob: 1 }],
          products: [{ sku, count: -quantity, prob: 1 }],
        };
        const evidence = own.length > 0 ? own : [...(line?.evidence ?? []), decision];
        return { sku, quantity: { value: quantity, unit: this.#units.get(sku)! }, confidence: 1, evidence };
      });
  }
}

function byExit(a: Trip, b: Trip): number {
  return a.exitedAtUs! - b.exitedAtUs! || a.enteredAtUs - b.enteredAtUs;
}

/** A body without a credential and without goods is no customer: a passer-by, or a ghost of the tracker. */
function worthShowing(cart: Cart): Cart[] {
  return cart.credential === null && cart.lines.length === 0 ? [] : [cart];
}

function sameQuantities(a: readonly CartLine[], b: readonly CartLine[]): boolean {
  return (
    a.length === b.length && a.every((row, i) => row.sku === b[i].sku && row.quantity.value === b[i].quantity.value)
  );
}
