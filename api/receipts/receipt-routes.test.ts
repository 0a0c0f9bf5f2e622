import { afterAll, beforeAll, expect, test } from 'vitest';
import { completedOrder, type TestGateway, testGateway } from '../test-gateway.ts';
import { Kiosk } from './kiosk.ts';
import { RECEIPT_CSP } from './receipt-html.ts';

let running: TestGateway;
let order: Awaited<ReturnType<typeof completedOrder>>;
let receiptId = '';

beforeAll(async () => {
  running = await testGateway();
  order = await completedOrder(running, 'north', 'north-a');
  const { receipts } = (await get(`/v1/orders/${order.orderId}/receipts`, await running.keyOf('north'))).json();
  receiptId = receipts[0].id;
});
afterAll(() => running.close());

function get(url: string, key: string) {
  return running.app.inject({ method: 'GET', url, headers: { authorization: `Bearer ${key}` } });
}

test('shows a receipt as a page, a PDF and text', async () => {
  const key = await running.keyOf('north');
  const page = await get(`/v1/receipts/${receiptId}/receipt.html?language=de`, key);
  expect(page.statusCode).toBe(200);
  expect(page.headers['content-security-policy']).toBe(RECEIPT_CSP);
  expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
  expect(page.body).toContain('Kassenbon north-a-000001');
  const text = await get(`/v1/receipts/${receiptId}/receipt.txt`, key);
  // Three colas of 1.20 with a deposit of 0.25 each.
  expect(text.body).toMatch(/Total\s+€4\.35/);
  const pdf = await get(`/v1/receipts/${receiptId}/receipt.pdf`, key);
  expect(pdf.headers['content-type']).toBe('application/pdf');
  expect(pdf.rawPayload.subarray(0, 5).toString()).toBe('%PDF-');
  expect(pdf.rawPayload.subarray(-6).toString()).toContain('%%EOF');
});

test("hides receipts from other retailers, other stores' keys and keys without the scope", async () => {
  const url = `/v1/receipts/${receiptId}/receipt.html`;
  expect((await get(url, await running.keyOf('south'))).statusCode).toBe(404);
  expect((await get(url, await running.keyOf('north', 'north-b'))).statusCode).toBe(404);
  expect((await get(url, await running.keyOf('north', 'north-a'))).statusCode).toBe(200);
  expect((await get(url, await running.keyOf('north', null, ['catalogue:write']))).statusCode).toBe(403);
  expect((await get(url, 'nonsense')).statusCode).toBe(401);
});

test('takes an address at the kiosk for the person the gate knows by that card', async () => {
  const { gateway, app, database } = running;
  const authorization = `Bearer ${await running.keyOf('north')}`;
  const put = (payload: object) =>
    app.inject({ method: 'PUT', url: '/v1/kiosk/receipt-address', headers: { authorization }, payload });
  expect((await put({ cardFingerprint: order.card, email: 'ann@example.org' })).statusCode).toBe(204);
  const kiosk = new Kiosk(gateway.vault, gateway.clock);
  expect(await kiosk.addressOf(database, order.subjectId)).toBe('ann@example.org');
  expect((await put({ cardFingerprint: order.card, email: 'bob@example.org' })).statusCode).toBe(204);
  expect(await kiosk.addressOf(database, order.subjectId)).toBe('bob@example.org');
  for (const email of ['nobody', 'a@b.example, c@d.example', '']) {
    expect((await put({ cardFingerprint: order.card, email })).statusCode).toBe(400);
  }
});
