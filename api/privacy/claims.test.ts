import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { migrations } from '../gateway.ts';
import { completedOrder, type TestGateway, testGateway } from '../test-gateway.ts';
import { CATALOGUE, EVENT_TYPES } from '../webhooks/catalogue.ts';
import { isAgreedTo, readConsentReceipt } from './consent.ts';
import { publicKeyText, signingKeyOf } from './erasure.ts';
import { PERSON_FIELDS, PURPOSES, PurposeRefused, READABLE_FOR } from './purpose.ts';

/** One test for each claim in README.md that is not tested beside its own code. */
let running: TestGateway;
let key: string;
beforeAll(async () => {
  running = await testGateway();
  key = await running.keyOf('north');
});
afterAll(() => running.close());

async function call(method: string, url: string, payload?: object) {
  const answer = await running.app.inject({
    ...{ method: method as 'GET', url, headers: { authorization: `Bearer ${key}` } },
    ...(payload === undefined ? {} : { payload }),
  });
  return { status: answer.statusCode, body: answer.body === '' ? null : answer.json() };
}

/** Every table's rows as text, by table. */
async function dump(): Promise<Map<string, string[]>> {
  const { database } = running;
  const tables = await database.query<{ name: string }>(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
  );
  const found = new Map<string, string[]>();
  for (const { name } of tables)
    found.set(
      name,
      (await database.query(`SELECT * FROM ${name}`)).map((row) => JSON.stringify(row)),
    );
  return found;
}

const anonymousEntry = async (card: string, sessionId = 'session-north-a') => {
  const { desk, clock } = running.gateway;
  const answer = await desk.ask({
    ...{ eventId: crypto.randomUUID(), retailerId: 'north', storeId: 'north-a', sessionId, gateId: 'gate' },
    ...{ credential: card, isStaff: false, groupSize: 1, atMs: clock.nowMs() },
  });
  return answer.tripId!;
};

async function settle(tripId: string): Promise<void> {
  const { gateway, database } = running;
  const { orders, runner, clock } = gateway;
  const quantity = { value: 1, unit: 'each' as const };
  const items = [{ lineId: 'cola', sku: 'cola', quantity, confidence: 1, takenAtMs: [] }];
  await database.transaction((tx) =>
    orders.create(tx, { tripId, retailerId: 'north', storeId: 'north-a', items, attendantReason: null }),
  );
  runner.wake();
  const state = async () => (await database.query('SELECT state FROM orders WHERE trip_id = ?', [tripId]))[0]!['state'];
  for (let i = 0; i < 200 && (await state()) !== 'completed'; i++) await clock.delay(20);
  expect(await state()).toBe('completed');
}

describe('P1, P10, P15: what there is no place for', () => {
  test('has no event with a vector, picture, age, gender or mood in it', () => {
    const schemas = JSON.stringify(EVENT_TYPES.map((type) => z.toJSONSchema(CATALOGUE[type].data, { io: 'input' })));
    const tables = migrations.map(({ sqlite }) => sqlite).join(' ');
    for (const text of [schemas, tables])
      expect(text).not.toMatch(/"?\b(age|gender|sex|emotion|mood|face|embedding|appearance|picture|image|frame)\b"?/i);
    expect(schemas).not.toMatch(/contentEncoding|base64/);
  });

  test('answers no request with a picture but that of an entry code', async () => {
    const { paths } = (await call('GET', '/docs/openapi.json')).body;
    const pictures = Object.keys(paths).filter((path) => /png|jpe?g|image|frame|picture|video/.test(path));
    expect(pictures).toEqual(['/v1/entry-codes/{handle}/qr.png']);
  });
});

describe('P3: identifiers are per visit', () => {
  test('stores nothing that two settled visits of one card have in common and others have not', async () => {
    const first = await completedOrder(running, 'north', 'north-a');
    await settle(await anonymousEntry('pm_card_other', 'session-north-a'));
    const again = await anonymousEntry(first.card);
    expect(again).not.toBe(first.tripId);
    await settle(again);
    const words = new Map<string, Set<string>>();
    const { database } = running;
    for (const tripId of [first.tripId, again]) {
      const own: unknown[] = [];
      for (const [table, column] of [
        ['trips', 'id'],
        ['entries', 'trip_id'],
        ['orders', 'trip_id'],
        ['payments', 'trip_key'],
        ['webhook_events', 'trip_id'],
        ['purchases', 'trip_id'],
      ])
        own.push(await database.query(`SELECT * FROM ${table} WHERE ${column} = ?`, [tripId]));
      own.push(
        await database.query(
          'SELECT a.* FROM payment_attempts a JOIN payments p ON p.id = a.payment_id WHERE p.trip_key = ?',
          [tripId],
        ),
      );
      words.set(tripId, new Set(JSON.stringify(own).match(/[A-Za-z0-9_+/=-]{16,}/g)));
    }
    const others = JSON.stringify(
      await database.query('SELECT * FROM payments WHERE trip_key <> ? AND trip_key <> ?', [first.tripId, again]),
    );
    const shared = [...words.get(first.tripId)!].filter((word) => words.get(again)!.has(word));
    // What every visit has in common says nothing: the names of columns, the store's session.
    const names = /^[a-z_]+$|^[a-z]+[A-Z][A-Za-z]+$|^session-north-a$|^application\/|^\/v1\/event-schemas\//;
    expect(shared.filter((word) => !names.test(word) && !others.includes(word))).toEqual([]);
  });

  test('seals the tokens of payments, in a way that shows neither card nor person', async () => {
    const tables = await dump();
    for (const rows of [tables.get('payments')!, tables.get('payment_attempts')!, tables.get('payment_steps')!])
      for (const row of rows) expect(row).not.toMatch(/pm_card/);
  });
});

describe('P6: read for what it was given for, or not at all', () => {
  test('opens no field of a person for a purpose that is not beside it in the table', async () => {
    const { database, gateway } = running;
    const wallet = { paymentMethod: 'pm_card_visa', customer: null };
    const subject = await database.transaction((tx) =>
      gateway.shoppers.register(tx, 'north', 'shopper', 'p6', wallet, 0),
    );
    for (const field of PERSON_FIELDS)
      for (const purpose of [...Object.keys(PURPOSES), 'advertising', '', '__proto__']) {
        const read = gateway.vault.get(database, subject, field, purpose as never);
        const isDeclared = (READABLE_FOR[field] as readonly string[]).includes(purpose);
        if (isDeclared) await expect(read).resolves.not.toBeUndefined();
        else await expect(read).rejects.toBeInstanceOf(PurposeRefused);
      }
    // @ts-expect-error: a wallet is not given for receipts
    await expect(gateway.vault.get(database, subject, 'wallet', 'receipt')).rejects.toThrow('wallet');
    // @ts-expect-error: there is no read without a purpose
    await expect(gateway.vault.get(database, subject, 'wallet')).rejects.toBeInstanceOf(PurposeRefused);
  });
});

test('shows a person all that is kept, finds it nowhere afterwards, and says what stays (P8)', async () => {
  const canaries = { wallet: 'pm_canaryexport1', customer: 'cus_canary', mail: 'canary@example.com' };
  await call('PUT', '/v1/cards/canary-card', { paymentMethod: canaries.wallet, customer: canaries.customer });
  await call('PUT', '/v1/kiosk/receipt-address', { cardFingerprint: 'canary-card', email: canaries.mail });
  const tripId = await anonymousEntry('canary-card');
  const { body } = await call('GET', '/v1/cards/canary-card/export');
  expect(body.kept).toEqual({
    wallet: { paymentMethod: canaries.wallet, customer: canaries.customer },
    'receipt-address': canaries.mail,
  });
  expect(body.visits).toMatchObject([{ tripId }]);
  expect(await call('DELETE', '/v1/cards/canary-card')).toMatchObject({ status: 409 });
  await settle(tripId);
  const erased = await call('DELETE', '/v1/cards/canary-card');
  expect(erased).toMatchObject({ status: 200, body: { subject: body.subject } });
  expect((await call('GET', '/v1/cards/canary-card/export')).status).toBe(404);
  const left = [...(await dump())].flatMap(([table, rows]) => rows.map((row) => `${table} ${row}`));
  for (const canary of Object.values(canaries)) expect(left.filter((row) => row.includes(canary))).toEqual([]);
  const naming = left.filter((row) => row.includes(body.subject)).map((row) => row.split(' ')[0]);
  // The audit says that somebody was erased, by a name that leads nowhere.
  expect(new Set(naming)).toEqual(new Set(['subjects', 'audit']));
});

test('says where else one can shop, or that there is nowhere (P9)', async () => {
  const { body } = await call('GET', '/transparency');
  expect(body.retailers[0].stores[0].withoutTracking).toBe('till');
});

test('keeps nobody behind a code but the one who pays, however many come in (P10)', async () => {
  await call('PUT', '/v1/shoppers/family', { paymentMethod: 'pm_card_visa', customer: null });
  const before = (await dump()).get('subjects')!.length;
  const code = (await call('POST', '/v1/entry-codes', { shopperId: 'family', storeId: 'north-a', groupSize: 5 })).body;
  const tripId = await anonymousEntry(code.code);
  expect((await dump()).get('subjects')).toHaveLength(before);
  const [entry] = await running.database.query('SELECT group_size FROM entries WHERE trip_id = ?', [tripId]);
  expect(entry!['group_size']).toBe(5);
});

test('leaves no row about a person who tapped a card and paid (P11)', async () => {
  const people = async () => {
    const tables = await dump();
    return ['subjects', 'subject_refs', 'subject_data'].map((table) => tables.get(table)!.length);
  };
  const before = await people();
  const tripId = await anonymousEntry('pm_card_tapped');
  expect(await people()).toEqual(before.map((count) => count + 1));
  await settle(tripId);
  expect(await people()).toEqual(before);
});

test('gives a signed receipt for consent, and heeds a withdrawal from the next use on (P13)', async () => {
  const { database, gateway } = running;
  await call('PUT', '/v1/shoppers/mia', { paymentMethod: 'pm_card_visa', customer: null });
  const subject = (await gateway.shoppers.find(database, 'north', 'shopper', 'mia'))!;
  const decide = (given: boolean) =>
    call('PUT', '/v1/shoppers/mia/consents/loyalty', {
      given,
      notice: 'https://north.example/notice/3',
      language: 'de',
    });
  const agreed = () => isAgreedTo(gateway.vault, database, subject, 'loyalty');
  expect(await agreed()).toBe(false);
  const { receipt } = (await decide(true)).body;
  const publicKey = publicKeyText(signingKeyOf(gateway.signingKey));
  expect(readConsentReceipt(receipt, publicKey)).toMatchObject({
    ...{ schema_version: 'ISO/IEC TS 27560:2023', pii_controllers: ['north shops'], language: 'de' },
    purposes: [{ purpose: 'dpv:Personalisation', lawful_basis: 'dpv:Consent' }],
    events: [{ event_type: 'dpv:ConsentGiven', entity_id: 'north shops' }],
  });
  const [head, , signature] = receipt.split('.');
  const forged = Buffer.from('{"events":[]}').toString('base64url');
  expect(readConsentReceipt(`${head}.${forged}.${signature}`, publicKey)).toBeNull();
  expect(receipt).not.toContain(subject);
  expect((await decide(true)).body.receipt).toBe(receipt);
  expect(await agreed()).toBe(true);
  const withdrawn = readConsentReceipt((await decide(false)).body.receipt, publicKey)!;
  expect(withdrawn.events.map(({ event_type }) => event_type)).toEqual(['dpv:ConsentGiven', 'dpv:ConsentWithdrawn']);
  expect(await agreed()).toBe(false);
});

test('removes an address for receipts with the consent it hung on (P13)', async () => {
  await call('PUT', '/v1/kiosk/receipt-address', { cardFingerprint: 'kiosk-card', email: 'k@example.com' });
  const notice = { notice: 'https://north.example/notice/3', language: 'en' };
  await call('PUT', '/v1/cards/kiosk-card/consents/receipt-mail', { given: false, ...notice });
  const { kept } = (await call('GET', '/v1/cards/kiosk-card/export')).body;
  expect(Object.keys(kept)).toEqual(['consents']);
});

test('says of every event how private it is, and calls private what names a visit (P14)', () => {
  for (const type of EVENT_TYPES) {
    const namesVisit = Object.hasOwn(CATALOGUE[type].data.shape, 'tripId') && type !== 'order.stuck';
    expect([type, CATALOGUE[type].classification]).toEqual([
      type,
      namesVisit || type === 'gate.denied' ? 'confidential' : 'internal',
    ]);
  }
});
