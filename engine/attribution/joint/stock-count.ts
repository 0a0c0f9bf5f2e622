import type { Product, Store } from '../../store.ts';
import type { Move } from './hypothesis.ts';
import type { PlacedSlot } from './shelf-place.ts';
import type { StockView } from './take-story.ts';

/** What stands in each slot by the count at opening and the likeliest story since. */
export class StockCount implements StockView {
  readonly #counts = new Map<string, Map<string, number>>();

  constructor(store: Store) {
    for (const slot of store.slots) this.#counts.set(slot.id, new Map(Object.entries(slot.stock)));
  }

  stockOf({ slot, products }: PlacedSlot, product: Product): number {
    const counts = this.#counts.get(slot.id);
    if (counts === undefined) return 0;
    if (products.length > 1) return counts.get(product.sku) ?? 0;
    // Counted by its label, whatever stands there: what left under another name is gone as well.
    const label = products[0]?.sku;
    let left = 0;
    for (const [sku, count] of counts) left += sku === label ? count : Math.min(0, count);
    return left;
  }

  /** What was thought to have moved did not, and this did. */
  replace(before: readonly Move[], after: readonly Move[]): void {
    for (const move of before) this.#move(move, -1);
    for (const move of after) this.#move(move, 1);
  }

  #move({ product, quantity, from, to }: Move, times: 1 | -1): void {
    if (from.kind === 'slot') this.#add(from.id, product.sku, -times * quantity);
    if (to.kind === 'slot') this.#add(to.id, product.sku, times * quantity);
  }

  #add(slotId: string, sku: string, by: number): void {
    const counts = this.#counts.get(slotId);
    counts?.set(sku, (counts.get(sku) ?? 0) + by);
  }
}
