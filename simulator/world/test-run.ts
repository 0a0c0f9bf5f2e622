import type {
  Action,
  DoorPlan,
  FixturePlan,
  NoiseSet,
  ProductPlan,
  Run,
  ScalePlan,
  ShopperPlan,
  SlotPlan,
} from '../scenario/run.ts';
import { noiseSet } from '../sensors/noise.ts';

type WithoutCommon<T> = T extends unknown ? Omit<T, 'atUs' | 'sync'> : never;

/** An action as a test writes it: `atUs` and `sync` may be left out. */
export type PlainAction = WithoutCommon<Action> & { readonly atUs?: number; readonly sync?: string };

/** Completes an action. */
export function action(plain: PlainAction): Action {
  return { atUs: null, sync: null, ...plain } as Action;
}

/** A shopper of 1.7 m who comes after one second and takes what a test says. */
export function shopper(key: string, actions: readonly PlainAction[], more: Partial<ShopperPlan> = {}): ShopperPlan {
  return {
    key,
    party: key,
    role: 'shopper',
    tailgates: null,
    carriedBy: null,
    refused: false,
    arriveUs: 1_000_000,
    entryDoor: 'in',
    heightM: 1.7,
    speedMps: 1,
    equipment: 'none',
    handed: 'right',
    swapHands: 0,
    clothing: { shade: 'mid', uniform: false },
    brings: [],
    actions: actions.map(action),
    ...more,
  };
}

export function product(sku: string, grams: number, more: Partial<ProductPlan> = {}): ProductPlan {
  return {
    sku,
    name: sku,
    priceMinor: 100,
    currency: 'EUR',
    weightGrams: { normal: { mean: grams, sd: grams * 0.01 } },
    catalogueGrams: null,
    sizeM: [0.066, 0.066, 0.115],
    sellBy: 'each',
    multipack: null,
    restriction: null,
    ...more,
  };
}

export const PRODUCTS: readonly ProductPlan[] = [
  product('cola', 350),
  product('crisps', 48, { sizeM: [0.16, 0.06, 0.21] }),
  product('bar', 45, { sizeM: [0.03, 0.12, 0.02] }),
  product('six', 2100, { sizeM: [0.2, 0.13, 0.12], multipack: { of: 'cola', count: 6 } }),
];

/** A gondola with three shelves of two slots: cola and crisps, bars and six-packs, cola and bars. */
export function gondola(
  id: string,
  atM: readonly [number, number],
  facingRad: number,
  more: Partial<FixturePlan> = {},
) {
  const fixture: FixturePlan = {
    id,
    kind: 'gondola',
    atM,
    facingRad,
    lengthM: 1.2,
    depthM: 0.4,
    heightM: 1.6,
    door: null,
    shelves: [0.3, 0.9, 1.4].map((heightM, i) => ({ id: `${id}.${i + 1}`, heightM, depthM: 0.4, plates: 6 })),
    ...more,
  };
  const goods = [
    ['cola', 'crisps'],
    ['bar', 'six'],
    ['cola', 'bar'],
  ];
  const slots: SlotPlan[] = fixture.shelves.flatMap((shelf, s) =>
    goods[s % 3]!.map((sku, i) => ({
      id: `${shelf.id}.${i + 1}`,
      shelfId: shelf.id,
      fromM: i * 0.6,
      toM: (i + 1) * 0.6,
      contents: [{ sku, count: 9 }],
      skus: [sku],
      facings: 3,
      depth: 4,
    })),
  );
  return { fixture, slots };
}

const DOORS: readonly DoorPlan[] = [
  { id: 'in', atM: [0, 1], widthM: 1, use: 'entry', gateId: 'gate' },
  { id: 'out', atM: [0, 4.5], widthM: 1.2, use: 'exit', gateId: null },
];

/** One scale unit of six plates under every shelf. */
export function scalesUnder(fixtures: readonly FixturePlan[], noise: NoiseSet): ScalePlan[] {
  return fixtures.flatMap((fixture) =>
    fixture.shelves.map((shelf) => ({
      id: `scales/${shelf.id}`,
      shelfId: shelf.id,
      per: 'plate',
      rateHz: 60,
      tradeApproved: false,
      cells: Array.from({ length: shelf.plates }, (_, i) => ({
        fromM: (i * fixture.lengthM) / shelf.plates,
        toM: ((i + 1) * fixture.lengthM) / shelf.plates,
      })),
      noise: noise.scale,
    })),
  );
}

/** A store of 6 × 6 m with two gondolas face to face, plates under every shelf, and the shoppers given. */
export function testRun(
  shoppers: readonly ShopperPlan[],
  more: Partial<Run> = {},
  store: Partial<Run['store']> = {},
): Run {
  const noise = more.noise ?? noiseSet('default');
  const G1 = gondola('G1', [3, 2], -Math.PI / 2);
  const G2 = gondola('G2', [3, 4], Math.PI / 2);
  const fixtures = store.fixtures ?? [G1.fixture, G2.fixture];
  return {
    scenario: 'test',
    file: 'test.shop.yaml',
    version: 1,
    seed: 7,
    clockStartUs: 0,
    durationUs: 120_000_000,
    warmupUs: 0,
    tickHz: 60,
    noise,
    knowledge: 'commissioned',
    store: {
      name: 'test',
      sizeM: [6, 6],
      doors: DOORS,
      fixtures,
      slots: [...G1.slots, ...G2.slots],
      zones: [],
      ...store,
    },
    products: PRODUCTS,
    cameras: [],
    scales: scalesUnder(fixtures, noise),
    gates: [{ id: 'gate', doorId: 'in', latencyUs: { fixed: 200_000 } }],
    faults: [],
    shoppers: [...shoppers].sort((a, b) => (a.key < b.key ? -1 : 1)),
    expect: { receipts: {}, metrics: [], never: [], review: [] },
    ...more,
  };
}
