import type { Holdings } from '../attribution.ts';
import type { PublishedConstants } from './constants.ts';
import { countOf, type Explanation, explain, fitOf, residualGrams } from './explanation.ts';
import type { Planogram } from './planogram.ts';

/** Most of one product that is thought of as put back in one go. */
const MAX_COUNT = 24;

/** What the owner may have put back: n items of one product they hold, closest weight first (MPS §4.4). */
export function putBackProducts(
  held: ReturnType<Holdings['heldBy']>,
  grams: number,
  planogram: Planogram,
  constants: PublishedConstants,
): Explanation[] {
  const options = held.flatMap(({ sku, quantity }) => {
    const product = planogram.product(sku);
    if (!product) return [];
    if (product.sellBy === 'weighed') {
      const count = Math.min(quantity, countOf(product, grams));
      return [{ product, count, residual: grams - count }];
    }
    return Array.from({ length: Math.min(quantity, MAX_COUNT) }, (_, i) => ({
      product,
      count: i + 1,
      residual: residualGrams(product, i + 1, grams),
    }));
  });
  if (options.length === 0) return [];
  options.sort(
    (a, b) => a.residual - b.residual || planogram.products.indexOf(a.product) - planogram.products.indexOf(b.product),
  );
  const best = options[0].product;
  // One row per product: `explain` spreads over the counts beside it by itself.
  const rows = options.filter((row, i) => options.findIndex((other) => other.product === row.product) === i);
  return explain(
    rows.map((row) => ({ ...row, weight: row.product === best ? 1 : relativeFit(row, rows[0], grams, constants) })),
    grams,
    constants,
  );
}

type Option = { readonly product: Explanation['product']; readonly count: number };

function relativeFit(row: Option, best: Option, grams: number, constants: PublishedConstants): number {
  const bestFit = fitOf(best.product, best.count, grams, constants);
  return bestFit > 1e-12 ? Math.min(1, fitOf(row.product, row.count, grams, constants) / bestFit) : 1;
}
