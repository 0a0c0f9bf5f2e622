import { randomUUID } from 'node:crypto';
import { AwsClient } from 'aws4fetch';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../clock.ts';
import { openGateway, type RunningGateway } from '../../open-gateway.ts';
import { TestStripe } from '../../payments/test-provider/stripe-server.ts';
import { DEMO_LIMITS } from '../../privacy/test-limits.ts';
import { Kiosk } from '../../receipts/kiosk.ts';
import { retailerSchema } from '../../retailer/retailer.ts';
import { allRoutes } from '../../routes/all-routes.ts';
import { type App, buildServer } from '../../server.ts';
import { openSqlite } from '../../store/sqlite.ts';
import { TestConnector } from './test-connector.ts';

const ours = { accessKeyId: 'OURS', secretAccessKey: 'our-secret-access-key', region: 'eu-central-1' } as const;
const theirs = { accessKeyId: 'THEIRS', secretAccessKey: 'their-secret-access-key', region: 'eu-central-1' } as const;
const sigv4 = { kind: 'sigv4', service: 'execute-api' } as const;

const database = openSqlite(':memory:');
const connector = new TestConnector({ ...sigv4, ...ours }, systemClock);
const provider = new TestStripe({ clock: systemClock, apiKey: 'sk', webhookSecret: 'whsec_t', webhookUrl: null });
let running: RunningGateway;
let app: App;
let url: string;

beforeAll(async () => {
  const retailer = retailerSchema.parse({
    ...{ id: 'shop', name: 'Shop', currency: 'EUR', captureBy: 'retailer' },
    stores: [{ id: 'store-1', name: 'Store', alternative: 'till' }],
    connector: {
      ...{ kind: 'jwo', baseUrl: await connector.listen(), assesses: true },
      ...{ auth: { ...sigv4, ...ours }, inboundAuth: { ...sigv4, ...theirs } },
    },
    payment: {
      ...{ kind: 'stripe', apiKey: 'sk', webhookSecrets: ['whsec_t'], host: '127.0.0.1', protocol: 'http' },
      port: Number(new URL(await provider.server.listen()).port),
    },
  });
  running = await openGateway({
    ...{ database, clock: systemClock, retailers: [retailer], masterKey: Buffer.alloc(32, 3), retention: DEMO_LIMITS },
    ...{ publicUrl: 'http://gateway.example', allowPrivateWebhooks: true, log: () => undefined },
  });
  const { gateway } = running;
  app = await buildServer({
    ...{ keys: gateway.keys, metrics: gateway.metrics, logLevel: 'silent', isReady: async () => true },
    routes: allRoutes(running),
  });
  url = await app.listen({ port: 0, host: '127.0.0.1' });
  provider.webhookUrl = `${url}/v1/payment-notices/shop`;
});
afterAll(async () => {
  await app.close();
  await running.stop();
  await provider.server.close();
  await connector.close();
  await database.close();
});

async function call(path: string, body: unknown, key: typeof ours | typeof theirs = theirs) {
  const client = new AwsClient({ ...key, service: 'execute-api', retries: 0 });
  const headers = { 'content-type': 'application/json' };
  const answer = await client.fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? null : JSON.parse(text) };
}

test('takes a visit through gate, purchase, adjustment, capture and refund, all over HTTP', async () => {
  const { gateway, payments } = running;
  const tripId = randomUUID();
  const ids = { retailerId: 'shop', storeId: 'store-1', tripKey: tripId };
  await payments.hold(
    {
      ...{ ...ids, eventId: randomUUID(), paymentMethod: 'pm_card_visa', customer: null },
      ...{ amountMinor: 5000, capMinor: 10_000, currency: 'EUR' },
    },
    new AbortController().signal,
  );
  await database.transaction(async (tx) => {
    const nowMs = systemClock.nowMs();
    await tx.query(
      `INSERT INTO sessions (id, retailer_id, store_id, number, source, started_at_ms, position)
       VALUES ('session-1', 'shop', 'store-1', 1, 'test', ?, 0)`,
      [nowMs],
    );
    await tx.query(
      `INSERT INTO trips (id, retailer_id, store_id, session_id, engine_trip_id, started_at_ms, ended_at_ms, cart_status,
         cart_version, attendant) VALUES (?, 'shop', 'store-1', 'session-1', 'trip-1', ?, ?, 'final', 1, 'none')`,
      [tripId, nowMs - 60_000, nowMs],
    );
    const quantity = { value: 2, unit: 'each' } as const;
    const items = [{ lineId: 'l1', sku: 'cola', quantity, confidence: 1, takenAtMs: [] }];
    await gateway.orders.create(tx, { tripId, retailerId: 'shop', storeId: 'store-1', items, attendantReason: null });
  });
  gateway.runner.wake();
  const head = { storeId: 'store-1', shoppingTripId: tripId };
  const amount = { amount: 60.5, code: 'EUR' };
  await expect.poll(() => connector.purchases.get(tripId), { timeout: 5000 }).toBe('purchase-1');
  await expect.poll(async () => (await call('/v1/adjust/charge', { ...head, amount })).body.status).toBe('APPROVED');
  await expect.poll(async () => (await call('/v1/capture/charge', { ...head, amount })).status).toBe(200);
  const refund = {
    ...head,
    amount: { amount: 10, code: 'EUR' },
    refundRequestId: randomUUID(),
    refundReasonCode: 'OTHER',
  };
  expect((await call('/v1/refund', refund)).status).toBe(200);
  expect([...provider.bank.payments.values()]).toMatchObject([{ capturedMinor: 6050, refundedMinor: 1000 }]);
  await provider.server.notified();
  const notices = await database.query('SELECT kind, outcome FROM payment_notices');
  expect(notices.length).toBeGreaterThan(2);
});

test('knows the retailer by its own key only, not by ours', async () => {
  const head = { storeId: 'store-1', shoppingTripId: randomUUID() };
  expect(await call('/v1/cancel/charge', head)).toEqual({ status: 400, body: { errorMsg: 'UnknownShoppingTrip' } });
  expect((await call('/v1/cancel/charge', head, ours)).status).toBe(403);
});

test('takes products in and reports those that do not fit', async () => {
  const item = {
    item_sku: 'cola',
    external_product_id: '40063813',
    item_name: 'Cola',
    store_id: 'store-1',
    standard_price: '1.99',
  };
  const upload = await call('/v1/catalog/upload', { catalogItems: [item, { item_sku: 'x' }] });
  const status = await call('/v1/catalog/getCatalogUploadStatus', upload.body);
  const { key } = await running.gateway.keys.create({
    retailerId: 'shop',
    storeId: null,
    name: 't',
    scopes: ['catalogue:write'],
  });
  const report = await fetch(url + status.body.reportDownloadLink, { headers: { authorization: `Bearer ${key}` } });
  expect(await report.text()).toMatch(/accepted 1\nrejected 1\nitem 1: /);
  expect((await fetch(url + status.body.reportDownloadLink)).status).toBe(401);
});

test('tells the retailer the address a shopper gave at the kiosk, by the name the retailer has for them', async () => {
  const { gateway } = running;
  const tapped = 'pm_card_kiosk';
  const ask = (eventId: string) =>
    gateway.desk.ask({
      ...{ eventId, retailerId: 'shop', storeId: 'store-1', sessionId: 'session-1', gateId: 'g', credential: tapped },
      ...{ isStaff: false, groupSize: 1, atMs: systemClock.nowMs() },
    });
  const { tripId } = await ask(randomUUID());
  const [entry] = await database.query('SELECT visitor_id FROM entries WHERE trip_id = ?', [tripId]);
  const shopperId = String(entry!['visitor_id']);
  const who = () => call('/v1/identity/shopper', { storeId: 'store-1', shopperId: { id: shopperId } });
  expect((await who()).status).toBe(400);
  const kiosk = new Kiosk(gateway.vault, systemClock);
  await database.transaction((tx) => kiosk.bind(tx, 'shop', tapped, 'ana@example.com'));
  expect(await who()).toMatchObject({ status: 200, body: { shopperEmail: 'ana@example.com' } });
  expect(JSON.stringify(await database.query('SELECT * FROM subject_refs'))).not.toContain(shopperId);
});

test('keeps a shopper out while the retailer says that an earlier visit is unpaid', async () => {
  const { gateway } = running;
  const enter = async (credential: string) => {
    return gateway.desk.ask({
      ...{
        eventId: randomUUID(),
        retailerId: 'shop',
        storeId: 'store-1',
        sessionId: 'session-2',
        gateId: 'g',
        credential,
      },
      ...{ isStaff: false, groupSize: 1, atMs: systemClock.nowMs(), isInside: () => false },
    });
  };
  const { tripId } = await enter('pm_card_owes');
  await database.query('UPDATE trips SET ended_at_ms = ? WHERE id = ?', [systemClock.nowMs(), tripId]);
  await database.transaction((tx) =>
    gateway.orders.create(tx, {
      ...{ tripId: tripId!, retailerId: 'shop', storeId: 'store-1', attendantReason: 'beer: alcohol' },
      items: [{ lineId: 'l', sku: 'cola', quantity: { value: 1, unit: 'each' }, confidence: 1, takenAtMs: [] }],
    }),
  );
  const report = (settled: number) =>
    call('/v1/feedback/payment-status', {
      ...{ storeId: 'store-1', shoppingTripId: tripId },
      ...{ totalAmount: { amount: 12.5, code: 'EUR' }, settledAmount: { amount: settled, code: 'EUR' } },
    });
  expect((await report(0)).status).toBe(200);
  expect(await enter('pm_card_owes')).toMatchObject({ admitted: false, reason: 'debt' });
  expect(await enter('pm_card_other')).toMatchObject({ admitted: true });
  expect((await report(12.5)).status).toBe(200);
  expect(await enter('pm_card_owes')).toMatchObject({ admitted: true });
  const rows = await database.query('SELECT subject_id FROM jwo_payment_reports WHERE trip_id = ?', [tripId]);
  expect(rows).toEqual([{ subject_id: null }]);
});
