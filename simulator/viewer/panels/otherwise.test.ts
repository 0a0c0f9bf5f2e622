import { expect, test } from 'vitest';
import { en } from '../texts/en.ts';
import { otherwiseOf } from './otherwise.ts';

const grams: Readonly<Record<string, number>> = { cola: 350, zero: 348, soup: 90 };
const prices = { gramsOf: (sku: string) => grams[sku] ?? null, nameOf: (sku: string) => sku };
const read = (...products: [string, number, number][]) =>
  otherwiseOf({ products: products.map(([sku, count, prob]) => ({ sku, count, prob })) }, prices, en);

test('says where the step would have had to be', () => {
  expect(read(['cola', -1, 0.9], ['cola', -2, 0.1])).toBe(
    'Had it been more than 525 g, 2 × cola would have been nearer by weight.',
  );
  expect(read(['cola', -1, 0.9], ['soup', -1, 0.1])).toMatch(/less than 220 g, 1 × soup/);
});

test('says when a scale cannot tell', () => {
  expect(read(['cola', -1, 0.5], ['zero', -1, 0.5])).toBe('By weight alone it cannot be told from 1 × zero.');
});

test('says nothing where there is nothing else it may have been, or no weight is known', () => {
  expect(read(['cola', -1, 1])).toBeNull();
  expect(read(['cola', -1, 0.999], ['soup', -1, 0.001])).toBeNull();
  expect(read(['cola', -1, 0.9], ['cola', 1, 0.1])).toBeNull();
  expect(read(['cola', -1, 0.9], ['melon', -1, 0.1])).toBeNull();
});
