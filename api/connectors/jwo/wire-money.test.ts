import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAX_AMOUNT_MINOR, type Money, MoneyError } from '../../money.ts';
import {
  assertSameUnit,
  ofCheckoutMoney,
  ofPaymentMoney,
  ofRiskMoney,
  toCheckoutMoney,
  toPaymentMoney,
  toRiskMoney,
} from './wire-money.ts';

const amount: fc.Arbitrary<Money> = fc.record({
  amountMinor: fc.integer({ min: 0, max: MAX_AMOUNT_MINOR }),
  currency: fc.constantFrom('EUR', 'USD', 'JPY', 'KWD'),
});

test('comes back exactly from every spelling, over the wire as JSON', () => {
  const wired = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
  fc.assert(
    fc.property(amount, (money) => {
      expect(ofCheckoutMoney(wired(toCheckoutMoney(money)))).toEqual(money);
      expect(ofPaymentMoney(wired(toPaymentMoney(money)))).toEqual(money);
      expect(ofRiskMoney(wired(toRiskMoney(money)))).toEqual(money);
    }),
  );
});

test('spells the three ways apart', () => {
  const money = { amountMinor: 1599, currency: 'EUR' };
  expect(toCheckoutMoney(money)).toEqual({ amount: '15.99', currencyCode: 'EUR' });
  expect(toPaymentMoney(money)).toEqual({ amount: 15.99, code: 'EUR' });
  expect(toRiskMoney(money)).toEqual({ value: 15.99, currencyCode: 'EUR' });
});

test('refuses amounts that are not exact minor units', () => {
  for (const wire of [15.999, 0.1 + 0.2, Number.NaN, Number.POSITIVE_INFINITY, -1, 1e21]) {
    expect(() => ofPaymentMoney({ amount: wire, code: 'EUR' })).toThrow(MoneyError);
  }
  expect(() => ofPaymentMoney({ amount: 15.5, code: 'JPY' })).toThrow(MoneyError);
});

test('notices an amount in the wrong unit in either direction, whatever the amount', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1_000_000 }),
      fc.constantFrom(['EUR', 100], ['KWD', 1000]),
      (amountMinor, [currency, factor]) => {
        const known = { amountMinor, currency: currency as string };
        const hundredfold = { ...known, amountMinor: amountMinor * (factor as number) };
        expect(() => assertSameUnit(hundredfold, known, 'total')).toThrow(/minor units sent as decimals/);
        expect(() => assertSameUnit(known, hundredfold, 'total')).toThrow(/converted to decimals twice/);
        expect(() => assertSameUnit(known, known, 'total')).not.toThrow();
      },
    ),
  );
  expect(() =>
    assertSameUnit({ amountMinor: 1, currency: 'EUR' }, { amountMinor: 1, currency: 'USD' }, 'total'),
  ).toThrow(/expected USD/);
});
