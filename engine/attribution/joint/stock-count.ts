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

  stockOf({ slot }: PlacedSlot, product: Product): number {
    return this.#counts.get(slot.id)?.get(product.sku) ?? 0;
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
