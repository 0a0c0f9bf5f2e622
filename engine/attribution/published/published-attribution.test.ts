import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { scaleLayouts } from '../../shelves/scale-layout.ts';
import type { Store } from '../../store.ts';
import type { Attributed } from '../attribution.ts';
import { ATTRIBUTIONS, chooseAttribution } from '../choose-attribution.ts';
import { SetLinks, StillBodies, type StillBody, testProduct, testStep, testStore } from '../test-world.ts';
import { gaussianOverlap } from './picked-product.ts';

const products = [testProduct('a', 200), testProduct('b', 350), testProduct('c', 90), testProduct('d', 201)];
const store = testStore(products, [
  { skus: ['a'], cells: 2 },
  { skus: ['b'], cells: 2 },
  { skus: ['c'], cells: 2 },
]);
/** In front of the middle of the shelf, hand at its front edge. */
const ana: StillBody = { trackId: 1, headInWorldM: [5, 4.6, 1.6], handInWorldM: [5, 5, 1.1] };
const ben: StillBody = { trackId: 2, headInWorldM: [5.6, 4.5, 1.7], handInWorldM: [5.6, 4.8, 1.1] };

interface Setting {
  readonly store?: Store;
  readonly bodies?: StillBody[];
  readonly ablate?: string[];
  readonly name?: string;
  readonly held?: Record<string, { sku: string; quantity: number }[]>;
  readonly staff?: readonly number[];
}

function attributionOf(setting: Setting = {}) {
  const { bodies = [ana], held = {}, staff = [] } = setting;
  const link = new SetLinks();
  for (const { trackId } of bodies) {
    link.trip(`t${trackId}`, { staff: staff.includes(trackId) });
    link.shares.set(trackId, [{ tripId: `t${trackId}`, prob: 1 }]);
  }
  const layouts = scaleLayouts(setting.store ?? store);
  return chooseAttribution(setting.name ?? 'published', setting.ablate ?? [], {
    store: setting.store ?? store,
    layouts,
    history: new StillBodies(bodies),
    link,
    holdings: { heldBy: (tripId) => held[tripId] ?? [] },
  });
}

function attribute(cells: readonly number[], setting: Setting = {}, cellTimesUs?: readonly number[]): Attributed[] {
  return attributionOf(setting).attribute([testStep(cells, 5_000_000, cellTimesUs)], 7_000_000);
}

const claimed = (rows: readonly Attributed[]) => rows.map(({ claim }) => [claim?.sku, claim?.quantity]);

describe('what was picked', () => {
  test('takes the product of the plate that changed, with its count', () => {
    expect(claimed(attribute([-200, 0, 0, 0, 0, 0]))).toEqual([['a', 1]]);
    expect(claimed(attribute([0, 0, -420, -280, 0, 0]))).toEqual([['b', 2]]);
  });

  test('lets the plates weigh 0.8 and the weight 0.2', () => {
    // 350 g, b's own weight: where 44 % of it came off a's plates b still wins, with 63 % weight no longer helps it.
    const whole = { ablate: ['event-splitting'] };
    expect(claimed(attribute([-154, 0, -196, 0, 0, 0], whole))).toEqual([['b', 1]]);
    expect(claimed(attribute([-200, 0, -150, 0, 0, 0], whole))).toEqual([['b', 1]]);
    expect(claimed(attribute([-222, 0, -128, 0, 0, 0], whole))).toEqual([['a', 2]]);
  });

  test('ignores a pick below 0.4 of the weight', () => {
    expect(attribute([0, 0, -139, 0, 0, 0])).toHaveLength(0);
    expect(claimed(attribute([0, 0, -141, 0, 0, 0]))).toEqual([['b', 1]]);
  });

  test('gives two products of the same plates and weight equal shares', () => {
    const mixed = testStore([testProduct('x', 150), testProduct('y', 150)], [{ skus: ['x', 'y'], cells: 1 }]);
    const [{ change }] = attribute([-150], { store: mixed });
    const probs = ['x', 'y'].map((sku) => change.products.find((row) => row.sku === sku)!.prob);
    expect(probs[0]).toBeCloseTo(probs[1], 9);
    expect(probs[0] + probs[1]).toBeGreaterThan(0.9);
  });

  test('is sure of a plain pick and unsure of one whose weight fits nothing', () => {
    const [plain] = attribute([-200, 0, 0, 0, 0, 0]);
    const [odd] = attribute([-290, 0, 0, 0, 0, 0]);
    expect(plain.change.products[0].prob).toBeGreaterThan(0.9);
    expect(odd.change.products[0].prob).toBeLessThan(0.3);
  });

  test('overlaps two Gaussians of 10 g', () => {
    expect(gaussianOverlap(100, 10, 100, 10)).toBeCloseTo(1, 6);
    expect(gaussianOverlap(100, 10, 120, 10)).toBeCloseTo(0.317311, 5);
    expect(gaussianOverlap(100, 10, 200, 10)).toBeCloseTo(5.733e-7, 8);
  });
});

describe('splitting a step', () => {
  test('makes two claims of plates that share no product, in order of time', () => {
    const rows = attribute([-200, 0, -350, 0, 0, 0], {}, [6e6, 0, 5e6, 0, 0, 0]);
    expect(claimed(rows)).toEqual([
      ['b', 1],
      ['a', 1],
    ]);
    expect(rows.map((row) => row.change.deltaGrams)).toEqual([-350, -200]);
    expect(new Set(rows.map((row) => row.change.changeId)).size).toBe(2);
    expect(rows[0].change.slotId).toBe('F.1.2');
  });

  test('keeps plates of one product together', () => {
    expect(claimed(attribute([-80, -120, 0, 0, 0, 0]))).toEqual([['a', 1]]);
  });

  test('counts a package that stands on two plates as a whole', () => {
    const rows = attribute([0, 0, -322, -28, 0, 0]);
    expect(rows.map((row) => row.change.deltaGrams)).toEqual([-350]);
    const astride = attribute([0, -28, -322, 0, 0, 0]);
    expect(astride.map((row) => [row.change.deltaGrams, row.claim!.sku])).toEqual([[-350, 'b']]);
  });

  test('leaves out plates of other products below a third of the lightest', () => {
    const rows = attribute([-200, 0, 0, -29, 0, 0]);
    expect(rows.map((row) => row.change.deltaGrams)).toEqual([-200]);
    expect(attribute([0, -9, -350, 0, 0, 0])[0].change.deltaGrams).toBe(-350);
  });

  test('can be switched off', () => {
    const rows = attribute([-200, 0, -350, 0, 0, 0], { ablate: ['event-splitting'] });
    expect(rows).toHaveLength(1);
    expect(rows[0].change.deltaGrams).toBe(-550);
  });
});

describe('who did it', () => {
  test('takes the nearest of heads and hands', () => {
    const cells = [0, 0, -350, 0, 0, 0];
    const [{ claim }] = attribute(cells, { bodies: [ben, ana] });
    expect(claim!.candidates[0].trackId).toBe(1);
    const reaching = { ...ben, handInWorldM: [4.95, 5.15, 1.05] as const };
    expect(attribute(cells, { bodies: [ana, reaching] })[0].claim!.candidates[0].trackId).toBe(2);
  });

  test('does not look at hands with a score below 0.8', () => {
    const unsure = { ...ben, handInWorldM: [4.95, 5.15, 1.05] as const, handScore: 0.79 };
    const [{ claim }] = attribute([0, 0, -350, 0, 0, 0], { bodies: [ana, unsure] });
    expect(claim!.candidates[0].trackId).toBe(1);
    expect(claim!.candidates.find((row) => row.trackId === 2)!.handDistanceM).toBeNull();
  });

  test('names nobody where there is nobody', () => {
    const [{ claim }] = attribute([0, 0, -350, 0, 0, 0], { bodies: [] });
    expect(claim!.candidates).toEqual([{ trackId: -1, prob: 1, handDistanceM: null }]);
  });

  test('gives shares that sum to 1 and fall with distance', () => {
    const place = fc.tuple(
      fc.double({ min: 0, max: 10, noNaN: true }),
      fc.double({ min: 0, max: 10, noNaN: true }),
      fc.double({ min: 0.5, max: 2, noNaN: true }),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(place, place), { maxLength: 8 }), (rows) => {
        const bodies = rows.map(([headInWorldM, handInWorldM], i) => ({ trackId: i + 1, headInWorldM, handInWorldM }));
        const { candidates } = attribute([0, 0, -350, 0, 0, 0], { bodies })[0].claim!;
        expect(candidates.reduce((sum, row) => sum + row.prob, 0)).toBeCloseTo(1, 9);
        const known = candidates.filter((row) => row.trackId >= 0).map((row) => row.prob);
        expect(known).toEqual([...known].sort((a, b) => b - a));
      }),
      { numRuns: 60 },
    );
  });
});

describe('what was put back', () => {
  const held = {
    t1: [
      { sku: 'a', quantity: 2 },
      { sku: 'c', quantity: 1 },
    ],
  };

  test('takes the closest n times a weight in that cart, wherever it lands', () => {
    expect(claimed(attribute([0, 0, 205, 0, 0, 0], { held }))).toEqual([['a', -1]]);
    expect(claimed(attribute([0, 0, 0, 390, 0, 0], { held }))).toEqual([['a', -2]]);
    expect(claimed(attribute([95, 0, 0, 0, 0, 0], { held }))).toEqual([['c', -1]]);
  });

  test('ignores one below 0.75 of the weight', () => {
    const heavy = { t1: [{ sku: 'b', quantity: 1 }] };
    expect(attribute([0, 0, 260, 0, 0, 0], { held: heavy })).toHaveLength(0);
    expect(claimed(attribute([0, 0, 265, 0, 0, 0], { held: heavy }))).toEqual([['b', -1]]);
  });

  test('claims nothing of a put-down by someone who holds nothing', () => {
    const rows = attribute([200, 0, 0, 0, 0, 0]);
    expect(rows.map((row) => row.claim)).toEqual([null]);
    expect(rows[0].change.deltaGrams).toBe(200);
  });

  test('adds the product to the planogram where it was put, unless ablated', () => {
    const back = testStep([0, 0, 0, 0, 200, 0], 5_000_000);
    const pick = testStep([0, 0, 0, 0, -200, 0], 9_000_000);
    const told = attributionOf({ held });
    told.attribute([back], 7e6);
    expect(claimed(told.attribute([pick], 11e6))).toEqual([['a', 1]]);
    const untold = attributionOf({ held, ablate: ['dynamic-planogram'] });
    untold.attribute([back], 7e6);
    expect(claimed(untold.attribute([pick], 11e6))).toEqual([['c', 2]]);
  });

  test('reads what staff bring as restocking, and what they give back from their cart as a put-back', () => {
    const [brought] = attribute([600, 0, 0, 0, 0, 0], { staff: [1], held });
    expect([brought.claim!.purpose, brought.claim!.sku, brought.claim!.quantity]).toEqual(['restock', 'a', -3]);
    const [returned] = attribute([200, 0, 0, 0, 0, 0], { staff: [1], held });
    expect([returned.claim!.purpose, returned.claim!.quantity]).toEqual(['trade', -1]);
  });
});

describe('products sold by weight', () => {
  const apples = testProduct('apples', 180, { sellBy: 'weighed' });

  test.each([
    [false, 'refused'],
    [true, 'trade'],
  ])('are counted in grams, and with a trade approval of %s are %s', (approved, purpose) => {
    const weighed = testStore([apples], [{ skus: ['apples'], cells: 1 }], approved);
    const [{ claim }] = attribute([-372], { store: weighed });
    expect([claim!.purpose, claim!.quantity, claim!.unit]).toEqual([purpose, 372, 'g']);
  });
});

test('lists the known names where a name is unknown', () => {
  expect(() => attributionOf({ name: 'constructor' })).toThrow(`expected one of ${ATTRIBUTIONS.join(', ')}`);
  expect(() => attributionOf({ ablate: ['hands'] })).toThrow('expected one of dynamic-planogram, event-splitting');
});

test('gives nearest-person the product of the shelf whose weight fits, from heads alone', () => {
  const reaching = { ...ben, handInWorldM: [5, 5.2, 1] as const };
  const [{ claim }] = attribute([0, 0, 0, 0, -350, 0], { name: 'nearest-person', bodies: [ana, reaching] });
  expect([claim!.sku, claim!.candidates[0].trackId]).toEqual(['b', 1]);
});

test('keeps product probabilities within 1 for any step', () => {
  const cells = fc.array(fc.double({ min: -2000, max: 2000, noNaN: true }), { minLength: 6, maxLength: 6 });
  const holding = {
    t1: [
      { sku: 'a', quantity: 3 },
      { sku: 'd', quantity: 30 },
    ],
  };
  fc.assert(
    fc.property(cells, (deltas) => {
      for (const { change, claim } of attribute(deltas, { held: holding, bodies: [ana, ben] })) {
        const total = change.products.reduce((sum, row) => sum + row.prob, 0);
        expect(total).toBeLessThanOrEqual(1 + 1e-9);
        expect(change.inWorldM.every(Number.isFinite)).toBe(true);
        if (!claim) continue;
        expect(claim.products[0]).toMatchObject({ sku: claim.sku, count: -claim.quantity });
        expect(Math.sign(claim.quantity)).toBe(-Math.sign(change.deltaGrams));
      }
    }),
    { numRuns: 200 },
  );
});
