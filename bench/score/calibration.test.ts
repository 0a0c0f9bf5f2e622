import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  calibrationError,
  type Outcome,
  percentile,
  reliabilityBins,
  reviewsPer1000,
  riskArea,
  riskCoverage,
} from './calibration.ts';

const right = (prob: number): Outcome => [prob, 1];
const wrong = (prob: number): Outcome => [prob, 0];
const outcomes = fc.array(
  fc.tuple(
    fc.integer({ min: 0, max: 8 }).map((k) => k / 8),
    fc.constantFrom(0 as const, 1 as const),
  ),
  { maxLength: 60 },
);

test('weighs the gap of each bin by its size', () => {
  // Two bins of two: {0.2 wrong, 0.4 right}: |0.5 − 0.3| = 0.2; {0.8 right, 1 right}: |1 − 0.9| = 0.1. ECE = 0.15.
  const some = [right(1), wrong(0.2), right(0.8), right(0.4)];
  expect(reliabilityBins(some, 2)).toEqual([
    { count: 2, meanProb: expect.closeTo(0.3, 12), rightShare: 0.5 },
    { count: 2, meanProb: 0.9, rightShare: 1 },
  ]);
  // With ten bins each outcome is alone: (0.2 + 0.6 + 0.2 + 0) / 4.
  expect(calibrationError(some)).toBeCloseTo(0.25, 12);
});

test('keeps equal probabilities in one bin', () => {
  expect(reliabilityBins([right(0.5), wrong(0.5), wrong(0.5), right(0.5)], 4)).toHaveLength(1);
});

test('never counts an outcome twice or loses one, in any order', () => {
  fc.assert(
    fc.property(outcomes, (some) => {
      const bins = reliabilityBins(some);
      expect(bins.length).toBeLessThanOrEqual(10);
      expect(bins.reduce((sum, bin) => sum + bin.count, 0)).toBe(some.length);
      expect(reliabilityBins(some.toReversed())).toEqual(bins);
    }),
  );
});

test('traces error as more outcomes are trusted', () => {
  // Sorted: 0.9 right, 0.8 wrong, 0.6 right, 0.6 right: risks 0/1, 1/2, 1/4 at coverages 1/4, 2/4, 4/4.
  const some = [right(0.6), wrong(0.8), right(0.9), right(0.6)];
  expect(riskCoverage(some)).toEqual([
    { threshold: 0.9, coverage: 0.25, risk: 0 },
    { threshold: 0.8, coverage: 0.5, risk: 0.5 },
    { threshold: 0.6, coverage: 1, risk: 0.25 },
  ]);
  // Area: 0 · 0.25 + 0.5 · 0.25 + 0.25 · 0.5.
  expect(riskArea(some)).toBeCloseTo(0.25, 12);
  // Only the first quarter is at least 99 % right: 750 of 1,000 go to review.
  expect(reviewsPer1000(some)).toBe(750);
});

test('needs no review where nothing is wrong, and all of it where the surest is wrong', () => {
  expect(reviewsPer1000([right(0.3), right(0.9)])).toBe(0);
  expect(reviewsPer1000([wrong(1), right(0.9)])).toBe(1000);
});

test('ends at full coverage with the overall error', () => {
  fc.assert(
    fc.property(outcomes, (some) => {
      expect(riskArea(some) === null).toBe(some.length === 0);
      if (some.length === 0) return;
      const { coverage, risk } = riskCoverage(some).at(-1)!;
      expect(coverage).toBe(1);
      expect(risk).toBeCloseTo(some.filter(([, won]) => won === 0).length / some.length, 12);
    }),
  );
});

test('interpolates percentiles between order statistics', () => {
  expect(percentile([3, 1, 2], 0.5)).toBe(2);
  // Index 0.95 · 2 = 1.9: 2 + 0.9 · 1.
  expect(percentile([3, 1, 2], 0.95)).toBeCloseTo(2.9, 12);
  expect(percentile([], 0.5)).toBeNull();
});
