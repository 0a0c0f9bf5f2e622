import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../clock.ts';
import type { CartItem } from '../orders/order.ts';
import type { Database } from '../store/database.ts';
import { migrate } from '../store/migrate.ts';
import { openSqlite } from '../store/sqlite.ts';
import { catalogueItemSchema, catalogueMigrations, putItems } from './catalogue.ts';
import { obstaclesOf } from './sale-rules.ts';

let database: Database;
beforeAll(async () => {
  database = openSqlite(':memory:');
  await migrate(database, catalogueMigrations, systemClock);
  const items = [
    { sku: 'bread' },
    { sku: 'beer', restriction: 'alcohol' },
    { sku: 'wine', restriction: 'alcohol', soldBetween: ['08:00', '22:00'] },
    { sku: 'coffee', soldBetween: ['22:00', '06:00'] },
    { sku: 'cheese', recalled: 'listeria, lot 7' },
  ];
  const stored = items.map((item) => catalogueItemSchema.parse({ name: item.sku, priceMinor: 100, ...item }));
  await database.transaction((tx) => putItems(tx, 'r', stored));
});
afterAll(() => database.close());

const line = (sku: string, ...takenAt: string[]): CartItem => ({
  ...{ lineId: sku, sku, quantity: { value: 1, unit: 'each' }, confidence: 1 },
  takenAtMs: takenAt.map((time) => Date.parse(time)),
});
const obstacles = (...items: CartItem[]) =>
  obstaclesOf(database, {
    retailerId: 'r',
    timeZone: 'Europe/Berlin',
    items,
    restrictions: new Map([['knife', 'blade']]),
  });

test('asks for an attendant where a product is restricted, by the catalogue or by the store', async () => {
  expect(await obstacles(line('bread'), line('unknown'))).toEqual([]);
  expect(await obstacles(line('bread'), line('beer'), line('knife'))).toEqual([
    { sku: 'beer', why: 'alcohol', mayBeApproved: true },
    { sku: 'knife', why: 'blade', mayBeApproved: true },
  ]);
});

test('lets nobody approve what was recalled, and says that first', async () => {
  expect(await obstacles(line('beer'), line('cheese'))).toEqual([
    { sku: 'cheese', why: 'recalled, listeria, lot 7', mayBeApproved: false },
    { sku: 'beer', why: 'alcohol', mayBeApproved: true },
  ]);
});

test("counts hours of sale on the store's clock, by the time of taking, over midnight too", async () => {
  // In summer Berlin is two hours ahead of UTC.
  expect(await obstacles(line('wine', '2026-07-01T19:59:00Z'))).toMatchObject([{ why: 'alcohol' }]);
  for (const late of ['2026-07-01T20:00:00Z', '2026-07-01T05:59:00Z', '2026-01-01T21:00:00Z'])
    expect(await obstacles(line('wine', '2026-07-01T12:00:00Z', late))).toMatchObject([
      { why: 'sold only from 08:00 to 22:00', mayBeApproved: false },
    ]);
  expect(await obstacles(line('coffee', '2026-07-01T20:00:00Z', '2026-07-02T03:59:00Z'))).toEqual([]);
  expect(await obstacles(line('coffee', '2026-07-02T04:00:00Z'))).toHaveLength(1);
});
