import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CartItem } from '../orders/order.ts';
import type { CatalogueItem } from './catalogue.ts';
import { priceCart, spreadMinor, UnknownSku } from './price-cart.ts';
import type { Promotion } from './promotion.ts';

const item = (sku: string, priceMinor: number, more: Partial<CatalogueItem> = {}): CatalogueItem => ({
  sku,
  name: sku,
  priceMinor,
  sellBy: 'each',
  depositMinor: 0,
  taxPpm: 70_000,
  ...more,
});
const line = (sku: string, value: number, unit: 'each' | 'g' = 'each', takenAtMs: number[] = []): CartItem => ({
  lineId: sku,
  sku,
  quantity: { value, unit },
  confidence: 1,
  takenAtMs,
});
const catalogue = new Map(
  [
    item('cola', 120, { depositMinor: 25, taxPpm: 190_000 }),
    item('bread', 199),
    item('apples', 249, { sellBy: 'g' }),
    item('free', 0),
  ].map((one) => [one.sku, one]),
);
const price = (items: CartItem[], promotions: Promotion[] = []) => priceCart(items, catalogue, promotions, 'EUR');

test('takes the tax out of the price, deposits included, rounded per line', () => {
  const { lines, totalMinor, taxMinor } = price([line('cola', 2), line('bread', 1)]);
  // (2 · 1.20 + 2 · 0.25) · 19/119 = 0.463; 1.99 · 7/107 = 0.130.
  expect(lines.map((one) => [one.totalMinor, one.taxMinor])).toEqual([
    [290, 46],
    [199, 13],
  ]);
  expect([totalMinor, taxMinor]).toEqual([489, 59]);
});

test('prices weighed goods by the gram and refuses items where grams are meant', () => {
  expect(price([line('apples', 347, 'g')]).totalMinor).toBe(86);
  expect(() => price([line('apples', 2)])).toThrow(UnknownSku);
  expect(() => price([line('pears', 1)])).toThrow(UnknownSku);
});

test('gives three for two per full bundle only', () => {
  const offer: Promotion = { kind: 'multibuy', id: 'p', says: '3 for 2', sku: 'bread', take: 3, pay: 2 };
  const totals = [2, 3, 5, 6].map((count) => price([line('bread', count)], [offer]).totalMinor);
  expect(totals).toEqual([2 * 199, 2 * 199, 4 * 199, 4 * 199]);
});

test('lets the best offer of a line win instead of adding them up', () => {
  const half: Promotion = { kind: 'percent', id: 'a', says: 'half', sku: 'bread', ppm: 500_000 };
  const third: Promotion = { kind: 'multibuy', id: 'b', says: '3 for 2', sku: 'bread', take: 3, pay: 2 };
  expect(price([line('bread', 3)], [half, third]).discountMinor).toBe(299);
});

test('gives an hour its price by the time of taking', () => {
  const evening: Promotion = { kind: 'percent', id: 'e', says: '', sku: 'bread', ppm: 500_000, takenFromMs: 1000 };
  expect(price([line('bread', 2, 'each', [500, 1500])], [evening]).discountMinor).toBe(100);
  expect(price([line('bread', 2)], [evening]).discountMinor).toBe(0);
});

const anyLine = fc.record({ sku: fc.constantFrom('cola', 'bread', 'free'), count: fc.integer({ min: 1, max: 50 }) });
const anyPromotion: fc.Arbitrary<Promotion> = fc.oneof(
  fc.record({
    kind: fc.constant('percent' as const),
    id: fc.constant('p'),
    says: fc.constant(''),
    sku: fc.constantFrom('cola', 'bread'),
    ppm: fc.integer({ min: 1, max: 1_000_000 }),
  }),
  fc.record({
    kind: fc.constant('basket' as const),
    id: fc.constant('b'),
    says: fc.constant(''),
    fromMinor: fc.integer({ min: 0, max: 5000 }),
    offMinor: fc.integer({ min: 0, max: 9000 }),
  }),
);

test('adds up whatever is in the cart: lines to totals, net and tax to gross, nothing below zero', () => {
  fc.assert(
    fc.property(fc.array(anyLine, { maxLength: 8 }), fc.array(anyPromotion, { maxLength: 4 }), (rows, promotions) => {
      const { lines, totalMinor, taxMinor, discountMinor } = price(
        rows.map(({ sku, count }) => line(sku, count)),
        promotions,
      );
      for (const one of lines) {
        expect(Number.isSafeInteger(one.totalMinor) && one.totalMinor >= 0).toBe(true);
        expect(one.netMinor + one.taxMinor).toBe(one.totalMinor);
        const gross = one.unitPriceMinor * one.quantity.value;
        expect(one.totalMinor).toBe(gross - one.discountMinor + one.depositMinor);
      }
      const sum = (field: 'totalMinor' | 'taxMinor' | 'discountMinor') => lines.reduce((t, one) => t + one[field], 0);
      expect([sum('totalMinor'), sum('taxMinor'), sum('discountMinor')]).toEqual([totalMinor, taxMinor, discountMinor]);
    }),
  );
});

test('spreads an amount exactly and never beyond a share', () => {
  const weights = fc.array(fc.nat(10_000), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(weights, fc.nat(1_000_000), (shares, amount) => {
      const total = shares.reduce((t, one) => t + one, 0);
      const spread = spreadMinor(Math.min(amount, total), shares);
      expect(spread.reduce((t, one) => t + one, 0)).toBe(Math.min(amount, total));
      spread.forEach((value, i) => {
        expect(value).toBeLessThanOrEqual(shares[i]!);
      });
    }),
  );
});
