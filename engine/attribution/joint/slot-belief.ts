import type { Product } from '../../store.ts';
import { SWAPPED_SLOT_PROB } from './joint-constants.ts';
import type { PlacedSlot } from './shelf-place.ts';

/** One change may not speak louder than this about what a slot holds, log. */
const MOST_LOG = 5;

/** Names less likely than this are not mentioned. */
const LEAST_NAME_PROB = 1e-3;

/** What each slot really holds: its own product, unless weights say that it was confused with its neighbour. */
export class SlotBelief {
  readonly #logs = new Map<PlacedSlot, Map<Product, number>>();
  /** Of slots that were taken from: the product that was weighed there, by its likeliest name. */
  readonly #weighed = new Map<PlacedSlot, Product>();

  /** Products a slot may hold, own first, with log probabilities. */
  productsOf(placed: PlacedSlot): ReadonlyMap<Product, number> {
    let logs = this.#logs.get(placed);
    if (logs === undefined) {
      logs = new Map();
      const others = placed.neighbours.flatMap((beside) => beside.products);
      for (const product of others) logs.set(product, Math.log(SWAPPED_SLOT_PROB / Math.max(1, others.length)));
      const own = placed.products;
      for (const product of own) logs.set(product, Math.log((1 - SWAPPED_SLOT_PROB) / own.length));
      this.#logs.set(placed, logs);
    }
    return logs;
  }

  /** Probability that what stands in a slot is of this name; one for a mixed bin, where weights tell. */
  nameProbOf(placed: PlacedSlot, product: Product): number {
    if (placed.products.length > 1) return 1;
    return Math.exp(this.productsOf(placed).get(product) ?? 0);
  }

  /** What something that was named by its slot may be under other names, its own first; with probabilities. */
  namesOf(placed: PlacedSlot | null, product: Product): readonly (readonly [Product, number])[] {
    if (placed === null || placed.products.length > 1) return [[product, 1]];
    const names = [...this.productsOf(placed)].map(([name, log]) => [name, Math.exp(log)] as const);
    return names.filter(([name, prob]) => name === product || prob > LEAST_NAME_PROB);
  }

  /**
   * The product whose weight holds in a slot whatever the name of what stands there: what was weighed there before weighs the
   * same under every name, so weights that were learned there must not speak for the name they were learned under.
   */
  weighedAs(placed: PlacedSlot, product: Product): Product {
    return this.#weighed.get(placed) ?? product;
  }

  /** Something that belongs there was taken for the first time; `logOf` is how well each product explains it. */
  learn(placed: PlacedSlot, logOf: (product: Product) => number): void {
    // In a mixed bin one item says nothing about the next.
    if (placed.products.length > 1 || this.#weighed.has(placed)) return;
    const logs = this.#logs.get(placed)!;
    const fits = [...logs].map(([product, log]) => ({ product, log, fit: logOf(product) }));
    const best = Math.max(...fits.map(({ fit }) => fit));
    let total = 0;
    for (const row of fits) {
      row.log += Math.max(-MOST_LOG, row.fit - best);
      total += Math.exp(row.log);
    }
    for (const { product, log } of fits) logs.set(product, Math.max(-18, log - Math.log(total)));
    const [likeliest] = fits.sort((a, b) => b.log - a.log);
    if (likeliest!.product.sellBy === 'each') this.#weighed.set(placed, likeliest!.product);
  }
}
