import { RandomStream } from '../random.ts';
import type { ProductPlan, Run } from '../scenario/run.ts';
import type { CellLoads } from './cell-loads.ts';
import type { Item, OpenedPack } from './item.ts';
import type { Layout } from './layout.ts';
import { ShelfStock } from './shelf-stock.ts';

const GONE = { at: 'gone' } as const;

/** All items that exist in and around the store, each in exactly one place. */
export class Goods {
  /** Items by id; those that are gone leave. */
  readonly items = new Map<number, Item>();
  readonly stock: ShelfStock;
  private readonly run: Run;
  private readonly products = new Map<string, ProductPlan>();

  constructor(run: Run, layout: Layout, loads: CellLoads) {
    this.run = run;
    for (const product of run.products) this.products.set(product.sku, product);
    this.stock = new ShelfStock(layout, loads);
    let id = 0;
    layout.slots.forEach((slot, index) => {
      let n = 0;
      const items: Item[] = [];
      for (const { sku, count } of slot.plan.contents) {
        const product = this.product(sku);
        if (!product) throw new Error(`slot ${slot.plan.id}: found content ${sku}, expected a product of the run`);
        for (let i = 0; i < count; i++) items.push(this.create(product, id++, `${slot.plan.id}/${n++}`, null));
      }
      if (slot.plan.contents.length > 1) shuffle(items, new RandomStream(run.seed, `slot/${slot.plan.id}/mix`));
      this.stock.fill(index, items);
    });
  }

  product(sku: string): ProductPlan | undefined {
    return this.products.get(sku);
  }

  /** Makes an item with its own weight, drawn from the stream `item/<name>`; it is nowhere yet. */
  create(product: ProductPlan, id: number, name: string, broughtBy: string | null): Item {
    const stream = new RandomStream(this.run.seed, `item/${name}`);
    return this.add(product, id, Math.max(0.1, stream.draw(product.weightGrams)), broughtBy, null);
  }

  /** Makes a single out of an opened pack. */
  createSingle(product: ProductPlan, id: number, grams: number, broughtBy: string | null, pack: OpenedPack): Item {
    return this.add(product, id, grams, broughtBy, pack);
  }

  remove(item: Item): void {
    item.place = GONE;
    this.items.delete(item.id);
  }

  /** Items of a product on the floor. */
  onFloor(sku: string): Item[] {
    const found: Item[] = [];
    for (const item of this.items.values()) if (item.place.at === 'floor' && item.product.sku === sku) found.push(item);
    return found;
  }

  private add(
    product: ProductPlan,
    id: number,
    grams: number,
    broughtBy: string | null,
    pack: OpenedPack | null,
  ): Item {
    const item: Item = { id, product, grams, place: GONE, broughtBy, withdrawn: false, chargedTo: null, pack };
    this.items.set(id, item);
    return item;
  }
}

function shuffle<T>(list: T[], stream: RandomStream): void {
  for (let i = list.length - 1; i > 0; i--) {
    const j = stream.below(i + 1);
    const swapped = list[i]!;
    list[i] = list[j]!;
    list[j] = swapped;
  }
}
