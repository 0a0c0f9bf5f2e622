import { expect, test } from 'vitest';
import { cart, pathMigrations, record, testPath } from '../orders/test-orders.ts';
import { putItems } from '../reference-retailer/catalogue.ts';
import { describeOnBoth } from '../store/test-databases.ts';

const HOUR_MS = 3_600_000;

describeOnBoth('the projection', pathMigrations, (open) => {
  test('gives a person a day to decide, and less where the hold ends before', async () => {
    const database = await open();
    const { clock, projectionOf } = await testPath(database);
    const nowMs = clock.nowMs();
    const dueIn = async (trip: string, holdEndsInMs: number | null) => {
      const id = `visit-${trip}`;
      await database.query(
        `INSERT INTO trips (id, retailer_id, store_id, session_id, started_at_ms, cart_status, cart_version, attendant)
         VALUES (?, 'r', 's', (SELECT id FROM sessions), ?, 'open', 0, 'none')`,
        [id, nowMs],
      );
      if (holdEndsInMs !== null)
        await database.query(
          `INSERT INTO payments (id, retailer_id, store_id, trip_key, asked_minor, exposure_minor, status, state,
             hold_ends_at_ms, step_count, created_at_ms, updated_at_ms)
           VALUES (?, 'r', 's', ?, 1, 0, 'authorised', '{}', ?, 0, 0, 0)`,
          [id, id, nowMs + holdEndsInMs],
        );
      return id;
    };
    const trips = [await dueIn('a', null), await dueIn('b', 120 * HOUR_MS), await dueIn('c', 10 * HOUR_MS)];
    await projectionOf().project(['a', 'b', 'c'].map((trip) => record(cart(trip, { status: 'review' }))));
    const rows = await database.query('SELECT trip_id, due_at_ms FROM reviews ORDER BY trip_id');
    expect(rows.map((row) => [row['trip_id'], (Number(row['due_at_ms']) - nowMs) / HOUR_MS])).toEqual([
      [trips[0], 24],
      [trips[1], 24],
      [trips[2], 8],
    ]);
  });

  test('sends a cart with a recalled product to a person, whatever an attendant said before', async () => {
    const database = await open();
    const { projectionOf } = await testPath(database);
    await database.query(
      `INSERT INTO trips (id, retailer_id, store_id, session_id, subject_id, started_at_ms, cart_status, cart_version,
         attendant) VALUES ('visit-a', 'r', 's', (SELECT id FROM sessions), 'p', 0, 'open', 0, 'approved')`,
    );
    const cola = { sku: 'cola', name: 'Cola', priceMinor: 1, sellBy: 'each', depositMinor: 0, taxPpm: 0 } as const;
    await database.transaction((tx) => putItems(tx, 'r', [{ ...cola, recalled: 'glass' }]));
    await projectionOf().project([record(cart('a'))]);
    const [order] = await database.query('SELECT state, reason FROM orders');
    expect(order).toMatchObject({ state: 'attendant_required', reason: 'cola: recalled, glass' });
  });
});
