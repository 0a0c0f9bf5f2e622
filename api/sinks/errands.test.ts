import { expect, test } from 'vitest';
import type { Database } from '../store/database.ts';
import { describeOnBoth } from '../store/test-databases.ts';
import { TestClock } from '../test-clock.ts';
import { addErrand, type Doer, ErrandRunner, errandMigrations, retryErrand } from './errands.ts';
import { later, refused, type SinkResult, taken } from './order-sink.ts';

const errand = { retailerId: 'r1', kind: 'sink/csv', about: 'receipt-1', note: 'secret' };

function world(database: Database, doer: Doer) {
  const clock = new TestClock();
  const stuck: string[] = [];
  const onStuck = async (_: unknown, { about }: { about: string }, reason: string) =>
    void stuck.push(`${about}: ${reason}`);
  const parts = { database, clock, doers: new Map([['sink/csv', doer]]), draw: () => 0, onStuck };
  const add = (change = {}) => database.transaction((tx) => addErrand(tx, clock, { ...errand, ...change }));
  const rows = () => database.query('SELECT state, attempts, external_id, note, reason FROM errands');
  return { clock, stuck, add, rows, runner: new ErrandRunner(parts), parts };
}

describeOnBoth('the errand runner', errandMigrations, (open) => {
  test('does an errand once, however often it is written, and forgets its note', async () => {
    const done: string[] = [];
    const { add, rows, runner } = world(await open(), async ({ about }) => {
      done.push(about);
      return taken('PO-1');
    });
    await add();
    await add();
    await runner.runOnce();
    await add();
    await runner.runOnce();
    expect(done).toEqual(['receipt-1']);
    expect((await rows()).map((row) => ({ ...row }))).toEqual([
      { state: 'done', attempts: 1, external_id: 'PO-1', note: null, reason: null },
    ]);
  });

  test('does nothing for a transaction that was undone', async () => {
    const database = await open();
    const { clock, runner } = world(database, async () => taken());
    const undone = database.transaction(async (tx) => {
      await addErrand(tx, clock, errand);
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    expect(await runner.runOnce()).toBe(0);
  });

  test('tries again on the schedule, at most ten times, then says that it is stuck', async () => {
    let asked = 0;
    const { add, clock, runner, stuck } = world(await open(), async () => {
      asked++;
      throw new Error('broken');
    });
    await add();
    expect(await runner.runOnce()).toBe(1);
    clock.advance(4_999);
    expect(await runner.runOnce()).toBe(0);
    clock.advance(1);
    expect(await runner.runOnce()).toBe(1);
    for (let day = 0; day < 12; day++) {
      clock.advance(86_400_000);
      await runner.runOnce();
    }
    expect(asked).toBe(10);
    expect(stuck).toEqual(['receipt-1: 10 attempts, last: Error: broken']);
  });

  test('gives up at once what was refused, until someone has it tried again', async () => {
    const answers: SinkResult[] = [refused('unknown SKU'), taken()];
    const database = await open();
    const { add, clock, rows, runner, stuck } = world(database, async () => answers.shift()!);
    await add();
    await runner.runOnce();
    clock.advance(86_400_000);
    expect(await runner.runOnce()).toBe(0);
    expect(stuck).toEqual(['receipt-1: unknown SKU']);
    const [row] = await database.query<{ id: string }>('SELECT id FROM errands');
    expect(await retryErrand(database, clock, 'r2', row!.id)).toBe(false);
    expect(await retryErrand(database, clock, 'r1', row!.id)).toBe(true);
    await runner.runOnce();
    expect(await rows()).toMatchObject([{ state: 'done' }]);
  });

  test('does not wait for a doer that never comes back', async () => {
    const { add, parts, rows } = world(await open(), () => new Promise(() => {}));
    await add();
    await new ErrandRunner({ ...parts, timeoutMs: 20 }).runOnce();
    expect(await rows()).toMatchObject([{ state: 'pending', attempts: 1, reason: 'timeout' }]);
  });

  test('waits as long as it is asked to', async () => {
    const answers: SinkResult[] = [later('busy', 600_000), taken()];
    const { add, clock, runner } = world(await open(), async () => answers.shift()!);
    await add();
    await runner.runOnce();
    clock.advance(599_999);
    expect(await runner.runOnce()).toBe(0);
    clock.advance(1);
    expect(await runner.runOnce()).toBe(1);
  });

  test('shares the work with other runners, and takes over what one left when it died', async () => {
    const database = await open();
    const done: string[] = [];
    const { add, clock, parts } = world(database, async ({ about }) => {
      done.push(about);
      return taken();
    });
    for (let n = 0; n < 40; n++) await add({ about: `receipt-${n}` });
    // Claimed by a runner that never came back.
    await database.query(`UPDATE errands SET due_at_ms = ?, attempts = 1 WHERE about = 'receipt-7'`, [
      clock.nowMs() + 120_000,
    ]);
    const runners = [1, 2, 3].map(() => new ErrandRunner(parts));
    for (let round = 0; round < 4; round++) await Promise.all(runners.map((runner) => runner.runOnce()));
    expect(done).toHaveLength(39);
    clock.advance(120_000);
    await runners[0]!.runOnce();
    expect(new Set(done).size).toBe(40);
    expect(done).toHaveLength(40);
  });
});
