import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { HoldAsk, RefundAsk, SettleAsk } from '../orders/till.ts';
import type { Database } from '../store/database.ts';
import { migrate } from '../store/migrate.ts';
import { openSqlite } from '../store/sqlite.ts';
import { describeOnBoth } from '../store/test-databases.ts';
import { paymentMigrations } from './migrations.ts';
import { PaymentBook } from './payment-book.ts';
import { PaymentDesk } from './payment-desk.ts';
import type { PaymentPort } from './payment-port.ts';
import { adyenRig, type Rig, stripeRig } from './test-rig.ts';
import { testWallets } from './test-wallets.ts';

const never = new AbortController().signal;
const shop = { retailerId: 'r', storeId: 's', currency: 'EUR' };
const link = { description: 'Your trip', returnUrl: 'https://shop.test/thanks' };
const DAY_MS = 86_400_000;

function deskOver(rig: Rig, database: Database, port: PaymentPort = rig.port) {
  const anomalies: string[] = [];
  const steps: string[] = [];
  const book = new PaymentBook(testWallets, async (_, record, event) => {
    steps.push(`${event.kind} → ${record.payment.status}`);
  });
  const onAnomaly = (_: string, text: string) => void anomalies.push(text);
  const parts = { database, book, clock: rig.clock, portOf: () => port, onAnomaly };
  const desk = new PaymentDesk(parts);
  const { notices } = desk;
  const payment = async (tripKey: string) => (await book.byTrip(database, 'r', tripKey))!.payment;
  /** Hands over everything that came on the webhook since the last time. */
  let taken = rig.received.length;
  const hear = async () => {
    await rig.told();
    const fresh = rig.received.slice(taken);
    taken = rig.received.length;
    const outcomes = [];
    for (const { body, headers } of fresh) outcomes.push(...(await notices.receive('r', body, headers)));
    return outcomes;
  };
  return { desk, book, notices, anomalies, steps, payment, hear };
}

const holdAsk = (tripKey: string, more: Partial<HoldAsk> = {}): HoldAsk => ({
  ...{ ...shop, tripKey, eventId: `e-${tripKey}`, paymentMethod: 'pm_card_visa', customer: 'cus_1' },
  ...{ amountMinor: 5000, capMinor: 10_000, ...more },
});
const settleAsk = (tripKey: string, dueMinor: number): SettleAsk => ({
  ...shop,
  tripKey,
  orderId: `o-${tripKey}`,
  dueMinor,
});
const refundAsk = (tripKey: string, refundId: string, amountMinor: number): RefundAsk => ({
  ...{ ...shop, tripKey, orderId: `o-${tripKey}`, refundId, amountMinor, reason: 'unwanted_item' },
});

describeOnBoth('the payment desk', paymentMigrations, (open) => {
  let rig: Rig;
  let database: Database;
  beforeAll(async () => {
    rig = await stripeRig();
    database = await open();
  });
  afterAll(() => rig.close());
  let lastTrip = 0;
  const newTrip = () => `trip-${++lastTrip}`;

  test('holds once, answers repeats alike, captures what is due and releases the rest', async () => {
    const { desk, payment } = deskOver(rig, database);
    const trip = newTrip();
    const first = await desk.hold(holdAsk(trip), never);
    expect(first).toMatchObject({ outcome: 'held', heldMinor: 5000 });
    expect(await desk.hold(holdAsk(trip), never)).toEqual(first);
    const paid = { outcome: 'paid', capturedMinor: 3200 };
    expect(await desk.settle(settleAsk(trip, 3200), never)).toEqual(paid);
    expect(await desk.settle(settleAsk(trip, 3200), never)).toEqual(paid);
    expect(await payment(trip)).toMatchObject({ status: 'captured', capturedMinor: 3200, releasedMinor: 1800 });
  });

  test('raises the hold up to what was agreed to, and keeps the rest as a debt', async () => {
    const { desk, steps, payment } = deskOver(rig, database);
    const [within, above] = [newTrip(), newTrip()];
    await desk.hold(holdAsk(within), never);
    expect(await desk.settle(settleAsk(within, 8000), never)).toEqual({ outcome: 'paid', capturedMinor: 8000 });
    await desk.hold(holdAsk(above), never);
    expect(await desk.settle(settleAsk(above, 12_000), never)).toMatchObject({
      ...{ outcome: 'owed', capturedMinor: 10_000, debtMinor: 2000 },
    });
    expect((await payment(above)).authorisedMinor).toBe(10_000);
    expect(steps).toContain('adjust_succeeded → authorised');
  });

  test('captures the hold and keeps a debt where the issuer grants no more; a mandate then pays it', async () => {
    const { desk, payment } = deskOver(rig, database);
    const trip = newTrip();
    await desk.hold(holdAsk(trip, { paymentMethod: 'pm_card_noIncrement' }), never);
    const owed = { outcome: 'owed', capturedMinor: 5000, debtMinor: 2000, reason: 'partly_captured' };
    expect(await desk.settle(settleAsk(trip, 7000), never)).toEqual(owed);
    const exposure = () => database.transaction((tx) => desk.openExposureMinor(tx, 'r', 'pm_card_noIncrement'));
    expect(await exposure()).toBe(2000);
    const { paymentId } = await payment(trip);
    expect(await desk.collectDebt(paymentId, link, never)).toEqual({ by: 'mandate' });
    expect(await desk.settle(settleAsk(trip, 7000), never)).toEqual({ outcome: 'paid', capturedMinor: 7000 });
    expect(await exposure()).toBe(0);
    expect(await desk.collectDebt(paymentId, link, never)).toBeNull();
  });

  test('asks for a debt by a pay link where there is no mandate', async () => {
    const { desk, payment, hear } = deskOver(rig, database);
    const trip = newTrip();
    await desk.hold(holdAsk(trip, { paymentMethod: 'pm_card_noIncrement', customer: null }), never);
    await desk.settle(settleAsk(trip, 7000), never);
    await hear();
    const { paymentId } = await payment(trip);
    const asked = await desk.collectDebt(paymentId, link, never);
    if (asked?.by !== 'pay_link') throw new Error(JSON.stringify(asked));
    expect((await payment(trip)).status).toBe('debt_pending');
    await rig.play('pay', asked.url.split('/').at(-1)!);
    expect(await hear()).toContain('applied');
    expect(await payment(trip)).toMatchObject({ status: 'captured', debtMinor: 0, collectedMinor: 2000 });
  });

  test('lets refunds of one payment wait for each other, and counts those that wait', async () => {
    const { desk, payment, hear } = deskOver(rig, database);
    const trip = newTrip();
    await desk.hold(holdAsk(trip, { amountMinor: 5000 }), never);
    await desk.settle(settleAsk(trip, 3200), never);
    await hear();
    // The first one's answer is lost on its way.
    expect(await desk.refund(refundAsk(trip, 'a', 1091), never)).toEqual({ outcome: 'pending' });
    expect(await desk.refund(refundAsk(trip, 'b', 600), never)).toEqual({ outcome: 'pending' });
    expect(await desk.refund(refundAsk(trip, 'c', 700), never)).toEqual({ outcome: 'pending' });
    const tooMuch = await desk.refund(refundAsk(trip, 'd', 1000), never);
    expect(tooMuch).toEqual({ outcome: 'refused', reason: 'only 809 is left to refund' });
    await rig.told();
    for (let round = 0; round < 8 && (await payment(trip)).refundedMinor < 2391; round++) {
      rig.clock.advance(61_000);
      await desk.calls.reconcile();
    }
    expect(await payment(trip)).toMatchObject({ status: 'captured', refundedMinor: 2391, inFlight: null });
    for (const [id, amount] of [
      ['a', 1091],
      ['b', 600],
      ['c', 700],
    ] as const)
      expect(await desk.refund(refundAsk(trip, id, amount), never)).toEqual({ outcome: 'refunded' });
  });

  test('gives a debt that was collected back to the payment that paid it', async () => {
    const { desk, payment, hear } = deskOver(rig, database);
    const trip = newTrip();
    await desk.hold(holdAsk(trip, { paymentMethod: 'pm_card_noIncrement' }), never);
    await desk.settle(settleAsk(trip, 7000), never);
    await desk.collectDebt((await payment(trip)).paymentId, link, never);
    await hear();
    expect(await payment(trip)).toMatchObject({ capturedMinor: 5000, collectedMinor: 2000 });
    const refund = (id: string, minor: number) => desk.refund(refundAsk(trip, id, minor), never);
    expect(await refund('first', 4000)).toEqual({ outcome: 'refunded' });
    expect(await refund('second', 1500)).toEqual({ outcome: 'refunded' });
    const split = '1000 of the first payment and 500 of the collected debt are left to refund';
    expect(await refund('both', 1100)).toEqual({ outcome: 'refused', reason: split });
    expect(await refund('third', 1000)).toEqual({ outcome: 'refunded' });
    expect(await refund('fourth', 500)).toEqual({ outcome: 'refunded' });
    expect(await payment(trip)).toMatchObject({
      status: 'refunded',
      refundedMinor: 5000,
      collectedRefundedMinor: 2000,
    });
    expect([...rig.bank.payments.values()].slice(-2).map(({ refundedMinor }) => refundedMinor)).toEqual([5000, 2000]);
  });

  test('warns once of evidence that is due, and not of what is handed in or far off', async () => {
    const { desk, book, payment } = deskOver(rig, database);
    const told: string[] = [];
    const warn = () => desk.warnOfEvidence(3 * DAY_MS, async (_, record) => void told.push(record.payment.tripKey));
    const disputed = async (days: number) => {
      const trip = newTrip();
      await desk.hold(holdAsk(trip), never);
      await desk.settle(settleAsk(trip, 3200), never);
      const evidenceDueAtMs = rig.clock.nowMs() + days * DAY_MS;
      const dispute = { kind: 'chargeback_opened', amountMinor: 3200, reason: 'fraudulent', evidenceDueAtMs } as const;
      await database.transaction(async (tx) =>
        book.step(tx, (await book.byTrip(tx, 'r', trip))!, dispute, rig.clock.nowMs()),
      );
      return trip;
    };
    const [soon, far, sent] = [await disputed(2), await disputed(20), await disputed(2)];
    await desk.noteEvidence((await payment(sent)).paymentId);
    expect([await warn(), await warn()]).toEqual([1, 0]);
    expect(told).toEqual([soon]);
    rig.clock.advance(18 * DAY_MS);
    await warn();
    expect(told).toEqual([soon, far]);
  });

  test('cancels the hold of an empty cart and of a visit that came to nothing', async () => {
    const { desk, payment } = deskOver(rig, database);
    const [empty, unused] = [newTrip(), newTrip()];
    await desk.hold(holdAsk(empty), never);
    expect(await desk.settle(settleAsk(empty, 0), never)).toEqual({ outcome: 'paid', capturedMinor: 0 });
    await desk.hold(holdAsk(unused), never);
    await desk.release({ ...shop, tripKey: unused }, never);
    await desk.release({ ...shop, tripKey: unused }, never);
    for (const trip of [empty, unused])
      expect(await payment(trip)).toMatchObject({ status: 'cancelled', releasedMinor: 5000 });
    expect(await desk.settle(settleAsk('nowhere', 100), never)).toEqual({ outcome: 'no_payment' });
  });

  test('turns away a declined card and tells the reason; goods that left are a debt', async () => {
    const { desk } = deskOver(rig, database);
    const trip = newTrip();
    const ask = holdAsk(trip, { paymentMethod: 'pm_card_chargeDeclinedInsufficientFunds' });
    expect(await desk.hold(ask, never)).toEqual({ outcome: 'declined', reason: 'insufficient_funds' });
    expect(await desk.settle(settleAsk(trip, 900), never)).toMatchObject({ outcome: 'owed', debtMinor: 900 });
  });

  test('sends the shopper to the bank and lets them in when that went well', async () => {
    const { desk, payment, hear } = deskOver(rig, database);
    const trip = newTrip();
    const ask = holdAsk(trip, { paymentMethod: 'pm_card_authenticationRequired' });
    const answer = await desk.hold(ask, never);
    expect(answer).toMatchObject({ outcome: 'requires_action', url: expect.stringContaining('https://bank.test/') });
    await rig.play('authenticate', (await payment(trip)).providerId!);
    expect(await hear()).toContain('applied');
    expect(await desk.hold(ask, never)).toMatchObject({ outcome: 'held', heldMinor: 5000 });
  });

  test('lets a hold end by the clock; what is due then is a debt', async () => {
    const { desk, payment } = deskOver(rig, database);
    const [swept, late] = [newTrip(), newTrip()];
    await desk.hold(holdAsk(swept), never);
    await desk.hold(holdAsk(late), never);
    rig.clock.advance(7 * DAY_MS);
    expect(await desk.settle(settleAsk(late, 1000), never)).toMatchObject({ outcome: 'owed', debtMinor: 1000 });
    expect(await desk.expireHolds()).toBeGreaterThan(0);
    expect(await payment(swept)).toMatchObject({ status: 'expired', releasedMinor: 5000 });
  });

  test('refunds once per refund id and never more than was captured', async () => {
    const { desk, payment } = deskOver(rig, database);
    const trip = newTrip();
    await desk.hold(holdAsk(trip), never);
    await desk.settle(settleAsk(trip, 3000), never);
    for (let time = 0; time < 2; time++)
      expect(await desk.refund(refundAsk(trip, 'a', 1000), never)).toEqual({ outcome: 'refunded' });
    expect(await desk.refund(refundAsk(trip, 'a', 1001), never)).toMatchObject({ outcome: 'refused' });
    expect(await desk.refund(refundAsk(trip, 'b', 2001), never)).toMatchObject({ outcome: 'refused' });
    expect(await desk.refund(refundAsk(trip, 'c', 2000), never)).toEqual({ outcome: 'refunded' });
    expect(await payment(trip)).toMatchObject({ status: 'refunded', refundedMinor: 3000 });
  });

  test('takes back a refund that fails after it was accepted', async () => {
    const { desk, payment, hear } = deskOver(rig, database);
    const trip = newTrip();
    await desk.hold(holdAsk(trip, { paymentMethod: 'pm_card_refundFails' }), never);
    await desk.settle(settleAsk(trip, 3000), never);
    expect(await desk.refund(refundAsk(trip, 'a', 1000), never)).toEqual({ outcome: 'pending' });
    await hear();
    expect(await payment(trip)).toMatchObject({ status: 'captured', refundedMinor: 0, inFlight: null });
    expect(await desk.refund(refundAsk(trip, 'a', 1000), never)).toMatchObject({ outcome: 'refused' });
  });

  test('stops refunds while a chargeback is open, once however often it is told', async () => {
    const { desk, book, payment, hear, notices } = deskOver(rig, database);
    const trip = newTrip();
    await desk.hold(holdAsk(trip, { paymentMethod: 'pm_card_createDispute' }), never);
    await desk.settle(settleAsk(trip, 3000), never);
    await hear();
    const { paymentId } = await payment(trip);
    expect((await payment(trip)).status).toBe('chargeback_open');
    expect(await desk.refund(refundAsk(trip, 'a', 1000), never)).toMatchObject({ outcome: 'refused' });
    const due = await book.withEvidenceDue(database, rig.clock.nowMs() + 8 * DAY_MS);
    expect(due.map((record) => record.payment.paymentId)).toContain(paymentId);
    await desk.noteEvidence(paymentId);
    const stillDue = await book.withEvidenceDue(database, rig.clock.nowMs() + 8 * DAY_MS);
    expect(stillDue.map((record) => record.payment.paymentId)).not.toContain(paymentId);
    const { body, headers } = rig.received.at(-1)!;
    expect(await notices.receive('r', body, headers)).toEqual(['repeated']);
    const dispute = [...rig.bank.disputes.values()].at(-1)!;
    await rig.play('close-dispute', dispute.id);
    await hear();
    expect(await desk.refund(refundAsk(trip, 'b', 1000), never)).toEqual({ outcome: 'refunded' });
  });

  test('counts a hold that nobody has granted as exposure, and settles it later under the same key', async () => {
    const { desk } = deskOver(rig, database);
    const trip = newTrip();
    const ask = holdAsk(trip, { paymentMethod: 'pm_card_slow', amountMinor: 5091 });
    const before = rig.bank.payments.size;
    expect(await desk.hold(ask, never)).toMatchObject({ outcome: 'unknown' });
    expect(await database.transaction((tx) => desk.openExposureMinor(tx, 'r', 'pm_card_slow'))).toBe(5091);
    expect(await desk.settle(settleAsk(trip, 3000), never)).toEqual({ outcome: 'paid', capturedMinor: 3000 });
    expect(rig.bank.payments.size).toBe(before + 1);
  });

  test('answers at the gate when its time is up and writes the answer down when it comes', async () => {
    const { desk, payment } = deskOver(rig, database);
    const trip = newTrip();
    // Already aborted: whatever is known by now is the answer, and the call goes on.
    expect(['unknown', 'held']).toContain((await desk.hold(holdAsk(trip), AbortSignal.abort())).outcome);
    await expect.poll(async () => (await payment(trip)).status).toBe('authorised');
  });

  test('makes one payment and one capture where several ask at once', async () => {
    const { desk, payment } = deskOver(rig, database);
    const trip = newTrip();
    const before = rig.bank.payments.size;
    const four = [1, 2, 3, 4];
    const holds = await Promise.all(four.map(() => desk.hold(holdAsk(trip), never)));
    expect(holds.some(({ outcome }) => outcome === 'held')).toBe(true);
    await Promise.all(four.map(() => desk.settle(settleAsk(trip, 3000), never)));
    expect(await desk.settle(settleAsk(trip, 3000), never)).toEqual({ outcome: 'paid', capturedMinor: 3000 });
    expect(rig.bank.payments.size).toBe(before + 1);
    expect(await payment(trip)).toMatchObject({ capturedMinor: 3000 });
  });
});

describe('the payment desk with a provider that answers later', () => {
  let rig: Rig;
  let database: Database;
  beforeAll(async () => {
    rig = await adyenRig();
    database = openSqlite(':memory:');
    await migrate(database, paymentMigrations, rig.clock);
  });
  afterAll(async () => {
    await database.close();
    await rig.close();
  });

  test('waits for the adjustment, then for the capture', async () => {
    const { desk, payment, hear } = deskOver(rig, database);
    await desk.hold(holdAsk('t1'), never);
    expect(await desk.settle(settleAsk('t1', 7000), never)).toMatchObject({ outcome: 'pending' });
    expect((await payment('t1')).status).toBe('adjust_pending');
    await hear();
    expect(await payment('t1')).toMatchObject({ status: 'authorised', authorisedMinor: 7000 });
    expect(await desk.settle(settleAsk('t1', 7000), never)).toMatchObject({ outcome: 'pending' });
    await hear();
    expect(await desk.settle(settleAsk('t1', 7000), never)).toEqual({ outcome: 'paid', capturedMinor: 7000 });
  });

  test('makes a debt of a capture that fails days after its success', async () => {
    const { desk, payment, hear } = deskOver(rig, database);
    await desk.hold(holdAsk('t2'), never);
    await desk.settle(settleAsk('t2', 3000), never);
    await hear();
    expect((await payment('t2')).status).toBe('captured');
    await rig.play('fail-capture', (await payment('t2')).providerId!);
    await hear();
    expect(await desk.settle(settleAsk('t2', 3000), never)).toMatchObject({ outcome: 'owed', debtMinor: 3000 });
  });

  test('asks again under the same key where the notification never came', async () => {
    const { desk, hear, payment } = deskOver(rig, database);
    await desk.hold(holdAsk('t3'), never);
    await desk.settle(settleAsk('t3', 3000), never);
    await rig.told();
    rig.clock.advance(DAY_MS);
    const requests = rig.server.replayCount;
    expect(await desk.calls.reconcile()).toBe(1);
    expect(rig.server.replayCount).toBe(requests + 1);
    expect(rig.bank.payment((await payment('t3')).providerId!).capturedMinor).toBe(3000);
    await hear();
    expect((await payment('t3')).status).toBe('captured');
  });
});

test('keeps on with other calls where one cannot be made', async () => {
  const rig = await stripeRig();
  const database = openSqlite(':memory:');
  await migrate(database, paymentMigrations, rig.clock);
  let isConfigured = true;
  const portOf = (retailerId: string) => {
    if (retailerId === 'gone' && !isConfigured) throw new Error('no such retailer');
    return rig.port;
  };
  const parts = { database, book: new PaymentBook(testWallets), clock: rig.clock, portOf, onAnomaly: () => undefined };
  const desk = new PaymentDesk(parts);
  for (const retailerId of ['gone', 'r'])
    await desk.hold({ ...holdAsk('t', { amountMinor: 5093 }), retailerId }, never);
  isConfigured = false;
  rig.clock.advance(60_000);
  await expect(desk.calls.reconcile()).rejects.toThrow('1 of 2 calls failed');
  expect((await parts.book.byTrip(database, 'r', 't'))?.payment.status).toBe('authorised');
  await database.close();
  await rig.close();
});

describe('the payment desk under faults', () => {
  let rig: Rig;
  afterEach(() => rig.close());

  class Died extends Error {}
  /** The process dies around a call: before it leaves, or after it has arrived and before anyone noted the answer. */
  function dying(port: PaymentPort, deaths: ('before' | 'after' | 'no')[]): PaymentPort {
    return new Proxy(port, {
      get(target, name: keyof PaymentPort) {
        const member = target[name];
        if (typeof member !== 'function') return member;
        return async (...args: unknown[]) => {
          const death = deaths.shift() ?? 'no';
          if (death === 'before') throw new Died();
          const result = await (member as (...args: unknown[]) => unknown).apply(target, args);
          if (death === 'after') throw new Died();
          return result;
        };
      },
    });
  }

  test('captures every trip exactly once and rightly, wherever the process dies and whatever the provider does', async () => {
    rig = await stripeRig();
    let trips = 0;
    const trip = fc.record({
      ending: fc.constantFrom(0, 0, 92, 93, 94, 97),
      heldEnding: fc.constantFrom(0, 0, 92, 93, 95, 97),
      dueMinor: fc.integer({ min: 1, max: 110 }).map((hundreds) => hundreds * 100),
      method: fc.constantFrom('pm_card_visa', 'pm_card_visa', 'pm_card_noIncrement'),
      deaths: fc.array(fc.constantFrom('before' as const, 'after' as const, 'no' as const), { maxLength: 12 }),
    });
    await fc.assert(
      fc.asyncProperty(trip, async ({ ending, heldEnding, dueMinor: hundreds, method, deaths }) => {
        const key = `fault-${++trips}`;
        const database = openSqlite(':memory:');
        await migrate(database, paymentMigrations, rig.clock);
        const before = rig.bank.payments.size;
        const dueMinor = hundreds + ending;
        const heldMinor = 5000 + heldEnding;
        const ask = holdAsk(key, { paymentMethod: method, amountMinor: heldMinor });
        let last: unknown = null;
        for (let life = 0; life < 40; life++) {
          const { desk, anomalies } = deskOver(rig, database, dying(rig.port, deaths));
          try {
            rig.clock.advance(2000);
            await desk.hold(ask, never);
            const answer = await desk.settle(settleAsk(key, dueMinor), never);
            await desk.calls.reconcile();
            last = answer;
            expect(anomalies).toEqual([]);
            if (answer.outcome === 'paid' || answer.outcome === 'owed') break;
          } catch (error) {
            if (!(error instanceof Died)) throw error;
          }
        }
        const allowedMinor = method === 'pm_card_noIncrement' ? heldMinor : 10_000;
        const capturedMinor = Math.min(dueMinor, allowedMinor);
        expect(last).toMatchObject({ outcome: capturedMinor === dueMinor ? 'paid' : 'owed', capturedMinor });
        expect(rig.bank.payments.size).toBe(before + 1);
        expect([...rig.bank.payments.values()].at(-1)).toMatchObject({ status: 'captured', capturedMinor });
        await database.close();
      }),
      { numRuns: 25 },
    );
  });
});
