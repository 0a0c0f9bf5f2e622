import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { completedOrder, type TestGateway, testGateway } from './test-gateway.ts';

const run = promisify(execFile);
const readme = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8');
const blocks = [...readme.matchAll(/```curl\n([\s\S]*?)```/g)].map(([, text]) => text!);
const env: Record<string, string> = { PATH: process.env['PATH']!, STORE: 'north-a', LINE: 'cola' };

let running: TestGateway;
beforeAll(async () => {
  running = await testGateway();
  const { orderId, tripId } = await completedOrder(running, 'north', 'north-a');
  env['GATEWAY'] = await running.app.listen({ port: 0, host: '127.0.0.1' });
  Object.assign(env, { KEY: await running.keyOf('north'), ORDER: orderId, TRIP: tripId });
});
afterAll(() => running.close());

/** What each command of a block prints, run as the README has it. */
async function answers(block: string): Promise<unknown[]> {
  const found: unknown[] = [];
  for (const command of block.replaceAll('\\\n', ' ').split('\n').filter(Boolean)) {
    const { stdout } = await run('bash', ['-o', 'pipefail', '-c', command], { env });
    found.push(stdout === '' ? null : JSON.parse(stdout));
  }
  return found;
}

test('has curl commands that do what the text beside them says', async () => {
  expect(blocks).toHaveLength(4);
  const [orders, trip, payments, receipts] = await answers(blocks[0]!);
  expect(orders).toMatchObject({ orders: [{ id: env['ORDER'], state: 'completed' }] });
  expect(trip).toMatchObject({ id: env['TRIP'] });
  expect(payments).toMatchObject({ payments: [{ status: 'captured', capturedMinor: 435 }] });
  expect(receipts).toMatchObject({ receipts: [{ kind: 'receipt' }] });

  const [dispute, open, refund] = await answers(blocks[1]!);
  expect(dispute).toMatchObject({ state: 'open', lines: [{ lineId: 'cola', quantity: 1 }] });
  expect(open).toMatchObject({ disputes: [{ orderId: env['ORDER'] }] });
  expect(refund).toMatchObject({ amountMinor: 145, currency: 'EUR' });

  const [stored, recall, wallet, code] = await answers(blocks[2]!);
  expect(stored).toEqual({ stored: 1, rejected: [] });
  expect(recall).toEqual({ sku: 'milk', recalled: 'lot 7: glass' });
  expect(wallet).toBeNull();
  expect(code).toMatchObject({ qrSvg: expect.stringContaining('<svg') });

  const [exported, erased, report] = await answers(blocks[3]!);
  expect(exported).toMatchObject({ kept: { wallet: { paymentMethod: 'pm_card_visa' } } });
  expect(erased).toMatchObject({ signature: expect.any(String) });
  expect(report).toMatchObject({ retailers: [{ name: 'north shops' }, { name: 'south shops' }] });
});
