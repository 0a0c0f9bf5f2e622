import type { Evidence } from '../../../engine/index.ts';
import type { Prices } from '../prices.ts';
import type { Words } from '../words.ts';

/** Readings whose weights differ by less cannot be told apart by a shelf scale, grams. */
const SAME_GRAMS = 5;
/** What is less likely than this is not worth a sentence. */
const LEAST_PROB = 0.005;

/**
 * What would have changed the answer to what was moved, by weight: the next likely reading, and where the shelf's step
 * would have had to be. Null where there is no other reading, or a catalogue does not know its weight.
 */
export function otherwiseOf(
  { products }: Pick<Evidence, 'products'>,
  prices: Pick<Prices, 'gramsOf' | 'nameOf'>,
  words: Pick<Words, 'otherwise' | 'sameWeight'>,
): string | null {
  const [chosen, next] = products;
  if (!chosen || !next || next.prob < LEAST_PROB) return null;
  const [mine, its] = [chosen, next].map(({ sku, count }) => {
    const grams = prices.gramsOf(sku);
    return grams === null ? Number.NaN : grams * count;
  });
  // What was put down instead of taken up is no question of how heavy it was.
  if (!Number.isFinite(mine + its) || mine * its < 0) return null;
  const name = `${Math.abs(next.count)} × ${prices.nameOf(next.sku)}`;
  if (Math.abs(mine - its) < SAME_GRAMS) return words.sameWeight(name);
  return words.otherwise(Math.round(Math.abs(mine + its) / 2), Math.abs(its) > Math.abs(mine), name);
}
