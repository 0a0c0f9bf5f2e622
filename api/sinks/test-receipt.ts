import type { OrderLine, Receipt } from '../orders/order.ts';

interface TestLine {
  readonly sku: string;
  readonly count: number;
  readonly totalMinor: number;
  readonly taxPpm: number;
  readonly unit?: 'each' | 'g';
  readonly depositMinor?: number;
  readonly discountMinor?: number;
}

const LINES: readonly TestLine[] = [
  { sku: '4006381333931', count: 2, totalMinor: 290, taxPpm: 190_000, depositMinor: 50 },
  { sku: 'bread', count: 1, totalMinor: 199, taxPpm: 70_000, discountMinor: 50 },
  { sku: 'apples', count: 347, unit: 'g', totalMinor: 86, taxPpm: 70_000 },
];

/** A receipt whose sums are right, tax taken out of the totals; `change` replaces any part of it. */
export function testReceipt(change: Partial<Receipt> = {}, lines = LINES, currency = 'EUR'): Receipt {
  const priced = lines.map((line, i) => orderLine(line, i));
  const rates = [...new Set(lines.map(({ taxPpm }) => taxPpm))].sort((a, b) => a - b);
  const sum = (of: (line: OrderLine) => number, some = priced) => some.reduce((total, line) => total + of(line), 0);
  return {
    id: 'b7c2ff0e-4f64-8c1b-9c55-2f6c8a0f1d11',
    number: 's1-000042',
    kind: 'receipt',
    correctsId: null,
    orderId: 'ord-1',
    tripId: 'trip-1',
    retailerId: 'r1',
    storeId: 's1',
    retailerName: 'Müller & Söhne <Märkte>',
    storeName: 'Köln "Mitte"',
    issuedAtMs: Date.UTC(2026, 2, 1, 12, 5),
    tripStartedAtMs: Date.UTC(2026, 2, 1, 11, 58),
    tripEndedAtMs: Date.UTC(2026, 2, 1, 12, 4, 30),
    prices: {
      currency,
      lines: priced,
      discountMinor: sum(({ discountMinor }) => discountMinor),
      taxMinor: sum(({ taxMinor }) => taxMinor),
      totalMinor: sum(({ totalMinor }) => totalMinor),
    },
    taxes: rates.map((taxPpm) => {
      const some = priced.filter((line) => line.taxPpm === taxPpm);
      return {
        taxPpm,
        netMinor: sum(({ netMinor }) => netMinor, some),
        taxMinor: sum(({ taxMinor }) => taxMinor, some),
      };
    }),
    fiscal: null,
    ...change,
  };
}

function orderLine(line: TestLine, i: number): OrderLine {
  const { sku, count, totalMinor, taxPpm, unit = 'each', depositMinor = 0, discountMinor = 0 } = line;
  const taxMinor = Math.round((totalMinor * taxPpm) / (1_000_000 + taxPpm));
  const goodsMinor = totalMinor - depositMinor + discountMinor;
  return {
    lineId: `l${i}`,
    sku,
    quantity: { value: count, unit },
    confidence: 0.99,
    takenAtMs: [Date.UTC(2026, 2, 1, 12, i)],
    name: `Product ${sku}, "fresh" & <good>`,
    unitPriceMinor: Math.round((goodsMinor / count) * (unit === 'g' ? 1000 : 1)),
    discountMinor,
    depositMinor,
    netMinor: totalMinor - taxMinor,
    taxMinor,
    totalMinor,
    taxPpm,
  };
}
