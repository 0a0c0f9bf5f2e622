import { afterAll, beforeAll, expect, test } from 'vitest';
import { completedOrder, type TestGateway, testGateway } from '../test-gateway.ts';

let running: TestGateway;
let key: string;
beforeAll(async () => {
  running = await testGateway();
  key = await running.keyOf('north');
});
afterAll(() => running.close());

async function call(method: string, url: string, payload?: object, headers: Record<string, string> = {}, by = key) {
  const answer = await running.app.inject({
    ...{ method: method as 'GET', url, headers: { authorization: `Bearer ${by}`, ...headers } },
    ...(payload === undefined ? {} : { payload }),
  });
  return { status: answer.statusCode, body: answer.json() };
}
const evidence = {
  ...{ changeId: 'c1', timeUs: 5_000_000, shelfId: 'shelf', slotId: 'slot', deltaGrams: -330, quantity: 3 },
  handDistanceM: 0.1,
  rivals: [{ tripId: 'trip-1', prob: 0.99 }],
  products: [{ sku: 'cola', count: 3, prob: 0.98 }],
};

test('shows a shopper who contests a line what was seen, and gives the line back when a person agrees', async () => {
  const { orderId, tripId } = await completedOrder(running, 'north', 'north-a');
  const lines = [{ sku: 'cola', quantity: { value: 3, unit: 'each' }, confidence: 0.97, evidence: [evidence] }];
  await running.database.query('UPDATE trips SET cart = ? WHERE id = ?', [JSON.stringify({ lines }), tripId]);
  const asked = { lines: [{ lineId: 'cola', quantity: 2 }] };
  const open = (by = key) =>
    call('POST', `/v1/orders/${orderId}/disputes`, asked, { 'idempotency-key': 'dispute-1' }, by);
  const first = await open();
  expect(first).toMatchObject({
    status: 201,
    body: { state: 'open', evidence: [{ lineId: 'cola', confidence: 0.97 }] },
  });
  expect(first.body.evidence[0].seen[0].rivals).toEqual(evidence.rivals);
  expect((await open()).body).toEqual(first.body);
  const south = await running.keyOf('south');
  expect((await open(south)).status).toBe(404);
  const path = `/v1/disputes/${first.body.id}`;
  expect((await call('GET', path, undefined, {}, south)).status).toBe(404);
  expect((await call('GET', '/v1/disputes')).body.disputes).toMatchObject([{ id: first.body.id }]);

  const accept = () => call('POST', `${path}/decision`, { decision: 'accepted' });
  expect((await accept()).body).toMatchObject({ state: 'settled' });
  expect((await accept()).status).toBe(409);
  const { receipts } = (await call('GET', `/v1/orders/${orderId}/receipts`)).body;
  expect(
    receipts.map((one: { kind: string; prices: { totalMinor: number } }) => [one.kind, one.prices.totalMinor]),
  ).toEqual([
    ['receipt', 435],
    ['credit-note', 290],
  ]);
});

test('leaves the receipt as it is when a person does not agree, and takes no more than was bought', async () => {
  const { orderId } = await completedOrder(running, 'north', 'north-a');
  const open = (quantity: number, name: string) =>
    call(
      'POST',
      `/v1/orders/${orderId}/disputes`,
      { lines: [{ lineId: 'cola', quantity }] },
      { 'idempotency-key': name },
    );
  expect((await open(4, 'too-many')).status).toBe(409);
  const { body } = await open(1, 'rejected-1');
  expect(body.evidence).toEqual([]);
  expect((await open(2, 'rejected-1')).status).toBe(422);
  const decide = (decision: string) => call('POST', `/v1/disputes/${body.id}/decision`, { decision });
  expect((await decide('rejected')).body).toMatchObject({ state: 'rejected' });
  expect((await decide('accepted')).status).toBe(409);
  expect((await call('GET', `/v1/orders/${orderId}/receipts`)).body.receipts).toHaveLength(1);
});
