import fc from 'fast-check';
import { expect, test } from 'vitest';
import { add, exponentOf, fromDecimal, MAX_AMOUNT_MINOR, MoneyError, money, toDecimal } from './money.ts';

const currency = fc.constantFrom('EUR', 'USD', 'JPY', 'KWD');
const amount = fc.integer({ min: 0, max: MAX_AMOUNT_MINOR });

test('writes and reads every amount exactly, as text and as a number', () => {
  fc.assert(
    fc.property(amount, currency, (amountMinor, code) => {
      const written = toDecimal(money(amountMinor, code));
      expect(fromDecimal(written, code)).toEqual({ amountMinor, currency: code });
      expect(fromDecimal(Number(written), code)).toEqual({ amountMinor, currency: code });
    }),
  );
});

test('refuses what would have to be rounded', () => {
  fc.assert(
    fc.property(amount, currency, (amountMinor, code) => {
      const digits = exponentOf(code) === 0 ? `${amountMinor}.1` : `${toDecimal(money(amountMinor, code))}1`;
      expect(() => fromDecimal(digits, code)).toThrow(MoneyError);
    }),
  );
  for (const text of ['1,99', '-1', '1e3', '', '.5', 'NaN', ' 1', '0x10'])
    expect(() => fromDecimal(text, 'EUR')).toThrow(MoneyError);
  for (const value of [1.999, Number.NaN, Number.POSITIVE_INFINITY, -0.01])
    expect(() => fromDecimal(value, 'EUR')).toThrow(MoneyError);
});

test('stops an amount in major units, and a sum of two currencies', () => {
  expect(() => money(1.99, 'EUR')).toThrow('expected a whole number of minor units');
  expect(() => money(MAX_AMOUNT_MINOR + 1, 'EUR')).toThrow(MoneyError);
  expect(() => money(-1, 'EUR')).toThrow(MoneyError);
  expect(() => add(money(1, 'EUR'), money(1, 'USD'))).toThrow('currency');
  expect(() => money(1, 'eur')).toThrow('three capital letters');
});
