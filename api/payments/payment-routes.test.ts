import { afterAll, beforeAll, expect, test } from 'vitest';
import { idFrom } from '../ids.ts';
import { type TestGateway, testGateway } from '../test-gateway.ts';

let gate: TestGateway;
let north: string;
let south: string;
beforeAll(async () => {
  gate = await testGateway();
  [north, south] = [await gate.keyOf('north'), await gate.keyOf('south')];
});
afterAll(() => gate.close());

const never = new AbortController().signal;

/** A trip of the north whose hold cannot grow and whose cart costs 20.00 more. */
async function owing(trip: string, customer: string | null): Promise<string> {
  const ids = { retailerId: 'north', storeId: 'north-a', tripKey: trip, currency: 'EUR' };
  const ask = { ...ids, eventId: `e-${trip}`, paymentMethod: 'pm_card_noIncrement', customer };
  await gate.payments.hold({ ...ask, amountMinor: 5000, capMinor: 10_000 }, never);
  await gate.database.transaction(async (tx) => {
    const { orders } = gate.gateway;
    const order = { tripId: trip, retailerId: 'north', storeId: 'north-a', items: [], attendantReason: null };
    const { id } = await orders.create(tx, order);
    const prices = { currency: 'EUR', lines: [], discountMinor: 0, taxMinor: 0, totalMinor: 7000 };
    await orders.move(tx, id, 'priced', { prices, purchaseId: 'p' });
  });
  gate.gateway.runner.wake();
  const paymentId = idFrom('payment', 'north', trip);
  await expect.poll(async () => (await call('GET', paymentId, '', north)).body.status).toBe('partly_captured');
  await expect.poll(() => orderState(trip)).toBe('unpaid');
  return paymentId;
}

async function orderState(trip: string) {
  const rows = await gate.database.query('SELECT state FROM orders WHERE trip_id = ?', [trip]);
  return rows[0]?.['state'];
}

async function call(method: 'GET' | 'POST', id: string, action: string, key: string, payload?: object) {
  const headers = { authorization: `Bearer ${key}` };
  const url = `/v1/payments/${id}${action}`;
  const answer = await gate.app.inject({ method, url, headers, ...(payload ? { payload } : {}) });
  return { status: answer.statusCode, body: answer.json() };
}
const words = { description: 'Your visit', returnUrl: 'https://shop.test/thanks' };

test('collects a debt by mandate and pays the order with it', async () => {
  const id = await owing('trip-mandate', 'cus_1');
  expect((await call('GET', id, '', north)).body).toMatchObject({ debtMinor: 2000, capturedMinor: 5000 });
  const asked = await call('POST', id, '/collect', north, words);
  expect(asked).toMatchObject({
    status: 200,
    body: { payLinkUrl: null, payment: { debtMinor: 0, collectedMinor: 2000 } },
  });
  await expect.poll(() => orderState('trip-mandate')).not.toBe('unpaid');
  expect((await call('POST', id, '/collect', north, words)).status).toBe(409);
});

test('passes a pay link on where there is no mandate', async () => {
  const id = await owing('trip-link', null);
  const asked = await call('POST', id, '/collect', north, words);
  expect(asked.body).toMatchObject({
    payLinkUrl: expect.stringContaining('https://'),
    payment: { status: 'debt_pending' },
  });
  expect(await orderState('trip-link')).toBe('unpaid');
  const linkId = asked.body.payLinkUrl.split('/').at(-1);
  const about = { kind: 'pay_link_paid', linkId, amountMinor: 2000 } as const;
  await gate.payments.notices.take('north', 'stripe', {
    noticeId: 'n',
    providerId: 'pi_link',
    atMs: Date.now(),
    about,
  });
  expect((await call('GET', id, '', north)).body).toMatchObject({ status: 'captured', collectedMinor: 2000 });
  await expect.poll(() => orderState('trip-link')).not.toBe('unpaid');
});

test('gives a debt up, once, and its order with it', async () => {
  const id = await owing('trip-given-up', null);
  expect(await call('POST', id, '/write-off', north)).toMatchObject({
    status: 200,
    body: { writtenOffMinor: 2000, debtMinor: 0 },
  });
  expect(await orderState('trip-given-up')).toBe('written_off');
  expect((await call('POST', id, '/write-off', north)).status).toBe(409);
  expect((await call('POST', id, '/evidence', north)).status).toBe(409);
});

test("shows and moves nobody else's payments", async () => {
  const id = await owing('trip-mine', 'cus_1');
  const elsewhere = await gate.keyOf('north', 'north-b');
  const reader = await gate.keyOf('north', null, ['orders:read']);
  for (const key of [south, elsewhere]) {
    expect((await call('GET', id, '', key)).status).toBe(404);
    for (const action of ['/write-off', '/evidence']) expect((await call('POST', id, action, key)).status).toBe(404);
    expect((await call('POST', id, '/collect', key, words)).status).toBe(404);
  }
  expect((await call('POST', id, '/write-off', reader)).status).toBe(403);
  expect((await call('GET', id, '', reader)).status).toBe(403);
  expect((await call('GET', id, '', north)).body.debtMinor).toBe(2000);
});
