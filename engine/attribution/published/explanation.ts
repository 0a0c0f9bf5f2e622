import type { Product } from '../../store.ts';
import { MAX_RIVAL_PRODUCTS, type PublishedConstants } from './constants.ts';

/** A product that may have moved, with how many; `count` > 0, in the product's unit (grams where sold by weight). */
export interface Explanation {
  readonly product: Product;
  readonly count: number;
  readonly prob: number;
}

/** How many items a change of this size is: at least one; grams for a product sold by weight. */
export function countOf(product: Product, grams: number): number {
  if (product.sellBy === 'weighed') return Math.max(1, Math.round(grams));
  return Math.max(1, Math.round(grams / product.weightGrams.mean));
}

/** Grams left over when `count` of the product are taken out of a change. */
export function residualGrams(product: Product, count: number, grams: number): number {
  if (product.sellBy === 'weighed') return 0;
  return Math.abs(grams - count * product.weightGrams.mean);
}

/** Fit of a count in 0..1: a Gaussian over both sigmas and the lot's spread. */
export function fitOf(product: Product, count: number, grams: number, constants: PublishedConstants): number {
  if (product.sellBy === 'weighed') return 1;
  const { eventSigmaGrams, productSigmaGrams, lotSpread } = constants;
  const lotGrams = lotSpread * count * product.weightGrams.mean;
  const variance = eventSigmaGrams ** 2 + productSigmaGrams ** 2 + lotGrams * lotGrams;
  return Math.exp(-(residualGrams(product, count, grams) ** 2) / (2 * variance));
}

/**
 * Shares of weighted products for a change of `grams`, the first one chosen: each product's share is spread over its
 * count and the counts beside it, and all are lowered where even the chosen one fits the weight badly.
 */
export function explain(
  ranked: readonly { readonly product: Product; readonly count: number; readonly weight: number }[],
  grams: number,
  constants: PublishedConstants,
): Explanation[] {
  const top = ranked.slice(0, MAX_RIVAL_PRODUCTS);
  const total = top.reduce((sum, row) => sum + row.weight, 0);
  const out: Explanation[] = [];
  for (const { product, count, weight } of top) {
    const fits = [count, count - 1, count + 1].map((n) => (n >= 1 ? fitOf(product, n, grams, constants) : 0));
    if (product.sellBy === 'weighed') fits[1] = fits[2] = 0;
    // Far from every whole number the fits vanish together; the nearest count still stands for the product.
    const sum = fits[0] + fits[1] + fits[2] + constants.unknownProduct;
    [count, count - 1, count + 1].forEach((n, i) => {
      const prob = ((weight / total) * Math.max(fits[i], i === 0 ? 1e-6 : 0)) / sum;
      if (prob > 1e-6 || i === 0) out.push({ product, count: n, prob });
    });
  }
  const [chosen, ...rivals] = out;
  return [chosen, ...rivals.sort((a, b) => b.prob - a.prob)];
}
