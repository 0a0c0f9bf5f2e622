import { expect, test } from 'vitest';
import type { CartLine } from '../cart.ts';
import { expectedLossMinor, REVIEW_POLICY } from './review-policy.ts';

const line = (confidence: number): CartLine => ({
  sku: 'cola',
  quantity: { value: 1, unit: 'each' },
  confidence,
  evidence: [],
});
const lossOf = (lines: readonly CartLine[], confidence: number) =>
  expectedLossMinor({ lines, confidence }, () => 200, 150, REVIEW_POLICY);

test('expects no loss of a cart that is certain', () => {
  expect(lossOf([line(1), line(1)], 1)).toBe(0);
});

test('weighs an overcharged unit more than one that may be missing', () => {
  expect(lossOf([line(0.9)], 0.9)).toBeGreaterThan(lossOf([line(1)], 0.9));
});

test('counts what an empty cart may miss at the mean price', () => {
  expect(lossOf([], 0.6)).toBeCloseTo(0.4 * 150);
});

test('expects no loss of a name that may be another of the same price, but does of one that costs more', () => {
  const products = [
    { sku: 'cola', count: -1, prob: 0.9 },
    { sku: 'tonic', count: -1, prob: 0.1 },
  ];
  const evidence = [{ products }] as unknown as CartLine['evidence'];
  const lossAt = (tonicMinor: number) =>
    expectedLossMinor(
      { lines: [{ ...line(0.9), evidence }], confidence: 0.9 },
      (sku) => (sku === 'tonic' ? tonicMinor : 200),
      150,
      REVIEW_POLICY,
    );
  expect(lossAt(200)).toBeCloseTo(0);
  expect(lossAt(300)).toBeGreaterThan(50);
});
