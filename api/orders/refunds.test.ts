import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { OrderLine, Prices } from './order.ts';
import { creditOf, RefundRefused } from './refunds.ts';

const priced = (count: number, totalMinor: number, taxMinor: number): Prices => {
  const line: OrderLine = {
    ...{ lineId: 'a', sku: 'a', name: 'a', quantity: { value: count, unit: 'each' }, confidence: 1, takenAtMs: [] },
    ...{ unitPriceMinor: 0, discountMinor: 0, depositMinor: 0, netMinor: totalMinor - taxMinor, taxMinor, totalMinor },
    taxPpm: 0,
  };
  return { currency: 'EUR', lines: [line], discountMinor: 0, taxMinor, totalMinor };
};

test('gives back exactly what a line cost when it comes back piece by piece', () => {
  const line = fc.record({ count: fc.integer({ min: 1, max: 40 }), total: fc.integer({ min: 40, max: 100_000 }) });
  fc.assert(
    fc.property(line, fc.nat(100), ({ count, total }, taxShare) => {
      const tax = Math.floor((total * taxShare) / 400);
      let [back, taxBack] = [0, 0];
      for (let i = 0; i < count; i++) {
        const credit = creditOf(priced(count, total, tax), [{ lineId: 'a', quantity: 1 }], () => i);
        expect(credit.lines[0]!.netMinor + credit.lines[0]!.taxMinor).toBe(credit.totalMinor);
        back += credit.totalMinor;
        taxBack += credit.taxMinor;
      }
      expect([back, taxBack]).toEqual([total, tax]);
    }),
  );
});

test('refuses more than was bought, other lines, a line twice and nothing', () => {
  const prices = priced(3, 300, 0);
  const credit = (quantity: number, already = 0) => creditOf(prices, [{ lineId: 'a', quantity }], () => already);
  expect(credit(3).totalMinor).toBe(300);
  expect(() => credit(4)).toThrow(RefundRefused);
  expect(() => credit(2, 2)).toThrow('expected 1 to 1');
  expect(() => credit(0)).toThrow(RefundRefused);
  expect(() => credit(0.5)).toThrow(RefundRefused);
  expect(() => creditOf(prices, [{ lineId: 'b', quantity: 1 }], () => 0)).toThrow('no line b');
  const twice = { lineId: 'a', quantity: 1 };
  expect(() => creditOf(prices, [twice, twice], () => 0)).toThrow('twice');
  expect(() => creditOf(prices, [], () => 0)).toThrow('nothing');
});
