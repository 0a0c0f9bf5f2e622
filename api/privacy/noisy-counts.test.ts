import { afterAll, beforeAll, expect, test } from 'vitest';
import { completedOrder, type TestGateway, testGateway } from '../test-gateway.ts';

const DAY = '2026-03-01';
let running: TestGateway;
beforeAll(async () => {
  running = await testGateway();
  const { orderId } = await completedOrder(running, 'north', 'north-a');
  await running.database.query('UPDATE orders SET created_at_ms = ? WHERE id = ?', [Date.parse(DAY) + 1000, orderId]);
});
afterAll(() => running.close());

async function ask(body: object, retailer = 'north') {
  const headers = { authorization: `Bearer ${await running.keyOf(retailer)}` };
  const answer = await running.app.inject({ method: 'POST', url: '/v1/analytics/products', headers, payload: body });
  return { status: answer.statusCode, body: answer.json() };
}

test('answers with noise until the day has told what it may, and then no more (P12)', async () => {
  const question = { storeId: 'north-a', day: DAY, epsilon: 0.4 };
  const first = await ask(question);
  expect(first).toMatchObject({ status: 200, body: { products: [{ sku: 'cola', visits: expect.any(Number) }] } });
  expect((await ask(question)).status).toBe(200);
  expect(await ask(question)).toMatchObject({ status: 409, body: { detail: expect.stringContaining(DAY) } });
  expect((await ask({ ...question, epsilon: 0.2 })).status).toBe(200);
  expect((await ask({ ...question, epsilon: 0.01 })).status).toBe(409);
  expect((await ask({ ...question, storeId: 'north-b' })).status).toBe(200);
});

test('tells nothing of a day that is not over, or of another retailer', async () => {
  const today = new Date().toISOString().slice(0, 10);
  expect((await ask({ storeId: 'north-a', day: today })).status).toBe(409);
  expect((await ask({ storeId: 'north-a', day: '2026-02-01' }, 'south')).status).toBe(404);
});

test('centres on the count', async () => {
  const sums: number[] = [];
  for (let i = 1; i <= 28; i++) {
    const day = `2026-02-${String(i).padStart(2, '0')}`;
    sums.push((await ask({ storeId: 'north-a', day, epsilon: 1 })).body.products[0].visits);
  }
  const mean = sums.reduce((sum, value) => sum + value, 0) / sums.length;
  // Scale 10, so the mean of 28 has a standard deviation of 2.7: six of them is once in a billion.
  expect(Math.abs(mean)).toBeLessThan(16.2);
  expect(new Set(sums).size).toBeGreaterThan(5);
});
