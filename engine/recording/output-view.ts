/** Engine outputs as flat messages for plots and tables, and in words. What is unknown is absent, never null. */
import type { Cart, Claim, ShelfChange } from '../cart.ts';

export function cartMessage(cart: Cart): object {
  const { tripId, status, confidence, enteredAtUs } = cart;
  return {
    tripId,
    ...known('credential', cart.credential),
    status,
    confidence,
    enteredAtUs,
    ...known('exitedAtUs', cart.exitedAtUs),
    ...known('finalAtUs', cart.finalAtUs),
    units: cart.lines.reduce((sum, line) => sum + (line.quantity.unit === 'each' ? line.quantity.value : 0), 0),
    lines: cart.lines.map(({ sku, quantity, confidence }) => ({
      sku,
      quantity: quantity.value,
      unit: quantity.unit,
      confidence,
    })),
    json: JSON.stringify(cart),
  };
}

export function changeMessage(change: ShelfChange): object {
  const { changeId, shelfId, scaleIds, fromUs, toUs, deltaGrams, inWorldM, products } = change;
  const [xInWorldM, yInWorldM, zInWorldM] = inWorldM;
  return {
    changeId,
    shelfId,
    ...known('slotId', change.slotId),
    scaleIds,
    fromUs,
    toUs,
    deltaGrams,
    xInWorldM,
    yInWorldM,
    zInWorldM,
    ...products[0],
    products,
  };
}

export function claimMessage(claim: Claim): object {
  const { changeId, timeUs, sku, quantity, shares, trackIds } = claim;
  const best = likeliest(claim);
  return {
    changeId,
    timeUs,
    sku,
    quantity,
    ...known('tripId', best?.tripId ?? null),
    ...known('prob', best?.prob ?? null),
    ...known('handDistanceM', claim.handDistanceM),
    shares: shares.map(({ tripId, prob }, i) => ({ ...known('tripId', tripId), trackId: trackIds[i], prob })),
  };
}

/** The share with the highest probability, the first of equals. */
function likeliest(claim: Claim): Claim['shares'][number] | undefined {
  return claim.shares.toSorted((a, b) => b.prob - a.prob)[0];
}

function known(name: string, value: string | number | null): object {
  return value === null ? {} : { [name]: value };
}

export function changeInWords(change: ShelfChange): string {
  const [best] = change.products;
  const place = change.slotId ?? change.shelfId;
  const guess = best === undefined ? 'nothing known fits' : `${best.sku} × ${best.count}, ${percent(best.prob)}`;
  return `${change.deltaGrams.toFixed(1)} g on ${place}: ${guess}`;
}

export function claimInWords(claim: Claim): string {
  const best = likeliest(claim);
  const owner = best?.tripId == null ? 'nobody' : `trip ${best.tripId}`;
  return `${claim.sku} × ${claim.quantity} to ${owner}, ${percent(best?.prob ?? 0)}`;
}

export function cartInWords(cart: Cart): string {
  const goods = cart.lines.length === 0 ? 'empty' : linesInWords(cart);
  return `trip ${cart.tripId} ${cart.status}: ${goods}, ${percent(cart.confidence)}`;
}

/** `cola × 2, crisps × 1`. */
export function linesInWords(cart: Cart): string {
  return cart.lines
    .map(({ sku, quantity }) => `${sku} × ${quantity.value}${quantity.unit === 'g' ? ' g' : ''}`)
    .join(', ');
}

function percent(prob: number): string {
  return `${Math.round(prob * 100)} %`;
}
