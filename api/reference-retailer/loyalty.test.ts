import { afterAll, beforeAll, expect, test } from 'vitest';
import { decideConsent } from '../privacy/consent.ts';
import { openSqlite } from '../store/sqlite.ts';
import { type TestGateway, testGateway } from '../test-gateway.ts';
import { putItems } from './catalogue.ts';

let running: TestGateway;
beforeAll(async () => {
  running = await testGateway(openSqlite(':memory:'), { loyalty: { pointsPerMajorUnit: 2 } });
  const { database } = running;
  await database.transaction(async (tx) => {
    await putItems(tx, 'north', [
      { sku: 'wine', name: 'Wine', priceMinor: 1000, sellBy: 'each', depositMinor: 0, taxPpm: 190_000 },
    ]);
    const offer = { kind: 'percent', id: 'm', says: 'for members', sku: 'wine', ppm: 100_000, membersOnly: true };
    await tx.query("INSERT INTO promotions (retailer_id, id, promotion) VALUES ('north', 'm', ?)", [
      JSON.stringify(offer),
    ]);
    await tx.query(
      `INSERT INTO sessions (id, retailer_id, store_id, number, source, started_at_ms, position)
       VALUES ('s', 'north', 'north-a', 1, 'test', 0, 0)`,
    );
  });
});
afterAll(() => running.close());

/** What a visit with one bottle costs, and the points its shopper has afterwards. */
async function visit(card: string, member: boolean | null): Promise<[number, number]> {
  const { database, gateway } = running;
  const { shoppers, vault, clock, desk, orders, runner, loyalty } = gateway;
  const nowMs = clock.nowMs();
  const subjectId = await database.transaction(async (tx) => {
    const wallet = { paymentMethod: 'pm_card_visa', customer: null };
    const id = await shoppers.register(tx, 'north', 'card', card, wallet, nowMs);
    const how = { controller: 'north shops', notice: 'https://north.example/notice', language: 'en', nowMs };
    if (member !== null) await decideConsent(tx, vault, { subjectId: id, kind: 'loyalty', isGiven: member, ...how });
    return id;
  });
  const { tripId } = await desk.ask({
    ...{ eventId: crypto.randomUUID(), retailerId: 'north', storeId: 'north-a', sessionId: 's', gateId: 'g' },
    ...{ credential: card, isStaff: false, groupSize: 1, atMs: nowMs, isInside: () => false },
  });
  const items = [
    { lineId: 'w', sku: 'wine', quantity: { value: 1, unit: 'each' as const }, confidence: 1, takenAtMs: [] },
  ];
  await database.transaction((tx) =>
    orders.create(tx, { tripId: tripId!, retailerId: 'north', storeId: 'north-a', items, attendantReason: null }),
  );
  runner.wake();
  const order = async () => (await database.query('SELECT state, prices FROM orders WHERE trip_id = ?', [tripId!]))[0]!;
  for (let i = 0; i < 200 && (await order())['state'] !== 'completed'; i++) await clock.delay(20);
  const { totalMinor } = JSON.parse(String((await order())['prices']));
  return [totalMinor, await loyalty.pointsOf(database, subjectId)];
}

test("gives members' prices and points to people who agreed, and to nobody else", async () => {
  expect(await visit('guest', null)).toEqual([1000, 0]);
  expect(await visit('member', true)).toEqual([900, 18]);
  await running.database.query('UPDATE trips SET ended_at_ms = 1');
  expect(await visit('member', true)).toEqual([900, 36]);
});

test('stops and forgets the points the moment a member leaves', async () => {
  expect(await visit('leaver', true)).toEqual([900, 18]);
  await running.database.query('UPDATE trips SET ended_at_ms = 1');
  expect(await visit('leaver', false)).toEqual([1000, 0]);
});
