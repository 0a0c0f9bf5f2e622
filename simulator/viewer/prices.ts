import type { Cart } from '../../engine/index.ts';
import type { LiveModel } from './live-model.ts';

/** Names and prices of what a store sells. */
export class Prices {
  readonly currency: string;
  readonly #grams: ReadonlyMap<string, number>;
  readonly #bySku: ReadonlyMap<string, LiveModel['run']['products'][number]>;

  constructor({ run, store }: LiveModel) {
    this.#grams = new Map(store.products.map((product) => [product.sku, product.weightGrams.mean]));
    this.#bySku = new Map(run.products.map((product) => [product.sku, product]));
    this.currency = run.products[0]?.currency ?? 'EUR';
  }

  nameOf(sku: string): string {
    return this.#bySku.get(sku)?.name ?? sku;
  }

  /** What one of it weighs by the catalogue. */
  gramsOf(sku: string): number | null {
    return this.#grams.get(sku) ?? null;
  }

  /** Price of so much of a product, minor units; by the kilogram where it is weighed. */
  priceOf(sku: string, quantity: { readonly value: number; readonly unit: 'each' | 'g' }): number {
    const price = this.#bySku.get(sku)?.priceMinor ?? 0;
    return Math.round(quantity.unit === 'g' ? (price * quantity.value) / 1000 : price * quantity.value);
  }

  totalOf(cart: Cart): number {
    return cart.lines.reduce((sum, line) => sum + this.priceOf(line.sku, line.quantity), 0);
  }
}
