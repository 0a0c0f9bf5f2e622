import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testReceipt } from './test-receipt.ts';
import { startVendure, type TestVendure } from './test-vendure.ts';
import { VendureSink } from './vendure-sink.ts';

const peers = process.env['AISLE_PEERS'];
if (peers === undefined)
  console.info('Vendure not tested: AISLE_PEERS names no folder to install it into (about 160 MB)');

const lines = [
  { sku: '4006381333931', count: 2, totalMinor: 290, taxPpm: 190_000 },
  { sku: 'bread', count: 1, totalMinor: 199, taxPpm: 70_000 },
];
const signal = () => AbortSignal.timeout(20_000);

describe.skipIf(peers === undefined)('the Vendure sink against the real Vendure', () => {
  let vendure: TestVendure;
  let sink: VendureSink;

  beforeAll(async () => {
    vendure = await startVendure(peers!);
    const { shippingMethodId } = await fill(vendure);
    sink = new VendureSink({ url: vendure.url, ...vendure.login, shippingMethodId, paymentMethod: 'aisle' });
  });
  afterAll(() => vendure.stop());

  const orders = async () =>
    (
      await vendure.ask<{
        orders: {
          items: {
            code: string;
            state: string;
            totalWithTax: number;
            payments: { amount: number; transactionId: string }[];
          }[];
        };
      }>('{ orders { items { code state totalWithTax payments { amount transactionId } } } }')
    ).orders.items;

  test('books a paid order once, with its payment, in minor units', async () => {
    const receipt = testReceipt({}, lines);
    const first = await sink.take(receipt, signal());
    expect(first).toMatchObject({ outcome: 'taken', externalId: expect.any(String) });
    expect(await sink.take(receipt, signal())).toEqual(first);
    expect(await orders()).toMatchObject([
      { state: 'PaymentSettled', totalWithTax: 489, payments: [{ amount: 489, transactionId: receipt.id }] },
    ]);
  });

  test('refuses a total in another unit or at another price, and leaves no draft behind', async () => {
    const before = (await orders()).length;
    const cheaper = [{ ...lines[0]!, totalMinor: 289 }, lines[1]!];
    const major = [
      { ...lines[0]!, totalMinor: 29_000 },
      { ...lines[1]!, totalMinor: 19_900 },
    ];
    for (const wrong of [cheaper, major]) {
      const result = await sink.take(testReceipt({ id: `wrong-${wrong[0]!.totalMinor}` }, wrong), signal());
      expect(result).toMatchObject({
        outcome: 'refused',
        reason: expect.stringMatching(/^total: Vendure has 4\.89 EUR/),
      });
    }
    expect(await orders()).toHaveLength(before);
  });

  test('refuses what Vendure cannot hold: an unknown SKU, goods by weight, a credit note', async () => {
    const strange = testReceipt({ id: 'strange' }, [{ sku: 'none', count: 1, totalMinor: 1, taxPpm: 0 }]);
    expect(await sink.take(strange, signal())).toMatchObject({
      outcome: 'refused',
      reason: expect.stringMatching(/no such SKU/),
    });
    const weighed = testReceipt({ id: 'weighed' }, [{ sku: 'bread', count: 300, unit: 'g', totalMinor: 1, taxPpm: 0 }]);
    expect(await sink.take(weighed, signal())).toMatchObject({ outcome: 'refused' });
    expect(await sink.take(testReceipt({ kind: 'credit-note' }, lines), signal())).toMatchObject({
      outcome: 'refused',
    });
  });

  test('comes back later where the login fails or nobody answers', async () => {
    const options = { shippingMethodId: '1', paymentMethod: 'aisle', username: 'superadmin', password: 'wrong' };
    const receipt = testReceipt({ id: 'later' }, lines);
    expect(await new VendureSink({ ...options, url: vendure.url }).take(receipt, signal())).toMatchObject({
      outcome: 'later',
    });
    const nobody = new VendureSink({ ...options, url: 'http://127.0.0.1:1/' });
    expect(await nobody.take(receipt, signal())).toMatchObject({ outcome: 'later' });
  });
});

/** A country, tax, two products, free shipping and a payment method. */
async function fill({ ask }: TestVendure): Promise<{ shippingMethodId: string }> {
  const text = (name: string) => [{ languageCode: 'en', name, description: '' }];
  const named = (name: string) => [{ languageCode: 'en', name }];
  const make = async (name: string, input: object): Promise<string> => {
    const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input!`;
    const answer = await ask<Record<string, { id: string }>>(
      `mutation($input: ${type}) { ${name}(input: $input) { id } }`,
      { input },
    );
    return answer[name]!.id;
  };
  const country = await make('createCountry', { code: 'DE', enabled: true, translations: named('Germany') });
  const zoneId = await make('createZone', { name: 'all', memberIds: [country] });
  await ask('mutation($input: UpdateChannelInput!) { updateChannel(input: $input) { __typename } }', {
    input: {
      ...{ id: '1', pricesIncludeTax: true, defaultCurrencyCode: 'EUR', availableCurrencyCodes: ['EUR'] },
      ...{ defaultTaxZoneId: zoneId, defaultShippingZoneId: zoneId },
    },
  });
  for (const [sku, price, value] of [
    ['4006381333931', 145, 19],
    ['bread', 199, 7],
  ] as const) {
    const categoryId = await make('createTaxCategory', { name: sku });
    await make('createTaxRate', { name: sku, enabled: true, value, categoryId, zoneId });
    const productId = await make('createProduct', { enabled: true, translations: [{ ...text(sku)[0], slug: sku }] });
    const input = [
      { productId, sku, price, taxCategoryId: categoryId, trackInventory: 'FALSE', translations: named(sku) },
    ];
    await ask('mutation($input: [CreateProductVariantInput!]!) { createProductVariants(input: $input) { id } }', {
      input,
    });
  }
  const shippingMethodId = await make('createShippingMethod', {
    ...{ code: 'carried', fulfillmentHandler: 'manual-fulfillment', translations: text('Carried home') },
    checker: { code: 'default-shipping-eligibility-checker', arguments: [{ name: 'orderMinimum', value: '0' }] },
    calculator: {
      code: 'default-shipping-calculator',
      arguments: [
        { name: 'rate', value: '0' },
        { name: 'includesTax', value: 'auto' },
        { name: 'taxRate', value: '0' },
      ],
    },
  });
  await make('createPaymentMethod', {
    ...{ code: 'aisle', enabled: true, translations: text('Paid at the gate') },
    handler: { code: 'dummy-payment-handler', arguments: [{ name: 'automaticSettle', value: 'true' }] },
  });
  return { shippingMethodId };
}
