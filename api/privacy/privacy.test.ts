import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { migrations } from '../gateway.ts';
import { openSqlite } from '../store/sqlite.ts';
import { describeOnBoth } from '../store/test-databases.ts';
import { completedOrder, testGateway } from '../test-gateway.ts';
import { erase, isGenuine, publicKeyText, signingKeyOf } from './erasure.ts';
import { checkRetention, DATA_CLASSES, sweep } from './retention.ts';
import { DEMO_LIMITS } from './test-limits.ts';
import { transparencyReport } from './transparency.ts';
import { ErasedSubject } from './vault.ts';

const folder = mkdtempSync(join(tmpdir(), 'aisle-privacy-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describeOnBoth('retention', migrations, (open) => {
  test('does not start with a class of data that has no clock, or a table in no class', async () => {
    const database = await open();
    await expect(checkRetention(database, DEMO_LIMITS)).resolves.toEqual(DEMO_LIMITS);
    for (const name of Object.keys(DATA_CLASSES)) {
      const { [name as 'visit']: _, ...rest } = DEMO_LIMITS;
      await expect(checkRetention(database, rest)).rejects.toThrow(`retention.${name}`);
    }
    await expect(checkRetention(database, { ...DEMO_LIMITS, visit: null })).rejects.toThrow('retention.visit');
    await database.query('CREATE TABLE faces (id TEXT)');
    await expect(checkRetention(database, DEMO_LIMITS)).rejects.toThrow('faces');
  });
});

test('keeps no pictures, vectors or bytes in any column (P1)', () => {
  const texts = migrations.map(({ sqlite, postgres }) => `${sqlite} ${postgres ?? ''}`).join(' ');
  expect(texts).not.toMatch(/\b(BLOB|BYTEA|REAL|FLOAT|DOUBLE|VECTOR|ARRAY|EMBEDDING)\b/i);
});

test('finds nothing past its time after a sweep, and receipts until theirs (P4)', async () => {
  const running = await testGateway();
  const { database, gateway, retention } = running;
  await completedOrder(running, 'north', 'north-a');
  const count = async (table: string) => Number((await database.query(`SELECT COUNT(*) AS n FROM ${table}`))[0]!['n']);
  const after = (hours: number) => Date.now() + hours * 3_600_000 + 60_000;
  await sweep(database, gateway.outbox, retention, Date.now());
  expect([await count('entries'), await count('webhook_events'), await count('receipts')]).toEqual([1, 7, 1]);
  await sweep(database, gateway.outbox, retention, after(retention.visit!));
  expect([await count('entries'), await count('receipts')]).toEqual([0, 1]);
  await sweep(database, gateway.outbox, retention, after(retention.event!));
  expect(await count('webhook_events')).toBe(0);
  await sweep(database, gateway.outbox, retention, after(retention.fiscal!));
  expect([await count('receipts'), await count('orders'), await count('payments')]).toEqual([0, 0, 0]);
  await running.close();
});

test('forgets a person in every file, with a receipt that anybody can check (P5, P8)', async () => {
  const path = join(folder, 'gateway.sqlite');
  const running = await testGateway(openSqlite(path));
  const { database, gateway } = running;
  const { vault, shoppers, outbox, clock } = gateway;
  const canary = 'pm_canary0123456789';
  const subjectId = await database.transaction((tx) =>
    shoppers.register(
      tx,
      'north',
      'shopper',
      'ana@example.com',
      { paymentMethod: canary, customer: 'cus_canary' },
      clock.nowMs(),
    ),
  );
  const bytesOnDisk = () =>
    readdirSync(folder)
      .map((name) => readFileSync(join(folder, name)).toString('latin1'))
      .join('');
  for (const secret of [canary, 'cus_canary', 'ana@example.com']) expect(bytesOnDisk()).not.toContain(secret);
  const [before] = await database.query('SELECT sealed FROM subject_data WHERE subject_id = ?', [subjectId]);
  const [keyBefore] = await database.query('SELECT wrapped_key FROM subjects WHERE id = ?', [subjectId]);

  const key = signingKeyOf(gateway.signingKey);
  const receipt = await database.transaction((tx) =>
    erase(tx, { vault, outbox, key }, { retailerId: 'north', subjectId, nowMs: clock.nowMs() }),
  );
  expect(isGenuine(receipt, publicKeyText(key))).toBe(true);
  expect(isGenuine({ ...receipt, subject: 'someone else' }, publicKeyText(key))).toBe(false);
  expect(await shoppers.find(database, 'north', 'shopper', 'ana@example.com')).toBeNull();
  expect(await shoppers.walletOf(database, subjectId, 'subject-access')).toBeNull();
  // A copy of the sealed text from a backup is of no use: the key it was sealed under is gone.
  await database.query('INSERT INTO subject_data (subject_id, name, sealed, written_at_ms) VALUES (?, ?, ?, 0)', [
    ...[subjectId, 'wallet', String(before!['sealed'])],
  ]);
  await expect(shoppers.walletOf(database, subjectId, 'subject-access')).rejects.toBeInstanceOf(ErasedSubject);
  await database.query('DELETE FROM subject_data');
  await database.query('PRAGMA wal_checkpoint(TRUNCATE)');
  expect(bytesOnDisk()).not.toContain(String(keyBefore!['wrapped_key']));
  await running.close();
});

test('holds an erasure while a chargeback is open', async () => {
  const running = await testGateway();
  const { database, gateway } = running;
  const { subjectId, tripId } = await completedOrder(running, 'north', 'north-a');
  const { book } = running.payments;
  const dispute = { kind: 'chargeback_opened', amountMinor: 435, reason: 'fraudulent', evidenceDueAtMs: null } as const;
  await database.transaction(async (tx) =>
    book.step(tx, (await book.byTrip(tx, 'north', tripId))!, dispute, gateway.clock.nowMs()),
  );
  const { vault, outbox } = gateway;
  const key = signingKeyOf(gateway.signingKey);
  const asked = { retailerId: 'north', subjectId, nowMs: Date.now() };
  await expect(database.transaction((tx) => erase(tx, { vault, outbox, key }, asked))).rejects.toThrow('chargeback');
  await database.transaction(async (tx) =>
    book.step(tx, (await book.byTrip(tx, 'north', tripId))!, { kind: 'chargeback_lost' }, gateway.clock.nowMs()),
  );
  const receipt = await database.transaction((tx) => erase(tx, { vault, outbox, key }, asked));
  expect(receipt.erased).toContain('wallet');
  await running.close();
});

test('changes what it tells the public when the configuration changes (P7)', async () => {
  const running = await testGateway();
  const { retailer } = running.gateway.tenants.get('north');
  const report = (sinks: { kind: string }[]) =>
    transparencyReport([{ ...retailer, sinks: sinks as never }], DEMO_LIMITS, 'key');
  expect(report([{ kind: 'nats' }]).retailers[0]!.recipients).toContain('nats');
  expect(report([]).retailers[0]!.recipients).not.toContain('nats');
  const page = await running.app.inject({ method: 'GET', url: '/transparency', headers: { accept: 'text/html' } });
  expect(page.body).toContain('north shops');
  for (const text of ['3 days', '10 years', '1 hour<', 'to send receipts to the address'])
    expect(page.body).toContain(text);
  expect(page.headers['content-type']).toContain('text/html');
  await running.close();
});
