import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ANGLE,
  DURATION,
  FREQUENCY,
  LENGTH,
  MASS,
  MASS_RATE,
  PER_FRAME,
  PIXELS,
  parseClock,
  parsePrice,
  parseQuantity,
  quantityPattern,
  RATE,
  SHARE,
  SPEED,
} from './units.ts';

describe('quantities', () => {
  test.each([
    [LENGTH, '66mm', 0.066],
    [LENGTH, '1.2 m', 1.2],
    [LENGTH, '30cm', 0.3],
    [LENGTH, 2.5, 2.5],
    [LENGTH, '-1.5', -1.5],
    [MASS, '352g', 352],
    [MASS, '1.5 kg', 1500],
    [MASS, 0.352, 352],
    [MASS, '250mg', 0.25],
    [MASS_RATE, '5g/h', 5],
    [MASS_RATE, '1g/min', 60],
    [DURATION, '20min', 1_200_000_000],
    [DURATION, '80ms', 80_000],
    [DURATION, '250us', 250],
    [DURATION, '2h', 7_200_000_000],
    [DURATION, 3, 3_000_000],
    [DURATION, '1e-7s', 0],
    [FREQUENCY, '15Hz', 15],
    [RATE, '45/h', 0.0125],
    [RATE, '0.5/min', 0.5 / 60],
    [RATE, '2/s', 2],
    [PER_FRAME, '0.02/frame', 0.02],
    [ANGLE, '180deg', Math.PI],
    [ANGLE, '1rad', 1],
    [SHARE, '4%', 0.04],
    [SHARE, 0.04, 0.04],
    [PIXELS, '3px', 3],
    [SPEED, '0.9m/s', 0.9],
    [SPEED, '3.6km/h', 1],
  ] as const)('reads %o %s', (kind, raw, expected) => {
    expect(parseQuantity(kind, raw)).toBeCloseTo(expected, 12);
  });

  test.each([
    [LENGTH, '3 parsecs'],
    [LENGTH, '3g'],
    [LENGTH, 'm'],
    [LENGTH, ''],
    [LENGTH, '1m2'],
    [LENGTH, '1.2.3m'],
    [LENGTH, '1e999m'],
    [LENGTH, true],
    [LENGTH, null],
    [LENGTH, Number.NaN],
    [MASS_RATE, 5],
    [DURATION, '12:00'],
    [LENGTH, '5constructor'],
  ] as const)('refuses %o %s', (kind, raw) => {
    expect(parseQuantity(kind, raw)).toBeUndefined();
  });

  test('reads every number it writes, in every unit', () => {
    const kinds = [LENGTH, MASS, ANGLE, SHARE, SPEED, RATE];
    fc.assert(
      fc.property(fc.constantFrom(...kinds), fc.double({ min: -1e6, max: 1e6, noNaN: true }), (kind, number) => {
        for (const [unit, [times, over]] of Object.entries(kind.units)) {
          const parsed = parseQuantity(kind, `${number} ${unit}`);
          expect(parsed).toBe((number * times) / over + 0);
        }
      }),
    );
  });

  test('publishes a pattern that takes what the parser takes', () => {
    for (const [kind, raw] of [
      [LENGTH, '66mm'],
      [SHARE, '4%'],
      [RATE, '45/h'],
      [SPEED, '.9 m/s'],
    ] as const) {
      expect(raw).toMatch(new RegExp(quantityPattern(kind)));
    }
    expect('3g').not.toMatch(new RegExp(quantityPattern(LENGTH)));
  });
});

describe('clock times', () => {
  test('count microseconds since midnight', () => {
    expect(parseClock('12:00')).toBe(43_200_000_000);
    expect(parseClock('7:05:09')).toBe(25_509_000_000);
    expect(parseClock('24:00')).toBe(86_400_000_000);
  });

  test.each(['24:01', '12:60', '12', '12:3', 'noon', 12] as const)('are not %s', (raw) => {
    expect(parseClock(raw)).toBeUndefined();
  });
});

describe('prices', () => {
  test('are whole minor units of their currency', () => {
    expect(parsePrice('1.50 EUR')).toEqual({ minor: 150, currency: 'EUR', perKilogram: false });
    expect(parsePrice('2.5 EUR')?.minor).toBe(250);
    expect(parsePrice('198 JPY')?.minor).toBe(198);
    expect(parsePrice('1.250 KWD')?.minor).toBe(1250);
    expect(parsePrice('2.49 EUR/kg')).toEqual({ minor: 249, currency: 'EUR', perKilogram: true });
  });

  test.each(['1.505 EUR', '1.5 JPY', '1.50', '-1 EUR', 'EUR 1', '1 euro'])('are not %s', (raw) => {
    expect(parsePrice(raw)).toBeUndefined();
  });

  test('never lose a cent', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 99_999_999 }), (minor) => {
        const text = `${Math.floor(minor / 100)}.${String(minor % 100).padStart(2, '0')} EUR`;
        expect(parsePrice(text)?.minor).toBe(minor);
      }),
    );
  });
});
