import { expect, test } from 'vitest';
import { scaleLayouts } from '../shelves/scale-layout.ts';
import { SetLinks, StillBodies, type StillBody, testProduct, testStore } from './test-world.ts';
import { VisionOnlyAttribution } from './vision-only.ts';

const store = testStore(
  [testProduct('a', 200), testProduct('b', 350), testProduct('c', 90)],
  [
    { skus: ['a'], cells: 2 },
    { skus: ['b'], cells: 2 },
    { skus: ['c'], cells: 2 },
  ],
);
const headInWorldM = [5, 4.6, 1.6] as const;
/** Where hands are over the middle of the first and the last slot, and away from the shelf. */
const overA = [4.8, 5.1, 1.1] as const;
const overC = [5.2, 5.1, 1.1] as const;
const away = [5, 4.5, 1.1] as const;

/** A body whose hand is at each place for a second, and what was made of it by the end. */
function claimsOf(places: readonly StillBody['handInWorldM'][], handScore = 0.95) {
  const history = new StillBodies([]);
  const attribution = new VisionOnlyAttribution({
    store,
    layouts: scaleLayouts(store),
    history,
    link: new SetLinks(),
    holdings: { heldBy: () => [] },
  });
  const found = places.flatMap((handInWorldM, second) => {
    history.bodies.splice(0, 1, { trackId: 1, headInWorldM, handScore, ...(handInWorldM ? { handInWorldM } : {}) });
    return Array.from({ length: 10 }, (_, tenth) =>
      attribution.attribute([], (10 * second + tenth + 10) * 100_000),
    ).flat();
  });
  return [...found, ...attribution.flush()].map(({ claim }) => [
    claim!.sku,
    claim!.quantity,
    claim!.candidates[0]!.trackId,
  ]);
}

test('takes one item of the slot a hand was at, once per reach', () => {
  expect(claimsOf([away, overA, away, overC, away])).toEqual([
    ['a', 1, 1],
    ['c', 1, 1],
  ]);
});

test('sees nothing in hands before the shelf, below it, or badly seen', () => {
  expect(claimsOf([away, [4.8, 5.1, 0.9], [4.8, 5.1, 1.5]])).toEqual([]);
  expect(claimsOf([overA, away], 0.5)).toEqual([]);
});

test('ends a reach with the input', () => {
  expect(claimsOf([overA])).toEqual([['a', 1, 1]]);
});
