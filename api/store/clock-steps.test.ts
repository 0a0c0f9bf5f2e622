import { expect, test } from 'vitest';
import { migrations } from '../gateway.ts';
import { TestClock } from '../test-clock.ts';
import { ClockSteps } from './clock-steps.ts';
import { describeOnBoth } from './test-databases.ts';

describeOnBoth('a clock that is set back', migrations, (open) => {
  const order = (id: string, dueMs: number, updatedMs: number) => [
    ...[id, id, 'r', 's', 'received', '[]', updatedMs, updatedMs, 0, dueMs],
  ];
  const sql = `INSERT INTO orders (id, trip_id, retailer_id, store_id, state, items, created_at_ms, updated_at_ms, attempts,
    next_attempt_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

  test('moves what waits along, also what was written before the start, and nothing for a small step', async () => {
    const database = await open();
    const clock = new TestClock();
    const nowMs = clock.nowMs();
    const dueOf = async (id: string) =>
      (await database.query('SELECT next_attempt_at_ms AS due FROM orders WHERE id = ?', [id]))[0]!['due'];
    await database.query(sql, order('ahead', nowMs + 3_600_000, nowMs + 3_600_000));
    await database.query(sql, order('past', nowMs - 5, nowMs - 5));
    let elapsedMs = 0;
    const steps = new ClockSteps(database, clock, () => elapsedMs);
    expect(await steps.atStart()).toBe(3_600_000);
    expect([await dueOf('ahead'), await dueOf('past')]).toEqual([nowMs, nowMs - 5]);

    await database.query('UPDATE orders SET next_attempt_at_ms = ? WHERE id = ?', [nowMs + 60_000, 'ahead']);
    const stopping = new AbortController();
    const noticed: number[] = [];
    const watching = steps.watch(stopping.signal, (stepMs) => void noticed.push(stepMs));
    // Time goes on by a second while the calendar shows half of it: no step.
    elapsedMs += 1_500;
    clock.advance(1_000);
    await expect.poll(() => noticed).toEqual([]);
    elapsedMs += 31_000;
    clock.advance(1_000);
    await expect.poll(() => noticed).toEqual([30_000]);
    expect(await dueOf('ahead')).toBe(nowMs + 30_000);
    stopping.abort();
    clock.advance(1_000);
    await watching;
  });
});
