import { expect, test } from 'vitest';
import { scaleLayouts } from '../shelves/scale-layout.ts';
import { chooseAttribution } from './choose-attribution.ts';
import { SetLinks, StillBodies, testProduct, testStep, testStore } from './test-world.ts';

const products = [testProduct('a', 200), testProduct('b', 350), testProduct('c', 90)];
const store = testStore(products, [
  { skus: ['a'], cells: 2 },
  { skus: ['b'], cells: 2 },
  { skus: ['c'], cells: 2 },
]);

/** Claims of one step with two people in the store, wherever they are; `held` by trips t1 and t2. */
function claimOf(cells: readonly number[], held: Record<string, { sku: string; quantity: number }[]> = {}) {
  const link = new SetLinks();
  for (const trackId of [1, 2]) {
    link.trip(`t${trackId}`);
    link.shares.set(trackId, [{ tripId: `t${trackId}`, prob: 1 }]);
  }
  const far = [9, 1, 1.6] as const;
  const attribution = chooseAttribution('weight-only', [], {
    store,
    layouts: scaleLayouts(store),
    history: new StillBodies([
      { trackId: 1, headInWorldM: far },
      { trackId: 2, headInWorldM: [5, 4.6, 1.6], handInWorldM: [5, 5, 1.1] },
    ]),
    link,
    holdings: { heldBy: (tripId) => held[tripId] ?? [] },
  });
  return attribution.attribute([testStep(cells, 5_000_000)], 7_000_000)[0]!.claim!;
}

test('takes the product that fits the weight, and thinks everybody inside alike likely', () => {
  const claim = claimOf([0, 0, 0, 0, -350, 0]);
  expect([claim.sku, claim.quantity]).toEqual(['b', 1]);
  expect(claim.candidates.map(({ trackId, prob }) => [trackId, prob])).toEqual([
    [1, 0.5],
    [2, 0.5],
  ]);
});

test('gives what is put back to who holds something of that weight', () => {
  const claim = claimOf([0, 0, 200, 0, 0, 0], {
    t1: [{ sku: 'b', quantity: 1 }],
    t2: [{ sku: 'a', quantity: 2 }],
  });
  expect([claim.sku, claim.quantity, claim.candidates[0]!.trackId]).toEqual(['a', -1, 2]);
});
