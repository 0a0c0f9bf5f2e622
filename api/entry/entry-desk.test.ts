import { expect, test } from 'vitest';
import { RetailerTrouble } from '../retailer/retailer-port.ts';
import { describeOnBoth } from '../store/test-databases.ts';
import { deskMigrations, testDesk, testRetailer } from './test-desk.ts';

const never = () => new Promise<never>(() => undefined);

describeOnBoth('the entry desk', deskMigrations, (open) => {
  test('asks who it is, then whether they may, then for money, and opens only after all three', async () => {
    const database = await open();
    const { ask, register, asked, answers } = await testDesk(database);
    await register('card', 'c1');
    expect(await ask('c1', 'e1')).toMatchObject({ admitted: true, reason: null, assist: null, standIn: false });
    answers.hold = async () => ({ outcome: 'declined', reason: 'insufficient_funds' });
    await register('card', 'c2');
    expect(await ask('c2', 'e2')).toMatchObject({ admitted: false, reason: 'payment', tripId: null });
    answers.assess = async () => ({ authorized: false, holdMinor: 0, risks: ['BadDebt'] });
    expect(await ask('c2', 'e3')).toMatchObject({ admitted: false, reason: 'debt' });
    answers.identify = async () => null;
    expect(await ask('c2', 'e4')).toMatchObject({ admitted: false, reason: 'credential' });
    expect(asked).toEqual({ identify: 4, assess: 3, hold: 2 });
    const events = await database.query('SELECT type FROM webhook_events ORDER BY created_at_ms, id');
    expect(events.map((row) => row['type']).sort()).toEqual([
      ...['gate.denied', 'gate.denied', 'gate.denied', 'trip.started'],
    ]);
  });

  test('answers a repeated event the same without asking anyone again, also at the same time', async () => {
    const { ask, register, asked, answers } = await testDesk(await open());
    await register('card', 'c1');
    const answersAtOnce = await Promise.all([ask('c1', 'e1'), ask('c1', 'e1')]);
    expect(answersAtOnce[0]).toEqual(answersAtOnce[1]);
    const before = { ...asked };
    answers.identify = async () => null;
    expect(await ask('c1', 'e1')).toEqual(answersAtOnce[0]);
    expect(asked).toEqual(before);
  });

  test('does not tell one store what another was answered', async () => {
    const { ask, register } = await testDesk(await open());
    await register('card', 'c1');
    await ask('c1', 'e1');
    await expect(ask('c1', 'e1', { storeId: 's2' })).rejects.toThrow('another store');
  });

  test('lets friends shown in by one card join its trip, and opens another once everybody has left', async () => {
    const { ask, register, clock, asked } = await testDesk(await open());
    await register('card', 'c1');
    const first = await ask('c1', 'e1');
    clock.advance(3_000);
    expect((await ask('c1', 'e2')).tripId).toBe(first.tripId);
    expect(asked.hold).toBe(1);
    clock.advance(60_000);
    expect((await ask('c1', 'e3', { isInside: () => true })).tripId).toBe(first.tripId);
    const later = await ask('c1', 'e4', { isInside: () => false });
    expect(later.admitted).toBe(true);
    expect(later.tripId).not.toBe(first.tripId);
  });

  test('goes on trading up to the floor limit of each card while nobody answers', async () => {
    const retailer = testRetailer({ entryTimeoutMs: 100, standIn: { floorLimitMinor: 10_000 } });
    const { ask, register, answers } = await testDesk(await open(), retailer);
    await register('card', 'c1');
    await register('card', 'c2');
    answers.identify = never;
    const stand = { admitted: true, standIn: true };
    expect(await ask('c1', 'e1')).toMatchObject(stand);
    expect(await ask('c1', 'e2', { atMs: Date.UTC(2026, 1, 1) })).toMatchObject(stand);
    const third = await ask('c1', 'e3', { atMs: Date.UTC(2026, 2, 1) });
    expect(third).toMatchObject({ admitted: false, reason: 'unavailable' });
    expect(third.assist).toContain('staff');
    // Another card has a limit of its own.
    expect(await ask('c2', 'e4')).toMatchObject(stand);
  });

  test('keeps out a card that owes for an earlier visit, but not one that only stands in for a hold', async () => {
    const retailer = testRetailer({ entryTimeoutMs: 100, standIn: { floorLimitMinor: 20_000 } });
    const { ask, register, answers, asked } = await testDesk(await open(), retailer);
    await register('card', 'c1');
    const { identify } = answers;
    answers.identify = never;
    expect(await ask('c1', 'e1')).toMatchObject({ admitted: true, standIn: true });
    answers.identify = identify;
    answers.exposureMinor = 5_000;
    const later = { atMs: Date.UTC(2026, 1, 1) };
    expect(await ask('c1', 'e2', later)).toMatchObject({ admitted: true, standIn: false });
    answers.exposureMinor = 5_001;
    expect(await ask('c1', 'e3', { atMs: Date.UTC(2026, 2, 1) })).toMatchObject({ admitted: false, reason: 'debt' });
    expect(asked.hold).toBe(1);
  });

  test('takes a clear no for a no, whoever is down', async () => {
    const { ask, register, answers } = await testDesk(await open());
    await register('card', 'c1');
    answers.assess = () => Promise.reject(new RetailerTrouble('busy', true));
    answers.identify = async () => null;
    expect(await ask('c1', 'e1')).toMatchObject({ admitted: false, reason: 'credential' });
  });

  test('admits nobody unknown, and an anonymous card by the token of its provider alone', async () => {
    const database = await open();
    const { ask } = await testDesk(database);
    expect(await ask('who', 'e1')).toMatchObject({ admitted: false, reason: 'credential' });
    expect(await ask('pm_card_visa', 'e2')).toMatchObject({ admitted: true });
    const stored = JSON.stringify(await database.query('SELECT * FROM subject_data'));
    expect(stored).not.toContain('pm_card_visa');
  });

  test('takes an entry code once per time step, within the drift, never again and never elsewhere', async () => {
    const database = await open();
    const { ask, register, clock, codes, retailer } = await testDesk(database);
    const subjectId = await register('shopper', 'ana');
    const wanted = { storeId: 's1', subjectId, groupSize: 3, nowMs: clock.nowMs() };
    const { handle, code } = await database.transaction((tx) => codes.issue(tx, retailer, wanted));
    expect(code).toMatch(/^[A-Z0-9]+$/);
    expect(await ask(code, 'e0', { storeId: 's1', retailerId: 'r1' })).toMatchObject({ admitted: true, groupSize: 3 });
    expect(await ask(code, 'e0')).toMatchObject({ admitted: true });
    // A photograph of the screen, at the next gate.
    expect(await ask(code, 'e1')).toMatchObject({ admitted: false, reason: 'credential' });
    const codeNow = async () => (await codes.rotate(database, retailer, handle, clock.nowMs()))!.code;
    clock.advance(30_000);
    const second = await codeNow();
    clock.advance(30_000);
    // Read by a phone whose clock is one step behind: valid, but the one before it is not any more.
    expect(await ask(second, 'e2')).toMatchObject({ admitted: true });
    clock.advance(60_000);
    const third = await codeNow();
    clock.advance(61_000);
    expect(await ask(third, 'e3')).toMatchObject({ admitted: false });
    clock.advance(15 * 60_000);
    expect(await codes.rotate(database, retailer, handle, clock.nowMs())).toBeNull();
  });
});
