import type { CartItem, OrderLine, Prices } from '../orders/order.ts';
import type { CatalogueItem } from './catalogue.ts';
import { lineDiscountMinor, type Promotion } from './promotion.ts';

/** A SKU that the catalogue does not have. */
export class UnknownSku extends Error {
  override readonly name = 'UnknownSku';
}

/**
 * Prices a cart: every line the best single promotion, then the best basket promotion spread over the lines by largest
 * remainder, then the tax that is inside the price, per line, rounded half up. Throws `UnknownSku`.
 */
export function priceCart(
  items: readonly CartItem[],
  catalogue: ReadonlyMap<string, CatalogueItem>,
  promotions: readonly Promotion[],
  currency: string,
): Prices {
  const drafts = items.map((line) => {
    const item = catalogue.get(line.sku);
    if (item === undefined) throw new UnknownSku(line.sku);
    const grossMinor = grossOf(item, line);
    const offers = promotions.map((promotion) => lineDiscountMinor(promotion, item, line, grossMinor));
    return { line, item, grossMinor, discountMinor: Math.max(0, ...offers) };
  });
  const afterMinor = drafts.map(({ grossMinor, discountMinor }) => grossMinor - discountMinor);
  const basketMinor = basketDiscount(promotions, sum(afterMinor));
  const spread = spreadMinor(basketMinor, afterMinor);
  const lines = drafts.map((draft, i) => finished(draft, draft.discountMinor + spread[i]!));
  return {
    currency,
    lines,
    discountMinor: sum(lines.map((line) => line.discountMinor)),
    taxMinor: sum(lines.map((line) => line.taxMinor)),
    totalMinor: sum(lines.map((line) => line.totalMinor)),
  };
}

function grossOf(item: CatalogueItem, { quantity }: CartItem): number {
  if (item.sellBy !== quantity.unit)
    throw new UnknownSku(`${item.sku}: found a quantity in ${quantity.unit}, expected ${item.sellBy}`);
  return item.sellBy === 'g' ? Math.round((item.priceMinor * quantity.value) / 1000) : item.priceMinor * quantity.value;
}

function finished(
  { line, item, grossMinor }: { line: CartItem; item: CatalogueItem; grossMinor: number },
  discountMinor: number,
): OrderLine {
  const depositMinor = item.sellBy === 'each' ? item.depositMinor * line.quantity.value : 0;
  const totalMinor = grossMinor - discountMinor + depositMinor;
  const taxMinor = Math.round((totalMinor * item.taxPpm) / (1_000_000 + item.taxPpm));
  return {
    ...line,
    name: item.name,
    unitPriceMinor: item.priceMinor,
    discountMinor,
    depositMinor,
    netMinor: totalMinor - taxMinor,
    taxMinor,
    totalMinor,
    taxPpm: item.taxPpm,
  };
}

function basketDiscount(promotions: readonly Promotion[], totalMinor: number): number {
  let best = 0;
  for (const promotion of promotions) {
    if (promotion.kind !== 'basket' || totalMinor < promotion.fromMinor) continue;
    best = Math.max(best, Math.min(totalMinor, promotion.offMinor));
  }
  return best;
}

/** An amount in shares of the weights, whole and summing up exactly (largest remainder). */
export function spreadMinor(amountMinor: number, weights: readonly number[]): number[] {
  const total = sum(weights);
  if (amountMinor === 0 || total === 0) return weights.map(() => 0);
  const exact = weights.map((weight) => (amountMinor * weight) / total);
  const shares = exact.map(Math.floor);
  const order = exact.map((value, i) => ({ i, rest: value - shares[i]! })).sort((a, b) => b.rest - a.rest || a.i - b.i);
  let left = amountMinor - sum(shares);
  for (const { i } of order) {
    if (left === 0) break;
    if (shares[i]! >= weights[i]!) continue;
    shares[i]!++;
    left--;
  }
  return shares;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
