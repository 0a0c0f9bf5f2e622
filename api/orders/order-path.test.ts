import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RetailerTrouble } from '../retailer/retailer-port.ts';
import { describeOnBoth } from '../store/test-databases.ts';
import { cart, pathMigrations, pricesOf, record, testPath } from './test-orders.ts';

describeOnBoth('the path from journal to receipt', pathMigrations, (open) => {
  test('makes one order of a final cart, places, settles and receipts it once', async () => {
    const database = await open();
    const { admit, projectionOf, runner, asked, stateOf, events } = await testPath(database);
    await admit('1');
    await projectionOf().project([record(cart('1'))]);
    for (let i = 0; i < 5; i++) await runner.runOnce();
    expect(await stateOf('visit-1')).toBe('completed');
    expect(asked).toEqual({ place: 1, settle: 1, refundedMinor: 0 });
    expect((await events()).sort()).toEqual(
      [
        ...['cart.finalized', 'order.completed', 'order.created', 'order.priced', 'receipt.issued', 'trip.ended'],
      ].sort(),
    );
    // Identifiers are per visit.
    expect((await database.query('SELECT subject_id FROM trips'))[0]!['subject_id']).toBeNull();
  });

  test('projects every record once, wherever a process stopped and started again', async () => {
    const records = [cart('1'), cart('2'), cart('3', { lines: [] }), cart('4')].map(record);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(records.length), { minLength: 1, maxLength: 3 }), async (stops) => {
        const database = await open();
        const { admit, projectionOf, runner, asked, events } = await testPath(database);
        for (const id of ['1', '2', '3', '4']) await admit(id);
        for (const stop of [...stops, records.length]) {
          const projection = projectionOf();
          for (const one of records.slice(0, stop)) await projection.project([one]);
          await runner.runOnce();
        }
        for (let i = 0; i < 4; i++) await runner.runOnce();
        expect(asked.place).toBe(4);
        const told = await events();
        expect(told.filter((type) => type === 'cart.finalized').length).toBe(4);
        expect(told.filter((type) => type === 'order.completed').length).toBe(4);
        const receipts = await database.query('SELECT number FROM receipts ORDER BY number');
        expect(receipts.map((row) => row['number'])).toEqual(['s-000001', 's-000002', 's-000003', 's-000004']);
      }),
      { numRuns: 4 },
    );
  });

  test('refuses to go on where a record is missing in between', async () => {
    const database = await open();
    const { admit, projectionOf } = await testPath(database);
    await admit('1');
    const projection = projectionOf();
    await projection.project([record(cart('1'))]);
    await database.query('UPDATE sessions SET position = 0');
    await expect(projection.project([record(cart('2'))])).rejects.toThrow('missing');
  });

  test('waits longer after each failure, spares a retailer that is down, and goes on when it is back', async () => {
    const database = await open();
    const { admit, projectionOf, runner, asked, answers, stateOf, clock, down } = await testPath(database);
    await admit('1');
    await projectionOf().project([record(cart('1'))]);
    const { place } = answers;
    answers.place = down;
    await runner.runOnce();
    await runner.runOnce();
    expect(asked.place).toBe(1);
    for (const waitMs of [1_000, 5_000, 30_000, 120_000]) {
      clock.advance(waitMs);
      await runner.runOnce();
    }
    expect(asked.place).toBe(5);
    answers.place = place;
    // Five failures in a row: left alone for half a minute, whoever else has an order.
    await admit('2');
    await database.query('UPDATE sessions SET position = 0');
    await projectionOf().project([record(cart('2', { tripId: 'x', credential: 'visit-2' }))]);
    await runner.runOnce();
    expect(asked.place).toBe(5);
    clock.advance(31_000);
    await runner.runOnce();
    expect(await stateOf('visit-2')).toBe('priced');
  });

  test('obeys Retry-After, and is stuck at once where asking again cannot help, until somebody replays it', async () => {
    const database = await open();
    const { admit, projectionOf, runner, asked, answers, stateOf, clock, orders, events } = await testPath(database);
    await admit('1');
    await projectionOf().project([record(cart('1'))]);
    answers.place = () => Promise.reject(new RetailerTrouble('slow down', true, 600_000));
    await runner.runOnce();
    clock.advance(599_000);
    await runner.runOnce();
    expect(asked.place).toBe(1);
    clock.advance(1_000);
    answers.place = () => Promise.reject(new RetailerTrouble('no such SKU', false));
    await runner.runOnce();
    expect(await stateOf('visit-1')).toBe('stuck');
    expect(await events()).toContain('order.stuck');
    const [row] = await database.query('SELECT id, reason FROM orders');
    expect(row!['reason']).toBe('no such SKU');
    answers.place = async () => ({ purchaseId: 'po', prices: pricesOf(0) });
    await database.transaction((tx) => orders.move(tx, String(row!['id']), 'received'));
    for (let i = 0; i < 3; i++) await runner.runOnce();
    expect(await stateOf('visit-1')).toBe('completed');
  });

  test('leaves what a card does not pay as a debt, and waits for a provider that is not done', async () => {
    const database = await open();
    const { admit, projectionOf, runner, answers, stateOf, clock } = await testPath(database);
    await admit('1');
    await projectionOf().project([record(cart('1'))]);
    await runner.runOnce();
    answers.settle = async () => ({ outcome: 'pending', retryAfterMs: 5_000 });
    await runner.runOnce();
    expect(await stateOf('visit-1')).toBe('priced');
    clock.advance(5_000);
    answers.settle = async () => ({ outcome: 'owed', capturedMinor: 0, debtMinor: 240, reason: 'capture_failed' });
    await runner.runOnce();
    expect(await stateOf('visit-1')).toBe('unpaid');
  });

  test('sends restricted products and carts of nobody to a person first, and uncertain ones to review', async () => {
    const database = await open();
    const { projectionOf, admit, stateOf, events, orders } = await testPath(database, new Map([['cola', 'age-18']]));
    await admit('1');
    await admit('2');
    const nobody = cart('3', { credential: null, lines: [{ ...cart('3').lines[0]!, sku: 'bread' }] });
    await projectionOf().project([
      ...[record(cart('1')), record(cart('2', { status: 'review' })), record(nobody)],
      // A person takes the cola out of the first cart.
      record(cart('1', { status: 'reviewed', lines: [] })),
    ]);
    expect(await stateOf('visit-1')).toBe('received');
    expect(await stateOf('visit-2')).toBeUndefined();
    const waiting = await database.query("SELECT id, reason FROM orders WHERE state = 'attendant_required'");
    expect(waiting.map((row) => row['reason'])).toEqual(['nobody to charge']);
    expect(await events()).toEqual(expect.arrayContaining(['review.requested', 'cart.corrected']));
    await database.transaction((tx) =>
      orders.move(tx, String(waiting[0]!['id']), 'cancelled', { reason: 'paid at till' }),
    );
    expect(await events()).toContain('order.cancelled');
  });
});
