import { clamp } from '../maths.ts';
import type { CellLoads } from './cell-loads.ts';
import type { Item, ShelfSpot } from './item.ts';
import type { Layout, PlacedSlot } from './layout.ts';

/** The goods standing in every slot: facings side by side, each a column from front to back. */
export class ShelfStock {
  private readonly layout: Layout;
  private readonly loads: CellLoads;
  /** Per slot, per facing: items from the front backwards. */
  private readonly columns: Item[][][];

  constructor(layout: Layout, loads: CellLoads) {
    this.layout = layout;
    this.loads = loads;
    this.columns = layout.slots.map((slot) => Array.from({ length: slot.plan.facings }, () => []));
  }

  /** Stands items of the opening stock into a slot, one facing after the other, front rows first. */
  fill(slotIndex: number, items: readonly Item[]): void {
    const columns = this.columns[slotIndex]!;
    items.forEach((item, n) => {
      const facing = n % columns.length;
      const row = columns[facing]!.length;
      const spot = this.spotFor(slotIndex, facing, row, item);
      columns[facing]!.push(item);
      item.place = { at: 'shelf', spot };
      this.loads.rest(spot.footprint, item.grams);
    });
  }

  countOf(slotIndex: number, sku: string): number {
    let count = 0;
    for (const column of this.columns[slotIndex]!) for (const item of column) if (item.product.sku === sku) count += 1;
    return count;
  }

  isEmpty(slotIndex: number): boolean {
    return this.columns[slotIndex]!.every((column) => column.length === 0);
  }

  itemsIn(slotIndex: number): Item[] {
    return this.columns[slotIndex]!.flat();
  }

  /** Items a hand can reach for: the foremost of this product in every facing; `sku` null = of any product. */
  within(slotIndex: number, sku: string | null): Item[] {
    const found: Item[] = [];
    for (const column of this.columns[slotIndex]!) {
      const item = sku === null ? column[0] : column.find((each) => each.product.sku === sku);
      if (item) found.push(item);
    }
    return found;
  }

  /** Takes an item out of its column; the mass leaves the cells between the two times. */
  remove(item: Item, startUs: number, durationUs: number): void {
    const spot = this.spotOf(item);
    const column = this.columns[spot.slot]![spot.facing]!;
    column.splice(column.indexOf(item), 1);
    this.loads.lift(item.id, spot.footprint, item.grams, startUs, durationUs);
  }

  /** Where an item would be put into a slot: the emptiest facing, `facing` if given. Touches nothing. */
  roomFor(slotIndex: number, item: Item, facing: number | null): ShelfSpot {
    const columns = this.columns[slotIndex]!;
    let best = facing ?? 0;
    if (facing === null)
      for (let i = 1; i < columns.length; i++) if (columns[i]!.length < columns[best]!.length) best = i;
    return this.spotFor(slotIndex, best, 0, item);
  }

  /** Puts an item into the front row of its spot's facing and pushes those behind back while there is depth; else on top. */
  insert(item: Item, spot: ShelfSpot, startUs: number, durationUs: number): void {
    const column = this.columns[spot.slot]![spot.facing]!;
    const { depth } = this.layout.slots[spot.slot]!.plan;
    column.unshift(item);
    column.forEach((each, row) => {
      if (each !== item && each.place.at === 'shelf') this.setRow(each, each.place.spot, row, depth);
    });
    item.place = { at: 'shelf', spot };
    if (column.length > depth) spot.upM = item.product.sizeM[2] * Math.floor((column.length - 1) / depth);
    this.loads.lower(item.id, spot.footprint, item.grams, startUs, durationUs);
  }

  /** Drags a standing item along its shelf, or lays it down wider; its mass moves with it. */
  shift(item: Item, alongM: number, widthM: number, startUs: number, durationUs: number): void {
    const spot = this.spotOf(item);
    const slot = this.layout.slots[spot.slot]!;
    const before = spot.footprint;
    this.place(spot, slot, alongM, widthM);
    this.loads.shift(item.id, before, spot.footprint, item.grams, startUs, durationUs);
  }

  /** Someone ate of an item that stands here: never happens, it must be in hand. Own bug. */
  private spotOf(item: Item): ShelfSpot {
    if (item.place.at !== 'shelf') throw new Error(`item ${item.id}: found ${item.place.at}, expected on a shelf`);
    return item.place.spot;
  }

  private setRow(item: Item, spot: ShelfSpot, row: number, depth: number): void {
    spot.intoM = this.intoOf(spot.slot, item, Math.min(row, depth - 1));
  }

  private intoOf(slotIndex: number, item: Item, row: number): number {
    const { shelf } = this.layout.slots[slotIndex]!;
    const depthM = item.product.sizeM[1];
    return clamp((row + 0.5) * depthM, 0.01, Math.max(0.01, shelf.depthM - depthM / 2));
  }

  private spotFor(slotIndex: number, facing: number, row: number, item: Item): ShelfSpot {
    const slot = this.layout.slots[slotIndex]!;
    const { fromM, toM, facings, depth } = slot.plan;
    const pitchM = (toM - fromM) / facings;
    const spot: ShelfSpot = {
      slot: slotIndex,
      facing,
      alongM: 0,
      widthM: 0,
      intoM: this.intoOf(slotIndex, item, row % depth),
      upM: Math.floor(row / depth) * item.product.sizeM[2],
      footprint: { cells: new Int32Array(0), shares: new Float64Array(0) },
    };
    this.place(spot, slot, fromM + (facing + 0.5) * pitchM, item.product.sizeM[0]);
    return spot;
  }

  /** Sets where along the shelf an item is, kept on the board, and what it rests on. */
  private place(spot: ShelfSpot, slot: PlacedSlot, alongM: number, widthM: number): void {
    const lengthM = slot.fixture.plan.lengthM;
    spot.widthM = Math.min(widthM, lengthM);
    spot.alongM = clamp(alongM, spot.widthM / 2, lengthM - spot.widthM / 2);
    const half = spot.widthM / 2;
    spot.footprint = this.loads.footprint(slot.shelf.id, spot.alongM - half, spot.alongM + half);
  }
}
