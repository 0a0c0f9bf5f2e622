import type { ScaleLayout } from '../../shelves/scale-layout.ts';
import type { Fixture, Product, Shelf, Slot, Store } from '../../store.ts';

/** A slot with its products, as one scale unit's shelf holds it. */
export interface PlacedSlot {
  readonly slot: Slot;
  readonly products: readonly Product[];
  /** Slots beside it on the same shelf, whose products may have been written down for it by mistake. */
  readonly neighbours: PlacedSlot[];
}

/** The shelf under one scale unit: its slots, its cells, and where world points are on it. */
export interface ShelfPlace {
  readonly layout: ScaleLayout;
  readonly fixture: Fixture;
  readonly shelf: Shelf;
  readonly slots: readonly PlacedSlot[];
  /** Middle of each cell along the shelf, metres. */
  readonly cellMiddlesM: readonly number[];
}

/** Places of all scale units, in the store's order. */
export function shelfPlaces(store: Store, layouts: readonly ScaleLayout[]): ShelfPlace[] {
  const bySku = new Map(store.products.map((product) => [product.sku, product]));
  const byShelf = new Map<string, { fixture: Fixture; shelf: Shelf; slots: PlacedSlot[] }>();
  for (const fixture of store.fixtures) {
    for (const shelf of fixture.shelves) {
      const slots = store.slots
        .filter((slot) => slot.shelfId === shelf.id)
        .sort((a, b) => a.fromM - b.fromM)
        .map((slot): PlacedSlot => {
          const products = slot.skus.flatMap((sku) => bySku.get(sku) ?? []);
          return { slot, products, neighbours: [] };
        });
      slots.forEach((placed, i) => {
        for (const beside of [slots[i - 1], slots[i + 1]]) if (beside) placed.neighbours.push(beside);
      });
      byShelf.set(shelf.id, { fixture, shelf, slots });
    }
  }
  return layouts.map((layout) => {
    const { fixture, shelf, slots } = byShelf.get(layout.unit.shelfId)!;
    const cellMiddlesM = layout.unit.cells.map(({ fromM, toM }) => (fromM + toM) / 2);
    const onUnit = slots.filter(({ slot }) => layout.slotsByCell.some((some) => some.includes(slot)));
    return { layout, fixture, shelf, slots: onUnit, cellMiddlesM };
  });
}

/** Writes a world point as metres along the shelf, into it from its front edge, and above its board. */
export function toShelfInto(out: Float64Array, place: ShelfPlace, x: number, y: number, z: number): void {
  const { fixture, shelf } = place;
  const outX = Math.cos(fixture.facingRad);
  const outY = Math.sin(fixture.facingRad);
  const rightX = x - fixture.atM[0];
  const rightY = y - fixture.atM[1];
  out[0] = -rightX * outY + rightY * outX + fixture.lengthM / 2;
  out[1] = -(rightX * outX + rightY * outY);
  out[2] = z - shelf.heightM;
}

/** World point of a place on the shelf: `alongM` from its left end, in the middle of its depth, on its board. */
export function onShelfInWorld({ fixture, shelf }: ShelfPlace, alongM: number): [number, number, number] {
  const outX = Math.cos(fixture.facingRad);
  const outY = Math.sin(fixture.facingRad);
  const fromMiddleM = alongM - fixture.lengthM / 2;
  return [
    fixture.atM[0] - outY * fromMiddleM - (outX * shelf.depthM) / 2,
    fixture.atM[1] + outX * fromMiddleM - (outY * shelf.depthM) / 2,
    shelf.heightM,
  ];
}
