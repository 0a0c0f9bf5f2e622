import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CaseRow } from '../accuracy/case-row.ts';
import type { Outcome } from '../score/calibration.ts';
import { calibrationText, fitCalibration } from './calibrate.ts';
import { calibrated, fitCurve, IDENTITY } from './curve.ts';
import { blocksOf, pooledAdjacent, shareOf, thinned } from './isotonic.ts';
import { reviewThreshold } from './threshold.ts';

/** `right` of `count` outcomes at a raw probability. */
const some = (raw: number, count: number, right: number): Outcome[] =>
  Array.from({ length: count }, (_, i) => [raw, i < right ? 1 : 0]);

describe('isotonic regression', () => {
  test('keeps equal raw values together and leftovers in the block before', () => {
    const blocks = blocksOf([...some(0.2, 3, 1), ...some(0.5, 1, 1), ...some(0.9, 2, 2), ...some(0.95, 1, 0)], 2);
    expect(blocks.map(({ count, right }) => [count, right])).toEqual([
      [3, 1],
      [4, 3],
    ]);
  });

  test('pools what falls: shares 1/4, 3/4, 1/4 become 1/4 and 4/8', () => {
    const blocks = [
      { raw: 0.1, count: 4, right: 1 },
      { raw: 0.5, count: 4, right: 3 },
      { raw: 0.9, count: 4, right: 1 },
    ];
    expect(pooledAdjacent(blocks)).toEqual([
      { raw: 0.1, count: 4, right: 1 },
      { raw: 0.7, count: 8, right: 4 },
    ]);
  });

  test('never claims 0 or 1: 20 of 20 right are 20.5/21', () => {
    expect(shareOf({ count: 20, right: 20 })).toBeCloseTo(20.5 / 21, 12);
    expect(shareOf({ count: 20, right: 0 })).toBeCloseTo(0.5 / 21, 12);
  });

  test('joins the neighbours that differ least', () => {
    const kept = thinned(
      [
        { raw: 0.1, count: 100, right: 10 },
        { raw: 0.5, count: 100, right: 50 },
        { raw: 0.6, count: 100, right: 52 },
      ],
      2,
    );
    expect(kept.map(({ right }) => right)).toEqual([10, 102]);
  });

  test('rises, whatever the outcomes', () => {
    const outcome = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom<0 | 1>(0, 1));
    fc.assert(
      fc.property(fc.array(outcome, { minLength: 40, maxLength: 300 }), (outcomes) => {
        const { x, y } = fitCurve(outcomes);
        expect(x.length).toBeLessThanOrEqual(12);
        for (let i = 1; i < x.length; i++) {
          expect(x[i]!).toBeGreaterThan(x[i - 1]!);
          expect(y[i]!).toBeGreaterThanOrEqual(y[i - 1]!);
        }
        expect(Math.min(...y)).toBeGreaterThan(0);
        expect(Math.max(...y)).toBeLessThan(1);
      }),
    );
  });
});

describe('a curve', () => {
  test('passes through the shares it was fitted on', () => {
    const curve = fitCurve([...some(0.3, 200, 40), ...some(0.6, 200, 100), ...some(0.99, 400, 360)]);
    expect(calibrated(curve, 0.3)).toBeCloseTo(40.5 / 201, 3);
    expect(calibrated(curve, 0.6)).toBeCloseTo(0.5, 3);
    expect(calibrated(curve, 0.99)).toBeCloseTo(360.5 / 401, 3);
    expect(calibrated(curve, 0.45)).toBeCloseTo((40.5 / 201 + 0.5) / 2, 3);
    expect(calibrated(curve, 1)).toBeCloseTo(360.5 / 401, 3);
  });

  test('is the identity without enough outcomes', () => {
    expect(fitCurve(some(0.9, 10, 3))).toEqual(IDENTITY);
    expect(calibrated(IDENTITY, 0.37)).toBe(0.37);
  });
});

describe('the review threshold', () => {
  test('approves as many as keep (wrong + 1) / (approved + 1) within the promise', () => {
    // 399 right at 0.9: 1/400 ≤ 1/200. With 99 more at 0.8, one wrong: 2/499 ≤ 1/200. With 10 wrong at 0.5: 12/509 is too many.
    const carts = [...some(0.9, 399, 399), ...some(0.8, 99, 98), ...some(0.5, 10, 0)];
    const found = reviewThreshold(carts, 0.995);
    expect(found.finalFromProb).toBe(0.8);
    expect(found.coverage).toBeCloseTo(498 / 508, 12);
    expect(found.exact).toBeCloseTo(497 / 498, 12);
  });

  test('sends all to a person where too few were seen, or the sure ones are wrong', () => {
    expect(reviewThreshold(some(0.99, 100, 100), 0.995).finalFromProb).toBeNull();
    expect(reviewThreshold([...some(0.99, 5, 0), ...some(0.9, 400, 400)], 0.995).finalFromProb).toBeNull();
  });
});

test('fits lines and carts, and judges the fit on the other half of the seeds', () => {
  // Promised 0.9, true 0.6: a curve has to find that out.
  const rows = Array.from({ length: 40 }, (_, i): CaseRow => {
    const lines = some(0.9, 10, 6).map(([confidence, right]) => ({
      confidence,
      right: right === 1,
      contested: i % 2 === 0,
    }));
    const carts = [{ status: 'final' as const, confidence: 0.9, exact: i % 5 < 3, over: 0, under: 0, delaySeconds: 1 }];
    return { seed: i, lines, carts } as unknown as CaseRow;
  });
  const about = { method: 'published', date: '2026-01-02', seeds: [1, 2], files: ['a.yaml'] };
  const found = fitCalibration(rows, about);
  expect(found.fitted.lines.before.ece).toBeCloseTo(0.3, 9);
  expect(found.fitted.lines.after.ece).toBeLessThan(0.01);
  expect(found.fitted.lines.before.count).toBe(400);
  expect(found.fitted.carts.before.ece).toBeCloseTo(0.3, 9);
  expect(found.review.finalFromProb).toBeNull();
  expect(calibrationText(found)).toContain('every cart goes to a person');
});
