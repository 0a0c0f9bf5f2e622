import type { Cart, CartLine, Evidence } from '../cart.ts';
import type { Trip } from '../tracking/track-view.ts';
import { cartConfidence, lineConfidence } from './cart-confidence.ts';
import type { BookedClaim } from './claim-book.ts';

/** Cart of a trip from what it holds and the claims it may have a part in, as a draft. */
export function cartOf(
  trip: Trip,
  held: readonly { readonly sku: string; readonly quantity: number }[],
  claims: readonly BookedClaim[],
  finalAtUs: number | null,
): Cart {
  return {
    tripId: trip.tripId,
    credential: trip.credential,
    status: 'draft',
    confidence: cartConfidence(claims, trip.tripId, held),
    enteredAtUs: trip.enteredAtUs,
    exitedAtUs: trip.exitedAtUs,
    finalAtUs,
    lines: held.map(({ sku, quantity }) => lineOf(trip.tripId, sku, quantity, claims)),
  };
}

function lineOf(tripId: string, sku: string, quantity: number, claims: readonly BookedClaim[]): CartLine {
  const own = claims.filter((row) => row.creditedTripId === tripId && row.claim.sku === sku);
  if (own.length === 0) throw new Error(`ledger: trip ${tripId} holds ${quantity} of ${sku} without evidence`);
  return {
    sku,
    quantity: { value: quantity, unit: own[0].claim.unit },
    confidence: lineConfidence(claims, tripId, sku, quantity),
    evidence: own.map((row) => evidenceOf(row, tripId)),
  };
}

function evidenceOf({ claim, shares }: BookedClaim, tripId: string): Evidence {
  const { change } = claim;
  return {
    changeId: change.changeId,
    timeUs: claim.timeUs,
    shelfId: change.shelfId,
    slotId: change.slotId,
    scaleIds: change.scaleIds,
    deltaGrams: change.deltaGrams,
    quantity: claim.quantity,
    handDistanceM: shares.find((share) => share.tripId === tripId)?.handDistanceM ?? null,
    rivals: shares.map(({ tripId: rivalId, prob }) => ({ tripId: rivalId, prob })),
    products: claim.products,
  };
}
