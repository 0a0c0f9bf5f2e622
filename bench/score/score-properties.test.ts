import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EngineOutput } from '../../engine/cart.ts';
import { scoreRun } from './score.ts';
import type { ScoreName } from './score-counts.ts';
import { cart, claim, lines, moved, SECOND_US, shelfChange, testRun, truthCart, type Units } from './test-run.ts';

const units = fc.dictionary(fc.constantFrom('cola', 'soup', 'tea'), fc.integer({ min: 1, max: 4 }), {
  noNullPrototype: true,
});
const trip = fc.record({
  pred: units,
  truth: units,
  confidence: fc.integer({ min: 0, max: 20 }).map((k) => k / 20),
  review: fc.boolean(),
  delay: fc.integer({ min: 0, max: 30 }),
});
const trips = fc.array(trip, { maxLength: 6 });
type Trip = typeof trips extends fc.Arbitrary<readonly (infer T)[]> ? T : never;

function score(all: readonly (readonly [key: string, trip: Trip])[]) {
  const outputs: EngineOutput[] = all.map(([key, { pred, confidence, review, delay }]) => {
    const status = review ? 'review' : 'final';
    const finalAtUs = (60 + delay) * SECOND_US;
    return { kind: 'cart', cart: cart(key, pred, { confidence, status, finalAtUs, lines: lines(pred, confidence) }) };
  });
  const truthCarts = all.map(([key, { truth }]) => truthCart(key, truth));
  return scoreRun({ run: testRun(), outputs, truth: [], poses: [], truthCarts }).scores;
}

const keyed = (all: readonly Trip[]) => all.map((one, i) => [`s${i}`, one] as const);

const fractions: readonly ScoreName[] = [
  ...(['itemPrecision', 'itemRecall', 'itemF1', 'caseF1', 'exactCartRate', 'calibrationError', 'cartEce'] as const),
  ...(['reviewRate', 'autoExactRate', 'mciou', 'shoppingListRecall', 'lineRiskArea', 'cartRiskArea'] as const),
];

test('keeps every fraction within 0 and 1', () => {
  fc.assert(
    fc.property(trips, (all) => {
      const scores = score(keyed(all));
      for (const name of fractions) {
        const value = scores[name];
        if (value === null) continue;
        expect(value, name).toBeGreaterThanOrEqual(0);
        expect(value, name).toBeLessThanOrEqual(1);
      }
      expect(scores.exactCartRate === 1).toBe(all.length > 0 && scores.acd === 0);
    }),
  );
});

test('changes nothing when shoppers are listed in another order', () => {
  fc.assert(
    fc.property(trips, (all) => {
      const forward = score(keyed(all));
      const backward = score(keyed(all).toReversed());
      for (const [name, value] of Object.entries(forward)) {
        if (value === null) expect(backward[name as ScoreName], name).toBeNull();
        else expect(backward[name as ScoreName], name).toBeCloseTo(value, 9);
      }
    }),
  );
});

test('gives the same F1 when prediction and truth change places, and swaps precision with recall', () => {
  fc.assert(
    fc.property(trips, (all) => {
      const there = score(keyed(all));
      const back = score(keyed(all.map((one) => ({ ...one, pred: one.truth, truth: one.pred }))));
      expect(back.itemF1).toBe(there.itemF1);
      expect(back.itemPrecision).toBe(there.itemRecall);
      expect(back.overchargedMinor).toBe(there.underchargedMinor);
      expect(back.exactCartRate).toBe(there.exactCartRate);
    }),
  );
});

test('scores a perfect engine 1 everywhere', () => {
  fc.assert(
    fc.property(fc.array(units, { minLength: 1, maxLength: 4 }), (all) => {
      const names = all.map((_, i) => `s${i}`);
      const takes = all.flatMap((taken: Units, i) =>
        Object.keys(taken).flatMap((sku, k) => Array.from({ length: taken[sku] }, (_, n) => ({ i, sku, k, n }))),
      );
      // Everybody takes item by item off shelf A.1, 5 s apart, and stands still while tracked without error.
      const timed = takes.map((take, n) => ({ ...take, timeUs: (20 + 5 * n) * SECOND_US, grasp: n }));
      const outputs: EngineOutput[] = timed.map(({ i, sku, timeUs, grasp }) =>
        claim(shelfChange(`${grasp}`, 'A.1', timeUs, -300), names[i], sku, 1),
      );
      const ids = Int32Array.from(names, (_, i) => i);
      const onFloorM = Float32Array.from(names.flatMap((_, i) => [i + 0.5, 5]));
      const poses = [0, 1, 2, 3].map((t) => ({
        ...{ timeUs: t * 200_000, shopperIndex: ids, onFloorM, inWorldM: new Float32Array(9 * ids.length) },
      }));
      for (const { timeUs } of poses) outputs.push({ kind: 'tracks', tracks: { timeUs, trackIds: ids, onFloorM } });
      all.forEach((taken, i) => {
        outputs.push({ kind: 'cart', cart: cart(names[i], taken, { confidence: 1, lines: lines(taken, 1) }) });
      });
      const truth = timed.map(({ i, sku, timeUs, grasp }) => moved(names[i], sku, 'A.1.1', names[i], timeUs, grasp));
      const truthCarts = all.map((taken, i) => truthCart(names[i], taken));
      const { scores, violations, wrongLines } = scoreRun({ run: testRun(names), outputs, truth, poses, truthCarts });
      const ones: ScoreName[] = ['caseF1', 'exactCartRate', 'autoExactRate', 'mota', 'idf1', 'motp'];
      if (takes.length > 0) {
        ones.push('itemPrecision', 'itemRecall', 'itemF1', 'changePrecision', 'changeRecall', 'mciou');
        ones.push('productAccuracy', 'associationAccuracy', 'shoppingListRecall');
      }
      for (const name of ones) expect(scores[name], name).toBe(1);
      for (const name of ['hota', 'detA', 'assA', 'locA'] as const) expect(scores[name], name).toBeCloseTo(1, 9);
      const zeros: ScoreName[] = ['overchargedUnits', 'underchargedUnits', 'leakedUnits', 'reviewRate', 'idSwitches'];
      for (const name of zeros) expect(scores[name], name).toBe(0);
      expect(scores.calibrationError ?? 0).toBe(0);
      expect(violations.filter(({ invariant }) => invariant !== 'negative-stock')).toEqual([]);
      expect(wrongLines).toEqual([]);
    }),
    { numRuns: 50 },
  );
});
