import { money } from '../money.ts';
import type { Receipt } from '../orders/order.ts';

/**
 * Throws `MoneyError` or `Error` unless a receipt's amounts are whole minor units that add up: the last look before
 * money leaves the house in another unit.
 */
export function checkReceipt({ prices, taxes, number }: Receipt): void {
  const { currency, lines } = prices;
  for (const line of lines) {
    for (const amount of [line.unitPriceMinor, line.discountMinor, line.depositMinor, line.totalMinor]) {
      money(amount, currency, true);
    }
    sameSum(number, `line ${line.lineId}`, line.netMinor + line.taxMinor, line.totalMinor);
  }
  money(prices.totalMinor, currency, true);
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  sameSum(number, 'total', sum(lines.map(({ totalMinor }) => totalMinor)), prices.totalMinor);
  sameSum(number, 'tax', sum(lines.map(({ taxMinor }) => taxMinor)), prices.taxMinor);
  sameSum(number, 'tax by rate', sum(taxes.map(({ taxMinor }) => taxMinor)), prices.taxMinor);
}

function sameSum(number: string, what: string, found: number, expected: number): void {
  if (found !== expected) throw new Error(`receipt ${number}, ${what}: found ${found}, expected ${expected}`);
}
