import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../clock.ts';
import { orderMigrations } from '../orders/migrations.ts';
import { ApiKeys, apiKeyMigrations, type Scope } from '../server/api-keys.ts';
import { Metrics } from '../server/metrics.ts';
import { type App, buildServer } from '../server.ts';
import type { Database } from '../store/database.ts';
import { migrate } from '../store/migrate.ts';
import { openSqlite } from '../store/sqlite.ts';
import { tripMigrations } from '../trips/migrations.ts';
import { AddressGuard } from './address-guard.ts';
import { listDeliveries } from './deliveries.ts';
import { Dispatcher } from './dispatcher.ts';
import { Endpoints } from './endpoints.ts';
import { webhookMigrations } from './migrations.ts';
import { Outbox } from './outbox.ts';
import { Poster } from './post.ts';
import { WEBHOOK_PAGE, webhookRoutes } from './routes.ts';
import { sampleData } from './sample-event.ts';
import { aesSeal } from './seal.ts';
import { TestReceiver } from './test-receiver.ts';

const run = promisify(execFile);
const readme = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8');
const blocks = [...readme.matchAll(/```curl\n([\s\S]*?)```/g)].map(([, text]) => text!);

let app: App;
let database: Database;
let receiver: TestReceiver;
let dispatcher: Dispatcher;
let outbox: Outbox;
const env: Record<string, string> = { PATH: process.env['PATH']! };

async function keyFor(keys: ApiKeys, retailerId: string, storeId: string | null, scopes: Scope[]): Promise<string> {
  return (await keys.create({ retailerId, storeId, name: 'test', scopes })).key;
}

beforeAll(async () => {
  database = openSqlite(':memory:');
  await migrate(
    database,
    [...tripMigrations, ...orderMigrations, ...webhookMigrations, ...apiKeyMigrations],
    systemClock,
  );
  receiver = await TestReceiver.start();
  const guard = new AddressGuard({ allowPrivate: true });
  const endpoints = new Endpoints({ database, clock: systemClock, guard, seal: aesSeal(Buffer.alloc(32, 1)) });
  outbox = new Outbox(systemClock, 'https://gateway.example');
  dispatcher = new Dispatcher(
    { database, clock: systemClock, endpoints, outbox, poster: new Poster(guard) },
    { pollMs: 10 },
  );
  const keys = new ApiKeys(database, systemClock);
  const wake = () => dispatcher.wake();
  app = await buildServer({
    keys,
    metrics: new Metrics(database),
    isReady: async () => true,
    routes: [webhookRoutes({ database, clock: systemClock, endpoints, wake })],
    logLevel: 'silent',
    pages: [{ prefix: '/webhooks/', folder: WEBHOOK_PAGE }],
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  env['GATEWAY'] = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  env['KEY'] = await keyFor(keys, 'r1', null, ['webhooks:write']);
  env['OTHER'] = await keyFor(keys, 'r2', null, ['webhooks:write']);
  env['ONE_STORE'] = await keyFor(keys, 'r1', 's1', ['webhooks:write']);
  env['READER'] = await keyFor(keys, 'r1', null, ['orders:read']);
  env['HOOK'] = receiver.url;
  dispatcher.start();
});

afterAll(async () => {
  await dispatcher.stop();
  await app.close();
  receiver.stop();
  await database.close();
});

/** Runs each command of a block as the README prints it; gives what they printed. */
async function curl(block: string): Promise<string[]> {
  const commands = block
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => line.startsWith('curl '));
  const answers: string[] = [];
  for (const command of commands) answers.push((await run('bash', ['-c', command], { env })).stdout);
  return answers;
}

test('has curl commands that do what the text says', async () => {
  expect(blocks).toHaveLength(5);
  const { id, secret } = JSON.parse((await curl(blocks[0]!))[0]!);
  env['ENDPOINT'] = id;
  await database.transaction((tx) =>
    outbox.append(tx, { type: 'cart.finalized', retailerId: 'r1', tripId: 't1', data: sampleData('cart.finalized') }),
  );
  await expect.poll(() => receiver.received.length).toBe(1);
  new Webhook(secret).verify(receiver.received[0]!.body, receiver.received[0]!.headers);
  await expect
    .poll(async () => (await listDeliveries(database, 'r1', { endpointId: id, limit: 1 }))[0]!.state)
    .toBe('delivered');

  env['DELIVERY'] = (await listDeliveries(database, 'r1', { endpointId: id, limit: 1 }))[0]!.id;
  const [list, deliveries, attempts] = (await curl(blocks[1]!)).map((text) => (text === '' ? null : JSON.parse(text)));
  expect(list.endpoints).toMatchObject([{ id, types: ['cart.finalized', 'order.*', 'payment.*'] }]);
  expect(JSON.stringify(list)).not.toContain(secret);
  expect(deliveries.deliveries).toMatchObject([{ id: env['DELIVERY'], state: 'delivered', attempts: 1 }]);
  expect(attempts.attempts).toMatchObject([{ number: 1, status: 204 }]);
  await expect.poll(() => receiver.received.length).toBe(2);

  const { secret: newer } = JSON.parse((await curl(blocks[2]!))[0]!);
  expect(newer).toMatch(/^whsec_/);
  const [events, recovered] = (await curl(blocks[3]!)).map((text) => JSON.parse(text));
  expect(events.events).toMatchObject([{ type: 'cart.finalized', specversion: '1.0' }]);
  expect(recovered).toEqual({ deliveries: 0 });
  expect(JSON.parse((await curl(blocks[4]!))[0]!).title).toBe('cart.finalized');
});

test('keeps retailers, single stores and other scopes away from endpoints and events', async () => {
  const paths = ['webhook-endpoints', 'webhook-deliveries', 'events'];
  const status = async (path: string, key: string, method = 'GET') =>
    (await fetch(`${env['GATEWAY']}/v1/${path}`, { method, headers: { authorization: `Bearer ${key}` } })).status;
  for (const path of paths) {
    expect(await status(path, env['ONE_STORE']!)).toBe(403);
    expect(await status(path, env['READER']!)).toBe(403);
    expect(await status(path, 'nonsense')).toBe(401);
    expect(await status(path, env['OTHER']!)).toBe(200);
  }
  const endpoint = `webhook-endpoints/${env['ENDPOINT']}`;
  expect(await status(endpoint, env['OTHER']!)).toBe(404);
  expect(await status(endpoint, env['OTHER']!, 'DELETE')).toBe(404);
  for (const action of ['enable', 'disable', 'rotate-secret']) {
    expect(await status(`${endpoint}/${action}`, env['OTHER']!, 'POST')).toBe(404);
  }
  expect(await status(`webhook-deliveries/${env['DELIVERY']}/attempts`, env['OTHER']!)).toBe(404);
  expect(await status(`webhook-deliveries/${env['DELIVERY']}/resend`, env['OTHER']!, 'POST')).toBe(404);
});

test('refuses endpoints that cannot be with a problem that says why', async () => {
  const headers = { authorization: `Bearer ${env['KEY']}`, 'content-type': 'application/json' };
  const post = (body: object) =>
    fetch(`${env['GATEWAY']}/v1/webhook-endpoints`, { method: 'POST', headers, body: JSON.stringify(body) });
  for (const body of [
    { url: 'nonsense' },
    { url: receiver.url, types: ['cart.finalised'] },
    { url: receiver.url, secret: 'short' },
  ]) {
    const answer = await post(body);
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(((await answer.json()) as { detail: string }).detail).toMatch(/found|expected/);
  }
});

test('serves the page of deliveries with nothing from elsewhere', async () => {
  const answer = await fetch(`${env['GATEWAY']}/webhooks/`);
  const html = await answer.text();
  expect(answer.status).toBe(200);
  expect(html).toContain('page.js');
  expect(html).not.toMatch(/https?:|style=|onclick/);
  expect((await fetch(`${env['GATEWAY']}/webhooks/page.js`)).status).toBe(200);
});
