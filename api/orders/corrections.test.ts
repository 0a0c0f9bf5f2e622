import { expect, test } from 'vitest';
import type { Cart } from '../../engine/index.ts';
import { describeOnBoth } from '../store/test-databases.ts';
import { decideLate } from '../trips/late-decision.ts';
import { endSession } from '../trips/session.ts';
import type { TripRow } from '../trips/trip-rows.ts';
import { correctDue } from './corrections.ts';
import type { Prices } from './order.ts';
import { cart, pathMigrations, record, testPath } from './test-orders.ts';

const line = (sku: string, value: number): Cart['lines'][number] => ({
  ...{ sku, quantity: { value, unit: 'each' }, confidence: 1, evidence: [] },
});
const priced = (sku: string, value: number, eachMinor: number): Prices['lines'][number] => ({
  ...{ lineId: sku, sku, quantity: { value, unit: 'each' }, confidence: 1, takenAtMs: [], name: sku, taxPpm: 0 },
  ...{ unitPriceMinor: eachMinor, discountMinor: 0, depositMinor: 0, taxMinor: 0 },
  ...{ netMinor: value * eachMinor, totalMinor: value * eachMinor },
});
const prices: Prices = {
  ...{ currency: 'EUR', lines: [priced('cola', 3, 120), priced('bread', 1, 250)] },
  ...{ discountMinor: 0, taxMinor: 0, totalMinor: 610 },
};

describeOnBoth('corrections after completion', pathMigrations, (open) => {
  const completed = async () => {
    const path = await testPath(await open());
    path.answers.place = async () => ({ purchaseId: 'po', prices });
    await path.admit('1');
    const projection = path.projectionOf();
    await projection.project([record(cart('1', { lines: [line('bread', 1), line('cola', 3)] }))]);
    for (let i = 0; i < 4; i++) await path.runner.runOnce();
    expect(await path.stateOf('visit-1')).toBe('completed');
    return { ...path, projection };
  };
  const reviewed = (...lines: Cart['lines']) => record(cart('1', { status: 'reviewed', lines }));

  test('give back by a credit note what was too much, once, and charge nobody for what was too little', async () => {
    const { corrections, projection, asked } = await completed();
    await projection.project([reviewed(line('bread', 2), line('cola', 1))]);
    for (let i = 0; i < 3; i++) await correctDue(corrections);
    expect(asked).toMatchObject({ settle: 1, refundedMinor: 240 });
    // The next word counts from what was given back already.
    await projection.project([reviewed(line('bread', 1))]);
    await correctDue(corrections);
    expect(asked).toMatchObject({ settle: 1, refundedMinor: 360 });
    const notes = await corrections.database.query(
      "SELECT receipt FROM receipts WHERE kind = 'credit-note' ORDER BY number",
    );
    expect(notes.map((row) => JSON.parse(String(row['receipt'])).prices.totalMinor)).toEqual([240, 120]);
  });

  test('wait for an order that is on its way, and need nothing where nothing is too much', async () => {
    const path = await testPath(await open());
    path.answers.place = async () => ({ purchaseId: 'po', prices });
    await path.admit('1');
    const projection = path.projectionOf();
    await projection.project([record(cart('1', { lines: [line('bread', 1), line('cola', 3)] }))]);
    await projection.project([reviewed(line('bread', 5), line('cola', 3))]);
    expect(await correctDue(path.corrections)).toBe(0);
    for (let i = 0; i < 4; i++) await path.runner.runOnce();
    path.clock.advance(6_000);
    expect(await correctDue(path.corrections)).toBe(1);
    expect(path.asked.refundedMinor).toBe(0);
    const [row] = await path.corrections.database.query('SELECT state FROM corrections');
    expect(row!['state']).toBe('needless');
  });

  test('book what a person says of a session that is over for good, and refuse while it may go on', async () => {
    const path = await testPath(await open());
    const { database } = path.corrections;
    await path.admit('1');
    await path.projectionOf().project([record(cart('1', { status: 'review' }))]);
    const decide = async (sku: string) => {
      const [trip] = await database.query<TripRow>("SELECT * FROM trips WHERE id = 'visit-1'");
      const { announcer: outbox, clock } = path.corrections;
      return decideLate({ database, outbox, orders: path.orders, clock }, trip!, [{ sku, quantity: 1 }]);
    };
    expect(await decide('cola')).toBe('still running');
    await endSession(database, path.session.id, path.clock.nowMs());
    expect(await decide('no-such-sku')).toBe('unknown sku');
    expect(await path.stateOf('visit-1')).toBeUndefined();
    expect(await decide('cola')).toBe('booked');
    expect(await path.stateOf('visit-1')).toBe('received');
    expect(await path.events()).toEqual(expect.arrayContaining(['review.completed', 'cart.finalized']));
    const [entry] = await database.query('SELECT reading FROM injected_readings');
    expect(JSON.parse(String(entry!['reading']))).toMatchObject({ kind: 'decision', lines: [{ sku: 'cola' }] });
  });
});
