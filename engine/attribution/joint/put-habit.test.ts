import { expect, test } from 'vitest';
import type { Product } from '../../store.ts';
import type { Thing } from './hypothesis.ts';
import { choiceLog } from './put-habit.ts';

const products = ['a', 'b', 'c'].map((sku) => ({ sku }) as Product);
const thing = (kind: number): Thing => ({
  product: products[kind]!,
  quantity: 1,
  grams: 100,
  variance: 1,
  spotVariance: 0,
  spot: null,
  fromSlotId: null,
});

test('shares of what may be put back sum to one over the kinds held', () => {
  const things = [thing(0), thing(1), thing(2)];
  const total = things.reduce((sum, _, row) => sum + Math.exp(choiceLog(things, [row])), 0);
  expect(total).toBeCloseTo(1);
});

test('what was taken last goes back more likely than what was taken before it', () => {
  const things = [thing(0), thing(1), thing(2)];
  const logs = things.map((_, row) => choiceLog(things, [row]));
  expect(logs[2]!).toBeGreaterThan(logs[1]!);
  expect(logs[1]!).toBeGreaterThan(logs[0]!);
});

test('several of a kind count as one choice', () => {
  const things = [thing(0), thing(1), thing(1)];
  expect(choiceLog(things, [1])).toBe(choiceLog(things, [2]));
  expect(choiceLog([thing(1), thing(1)], [0])).toBe(0);
});
