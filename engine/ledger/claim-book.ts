import type { Holdings, OpenClaim } from '../attribution/attribution.ts';
import type { Cart } from '../cart.ts';
import type { Trip, TripLink } from '../tracking/track-view.ts';
import { type Account, ELSEWHERE, type Ledger } from './ledger.ts';
import type { CartBook } from './settlement.ts';
import { cartOf } from './trip-cart.ts';
import { type TripShare, tripShares } from './trip-shares.ts';

/** A claim in the books: who is charged for it now, and how likely everyone is. */
export interface BookedClaim {
  readonly claim: OpenClaim;
  /** Null: nobody's cart. */
  creditedTripId: string | null;
  shares: readonly TripShare[];
  /** Its trip is settled: it stays where it is. */
  frozen: boolean;
}

/** A trip that may have done it at least this likely keeps the claim in memory and counts in its confidence. */
export const MIN_SHARE = 1e-3;
/** A put-back goes to the likeliest trip that holds the goods, if it is at least this likely; ours. */
const MIN_PUT_BACK_PROB = 0.05;

/** The claims that still matter to a trip inside, credited to the likeliest trip each. */
export class ClaimBook implements Holdings, CartBook {
  readonly #ledger: Ledger;
  readonly #link: TripLink;
  readonly #isClosed: (tripId: string) => boolean;
  #claims: BookedClaim[] = [];

  constructor(ledger: Ledger, link: TripLink, isClosed: (tripId: string) => boolean) {
    this.#ledger = ledger;
    this.#link = link;
    this.#isClosed = isClosed;
  }

  get size(): number {
    return this.#claims.length;
  }

  heldBy(tripId: string): { sku: string; quantity: number }[] {
    return this.#ledger.heldBy(tripId);
  }

  /** Books a new claim; tells by how many the slot's stock had been miscounted, and if the likeliest trip is closed. */
  add(claim: OpenClaim): { booked: BookedClaim; shortfall: number; isLate: boolean } {
    const booked: BookedClaim = { claim, creditedTripId: null, shares: tripShares(claim, this.#link), frozen: false };
    booked.creditedTripId = this.#credit(booked, (tripId) =>
      this.#ledger.balance({ kind: 'trip', id: tripId }, claim.sku),
    );
    const shortfall = this.#book(booked);
    if (claim.purpose !== 'restock') this.#claims.push(booked);
    const { tripId } = booked.shares[0];
    return { booked, shortfall, isLate: claim.purpose === 'trade' && tripId !== null && this.#isClosed(tripId) };
  }

  cart(trip: Trip, finalAtUs: number | null): Cart {
    return cartOf(trip, this.#ledger.heldBy(trip.tripId), this.claimsNear(trip.tripId), finalAtUs);
  }

  /** Claims that this trip may have a part in. */
  claimsNear(tripId: string): BookedClaim[] {
    return this.#claims.filter((row) => row.shares.some((share) => share.tripId === tripId && share.prob >= MIN_SHARE));
  }

  /** Takes shares anew and moves goods between carts still open where another trip became likelier. */
  reassign(): void {
    const held = new Map<string, number>();
    const link = remembered(this.#link);
    const moves = new Map<string, { changeId: string; timeUs: number; byTrip: Map<string | null, number> }>();
    for (const row of this.#claims.sort((a, b) => a.claim.timeUs - b.claim.timeUs)) {
      if (row.frozen) continue;
      row.shares = tripShares(row.claim, link);
      if (row.claim.purpose !== 'trade') continue;
      const { sku, quantity } = row.claim;
      const tripId = this.#credit(row, (id) => held.get(`${id}\n${sku}`) ?? 0);
      if (tripId !== null) held.set(`${tripId}\n${sku}`, (held.get(`${tripId}\n${sku}`) ?? 0) + quantity);
      if (tripId === row.creditedTripId) continue;
      const { change, timeUs } = row.claim;
      const move = moves.get(sku) ?? { changeId: change.changeId, timeUs, byTrip: new Map<string | null, number>() };
      moves.set(sku, move);
      move.byTrip.set(row.creditedTripId, (move.byTrip.get(row.creditedTripId) ?? 0) - quantity);
      move.byTrip.set(tripId, (move.byTrip.get(tripId) ?? 0) + quantity);
      row.creditedTripId = tripId;
    }
    for (const [sku, move] of moves) this.#transfer(sku, move);
  }

  /** The trip's cart is closed: what is credited to it stays so, and what concerns no open trip is forgotten. */
  freeze(tripId: string): void {
    for (const row of this.#claims) if (row.creditedTripId === tripId) row.frozen = true;
    this.#claims = this.#claims.filter((row) =>
      row.shares.some((share) => share.tripId !== null && share.prob >= MIN_SHARE && !this.#isClosed(share.tripId)),
    );
  }

  /** Who is charged: the likeliest trip if it is open; for a put-back one that holds the goods. */
  #credit({ claim, shares }: BookedClaim, heldBy: (tripId: string) => number): string | null {
    if (claim.purpose !== 'trade') return null;
    if (claim.quantity > 0) {
      const { tripId } = shares[0];
      return tripId === null || this.#isClosed(tripId) ? null : tripId;
    }
    for (const { tripId, prob } of shares) {
      if (tripId === null || prob < MIN_PUT_BACK_PROB || this.#isClosed(tripId)) continue;
      if (heldBy(tripId) >= -claim.quantity) return tripId;
    }
    return null;
  }

  #book({ claim, creditedTripId }: BookedClaim): number {
    const { change, sku, timeUs } = claim;
    const slot: Account = { kind: 'slot', id: change.slotId ?? change.shelfId };
    const owner: Account = creditedTripId === null ? ELSEWHERE : { kind: 'trip', id: creditedTripId };
    const picked = claim.quantity > 0;
    return this.#ledger.book({
      timeUs,
      changeId: change.changeId,
      sku,
      quantity: Math.abs(claim.quantity),
      from: picked ? slot : owner,
      to: picked ? owner : slot,
      reason: reasonOf(claim, creditedTripId),
    });
  }

  /** Books net transfers only, so that no cart is short in between. */
  #transfer(sku: string, move: { changeId: string; timeUs: number; byTrip: Map<string | null, number> }): void {
    const givers = [...move.byTrip].filter(([, by]) => by < 0).map(([tripId, by]) => ({ tripId, left: -by }));
    for (const [tripId, by] of move.byTrip) {
      let wanted = by;
      for (const giver of givers) {
        if (wanted <= 0) break;
        const quantity = Math.min(wanted, giver.left);
        if (quantity <= 0) continue;
        giver.left -= quantity;
        wanted -= quantity;
        this.#ledger.book({
          timeUs: move.timeUs,
          changeId: move.changeId,
          sku,
          quantity,
          from: accountOf(giver.tripId),
          to: accountOf(tripId),
          reason: 'reassigned',
        });
      }
    }
  }
}

/** Asks for each body's shares at a time once. */
function remembered(link: TripLink): Pick<TripLink, 'sharesOf'> {
  const known = new Map<string, ReturnType<TripLink['sharesOf']>>();
  return {
    sharesOf(trackId, timeUs) {
      const key = `${trackId}@${timeUs}`;
      const shares = known.get(key) ?? link.sharesOf(trackId, timeUs);
      known.set(key, shares);
      return shares;
    },
  };
}

function accountOf(tripId: string | null): Account {
  return tripId === null ? ELSEWHERE : { kind: 'trip', id: tripId };
}

function reasonOf(claim: OpenClaim, creditedTripId: string | null) {
  if (claim.purpose === 'restock') return 'restock';
  if (claim.purpose === 'refused') return 'refused';
  if (creditedTripId === null) return 'unattributed';
  return claim.quantity > 0 ? 'pick' : 'put-back';
}
