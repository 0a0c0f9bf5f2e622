import { z } from 'zod';

/** An amount in the currency's smallest unit: 1.99 EUR is `{ amountMinor: 199, currency: 'EUR' }`. */
export interface Money {
  readonly amountMinor: number;
  /** ISO 4217. */
  readonly currency: string;
}

/** Amounts beyond this are mistakes of unit, not purchases: ten million in major units of most currencies. */
export const MAX_AMOUNT_MINOR = 1_000_000_000;

export const currencySchema = z.string().regex(/^[A-Z]{3}$/);
export const amountMinorSchema = z.int().min(0).max(MAX_AMOUNT_MINOR);
export const moneySchema = z.strictObject({ amountMinor: amountMinorSchema, currency: currencySchema });

/** An amount in the wrong unit or currency: stopped where it shows, never rounded away. */
export class MoneyError extends Error {
  override readonly name = 'MoneyError';
}

/** Digits after the point where it is not two (ISO 4217). */
const EXPONENTS: Readonly<Record<string, number>> = {
  ...{ BIF: 0, CLP: 0, DJF: 0, GNF: 0, ISK: 0, JPY: 0, KMF: 0, KRW: 0, PYG: 0, RWF: 0 },
  ...{ UGX: 0, UYI: 0, VND: 0, VUV: 0, XAF: 0, XOF: 0, XPF: 0 },
  ...{ BHD: 3, IQD: 3, JOD: 3, KWD: 3, LYD: 3, OMR: 3, TND: 3 },
};

export function exponentOf(currency: string): number {
  if (!/^[A-Z]{3}$/.test(currency)) throw new MoneyError(`currency: found ${currency}, expected three capital letters`);
  return EXPONENTS[currency] ?? 2;
}

/** Throws `MoneyError` unless the amount is a whole number of minor units; negative only where `signed`. */
export function money(amountMinor: number, currency: string, signed = false): Money {
  exponentOf(currency);
  if (!Number.isSafeInteger(amountMinor))
    throw new MoneyError(`amount: found ${amountMinor}, expected a whole number of minor units`);
  if (Math.abs(amountMinor) > MAX_AMOUNT_MINOR || (amountMinor < 0 && !signed))
    throw new MoneyError(`amount: found ${amountMinor} minor units, expected 0 to ${MAX_AMOUNT_MINOR}`);
  return { amountMinor, currency };
}

/** `"15.99"` or `15.99` as minor units, exactly; throws `MoneyError` for more digits than the currency has. */
export function fromDecimal(decimal: string | number, currency: string): Money {
  const exponent = exponentOf(currency);
  const text = typeof decimal === 'number' ? numberText(decimal) : decimal;
  const match = /^(\d{1,12})(?:\.(\d{1,12}))?$/.exec(text);
  if (!match) throw new MoneyError(`amount: found ${text.slice(0, 40)}, expected a decimal number such as 15.99`);
  const fraction = (match[2] ?? '').replace(/0+$/, '');
  if (fraction.length > exponent)
    throw new MoneyError(`amount: found ${text}, expected at most ${exponent} digits after the point for ${currency}`);
  return money(Number(match[1]! + fraction.padEnd(exponent, '0')), currency);
}

function numberText(value: number): string {
  if (!Number.isFinite(value) || value < 0) throw new MoneyError(`amount: found ${value}, expected a number ≥ 0`);
  return value.toString();
}

/** `15.99`; `1599` for currencies without minor units. */
export function toDecimal({ amountMinor, currency }: Money): string {
  const exponent = exponentOf(currency);
  const digits = Math.abs(amountMinor)
    .toString()
    .padStart(exponent + 1, '0');
  const sign = amountMinor < 0 ? '-' : '';
  if (exponent === 0) return sign + digits;
  return `${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}

export function add(a: Money, b: Money): Money {
  sameCurrency(a, b);
  return money(a.amountMinor + b.amountMinor, a.currency, true);
}

export function sameCurrency(a: Money, b: Money): void {
  if (a.currency !== b.currency) throw new MoneyError(`currency: found ${b.currency}, expected ${a.currency}`);
}
