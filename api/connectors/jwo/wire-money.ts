/**
 * Amounts as the connector's operations spell them: there are three ways, all decimal, and ours is whole minor units.
 * Converting is exact or throws `MoneyError`; nothing is rounded.
 */
import { z } from 'zod';
import { exponentOf, fromDecimal, type Money, MoneyError, toDecimal } from '../../money.ts';

const currency = z.string().regex(/^[A-Z]{3}$/);

/** CheckoutCart: a string with two decimals. */
export const checkoutMoneySchema = z.object({ amount: z.string().max(20), currencyCode: currency });
/** Payment calls and feedback: a number with at most two decimals. */
export const paymentMoneySchema = z.object({ amount: z.number(), code: currency });
/** Fraud and abuse: a number under another name. */
export const riskMoneySchema = z.object({ value: z.number(), currencyCode: currency });

export const toCheckoutMoney = (money: Money): z.infer<typeof checkoutMoneySchema> => ({
  amount: toDecimal(money),
  currencyCode: money.currency,
});
export const toPaymentMoney = (money: Money): z.infer<typeof paymentMoneySchema> => ({
  amount: Number(toDecimal(money)),
  code: money.currency,
});
export const toRiskMoney = (money: Money): z.infer<typeof riskMoneySchema> => ({
  value: Number(toDecimal(money)),
  currencyCode: money.currency,
});

export const ofCheckoutMoney = (wire: z.infer<typeof checkoutMoneySchema>) =>
  fromDecimal(wire.amount, wire.currencyCode);
export const ofPaymentMoney = (wire: z.infer<typeof paymentMoneySchema>) => fromDecimal(wire.amount, wire.code);
export const ofRiskMoney = (wire: z.infer<typeof riskMoneySchema>) => fromDecimal(wire.value, wire.currencyCode);

/**
 * Throws `MoneyError` where an amount is another's in the wrong unit: 1599 said for 15.99 (minor units sent as
 * decimals) or 0.1599 for it (converted twice). Other differences are the caller's to judge.
 */
export function assertSameUnit(found: Money, known: Money, what: string): void {
  if (found.currency !== known.currency)
    throw new MoneyError(`${what}: found ${found.currency}, expected ${known.currency}`);
  const factor = 10 ** exponentOf(known.currency);
  if (factor === 1 || known.amountMinor === 0 || found.amountMinor === known.amountMinor) return;
  if (found.amountMinor === known.amountMinor * factor)
    throw new MoneyError(
      `${what}: found ${toDecimal(found)}, expected ${toDecimal(known)}: minor units sent as decimals`,
    );
  if (found.amountMinor * factor === known.amountMinor)
    throw new MoneyError(
      `${what}: found ${toDecimal(found)}, expected ${toDecimal(known)}: converted to decimals twice`,
    );
}
