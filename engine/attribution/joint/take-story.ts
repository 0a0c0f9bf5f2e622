import type { Product } from '../../store.ts';
import { addedLogs } from './beam.ts';
import type { Stray } from './hypothesis.ts';
import {
  FOREIGN_LOG,
  MIXED_LOG,
  MORE_ITEM_SHARE,
  MOST_ITEMS,
  OVERDRAWN_LOG,
  STRAY_LOG,
  UNKNOWN_LOG,
} from './joint-constants.ts';
import type { Target } from './reach.ts';
import type { ShelfPart } from './shelf-part.ts';
import type { PlacedSlot } from './shelf-place.ts';
import type { SlotBelief } from './slot-belief.ts';
import { logNormal, type WeightBook } from './weight-book.ts';

/** What may have been taken in one change, whoever took it. */
export interface TakeStory {
  /** Null: nothing in the catalogue explains it. */
  readonly product: Product | null;
  readonly count: number;
  /** Where it stood; null where it is not known to belong. */
  readonly placed: PlacedSlot | null;
  readonly target: Target;
  readonly log: number;
  /** Named by its slot's label alone: how sure that is, the slot knows. */
  readonly isNamed: boolean;
  /** One item of another product that went in the same moment. */
  readonly also: { readonly product: Product; readonly placed: PlacedSlot; readonly target: Target } | null;
}

/** Half of the stretch that a package's weight is spread over, about its middle, metres. */
const HALF_PACKAGE_M = 0.07;
/** Share of a package that may rest beside its slot's cells for free, and how fast more becomes unlikely. */
const BESIDE_SHARE = 0.06;
/** Packages that were dragged or fell over press cells that are not their slot's (seen: one in thirty). */
const DISPLACED_PROB = 0.03;
/** Stories this much less likely than the best are not worth telling, log. */
const WORTH_LOG = 14;
const UNKNOWN_HEIGHT_M = 0.16;

/** Counted stock by slot and SKU, as believed now. */
export interface StockView {
  stockOf(placed: PlacedSlot, product: Product): number;
}

/** How well the pressed cells fit a slot, log: all of the weight on its cells is best. */
export function arrangementLog(part: ShelfPart, placed: PlacedSlot): number {
  if (part.place.layout.slotsByCell.length === 1) return 0;
  const beside = besideShare(part, [placed]);
  const over = beside / BESIDE_SHARE;
  return Math.log((1 - DISPLACED_PROB) * Math.exp(-0.5 * over * over) + DISPLACED_PROB * Math.exp(-4 * beside));
}

/** Stretch of the shelf where a package of the slot moved. */
export function targetOf(part: ShelfPart, placed: PlacedSlot | null, heightM: number): Target {
  const cells = part.place.layout.unit.cells;
  const near = cells.length > 1 || placed === null;
  const [shelfFromM, shelfToM] = [cells[0]!.fromM, cells[cells.length - 1]!.toM];
  if (!near) {
    // Hands go to the middle of a facing.
    const { fromM, toM, facings } = placed.slot;
    const halfM = (toM - fromM) / facings / 2;
    return { fromM: fromM + halfM, toM: toM - halfM, heightM };
  }
  if (cells.length === 1) return { fromM: shelfFromM, toM: shelfToM, heightM };
  return { fromM: part.middleM - HALF_PACKAGE_M, toM: part.middleM + HALF_PACKAGE_M, heightM };
}

/** Everything that may have been taken by what is known of the shelf, the strays of hypotheses aside; likeliest first. */
export function takeStories(
  part: ShelfPart,
  weights: WeightBook,
  slots: SlotBelief,
  stock: StockView,
  products: readonly Product[],
  areNamesSeen: boolean,
): TakeStory[] {
  const grams = -part.deltaGrams;
  const scaleVar = part.sdGrams ** 2;
  const stories: TakeStory[] = [];
  const eachSlotLog = -Math.log(Math.max(1, part.place.slots.length));
  for (const placed of part.place.slots) {
    const placeLog = eachSlotLog + arrangementLog(part, placed);
    for (const { product, count, log, isNamed } of namedCounts(part, placed, weights, slots, stock, areNamesSeen)) {
      const target = targetOf(part, placed, product.sizeM[2]);
      stories.push({ product, count, placed, target, log: placeLog + log, isNamed, also: null });
    }
  }
  const strayTarget = targetOf(part, null, UNKNOWN_HEIGHT_M);
  for (const product of products) {
    if (product.sellBy === 'weighed') continue;
    const log = STRAY_LOG + eachSlotLog + weighLog(product, 1, grams, scaleVar, weights);
    if (log > UNKNOWN_LOG) {
      const target = { ...strayTarget, heightM: product.sizeM[2] };
      stories.push({ product, count: 1, placed: null, target, log, isNamed: false, also: null });
    }
  }
  const nothing = { product: null, count: 1, placed: null, target: strayTarget, isNamed: false, also: null };
  stories.push({ ...nothing, log: UNKNOWN_LOG + eachSlotLog });
  tellPairs(stories, part, weights);
  stories.sort((a, b) => b.log - a.log);
  return stories.filter(({ log }) => log > stories[0]!.log - WORTH_LOG);
}

/**
 * How many items of a slot a change may be, each count under the likeliest name of what stands there: under whatever name, it is
 * the same thing, and how sure its name is is the slot's matter, not the story's; unless hands are seen to hold one or the other.
 */
function namedCounts(
  part: ShelfPart,
  placed: PlacedSlot,
  weights: WeightBook,
  slots: SlotBelief,
  stock: StockView,
  areNamesSeen: boolean,
): { product: Product; count: number; log: number; isNamed: boolean }[] {
  const byCount = new Map<string, { product: Product; count: number; log: number; best: number; isNamed: boolean }>();
  for (const [product, productLog] of slots.productsOf(placed)) {
    const weighed = product.sellBy === 'weighed' ? product : slots.weighedAs(placed, product);
    for (const count of countsNear(weighed, -part.deltaGrams, weights)) {
      const log =
        productLog +
        countLog(product, count) +
        stockLog(
          stock.stockOf(placed, product),
          count,
          placed.products.length < 2 || placed.products.includes(product),
        ) +
        weighLog(weighed, count, -part.deltaGrams, part.sdGrams ** 2, weights);
      // What lies mixed in one slot are different things; a name that may be wrong is none.
      const isMixed = placed.products.length > 1 && placed.products.includes(product);
      const isNamed = !isMixed && !areNamesSeen && product.sellBy === 'each';
      const key = isNamed ? `${count}` : `${count} ${product.sku}`;
      const row = byCount.get(key);
      if (row === undefined) byCount.set(key, { product, count, log, best: log, isNamed });
      else {
        row.log = addedLogs(row.log, log);
        if (log > row.best) Object.assign(row, { product, best: log });
      }
    }
  }
  return [...byCount.values()];
}

/** One item each of two products of the shelf, in one moment. */
function tellPairs(stories: TakeStory[], part: ShelfPart, weights: WeightBook): void {
  const grams = -part.deltaGrams;
  const eachSlotLog = -Math.log(Math.max(1, part.place.slots.length));
  const own = part.place.slots.flatMap((placed) =>
    isTouched(part, placed) ? placed.products.map((product) => ({ placed, product })) : [],
  );
  own.forEach((a, i) => {
    for (const b of own.slice(i + 1)) {
      if (a.product === b.product || a.product.sellBy === 'weighed' || b.product.sellBy === 'weighed') continue;
      const off = grams - weights.gramsOf(a.product) - weights.gramsOf(b.product);
      const variance = weights.varianceOf(a.product) + weights.varianceOf(b.product) + part.sdGrams ** 2;
      if (off * off > 36 * variance) continue;
      const beside = besideShare(part, [a.placed, b.placed]) / BESIDE_SHARE;
      stories.push({
        product: a.product,
        count: 1,
        placed: a.placed,
        target: slotTarget(part, a.placed, a.product),
        isNamed: true,
        also: { ...b, target: slotTarget(part, b.placed, b.product) },
        log: eachSlotLog + MIXED_LOG - 0.5 * Math.min(30, beside * beside) + logNormal(off, variance),
      });
    }
  });
}

function isTouched(part: ShelfPart, placed: PlacedSlot): boolean {
  const { slotsByCell } = part.place.layout;
  for (let cell = part.fromCell; cell <= part.toCell; cell++) {
    if (slotsByCell[cell]!.includes(placed.slot)) return true;
  }
  return false;
}

/** Stretch of a slot that the change touched. */
function slotTarget(part: ShelfPart, placed: PlacedSlot, product: Product): Target {
  const cells = part.place.layout.unit.cells;
  const { fromM, toM } = placed.slot;
  const heightM = product.sizeM[2];
  if (cells.length === 1) return targetOf(part, placed, heightM);
  return { fromM: Math.max(fromM, cells[part.fromCell]!.fromM), toM: Math.min(toM, cells[part.toCell]!.toM), heightM };
}

/** Share of a change's weight on cells of none of these slots. */
function besideShare(part: ShelfPart, some: readonly PlacedSlot[]): number {
  const { slotsByCell } = part.place.layout;
  let beside = 0;
  for (let cell = part.fromCell; cell <= part.toCell; cell++) {
    if (!some.some(({ slot }) => slotsByCell[cell]!.includes(slot))) beside += part.shares[cell]!;
  }
  return beside;
}

/** Log likelihood that a change is this stray being taken up again. */
export function strayLog(part: ShelfPart, { thing, middleM }: Stray): number {
  const cells = part.place.layout.unit.cells;
  const eachSlotLog = -Math.log(Math.max(1, part.place.slots.length));
  const weigh = logNormal(-part.deltaGrams - thing.grams, thing.variance + part.sdGrams ** 2);
  if (cells.length === 1) return FOREIGN_LOG + eachSlotLog + weigh;
  const cellM = (cells[cells.length - 1]!.toM - cells[0]!.fromM) / cells.length;
  const off = (part.middleM - middleM) / (0.02 + cellM / 6);
  const moved = Math.log(0.97 * Math.exp(-0.5 * off * off) + 0.03 * Math.exp(-Math.abs(middleM - part.middleM) / 0.1));
  return FOREIGN_LOG + eachSlotLog + moved + weigh;
}

function countsNear(product: Product, grams: number, weights: WeightBook): number[] {
  if (product.sellBy === 'weighed') return [Math.max(1, Math.round(grams))];
  const middle = Math.min(MOST_ITEMS, Math.max(1, Math.round(grams / weights.gramsOf(product))));
  return [middle - 1, middle, middle + 1].filter((count) => count >= 1 && count <= MOST_ITEMS);
}

function countLog(product: Product, count: number): number {
  if (product.sellBy === 'weighed') return 0;
  return (count - 1) * Math.log(MORE_ITEM_SHARE);
}

/** A weighed product may weigh anything: flat over this many grams. */
const WEIGHED_LOG = -Math.log(3000);

function weighLog(product: Product, count: number, grams: number, scaleVar: number, weights: WeightBook): number {
  if (product.sellBy === 'weighed') return WEIGHED_LOG;
  return weights.logDensity(product, count, grams, scaleVar);
}

/** Books that would go below zero: one miscounted item is common, more is not. */
function stockLog(stock: number, count: number, isOwn: boolean): number {
  // What lies in a mixed bin and does not belong there was not counted.
  if (!isOwn) return 0;
  const over = count - stock;
  if (over <= 0) return 0;
  return over === 1 ? OVERDRAWN_LOG[0] : OVERDRAWN_LOG[1] + (over - 2) * OVERDRAWN_LOG[0];
}
