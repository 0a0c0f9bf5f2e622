import { afterAll, beforeAll, expect, test } from 'vitest';
import { completedOrder, type TestGateway, testGateway } from '../test-gateway.ts';

let running: TestGateway;
let key: string;
beforeAll(async () => {
  running = await testGateway();
  key = await running.keyOf('north');
});
afterAll(() => running.close());

async function call(method: string, url: string, payload?: object | string, type = 'application/json', by = key) {
  const answer = await running.app.inject({
    ...{ method: method as 'GET', url },
    headers: { authorization: `Bearer ${by}`, ...(payload === undefined ? {} : { 'content-type': type }) },
    ...(payload === undefined ? {} : { payload }),
  });
  return { status: answer.statusCode, body: answer.json() };
}

test('takes a price list as CSV, all of it or on request what fits', async () => {
  const file = 'sku,name,price,tax_percent\nmilk,Milk,1.19,7\ntea,Tea,x,7\n';
  const rejected = [{ line: 3, problem: expect.stringContaining('found x') }];
  expect((await call('POST', '/v1/catalogue/import', file, 'text/csv')).body).toEqual({ stored: 0, rejected });
  expect((await call('GET', '/v1/catalogue')).body.items).toEqual([]);
  const partly = await call('POST', '/v1/catalogue/import?partial=true', file, 'text/csv');
  expect(partly.body).toEqual({ stored: 1, rejected });
  expect((await call('GET', '/v1/catalogue')).body.items).toMatchObject([
    { sku: 'milk', priceMinor: 119, taxPpm: 70_000 },
  ]);
  expect((await call('POST', '/v1/catalogue/import', 'nonsense', 'text/csv')).status).toBe(400);
  expect((await call('PUT', '/v1/catalogue', 'nonsense', 'text/csv')).status).toBe(415);
});

test('recalls a product: no attendant lets it through, and its buyers are found', async () => {
  const { orderId } = await completedOrder(running, 'north', 'north-a');
  const { database, gateway } = running;
  expect((await call('PUT', '/v1/recalls/nothing', { reason: 'x' })).status).toBe(404);
  expect((await call('PUT', '/v1/recalls/cola', { reason: 'glass' })).body).toEqual({ sku: 'cola', recalled: 'glass' });
  expect((await call('GET', '/v1/recalls/cola/orders')).body.orders).toEqual([
    { orderId, storeId: 'north-a', quantity: 3 },
  ]);
  const south = await running.keyOf('south');
  expect((await call('GET', '/v1/recalls/cola/orders', undefined, '', south)).body.orders).toEqual([]);
  await database.transaction(async (tx) => {
    await tx.query(
      `INSERT INTO trips (id, retailer_id, store_id, session_id, started_at_ms, cart_status, cart_version, attendant)
       VALUES ('recalled', 'north', 'north-a', 'session-north-a', 0, 'final', 1, 'required')`,
    );
    const items = [
      { lineId: 'cola', sku: 'cola', quantity: { value: 1, unit: 'each' as const }, confidence: 1, takenAtMs: [] },
    ];
    const why = { attendantReason: 'cola: recalled, glass' };
    await gateway.orders.create(tx, { tripId: 'recalled', retailerId: 'north', storeId: 'north-a', items, ...why });
  });
  const approve = () => call('POST', '/v1/trips/recalled/attendant', { decision: 'approved' });
  expect(await approve()).toMatchObject({ status: 409, body: { detail: expect.stringContaining('glass') } });
  expect((await call('DELETE', '/v1/recalls/cola')).body.recalled).toBeNull();
  expect((await approve()).status).toBe(200);
});
