import type { Cart } from '../../engine/index.ts';
import type { LiveModel } from './live-model.ts';

/** Names and prices of what a store sells. */
export class Prices {
  readonly currency: string;
  readonly #byWord: ReadonlyMap<string, LiveModel['run']['products'][number]>;

  constructor({ run }: LiveModel) {
    this.#byWord = new Map(run.products.map((product) => [product.sku, product]));
    this.currency = run.products[0]?.currency ?? 'EUR';
  }

  nameOf(sku: string): string {
    return this.#byWord.get(sku)?.name ?? sku;
  }

  /** Price of so much of a product, minor units; by the kilogram where it is weighed. */
  priceOf(sku: string, quantity: { readonly value: number; readonly unit: 'each' | 'g' }): number {
    const price = this.#byWord.get(sku)?.priceMinor ?? 0;
    return Math.round(quantity.unit === 'g' ? (price * quantity.value) / 1000 : price * quantity.value);
  }

  totalOf(cart: Cart): number {
    return cart.lines.reduce((sum, line) => sum + this.priceOf(line.sku, line.quantity), 0);
  }
}
