import type { Claim } from '../../../engine/index.ts';
import type { DecidedLine, ReviewLine } from './gateway-desk.ts';

/** Readings less likely than this are not put to anybody. */
const LEAST_PROB = 0.03;
const MOST_RIVALS = 3;

/** Another reading of what a visit took. */
export interface RivalCart {
  readonly kind: 'other-product' | 'not-theirs' | 'theirs-too';
  /** The product in question. */
  readonly sku: string;
  /** How likely this reading of the doubtful event is. */
  readonly prob: number;
  readonly lines: readonly DecidedLine[];
}

export function decided(lines: readonly ReviewLine[]): DecidedLine[] {
  return lines.map(({ sku, quantity }) => ({ sku, quantity: quantity.value }));
}

/**
 * Carts that compete with the engine's, likeliest first: one event read another way each. `claims`: those of others that
 * may have been this visit's; `tripId` is the engine's name of it, where it is known.
 */
export function rivalCarts(lines: readonly ReviewLine[], claims: readonly Claim[], tripId: string | null): RivalCart[] {
  const base = decided(lines);
  const rivals: RivalCart[] = [];
  for (const line of lines) {
    const unit = line.quantity.unit === 'each' ? 1 : line.quantity.value;
    for (const { rivals: people, products, quantity } of line.evidence) {
      if (quantity <= 0) continue;
      const own = Math.max(0, ...people.filter((rival) => rival.tripId === tripId).map(({ prob }) => prob));
      const others = tripId === null ? 0 : 1 - own;
      const without = changed(base, line.sku, -unit * (line.quantity.unit === 'each' ? quantity : 1));
      if (others >= LEAST_PROB) rivals.push({ kind: 'not-theirs', sku: line.sku, prob: others, lines: without });
      const other = products.find(({ sku, prob }) => sku !== line.sku && prob >= LEAST_PROB);
      if (other)
        rivals.push({
          ...{ kind: 'other-product', sku: other.sku, prob: other.prob },
          lines: changed(without, other.sku, Math.abs(other.count)),
        });
    }
  }
  if (tripId !== null)
    for (const { sku, quantity, shares } of claims) {
      const share = shares.find((rival) => rival.tripId === tripId)?.prob ?? 0;
      const best = Math.max(...shares.map(({ prob }) => prob));
      if (quantity > 0 && share >= LEAST_PROB && share < best)
        rivals.push({ kind: 'theirs-too', sku, prob: share, lines: changed(base, sku, quantity) });
    }
  return rivals.sort((a, b) => b.prob - a.prob).slice(0, MOST_RIVALS);
}

function changed(lines: readonly DecidedLine[], sku: string, by: number): DecidedLine[] {
  const found = lines.find((line) => line.sku === sku);
  const rest = lines.filter((line) => line !== found);
  const quantity = (found?.quantity ?? 0) + by;
  return quantity > 0 ? [...rest, { sku, quantity }] : rest;
}
