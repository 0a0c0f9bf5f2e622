import type { ScaleLayout } from '../../shelves/scale-layout.ts';
import type { Product, Store } from '../../store.ts';

/** Which products stand on which cells: the store's planogram, plus what was seen put elsewhere (MPS §4.4). */
export class Planogram {
  readonly products: readonly Product[];
  readonly #bySku = new Map<string, Product>();
  /** Per unit, per cell. */
  readonly #onCell: Set<Product>[][];

  constructor(store: Store, layouts: readonly ScaleLayout[]) {
    // Order decides exact ties only; by name, so that neither ids nor the file's order matter.
    this.products = [...store.products].sort((a, b) => compare(a.name, b.name) || compare(a.sku, b.sku));
    for (const product of store.products) this.#bySku.set(product.sku, product);
    this.#onCell = layouts.map((layout) =>
      layout.slotsByCell.map((slots) => new Set(slots.flatMap((slot) => this.#known(slot.skus)))),
    );
  }

  #known(skus: readonly string[]): Product[] {
    return skus.flatMap((sku) => this.#bySku.get(sku) ?? []);
  }

  product(sku: string): Product | undefined {
    return this.#bySku.get(sku);
  }

  onCell(unitIndex: number, cell: number): ReadonlySet<Product> {
    return this.#onCell[unitIndex][cell];
  }

  /** All products on a unit. */
  onUnit(unitIndex: number): Set<Product> {
    return new Set(this.#onCell[unitIndex].flatMap((set) => [...set]));
  }

  cellsShareProduct(unitIndex: number, a: number, b: number): boolean {
    const other = this.#onCell[unitIndex][b];
    for (const product of this.#onCell[unitIndex][a]) if (other.has(product)) return true;
    return false;
  }

  /** Weight of the lightest product on a unit, grams; Infinity on an empty one. */
  lightestGrams(unitIndex: number): number {
    let lightest = Number.POSITIVE_INFINITY;
    for (const set of this.#onCell[unitIndex]) {
      for (const product of set) lightest = Math.min(lightest, product.weightGrams.mean);
    }
    return lightest;
  }

  /** A product was put on these cells. */
  add(unitIndex: number, cells: readonly number[], product: Product): void {
    for (const cell of cells) this.#onCell[unitIndex][cell].add(product);
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
