import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { verifyAudit } from '../../api/audit/audit-log.ts';
import { systemClock } from '../../api/clock.ts';
import { TestStripe } from '../../api/payments/test-provider/stripe-server.ts';
import type { Database } from '../../api/store/database.ts';
import { openPostgres } from '../../api/store/postgres.ts';
import { openSqlite } from '../../api/store/sqlite.ts';
import { postgresMissing, startPostgres } from '../../api/store/test-postgres.ts';
import { Journal } from '../../engine/index.ts';
import { DEMO_RETENTION } from './gateway-config.ts';
import { type ServeProcess, startServe, until } from './test-serving.ts';

const scenario = new URL('../../scenarios/demo.yaml', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'aisle-killed-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface ShownOrder {
  readonly tripId: string;
  readonly state: string;
  readonly prices: { readonly totalMinor: number } | null;
}
const ordersOf = async (serving: ServeProcess) =>
  ((await serving.get('/v1/orders')) as { orders: ShownOrder[] }).orders;

interface Setting {
  readonly name: string;
  readonly env: NodeJS.ProcessEnv;
  readonly open: () => Database;
  /** What happens to the database while the gateway is down. */
  readonly between: () => Promise<void>;
}

/** Kills the gateway again and again, lets it end, and looks at what the provider, the database and the journal hold. */
async function killAndCheck({ name, env, open, between }: Setting): Promise<void> {
  const options = { clock: systemClock, apiKey: 'sk_test', webhookSecret: 'whsec_t', webhookUrl: null };
  const provider = new TestStripe(options);
  const { port } = new URL(await provider.server.listen());
  const data = join(folder, name);
  const config = join(folder, `${name}.json`);
  const payment = { kind: 'stripe', apiKey: 'sk_test', webhookSecrets: ['whsec_t'], host: '127.0.0.1' };
  const stores = [{ id: 'corner', name: 'Corner', alternative: 'till' }];
  const retailer = { id: 'shop', name: 'Shop', currency: 'EUR', stores };
  const retailers = [{ ...retailer, payment: { ...payment, port: Number(port), protocol: 'http' } }];
  writeFileSync(config, JSON.stringify({ retention: DEMO_RETENTION, retailers }));
  const args = [scenario, '--speed', '100x', '--port', '0', '--data', data, '--config', config];
  for (const afterMs of [700, 1_300, 600]) {
    const serving = await startServe(args, env);
    await sleep(afterMs);
    await serving.kill();
    await between();
  }
  const serving = await startServe(args, env);
  await until(
    async () =>
      /^over/m.test(serving.output()) && (await ordersOf(serving)).every(({ state }) => state === 'completed'),
  );
  const orders = await ordersOf(serving);
  expect(serving.output()).toContain('resumes');
  await serving.stop();
  await provider.server.close();

  expect(orders.length).toBe(6);
  expect(new Set(orders.map(({ tripId }) => tripId)).size).toBe(orders.length);
  const captured = [...provider.bank.payments.values()].filter(({ status }) => status === 'captured');
  const due = orders.map(({ prices }) => prices!.totalMinor).filter((amount) => amount > 0);
  expect(captured.map(({ capturedMinor }) => capturedMinor).sort()).toEqual(due.sort());
  // The one who bought nothing has their hold released, and nobody has two.
  expect(provider.bank.payments.size).toBe(orders.length);

  const journal = Journal.open(join(data, 'journals', 'corner-1.ndjson'));
  const database = open();
  const [session] = await database.query('SELECT position FROM sessions');
  expect(session!['position']).toBe(journal.pending);
  expect(await verifyAudit(database)).toMatchObject({ brokenAt: null });
  const [counter] = await database.query('SELECT last FROM receipt_counters');
  expect(counter!['last']).toBe(orders.length);
  await database.close();
  journal.close();
}

test('has one order and one capture of the right amount per trip, however often it is killed', async () => {
  const open = () => openSqlite(join(folder, 'sqlite', 'gateway.sqlite'));
  await killAndCheck({ name: 'sqlite', env: {}, open, between: async () => undefined });
});

const missing = postgresMissing();
if (missing !== null) console.warn(`killed gateways: skipped on PostgreSQL, ${missing}`);
test.skipIf(missing !== null)('has them on PostgreSQL too, with the database killed as well', async () => {
  const server = await startPostgres();
  const url = await server.newDatabase();
  const between = async () => {
    await server.kill();
    await server.restart();
  };
  await killAndCheck({ name: 'postgres', env: { DATABASE_URL: url }, open: () => openPostgres(url), between });
  await server.stop();
});
