import type { ShelfChange } from '../cart.ts';
import type { Product, Slot, Store } from '../store.ts';
import type { Attributed, Attribution, OpenClaim } from './attribution.ts';
import { ownersOf } from './owner.ts';
import { MIN_JOINT_SCORE } from './published/constants.ts';
import type { AttributionView } from './published/published-attribution.ts';

/** A hand is in a shelf from a little before its front edge on, and this high above its board; ours. */
const IN_FRONT_M = 0.05;
const BELOW_M = 0.05;
const ABOVE_M = 0.4;
/** A reach is over when the hand was not in the shelf for this long, and counts from so many sightings on; ours. */
const REACH_GAP_US = 600_000;
const MIN_SIGHTINGS = 2;
/** Sightings of the last moment may still be under way. */
const LAG_US = 300_000;
/** How likely a reach took one item: what else it may be (nothing, several, put back) cannot be told from hands; ours. */
const TAKE_PROB = 0.7;

interface Reach {
  readonly fromUs: number;
  lastUs: number;
  sightings: number;
  /** Sightings per slot. */
  readonly slots: Map<Slot, number>;
  readonly sumInWorldM: [number, number, number];
}

/** A stretch of shelf in its own axes. */
interface Place {
  readonly slot: Slot;
  readonly heightM: number;
  readonly depthM: number;
  readonly atM: readonly [number, number];
  /** Along the shelf and out of its front. */
  readonly alongM: readonly [number, number];
  readonly outM: readonly [number, number];
  readonly halfM: number;
}

/**
 * Comparator without scales: a hand that was in a shelf took one item of the slot it was at most. Whose hand it was is
 * decided as in the published baseline.
 */
export class VisionOnlyAttribution implements Attribution {
  readonly #view: AttributionView;
  readonly #places: readonly Place[];
  readonly #products: ReadonlyMap<string, Product>;
  readonly #reaches = new Map<number, Reach>();
  #doneUs = 0;

  constructor(view: AttributionView) {
    this.#view = view;
    this.#places = placesOf(view.store);
    this.#products = new Map(view.store.products.map((product) => [product.sku, product]));
  }

  /** Start of the earliest reach still under way. */
  get heldSinceUs(): number {
    return Math.min(Number.POSITIVE_INFINITY, ...[...this.#reaches.values()].map((reach) => reach.fromUs));
  }

  attribute(_steps: unknown, nowUs: number): Attributed[] {
    const untilUs = Number.isFinite(nowUs) ? nowUs - LAG_US : this.#doneUs + LAG_US;
    if (untilUs <= this.#doneUs) return [];
    for (const trackId of this.#view.history.idsBetween(this.#doneUs + 1, untilUs)) this.#follow(trackId, untilUs);
    this.#doneUs = untilUs;
    return this.#close(untilUs - REACH_GAP_US);
  }

  flush(): Attributed[] {
    return this.#close(Number.POSITIVE_INFINITY);
  }

  #follow(trackId: number, untilUs: number): void {
    const rows = this.#view.history.handsBetween(trackId, this.#doneUs + 1, untilUs);
    for (let at = 0; at + 4 < rows.length; at += 5) {
      if (rows[at + 4]! < MIN_JOINT_SCORE) continue;
      const place = this.#placeAt(rows[at + 1]!, rows[at + 2]!, rows[at + 3]!);
      if (place !== null) this.#see(trackId, rows, at, place.slot);
    }
  }

  #see(trackId: number, rows: Float64Array, at: number, slot: Slot): void {
    let reach = this.#reaches.get(trackId);
    if (!reach) {
      reach = { fromUs: rows[at]!, lastUs: 0, sightings: 0, slots: new Map(), sumInWorldM: [0, 0, 0] };
      this.#reaches.set(trackId, reach);
    }
    reach.lastUs = rows[at]!;
    reach.sightings++;
    reach.slots.set(slot, (reach.slots.get(slot) ?? 0) + 1);
    for (let axis = 0; axis < 3; axis++) reach.sumInWorldM[axis]! += rows[at + 1 + axis]!;
  }

  #placeAt(x: number, y: number, z: number): Place | null {
    for (const place of this.#places) {
      const aboveM = z - place.heightM;
      if (aboveM < -BELOW_M || aboveM > ABOVE_M) continue;
      const [dx, dy] = [x - place.atM[0], y - place.atM[1]];
      if (Math.abs(dx * place.alongM[0] + dy * place.alongM[1]) > place.halfM) continue;
      const outM = dx * place.outM[0] + dy * place.outM[1];
      if (outM <= IN_FRONT_M && outM >= -place.depthM) return place;
    }
    return null;
  }

  /** Reaches that ended before a time, in order of their beginning. */
  #close(beforeUs: number): Attributed[] {
    const ended = [...this.#reaches].filter(([, reach]) => reach.lastUs < beforeUs);
    ended.sort(([a, one], [b, other]) => one.fromUs - other.fromUs || a - b);
    return ended.flatMap(([trackId, reach]) => {
      this.#reaches.delete(trackId);
      return reach.sightings < MIN_SIGHTINGS ? [] : this.#take(trackId, reach);
    });
  }

  #take(trackId: number, reach: Reach): Attributed[] {
    const slots = [...reach.slots].sort((a, b) => b[1] - a[1] || (a[0].id < b[0].id ? -1 : 1));
    const slot = slots[0]![0];
    const product = this.#products.get(slot.skus[0]!);
    if (!product) return [];
    const products = slots.map(([{ skus }, sightings]) => {
      const of = this.#products.get(skus[0]!);
      const count = of?.sellBy === 'weighed' ? Math.round(of.weightGrams.mean) : 1;
      return { sku: skus[0]!, count: -count, prob: (TAKE_PROB * sightings) / reach.sightings };
    });
    const change: ShelfChange = {
      changeId: `reach${trackId}@${reach.fromUs}`,
      shelfId: slot.shelfId,
      slotId: slot.id,
      scaleIds: [],
      fromUs: reach.fromUs,
      toUs: reach.lastUs,
      deltaGrams: -product.weightGrams.mean,
      inWorldM: [
        reach.sumInWorldM[0] / reach.sightings,
        reach.sumInWorldM[1] / reach.sightings,
        reach.sumInWorldM[2] / reach.sightings,
      ],
      products: merged(products),
    };
    return [{ change, claim: this.#claim(change, product, (reach.fromUs + reach.lastUs) / 2) }];
  }

  #claim(change: ShelfChange, product: Product, middleUs: number): OpenClaim {
    const timeUs = Math.round(middleUs);
    const weighed = product.sellBy === 'weighed';
    return {
      ...{ change, scaleId: change.shelfId, timeUs, sku: product.sku },
      quantity: -change.products[0]!.count,
      unit: weighed ? 'g' : 'each',
      products: change.products,
      candidates: ownersOf(this.#view.history, change.inWorldM, timeUs, true),
      purpose: weighed ? 'refused' : 'trade',
    };
  }
}

/** One row per product: neighbouring slots may hold the same. */
function merged(rows: ShelfChange['products']): ShelfChange['products'] {
  const bySku = new Map<string, ShelfChange['products'][number]>();
  for (const row of rows) bySku.set(row.sku, { ...row, prob: row.prob + (bySku.get(row.sku)?.prob ?? 0) });
  return [...bySku.values()];
}

function placesOf(store: Store): Place[] {
  const shelves = new Map(
    store.fixtures.flatMap((fixture) => fixture.shelves.map((shelf) => [shelf.id, { fixture, shelf }] as const)),
  );
  const places = store.slots.flatMap((slot): Place[] => {
    const found = shelves.get(slot.shelfId);
    if (!found) return [];
    const { fixture, shelf } = found;
    const outM = [Math.cos(fixture.facingRad), Math.sin(fixture.facingRad)] as const;
    // A shopper facing the shelf looks against the front's normal, so "right" is the normal turned by +90°.
    const alongM = [-outM[1], outM[0]] as const;
    const offsetM = (slot.fromM + slot.toM) / 2 - fixture.lengthM / 2;
    return [
      {
        ...{ slot, heightM: shelf.heightM, depthM: shelf.depthM, alongM, outM },
        atM: [fixture.atM[0] + offsetM * alongM[0], fixture.atM[1] + offsetM * alongM[1]] as const,
        halfM: (slot.toM - slot.fromM) / 2,
      },
    ];
  });
  // The highest shelf below a hand is the one it is in.
  return places.sort((a, b) => b.heightM - a.heightM);
}
