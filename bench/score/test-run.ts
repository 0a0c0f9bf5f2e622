/** A small run for the tests: two shelves, two priced products, and whoever a test puts in. */
import type { Cart, CartLine, Claim, EngineOutput, ShelfChange } from '../../engine/cart.ts';
import type { ProductPlan, Run, ShopperPlan, SlotPlan } from '../../simulator/scenario/run.ts';
import type { TruthCart, TruthEvent } from '../../simulator/truth.ts';

export const SECOND_US = 1_000_000;

const product = (sku: string, priceMinor: number): ProductPlan => ({
  sku,
  name: sku,
  priceMinor,
  currency: 'EUR',
  weightGrams: { normal: { mean: 300, sd: 3 } },
  catalogueGrams: null,
  sizeM: [0.07, 0.07, 0.12],
  sellBy: 'each',
  multipack: null,
  restriction: null,
});

const slot = (id: string, sku: string): SlotPlan => ({
  id,
  shelfId: id.split('.').slice(0, 2).join('.'),
  fromM: 0,
  toM: 0.3,
  contents: [{ sku, count: 10 }],
  skus: [sku],
  facings: 2,
  depth: 5,
});

/** Only what scoring reads is filled in. */
export function testRun(shoppers: readonly string[] = []): Run {
  return {
    scenario: 'test',
    store: {
      name: 'test',
      sizeM: [10, 10],
      doors: [],
      fixtures: [],
      slots: [slot('A.1.1', 'cola'), slot('A.2.1', 'soup')],
      zones: [],
    },
    products: [product('cola', 150), product('soup', 400), product('tea', 275)],
    cameras: [],
    shoppers: shoppers.map((key) => ({ key, party: key, carriedBy: null, brings: [] }) as unknown as ShopperPlan),
  } as unknown as Run;
}

export type Units = Readonly<Record<string, number>>;

export const lines = (units: Units, confidence = 0.9): CartLine[] =>
  Object.keys(units)
    .sort()
    .map((sku) => ({ sku, quantity: { value: units[sku], unit: 'each' }, confidence, evidence: [] }));

/** A cart with the credential `card-<shopper>`, settled 2 s after its exit at 60 s. */
export function cart(shopper: string | null, units: Units, more: Partial<Cart> = {}): Cart {
  return {
    tripId: `trip-${shopper}`,
    credential: shopper === null ? null : `card-${shopper}`,
    status: 'final',
    confidence: 0.9,
    enteredAtUs: 10 * SECOND_US,
    exitedAtUs: 60 * SECOND_US,
    finalAtUs: 62 * SECOND_US,
    lines: lines(units),
    ...more,
  };
}

export function truthCart(shopper: string, units: Units, more: Partial<TruthCart> = {}): TruthCart {
  return {
    shopper,
    members: [shopper],
    credential: `card-${shopper}`,
    role: 'shopper',
    enteredAtUs: 10 * SECOND_US,
    exitedAtUs: 60 * SECOND_US,
    lines: Object.keys(units)
      .sort()
      .map((sku) => ({ sku, count: units[sku] })),
    ...more,
  };
}

let itemId = 0;

/** One item moved; a slot on either side makes it a shelf change. */
export function moved(by: string, sku: string, from: string, to: string, timeUs: number, grasp: number): TruthEvent {
  return { kind: 'moved', timeUs, sku, itemId: itemId++, grams: 300, from, to, by, grasp };
}

export function shelfChange(changeId: string, shelfId: string, timeUs: number, deltaGrams: number): ShelfChange {
  const inWorldM = [1, 1, 1] as const;
  return {
    changeId,
    shelfId,
    slotId: null,
    scaleIds: [],
    fromUs: timeUs,
    toUs: timeUs,
    deltaGrams,
    inWorldM,
    products: [],
  };
}

/** A claim that gives the change to the trip of a shopper with certainty. */
export function claim(change: ShelfChange, shopper: string, sku: string, quantity: number): EngineOutput {
  const made: Claim = {
    changeId: change.changeId,
    timeUs: change.fromUs,
    sku,
    quantity,
    shares: [
      { tripId: null, prob: 0.25 },
      { tripId: `trip-${shopper}`, prob: 0.75 },
    ],
    trackIds: [-1, 1],
    handDistanceM: 0.1,
  };
  return { kind: 'claim', change, claim: made };
}
