import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeReceipt } from '../orders/make-receipt.ts';
import { orderMigrations } from '../orders/migrations.ts';
import type { Order, Receipt } from '../orders/order.ts';
import { Vault, vaultMigrations } from '../privacy/vault.ts';
import { Kiosk } from '../receipts/kiosk.ts';
import { type Retailer, retailerSchema } from '../retailer/retailer.ts';
import { Tenants } from '../retailer/tenants.ts';
import type { Database } from '../store/database.ts';
import { migrate } from '../store/migrate.ts';
import { openSqlite } from '../store/sqlite.ts';
import { TestClock } from '../test-clock.ts';
import { tripMigrations } from '../trips/migrations.ts';
import { AddressGuard } from '../webhooks/address-guard.ts';
import { webhookMigrations } from '../webhooks/migrations.ts';
import { Outbox } from '../webhooks/outbox.ts';
import { Poster } from '../webhooks/post.ts';
import { newSecret } from '../webhooks/signature.ts';
import { TestReceiver } from '../webhooks/test-receiver.ts';
import { errandMigrations, purgeErrands } from './errands.ts';
import { openAlerts, openSink } from './open-sink.ts';
import { type Errands, openErrands } from './run-errands.ts';
import { byName, mailSchema, sinkSchema } from './sink-config.ts';
import { testReceipt } from './test-receipt.ts';

const clock = new TestClock(Math.floor(Date.now() / 1000) * 1000);
const { prices } = testReceipt();
const secret = newSecret();

let retailer: Retailer;
let dir: string;
let database: Database;
let mails: { to: string; source: string }[];
let smtp: SMTPServer;
let pager: TestReceiver;
let errands: Errands;
let outbox: Outbox;
let kiosk: Kiosk;
let poster: Poster;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'aisle-errands-'));
  database = openSqlite(join(dir, 'gateway.db'));
  const all = [tripMigrations, orderMigrations, webhookMigrations, vaultMigrations, errandMigrations];
  await migrate(database, all.flat(), clock);
  mails = [];
  smtp = new SMTPServer({
    ...{ authOptional: true, disabledCommands: ['STARTTLS'], logger: false },
    onData: (stream, session, done) => {
      void text(stream).then((source) => {
        mails.push({ to: session.envelope.rcptTo[0]!.address, source });
        done();
      });
    },
  });
  await new Promise<void>((done) => smtp.listen(0, '127.0.0.1', done));
  pager = await TestReceiver.start();
  poster = new Poster(new AddressGuard({ allowPrivate: true }));
  const { port } = smtp.server.address() as AddressInfo;
  const vault = new Vault(Buffer.alloc(32, 3));
  kiosk = new Kiosk(vault, clock);
  outbox = new Outbox(clock, 'https://gateway.example');
  retailer = retailerSchema.parse({
    ...{ id: 'r1', name: 'Shop', currency: 'EUR' },
    stores: [{ id: 's1', name: 'Store', timeZone: 'Europe/Berlin' }],
    sinks: [{ kind: 'csv', dir: join(dir, 'drop') }],
    alerts: [
      { kind: 'webhook', url: pager.url, secrets: [secret] },
      { kind: 'mail', to: 'duty@shop.example' },
    ],
  });
  const tenants = new Tenants([{ retailer, port: null as never, till: null as never }]);
  const mail = mailSchema.parse({ host: '127.0.0.1', port, allowPlain: true, from: 'Shop <r@shop.example>' });
  errands = openErrands({ database, clock, outbox, tenants, poster, vault, mail });
});

afterEach(async () => {
  await errands.stop();
  poster.close();
  pager.stop();
  smtp.close();
  await database.close();
  rmSync(dir, { recursive: true });
});

/** A settled trip as the order runner leaves it: receipt, event, and the trip no longer anyone's. */
async function settle(tripId: string, subjectId: string | null): Promise<Receipt> {
  return database.transaction(async (tx) => {
    await tx.query(`INSERT INTO sessions VALUES (?, 'r1', 's1', 1, 'test', 0, NULL, 0) ON CONFLICT DO NOTHING`, [
      'session',
    ]);
    await tx.query(
      `INSERT INTO trips (id, retailer_id, store_id, session_id, engine_trip_id, subject_id, started_at_ms, cart_status, cart_version, attendant)
       VALUES (?, 'r1', 's1', 'session', ?, ?, 0, 'final', 1, 'none')`,
      [tripId, tripId, subjectId],
    );
    const orderId = `order-${tripId}`;
    await tx.query(
      `INSERT INTO orders (id, trip_id, retailer_id, store_id, state, items, created_at_ms, updated_at_ms, attempts)
       VALUES (?, ?, 'r1', 's1', 'completed', '[]', 0, 0, 0)`,
      [orderId, tripId],
    );
    const order = { id: orderId, tripId, storeId: 's1' } as Order;
    const trip = { startedAtMs: 0, endedAtMs: null };
    const parts = { order, retailer, prices, trip, kind: 'receipt', correctsId: null, key: '', fiscal: null } as const;
    const receipt = await makeReceipt(tx, { ...parts, nowMs: clock.nowMs() });
    const total = { amountMinor: prices.totalMinor, currency: 'EUR' };
    const data = { storeId: 's1', tripId, orderId, receiptNumber: receipt.number, kind: 'receipt', total } as const;
    await outbox.append(tx, { type: 'receipt.issued', retailerId: 'r1', tripId, data });
    await tx.query('UPDATE trips SET subject_id = NULL WHERE id = ?', [tripId]);
    return receipt;
  });
}

test('hands a receipt to the sinks and mails it to a card that gave an address once, ever after', async () => {
  const subject = await database.transaction((tx) => kiosk.bind(tx, 'r1', 'fingerprint-1', 'ann@example.org'));
  expect(await database.transaction((tx) => kiosk.bind(tx, 'r1', 'fingerprint-1', 'ann@example.org'))).toBe(subject);
  const receipts = [await settle('t1', subject), await settle('t2', subject), await settle('t3', null)];
  await errands.runOnce();
  expect(await errands.runOnce()).toBe(0);
  expect(mails.map(({ to }) => to)).toEqual(['ann@example.org', 'ann@example.org']);
  for (const { number } of receipts) {
    expect(readdirSync(join(dir, 'drop')).filter((name) => name.includes(number))).toHaveLength(2);
  }
});

test('keeps addresses, cards and the link from receipt to person unreadable, and forgets the link with the mail', async () => {
  const subject = await database.transaction((tx) => kiosk.bind(tx, 'r1', 'fingerprint-1', 'ann@example.org'));
  await settle('t1', subject);
  expect(JSON.stringify(await database.query('SELECT note FROM errands'))).toContain(subject);
  await errands.runOnce();
  const tables = await database.query<{ name: string }>(`SELECT name FROM sqlite_master WHERE type = 'table'`);
  for (const { name } of tables) {
    const rows = JSON.stringify(await database.query(`SELECT * FROM ${name}`));
    expect(rows, name).not.toMatch(/ann@|fingerprint-1/);
    if (!name.startsWith('subject')) expect(rows, name).not.toContain(subject);
  }
});

test('mails nothing to who was erased in the meantime', async () => {
  const vault = new Vault(Buffer.alloc(32, 3));
  const subject = await database.transaction((tx) => kiosk.bind(tx, 'r1', 'fingerprint-1', 'ann@example.org'));
  await settle('t1', subject);
  await database.transaction((tx) => vault.shred(tx, subject, clock.nowMs()));
  await errands.runOnce();
  expect(mails).toEqual([]);
  expect(await database.query(`SELECT state, note FROM errands WHERE kind = 'receipt-mail'`)).toMatchObject([
    { state: 'stuck', note: null },
  ]);
  await database.transaction((tx) => purgeErrands(tx, clock.nowMs() + 1));
  expect(await database.query('SELECT * FROM errands')).toEqual([]);
});

test('tells whoever is on duty of a stuck order, by webhook and by mail, once', async () => {
  const data = { storeId: 's1', tripId: 't1', orderId: 'o1', attempts: 10, reason: 'no answer' };
  await database.transaction((tx) => outbox.append(tx, { type: 'order.stuck', retailerId: 'r1', tripId: 't1', data }));
  await errands.runOnce();
  expect(await errands.runOnce()).toBe(0);
  const { body, headers } = pager.received[0]!;
  expect(new Webhook(secret).verify(body, headers)).toMatchObject({
    kind: 'order.stuck',
    text: 'Order o1 is stuck: no answer',
  });
  expect(pager.received).toHaveLength(1);
  expect(mails).toMatchObject([
    { to: 'duty@shop.example', source: expect.stringContaining('Subject: order.stuck: o1') },
  ]);
});

test('tells of a receipt that a sink refuses, but raises no alert about an alert', async () => {
  pager.answer = (_, response) => void response.writeHead(400).end();
  const receipt = await settle('t1', null);
  const broken = { ...receipt, prices: { ...receipt.prices, totalMinor: 1 } };
  await database.query('UPDATE receipts SET receipt = ? WHERE id = ?', [JSON.stringify(broken), receipt.id]);
  for (let day = 0; day < 12; day++) {
    await errands.runOnce();
    clock.advance(86_400_000);
  }
  expect(pager.received).toHaveLength(1);
  expect(mails).toMatchObject([{ source: expect.stringContaining('sink.stuck') }]);
});

test('refuses a configuration whose parts do not go together', () => {
  const tools = { clock, poster, mailer: null };
  expect(() => openSink({ kind: 'csv' }, tools)).toThrow(/one of dir and sftp/);
  expect(() => openAlerts({ kind: 'mail', to: 'a@b.example' }, tools)).toThrow(/no mail server/);
  expect(() => byName([{ kind: 'csv' }, { kind: 'csv' }])).toThrow(/share a name/);
  expect([...byName([{ kind: 'csv' }, { kind: 'csv', name: 'second' }]).keys()]).toEqual(['csv', 'second']);
  for (const bad of [
    { kind: 'csv', folder: 'x' },
    { kind: 'telex' },
    { kind: 'webhook', url: 'https://a.example', secrets: [] },
  ]) {
    expect(sinkSchema.safeParse(bad).success).toBe(false);
  }
  const missing = { kind: 'webhook', url: 'https://a.example', secrets: ['env:AISLE_NO_SUCH_SECRET'] };
  expect(sinkSchema.safeParse(missing).error?.issues[0]?.message).toContain('AISLE_NO_SUCH_SECRET');
});
