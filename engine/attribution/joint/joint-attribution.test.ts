import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { JointBook } from '../../ledger/joint-book.ts';
import { Ledger } from '../../ledger/ledger.ts';
import { scaleLayouts } from '../../shelves/scale-layout.ts';
import type { ShelfStep } from '../../shelves/shelf-step.ts';
import type { Store } from '../../store.ts';
import { SetLinks, StillBodies, type StillBody, testProduct, testStep, testStore } from '../test-world.ts';
import { JointAttribution, type JointParts } from './joint-attribution.ts';

const ALL: JointParts = {
  conservation: true,
  revision: true,
  livePlanogram: true,
  recognition: true,
  calibration: false,
};
const cans = [testProduct('a', 355), testProduct('b', 355.5), testProduct('c', 90)];
const store = testStore(cans, [
  { skus: ['a'], cells: 3, stock: 6 },
  { skus: ['b'], cells: 3, stock: 6 },
  { skus: ['c'], cells: 3, stock: 6 },
]);
/** In front of the shelf, a hand at cell 1; the front is at y = 5 and faces −y. */
const ana: StillBody = { trackId: 1, headInWorldM: [4.7, 4.6, 1.6], handInWorldM: [4.7, 5.05, 1.05] };
const beside: StillBody = { trackId: 2, headInWorldM: [4.9, 4.5, 1.6], handInWorldM: [4.75, 5.05, 1.05] };
const far: StillBody = { trackId: 2, headInWorldM: [1, 1, 1.6], handInWorldM: [1, 1.3, 1] };

/** One cell's change, known to a fifth of a gram. */
function step(cell: number, grams: number, second: number): ShelfStep {
  const cells = Array.from({ length: 9 }, (_, i) => (i === cell ? grams : 0));
  return { ...testStep(cells, second * 1e6), cellSdGrams: new Float64Array(9).fill(0.2) };
}

function played(
  steps: readonly ShelfStep[],
  options: { bodies?: StillBody[]; names?: readonly string[]; told?: Store; parts?: Partial<JointParts> } = {},
) {
  const { bodies = [ana], names = ['ana', 'ben'], told = store, parts = {} } = options;
  const link = new SetLinks();
  bodies.forEach(({ trackId }, i) => {
    link.trip(names[i]!);
    link.shares.set(trackId, [{ tripId: names[i]!, prob: 1 }]);
  });
  const attribution = new JointAttribution(
    {
      store: told,
      layouts: scaleLayouts(told),
      history: new StillBodies(bodies),
      link,
      holdings: { heldBy: () => [] },
    },
    { ...ALL, ...parts },
  );
  const ledger = new Ledger(told);
  const book = new JointBook(ledger, attribution);
  const outputs = steps.flatMap((one) => {
    attribution.attribute([one], one.settledUs);
    return book.update();
  });
  attribution.flush();
  outputs.push(...book.update());
  const carts = link.all.map((trip) => {
    const cart = book.cart(trip, 1);
    book.freeze(trip.tripId);
    outputs.push(...book.update());
    return cart;
  });
  return { outputs, carts, ledger };
}

const lines = ({ carts }: ReturnType<typeof played>) =>
  carts.map((cart) => [cart.tripId, ...cart.lines.map((line) => `${line.quantity.value} ${line.sku}`)]);

describe('who takes and puts back', () => {
  test('holds what is left, by product', () => {
    const steps = [step(1, -355.1, 10), step(7, -90, 14), step(1, 355.1, 20)];
    expect(lines(played(steps))).toEqual([['ana', '1 c']]);
  });

  test('is believed to return the very item that was weighed, even into the place of its double', () => {
    const steps = [step(1, -353.2, 10), step(4, -356.4, 14), step(1, 356.4, 20)];
    expect(lines(played(steps))).toEqual([['ana', '1 a']]);
  });

  test('is no surer of a name than of the label, where the neighbour weighs the same', () => {
    const { carts } = played([step(1, -355.2, 10)]);
    const [line] = carts[0]!.lines;
    expect(line!.confidence).toBeLessThan(0.995);
    const single = line!.evidence[0]!.products.filter(({ count }) => count === -1);
    expect(single.map(({ sku }) => sku)).toEqual(['a', 'b']);
  });

  test('leaves doubt where doubles weigh the same', () => {
    const [cart] = played([step(1, -355.2, 10), step(4, -355.2, 14), step(1, 355.2, 20)]).carts;
    expect(cart!.confidence).toBeGreaterThan(0.4);
    expect(cart!.confidence).toBeLessThan(0.95);
  });

  test('makes the next one buy what was misplaced', () => {
    const steps = [step(1, -355.2, 10), step(7, 355.2, 20), step(7, -355.2, 40)];
    expect(lines(played(steps))).toEqual([['ana', '1 a']]);
  });

  test('pays nothing for leaning on a shelf', () => {
    const steps = [step(1, 200, 10), step(1, -200, 13)];
    expect(lines(played(steps))).toEqual([['ana']]);
  });
});

/** Changes of any size anywhere: takes, puts, nonsense. */
const anySteps = fc
  .array(
    fc.tuple(
      fc.nat(8),
      fc.oneof(
        fc.constantFrom(-355, 355, -90, 90, -710, -355.5, 355.5, -180),
        fc.double({ min: -3000, max: 3000, noNaN: true }),
      ),
    ),
    { maxLength: 12 },
  )
  .map((rows) => rows.map(([cell, grams], i) => step(cell, grams, 10 + 4 * i)));

describe('whatever the scales say', () => {
  test('shares of every claim sum to one', () => {
    fc.assert(
      fc.property(anySteps, (steps) => {
        for (const output of played(steps, { bodies: [ana, far] }).outputs) {
          if (output.kind !== 'claim') continue;
          expect(output.claim.shares.reduce((sum, { prob }) => sum + prob, 0)).toBeCloseTo(1, 9);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('carts hold exactly what the books say, with evidence and probabilities', () => {
    fc.assert(
      fc.property(anySteps, (steps) => {
        const { carts, ledger } = played(steps);
        for (const cart of carts) {
          const held = ledger.heldBy(cart.tripId).map(({ sku, quantity }) => `${quantity} ${sku}`);
          expect(cart.lines.map((line) => `${line.quantity.value} ${line.sku}`)).toEqual(held);
          for (const line of cart.lines) {
            expect(line.evidence.length).toBeGreaterThan(0);
            expect(line.confidence).toBeGreaterThan(0);
            expect(line.confidence).toBeLessThanOrEqual(1);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  test('of two who may have taken something, only one has it in the cart, and the books say so', () => {
    fc.assert(
      fc.property(anySteps, (steps) => {
        const { carts, ledger } = played(steps, { bodies: [ana, beside] });
        const out = new Map<string, number>();
        for (const cart of carts) {
          const held = ledger.heldBy(cart.tripId).map(({ sku, quantity }) => `${quantity} ${sku}`);
          expect(cart.lines.map((line) => `${line.quantity.value} ${line.sku}`)).toEqual(held);
          for (const { sku, quantity } of cart.lines) out.set(sku, (out.get(sku) ?? 0) + quantity.value);
        }
        const lost = steps.reduce((sum, { deltaGrams }) => sum + Math.max(0, -deltaGrams), 0);
        const gone = [...out].reduce((sum, [sku, count]) => sum + count * (sku === 'c' ? 90 : 355), 0);
        expect(gone).toBeLessThanOrEqual(1.1 * lost + 20);
      }),
      { numRuns: 40 },
    );
  });

  test('is less sure of its carts where scales are four times as noisy', () => {
    const cells = [0, 1, 2, 3, 4, 5];
    const meanOf = (sdGrams: number) => {
      let sum = 0;
      for (const cell of cells) {
        const other = (cell + 3) % 6;
        const off = sdGrams * Math.sin(cell + 1);
        const steps = [step(cell, -355 + off, 10), step(other, -358 - off, 14), step(cell, 358 - off, 20)];
        const noisy = steps.map((one) => ({ ...one, cellSdGrams: new Float64Array(9).fill(sdGrams) }));
        sum += played(noisy).carts[0]!.confidence;
      }
      return sum / cells.length;
    };
    expect(meanOf(1.2)).toBeLessThan(meanOf(0.3));
  });

  test('items are conserved: every entry takes from one account what it gives another, none falls below zero', () => {
    fc.assert(
      fc.property(anySteps, (steps) => {
        const { ledger } = played(steps);
        for (const slot of store.slots)
          for (const sku of slot.skus)
            expect(ledger.balance({ kind: 'slot', id: slot.id }, sku)).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 40 },
    );
  });

  test('other names give the same carts under the other names', () => {
    fc.assert(
      fc.property(anySteps, (steps) => {
        const bodies = [ana, { ...ana, trackId: 2, headInWorldM: [4.9, 4.5, 1.6] as const }];
        const plain = lines(played(steps, { bodies, names: ['ana', 'ben'] }));
        const renamed = lines(played(steps, { bodies, names: ['zoe', 'abe'] }));
        expect(renamed.map(([, ...rest]) => rest)).toEqual(plain.map(([, ...rest]) => rest));
      }),
      { numRuns: 25 },
    );
  });

  test('somebody across the store changes nothing', () => {
    fc.assert(
      fc.property(anySteps, (steps) => {
        const alone = played(steps).carts[0]!;
        const [together] = played(steps, { bodies: [ana, far] }).carts;
        expect(together!.lines.map(({ sku, quantity }) => [sku, quantity.value])).toEqual(
          alone.lines.map(({ sku, quantity }) => [sku, quantity.value]),
        );
        expect(together!.confidence).toBeCloseTo(alone.confidence, 9);
      }),
      { numRuns: 25 },
    );
  });

  test.each(['conservation', 'revision', 'livePlanogram', 'recognition'] as const)('%s can be left out', (part) => {
    fc.assert(
      fc.property(anySteps, (steps) => {
        const { carts } = played(steps, { parts: { [part]: false } });
        expect(carts).toHaveLength(1);
      }),
      { numRuns: 10 },
    );
  });
});
