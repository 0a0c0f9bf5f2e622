import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { afterAll, expect, test } from 'vitest';
import { credentialOf } from '../../simulator/credential.ts';
import { resolveFile } from '../scenario-files.ts';
import { aisle, type ServeProcess, startReceiver, startServe, until } from './test-serving.ts';

const scenario = new URL('../../scenarios/demo.yaml', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'aisle-serve-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface ShownOrder {
  readonly id: string;
  readonly tripId: string;
  readonly state: string;
  readonly prices: { readonly totalMinor: number; readonly currency: string } | null;
  readonly items: readonly { readonly sku: string; readonly quantity: { readonly value: number } }[];
}
const ordersOf = async (serving: ServeProcess) =>
  ((await serving.get('/v1/orders')) as { orders: ShownOrder[] }).orders;

const hasEnded = (serving: ServeProcess) => /^over/m.test(serving.output());
const allDone = async (serving: ServeProcess) =>
  hasEnded(serving) && (await ordersOf(serving)).every(({ state }) => state === 'completed');

test('turns a simulated visit into a paid order with receipt and webhooks that stock verifiers accept', async () => {
  const receiver = await startReceiver();
  const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
  const data = join(folder, 'whole');
  const serving = await startServe([
    ...[scenario, '--speed', 'max', '--port', '0', '--data', data],
    ...['--webhook', receiver.url, '--webhook-secret', secret],
  ]);
  try {
    await until(() => allDone(serving));
    const orders = await ordersOf(serving);
    const [ana] = orders.filter(({ items }) => items.some(({ sku }) => sku === 'oat-cookies'));
    // A cola can for 1.20 and oat cookies for 1.59.
    expect(ana).toMatchObject({ state: 'completed', prices: { totalMinor: 279, currency: 'EUR' } });
    const { receipts } = (await serving.get(`/v1/orders/${ana!.id}/receipts`)) as { receipts: unknown[] };
    expect(receipts).toMatchObject([{ kind: 'receipt', prices: { totalMinor: 279 } }]);

    const eventsOf = (tripId: string) =>
      receiver.received.map(({ body }) => JSON.parse(body)).filter(({ data: { tripId: id } }) => id === tripId);
    await until(() => eventsOf(ana!.tripId).some(({ type }) => type === 'order.completed'));
    for (const { headers, body } of receiver.received) {
      const signed = headers as Record<string, string>;
      expect(new Webhook(secret).verify(body, signed)).toEqual(JSON.parse(body));
      expect(() => new SvixWebhook(secret).verify(body, signed)).not.toThrow();
      expect(() => new SvixWebhook(secret).verify(`${body} `, signed)).toThrow();
      expect(() => new Webhook(secret).verify(`${body} `, signed)).toThrow();
    }
    expect(eventsOf(ana!.tripId).map(({ type }) => type)).toEqual([
      ...['payment.authorized', 'trip.started', 'trip.ended', 'cart.finalized', 'order.created', 'order.priced'],
      ...['payment.captured', 'receipt.issued', 'order.completed'],
    ]);
  } finally {
    expect(await serving.stop()).toBe(0);
    receiver.close();
  }
});

test('gives a recording that is played through the door of sensors the orders of the live run, also after a kill', async () => {
  const recording = join(folder, 'demo.mcap');
  await aisle('run', scenario, '--record', recording);
  const data = join(folder, 'sensors');
  const args = ['--store', recording, '--trust-stamps', '--port', '0', '--data', data];
  const play = (serving: ServeProcess) =>
    aisle(
      'play',
      recording,
      ...['--to', serving.address, '--key', serving.key, '--speed', 'max'],
      ...['--cards', 'pm_card_visa'],
    );
  const first = await startServe(args);
  await play(first);
  await until(async () => (await ordersOf(first)).length >= 5);
  await first.kill();
  const second = await startServe(args);
  await until(async () => (await ordersOf(second)).every(({ state }) => state === 'completed'));
  const totals = (await ordersOf(second)).map(({ prices }) => prices!.totalMinor).sort((a, b) => a - b);
  // Who left last has not settled: nothing tells the engine that time went on.
  const all = [0, 119, 279, 319, 738, 763];
  for (const total of totals) expect(all).toContain(total);
  expect(totals.length).toBeGreaterThanOrEqual(5);
  const logged = readFileSync(join(data, 'readings', 'store-1-1.ndjson'), 'utf8');
  const { seed, shoppers } = resolveFile(scenario, null, {});
  for (const { party } of shoppers) expect(logged).not.toContain(credentialOf(seed, party));
  await second.stop();
});
