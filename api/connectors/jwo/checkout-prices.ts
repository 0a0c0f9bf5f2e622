/** A checked-out cart as prices of an order; every sum is checked, to the minor unit. */
import { add, type Money, toDecimal } from '../../money.ts';
import type { CartItem, OrderLine, Prices } from '../../orders/order.ts';
import type { CheckoutRequest } from './inbound-wire.ts';
import { JwoRefusal } from './jwo-operations.ts';
import { assertSameUnit, ofCheckoutMoney } from './wire-money.ts';

type LineItem = CheckoutRequest['lineItems'][number];

const invalidTotal = (why: string) => new JwoRefusal(400, `cart order total invalid: ${why}`);
const invalidCart = (why: string) => new JwoRefusal(400, `cart content validation failed: ${why}`);

/**
 * Prices for the items that were handed over. Throws `JwoRefusal` where a product or quantity is not in the cart or a
 * sum is wrong, `MoneyError` where a total is in the wrong unit.
 */
export function checkoutPrices(request: CheckoutRequest, items: readonly CartItem[], currency: string): Prices {
  const open = [...items];
  const lines = request.lineItems.map((line) => priceLine(line, taken(open, line), currency));
  if (open.length > 0) throw invalidCart(`found no price for ${open.map(({ sku }) => sku).join(', ')}`);
  const sum = (of: (line: OrderLine) => number) => lines.reduce((total, line) => total + of(line), 0);
  const totals = {
    totalMinor: sum(({ totalMinor }) => totalMinor),
    taxMinor: sum(({ taxMinor }) => taxMinor),
    discountMinor: sum(({ discountMinor }) => discountMinor),
  };
  const { priceTotal, salesTaxTotal, promotionsTotal } = request.orderTotals;
  const claims = [
    ['priceTotal', priceTotal, totals.totalMinor],
    ['salesTaxTotal', salesTaxTotal, totals.taxMinor],
    ['promotionsTotal', promotionsTotal, totals.discountMinor],
  ] as const;
  for (const [name, claimed, amountMinor] of claims) {
    if (claimed === undefined) continue;
    const [found, known] = [ofCheckoutMoney(claimed), { amountMinor, currency }];
    assertSameUnit(found, known, name);
    if (found.amountMinor !== amountMinor)
      throw invalidTotal(`${name}: found ${toDecimal(found)}, lines add up to ${toDecimal(known)}`);
  }
  return { currency, lines, ...totals };
}

/** Takes the cart's item of that product and quantity, so that no item is priced twice. */
function taken(open: CartItem[], { productId, quantity }: LineItem): CartItem {
  const at = open.findIndex(({ sku, quantity: { value } }) => sku === productId && value === Number(quantity.value));
  if (at < 0) throw invalidCart(`found ${quantity.value} of ${productId}, which the cart does not have`);
  return open.splice(at, 1)[0]!;
}

/** Amounts of the format are per unit; an item sold by weight is one unit of what was weighed. */
function priceLine({ unitPrice }: LineItem, item: CartItem, currency: string): OrderLine {
  const count = item.quantity.unit === 'each' ? item.quantity.value : 1;
  const times = (money: Money) => {
    if (money.currency !== currency) throw invalidCart(`found ${money.currency}, expected ${currency}`);
    return money.amountMinor * count;
  };
  const zero: Money = { amountMinor: 0, currency };
  const promotions = unitPrice.promotions.map(({ promotionAmount }) => ofCheckoutMoney(promotionAmount));
  const deposits = unitPrice.depositsAndFees.map(({ depositAndFeeAmount }) => ofCheckoutMoney(depositAndFeeAmount));
  const depositTaxes = unitPrice.depositsAndFees.flatMap(({ salesTax }) =>
    salesTax ? [ofCheckoutMoney(salesTax)] : [],
  );
  const price = ofCheckoutMoney(unitPrice.price);
  const discountMinor = times(promotions.reduce(add, zero));
  const depositMinor = times(deposits.reduce(add, zero));
  const taxMinor = times([ofCheckoutMoney(unitPrice.salesTax), ...depositTaxes].reduce(add, zero));
  const totalMinor = times(price) - discountMinor + taxMinor + depositMinor;
  const claimed = times(ofCheckoutMoney(unitPrice.totalPrice));
  assertSameUnit({ amountMinor: claimed, currency }, { amountMinor: totalMinor, currency }, `${item.sku}.totalPrice`);
  // Some count tax and deposit into a line's total, the published sample shows both as nothing.
  if (claimed !== totalMinor && claimed !== times(price) - discountMinor)
    throw invalidTotal(`${item.sku}: found ${claimed} as totalPrice, parts add up to ${totalMinor}`);
  if (totalMinor < 0) throw invalidTotal(`${item.sku}: found a discount above the price`);
  const netMinor = totalMinor - taxMinor;
  const taxPpm = netMinor - depositMinor > 0 ? Math.round((taxMinor / (netMinor - depositMinor)) * 1_000_000) : 0;
  const amounts = { unitPriceMinor: price.amountMinor, discountMinor, depositMinor, netMinor, taxMinor, totalMinor };
  return { ...item, name: item.sku, ...amounts, taxPpm };
}
