import { randomUUID } from 'node:crypto';
import { AwsClient } from 'aws4fetch';
import fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Announcer } from '../../announcer.ts';
import { idFrom } from '../../ids.ts';
import { orderMigrations } from '../../orders/migrations.ts';
import type { CartItem } from '../../orders/order.ts';
import { findOrderOfTrip, OrderBook } from '../../orders/order-book.ts';
import { paymentMigrations } from '../../payments/migrations.ts';
import { PaymentBook } from '../../payments/payment-book.ts';
import { PaymentDesk } from '../../payments/payment-desk.ts';
import { type Rig, stripeRig } from '../../payments/test-rig.ts';
import { testWallets } from '../../payments/test-wallets.ts';
import { retailerSchema } from '../../retailer/retailer.ts';
import type { Database } from '../../store/database.ts';
import { migrate } from '../../store/migrate.ts';
import { openSqlite } from '../../store/sqlite.ts';
import { TestClock } from '../../test-clock.ts';
import { tripMigrations } from '../../trips/migrations.ts';
import { jwoInboundRoutes } from './inbound-routes.ts';
import { JwoDesk } from './jwo-desk.ts';
import { jwoMigrations } from './migrations.ts';
import { answerProblem } from './test-connector.ts';

const never = new AbortController().signal;
const keyOf = (id: string) => ({ accessKeyId: id, secretAccessKey: `secret-of-${id}-long-enough` });
const scope = { region: 'eu-central-1', service: 'execute-api' };
const retailerOf = (id: string) =>
  retailerSchema.parse({
    ...{ id, name: id, currency: 'EUR', captureBy: id === 'self' ? 'gateway' : 'retailer' },
    stores: [{ id: `store-of-${id}`, name: 'Store' }],
  });

let rig: Rig;
let database: Database;
let app: FastifyInstance;
let url: string;
let orders: OrderBook;
let payments: PaymentDesk;
const products = new Map<string, string>();

beforeAll(async () => {
  // Stock signers read the machine's clock.
  rig = await stripeRig(new TestClock(Date.now()));
  const { clock } = rig;
  database = openSqlite(':memory:');
  await migrate(database, [...tripMigrations, ...orderMigrations, ...paymentMigrations, ...jwoMigrations], clock);
  orders = new OrderBook({ append: async () => undefined } as Announcer, clock);
  const book = new PaymentBook(testWallets);
  payments = new PaymentDesk({ database, book, clock, portOf: () => rig.port, onAnomaly: () => undefined });
  const operations = new JwoDesk({
    ...{ database, clock, orders, payments, retailerOf, reportBaseUrl: 'https://store.test/reports' },
    putProducts: async (_, retailerId, items) => {
      for (const item of items) products.set(`${retailerId}/${item.item_sku}`, item.item_name);
    },
    dropProducts: async (_, retailerId, skus) => {
      for (const sku of skus) products.delete(`${retailerId}/${sku}`);
    },
    emailOf: async (_retailerId, _storeId, id) => (id === 'card-1' ? 'a.shopper@mail.test' : null),
  });
  const callers = ['shop', 'other', 'self'].map((retailerId) => ({
    ...{ retailerId, storeIds: [`store-of-${retailerId}`] },
    auth: { kind: 'sigv4', ...keyOf(retailerId), ...scope } as const,
  }));
  app = fastify();
  await jwoInboundRoutes({ callers, operations, clock })(app);
  url = await app.listen({ port: 0, host: '127.0.0.1' });
});
afterAll(async () => {
  await app.close();
  await database.close();
  await rig.close();
});

/** Calls as a retailer does, with an unmodified signer; every answer must be as `openapi.json` describes it. */
async function call(path: string, body: unknown, as = 'shop') {
  const client = new AwsClient({ ...keyOf(as), ...scope, retries: 0 });
  const headers = { 'content-type': 'application/json' };
  const answer = await client.fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
  const text = await answer.text();
  expect(answerProblem(path, answer.status, text)).toBeNull();
  return { status: answer.status, body: text === '' ? null : JSON.parse(text), headers: answer.headers };
}

const items: CartItem[] = [
  { lineId: 'l1', sku: 'cola', quantity: { value: 2, unit: 'each' }, confidence: 1, takenAtMs: [] },
  { lineId: 'l2', sku: 'nuts', quantity: { value: 350, unit: 'g' }, confidence: 1, takenAtMs: [] },
];

async function newTrip({ method = 'pm_card_visa', retailerId = 'shop', place = true } = {}) {
  const tripId = randomUUID();
  const storeId = `store-of-${retailerId}`;
  const ids = { retailerId, storeId, tripKey: tripId, eventId: randomUUID(), paymentMethod: method, customer: null };
  await payments.hold({ ...ids, amountMinor: 5000, capMinor: 10_000, currency: 'EUR' }, never);
  await database.transaction(async (tx) => {
    const order = await orders.create(tx, { tripId, retailerId, storeId, items, attendantReason: null });
    if (place) await orders.move(tx, order.id, 'placed', { purchaseId: 'p-1' });
  });
  return { tripId, head: { storeId, shoppingTripId: tripId } };
}
const stateOf = async (tripId: string) => (await findOrderOfTrip(database, tripId))!.state;
const eur = (amount: number) => ({ amount, code: 'EUR' });
const text = (amount: string) => ({ amount, currencyCode: 'EUR' });

/** 2 × 1.50 with 0.25 off each and 0.10 deposit, and nuts for 4.20: 6.90 in all. */
function cart(tripId: string) {
  const zero = text('0.00');
  const promotions = [{ promotionAmount: text('0.25'), promotionDescription: 'Two for less' }];
  const depositsAndFees = [{ depositAndFeeAmount: text('0.10'), depositAndFeeDescription: 'Can' }];
  const cola = { totalPrice: text('1.35'), price: text('1.50'), salesTax: zero, promotions, depositsAndFees };
  const nuts = { totalPrice: text('4.20'), price: text('3.92'), salesTax: text('0.28') };
  const line = (productId: string, value: string, unitPrice: object) => ({
    ...{ productId, type: 'SKU', quantity: { value, unit: 'each' }, unitPrice },
  });
  return {
    ...{ idempotentShoppingTripId: tripId, storeId: 'store-of-shop' },
    lineItems: [line('cola', '2.0', cola), line('nuts', '350', nuts)],
    orderTotals: {
      priceTotal: text('6.90'),
      subTotal: text('6.92'),
      promotionsTotal: text('0.50'),
      salesTaxTotal: text('0.28'),
    },
  };
}

describe('charges', () => {
  test('approves within the hold, raises it up to the cap, and captures what the retailer says', async () => {
    const { tripId, head } = await newTrip();
    expect(await call('/v1/adjust/charge', { ...head, amount: eur(45.5) })).toMatchObject({
      ...{ status: 200, body: { status: 'APPROVED', authorizedAmount: eur(50) } },
    });
    expect((await call('/v1/adjust/charge', { ...head, amount: eur(80) })).body).toEqual({
      ...{ status: 'APPROVED', authorizedAmount: eur(80) },
    });
    for (let time = 0; time < 2; time++)
      expect(await call('/v1/capture/charge', { ...head, amount: eur(79.99) })).toMatchObject({
        status: 200,
        body: null,
      });
    expect([...rig.bank.payments.values()].at(-1)).toMatchObject({ capturedMinor: 7999 });
    expect(await stateOf(tripId)).toBe('paid');
    expect(await call('/v1/capture/charge', { ...head, amount: eur(10) })).toMatchObject({ status: 400 });
    expect(await call('/v1/cancel/charge', head)).toMatchObject({ status: 400 });
  });

  test('says DECLINED with a 200 where the bank or the cap refuses, and captures no more than is held', async () => {
    const { head } = await newTrip({ method: 'pm_card_noIncrement' });
    const declined = { status: 200, body: { status: 'DECLINED', authorizedAmount: eur(0) } };
    expect(await call('/v1/adjust/charge', { ...head, amount: eur(80) })).toMatchObject(declined);
    expect(await call('/v1/adjust/charge', { ...head, amount: eur(100.01) })).toMatchObject(declined);
    expect(await call('/v1/capture/charge', { ...head, amount: eur(50.01) })).toMatchObject({ status: 400 });
    expect(await call('/v1/capture/charge', { ...head, amount: eur(50) })).toMatchObject({ status: 200 });
  });

  test('cancels the hold of an empty cart, twice alike', async () => {
    const { tripId, head } = await newTrip();
    for (let time = 0; time < 2; time++) expect((await call('/v1/cancel/charge', head)).status).toBe(200);
    expect(await stateOf(tripId)).toBe('cancelled');
    expect([...rig.bank.payments.values()].at(-1)?.status).toBe('cancelled');
  });

  test('refunds once per refundRequestId and never above what was captured', async () => {
    const { head } = await newTrip();
    await call('/v1/capture/charge', { ...head, amount: eur(30) });
    const refundRequestId = randomUUID();
    const refund = { ...head, amount: eur(10), refundRequestId, refundReasonCode: 'DAMAGED_ITEM' };
    const first = await call('/v1/refund', refund);
    expect(first).toMatchObject({ status: 200, body: { reconciliationId: expect.any(String) } });
    expect((await call('/v1/refund', refund)).body).toEqual(first.body);
    expect(await call('/v1/refund', { ...refund, refundRequestId: randomUUID(), amount: eur(20.01) })).toMatchObject({
      status: 400,
    });
    expect([...rig.bank.payments.values()].at(-1)?.refundedMinor).toBe(1000);
  });

  test.each([
    ['/v1/capture/charge', { amount: eur(0) }],
    ['/v1/capture/charge', { amount: eur(-5) }],
    ['/v1/capture/charge', { amount: eur(1.999) }],
    ['/v1/capture/charge', { amount: { amount: '5.00', code: 'EUR' } }],
    ['/v1/capture/charge', { amount: { amount: 5, code: 'euro' } }],
    ['/v1/capture/charge', { amount: null }],
    ['/v1/capture/charge', {}],
    ['/v1/adjust/charge', { amount: eur(5), shoppingTripId: 'with space' }],
    ['/v1/refund', { amount: eur(5), refundRequestId: 'ABC', refundReasonCode: 'OTHER' }],
    [
      '/v1/refund',
      { amount: eur(5), refundRequestId: '00000000-0000-4000-8000-000000000000', refundReasonCode: 'MOOD' },
    ],
  ])('refuses %s with %j', async (path, more) => {
    const { head } = await newTrip();
    const answer = await call(path, { ...head, ...more });
    expect(answer).toMatchObject({ status: 400, body: { errorMsg: expect.stringContaining('BadRequestException') } });
  });

  test('leaves capturing to itself where the gateway captures', async () => {
    const { head } = await newTrip({ retailerId: 'self' });
    const answer = await call('/v1/capture/charge', { ...head, amount: eur(5) }, 'self');
    expect(answer.body.errorMsg).toContain('captures by itself');
  });

  test('asks to come again while the purchase is not written down yet', async () => {
    const { head } = await newTrip({ place: false });
    const answer = await call('/v1/capture/charge', { ...head, amount: eur(5) });
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('5');
  });
});

describe('callers', () => {
  test("cannot reach another retailer's trips, nor tell them from trips that never were", async () => {
    const { head } = await newTrip();
    const foreign = await call('/v1/cancel/charge', { ...head, storeId: 'store-of-other' }, 'other');
    const never = await call('/v1/cancel/charge', { storeId: 'store-of-other', shoppingTripId: randomUUID() }, 'other');
    expect(foreign).toMatchObject({ status: 400, body: { errorMsg: 'UnknownShoppingTrip' } });
    expect(never.body).toEqual(foreign.body);
    expect(await call('/v1/cancel/charge', head, 'other')).toMatchObject({ status: 400, body: foreign.body });
  });

  test('are refused without a signature, with a wrong key, and where the body was changed', async () => {
    const { head } = await newTrip();
    const plain = await fetch(`${url}/v1/cancel/charge`, {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json' },
    });
    expect(plain.status).toBe(403);
    expect(await call('/v1/cancel/charge', head, 'nobody')).toMatchObject({
      status: 403,
      body: { errorMsg: 'AccessDeniedException' },
    });
    const client = new AwsClient({ ...keyOf('shop'), ...scope });
    const signed = await client.sign(`${url}/v1/cancel/charge`, { method: 'POST', body: JSON.stringify(head) });
    const forged = await fetch(signed.url, {
      ...{ method: 'POST', body: JSON.stringify({ ...head, more: 1 }) },
      headers: { ...Object.fromEntries(signed.headers), 'content-type': 'application/json' },
    });
    expect(forged.status).toBe(403);
  });

  test('get an error body and no server error for rubbish', async () => {
    const client = new AwsClient({ ...keyOf('shop'), ...scope, retries: 0 });
    for (const body of ['', '{', '[]', 'null', '"x"', '{"__proto__":{}}', '['.repeat(50)]) {
      const headers = { 'content-type': 'application/json' };
      const answer = await client.fetch(`${url}/v1/refund`, { method: 'POST', headers, body });
      expect(answer.status).toBe(400);
      expect(await answer.json()).toHaveProperty('errorMsg');
    }
  });
});

describe('checkout', () => {
  test('prices the order to the minor unit, and answers a repeat alike', async () => {
    const { tripId } = await newTrip();
    const orderId = idFrom('order', tripId);
    for (let time = 0; time < 2; time++)
      expect(await call('/v1/checkout/carts', cart(tripId))).toMatchObject({ status: 201, body: { orderId } });
    const { prices, state } = (await findOrderOfTrip(database, tripId))!;
    expect(state).toBe('priced');
    expect(prices).toMatchObject({ currency: 'EUR', totalMinor: 690, taxMinor: 28, discountMinor: 50 });
    expect(prices!.lines.map(({ totalMinor, depositMinor }) => [totalMinor, depositMinor])).toEqual([
      [270, 20],
      [420, 0],
    ]);
  });

  test.each([
    ['an empty cart', 'lineItems', [], /cart content validation failed/],
    ['a missing price', 'lineItems.0.unitPrice.price', undefined, /BadRequest/],
    ['a product that is not in the cart', 'lineItems.0.productId', 'gold', /does not have/],
    ['a product left out', 'lineItems.length', 1, /found no price for nuts/],
    ['a total that does not add up', 'orderTotals.priceTotal.amount', '6.91', /lines add up to 6.90/],
    ['three decimals', 'orderTotals.priceTotal.amount', '6.901', /at most 2 digits/],
    ['minor units for decimals', 'orderTotals.priceTotal.amount', '690', /minor units sent as decimals/],
    ['another currency', 'orderTotals.priceTotal.currencyCode', 'USD', /expected EUR/],
  ])('refuses %s', async (_, path, value, why) => {
    const { tripId } = await newTrip();
    const body = cart(tripId);
    const parts = path.split('.');
    let at = body as unknown as Record<string, unknown>;
    for (const part of parts.slice(0, -1)) at = at[part] as Record<string, unknown>;
    at[parts.at(-1)!] = value;
    const answer = await call('/v1/checkout/carts', body);
    expect(answer).toMatchObject({ status: 400, body: { errorMsg: expect.stringMatching(why) } });
    expect(await stateOf(tripId)).toBe('placed');
  });

  test('catches a capture in the wrong unit once the price is known', async () => {
    const { tripId, head } = await newTrip();
    await call('/v1/checkout/carts', cart(tripId));
    const answer = await call('/v1/capture/charge', { ...head, amount: eur(690) });
    expect(answer.body.errorMsg).toContain('minor units sent as decimals');
    expect(await call('/v1/adjust/charge', { ...head, amount: eur(690) })).toMatchObject({ status: 400 });
  });

  test('knows no cart of a trip that never was', async () => {
    expect((await call('/v1/checkout/carts', cart(randomUUID()))).body).toEqual({ errorMsg: 'UnknownShoppingTrip' });
  });
});

describe('the rest', () => {
  test('tells what is known of a payment, and the address a card holder left', async () => {
    const { head, tripId } = await newTrip();
    expect(await call('/v1/payment/transactional-data', head)).toMatchObject({
      status: 200,
      body: { currency: 'EUR', cardStatementTransactionId: tripId },
    });
    const ask = (id: string) => call('/v1/identity/shopper', { storeId: 'store-of-shop', shopperId: { id } });
    expect(await ask('card-1')).toMatchObject({ status: 200, body: { shopperEmail: 'a.shopper@mail.test' } });
    expect(await ask('card-2')).toMatchObject({ status: 400 });
  });

  test('takes reports of what was settled, the last one counting', async () => {
    const { head, tripId } = await newTrip();
    const report = (settled: number) =>
      call('/v1/feedback/payment-status', { ...head, totalAmount: eur(20), settledAmount: eur(settled) });
    expect((await report(0)).status).toBe(200);
    expect((await report(20)).status).toBe(200);
    expect((await report(21)).status).toBe(400);
    const rows = await database.query('SELECT total_minor, settled_minor FROM jwo_payment_reports WHERE trip_id = ?', [
      tripId,
    ]);
    expect(rows).toMatchObject([{ total_minor: 2000, settled_minor: 2000 }]);
  });

  test('takes products in, reports those that do not fit, and archives', async () => {
    const item = (item_sku: string, more = {}) => ({
      ...{ item_sku, external_product_id: '4006381333931', external_product_id_type: 'EAN', item_name: item_sku },
      ...{ store_id: 'store-of-shop', ...more },
    });
    const catalogItems = [
      item('cola'),
      item('bad', { external_product_id: '12' }),
      item('foreign', { store_id: 'store-of-other' }),
    ];
    const upload = await call('/v1/catalog/upload', { catalogItems });
    expect(upload.status).toBe(200);
    expect([...products.keys()]).toEqual(['shop/cola']);
    rig.clock.advance(1000);
    const status = await call('/v1/catalog/getCatalogUploadStatus', { ingestionId: upload.body.ingestionId });
    expect(status.body).toMatchObject({
      processingStatus: 'DONE',
      reportDownloadLink: expect.stringContaining('https://store.test/'),
    });
    const foreign = await call('/v1/catalog/getCatalogUploadStatus', { ingestionId: upload.body.ingestionId }, 'other');
    expect(foreign.status).toBe(400);
    expect((await call('/v1/catalog/archive', { catalogItems: [{ item_sku: 'cola' }] })).status).toBe(200);
    expect(products.size).toBe(0);
    expect((await call('/v1/catalog/upload', { catalogItems: [] })).status).toBe(400);
  });

  test('answers the eleventh catalogue call of a second with 429', async () => {
    rig.clock.advance(1000);
    const statuses = [];
    for (let time = 0; time < 11; time++)
      statuses.push((await call('/v1/catalog/archive', { catalogItems: [{ item_sku: 'x' }] })).status);
    expect(statuses).toEqual([...Array<number>(10).fill(200), 429]);
  });

  test('refuses by the separate description what an answer may not be', () => {
    expect(
      answerProblem('/v1/adjust/charge', 200, '{"status":"MAYBE","authorizedAmount":{"amount":1,"code":"EUR"}}'),
    ).toMatch(/status/);
    expect(
      answerProblem('/v1/adjust/charge', 200, '{"status":"DECLINED","authorizedAmount":{"amount":1,"code":"EUR"}}'),
    ).not.toBeNull();
    expect(
      answerProblem('/v1/adjust/charge', 200, '{"status":"APPROVED","authorizedAmount":{"amount":1.999,"code":"EUR"}}'),
    ).toMatch(/multiple/);
    expect(answerProblem('/v1/capture/charge', 200, '{}')).not.toBeNull();
    expect(answerProblem('/v1/refund', 400, '{"message":"no"}')).toMatch(/errorMsg/);
  });
});
