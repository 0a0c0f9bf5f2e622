/**
 * The gateway's till: one payment per trip, from the hold at the gate to the last refund. Every method may be repeated.
 * Between two of its lines the process may die: what was begun is on disk, and `reconcile` goes on from there.
 */
import { idFrom } from '../ids.ts';
import type { HoldAnswer, HoldAsk, RefundAnswer, RefundAsk, SettleAnswer, SettleAsk, Till } from '../orders/till.ts';
import type { Transaction } from '../store/database.ts';
import type { Attempt, PaymentBook, PaymentRecord } from './payment-book.ts';
import { LEASE_MS, PaymentCalls, type PaymentCallsParts } from './payment-calls.ts';
import { PaymentNotices } from './payment-notices.ts';
import type { Operation, RefundRequest } from './payment-port.ts';
import {
  collectedRefundableMinor,
  type Payment,
  type PaymentEvent,
  type PaymentStatus,
  refundableMinor,
} from './payment-state.ts';
import { openPayment } from './payment-transition.ts';

/** More steps than any settlement takes; reaching it is a bug, not a busy day. */
const MAX_ROUNDS = 10;

export type AdjustAnswer =
  | { readonly outcome: 'approved'; readonly authorisedMinor: number }
  | { readonly outcome: 'declined' | 'pending' | 'no_payment' };

interface Begin {
  readonly event: PaymentEvent;
  readonly operation: Operation;
  readonly amountMinor: number;
}

const isMoving = (status: PaymentStatus) => ['adjust_pending', 'capture_pending', 'cancel_pending'].includes(status);

export class PaymentDesk implements Till {
  readonly calls: PaymentCalls;
  readonly notices: PaymentNotices;
  readonly book: PaymentBook;
  readonly #parts: PaymentCallsParts;

  constructor(parts: PaymentCallsParts) {
    this.#parts = parts;
    this.book = parts.book;
    this.calls = new PaymentCalls(parts);
    this.notices = new PaymentNotices(parts, this.calls);
  }

  async hold(ask: HoldAsk, signal: AbortSignal): Promise<HoldAnswer> {
    const { database, book, clock } = this.#parts;
    const paymentId = idFrom('payment', ask.retailerId, ask.tripKey);
    const key = idFrom(paymentId, 'hold', '0');
    const payment = openPayment({ paymentId, tripKey: ask.tripKey }, ask.currency, ask.capMinor, ask.customer !== null);
    const { retailerId, storeId, paymentMethod, customer, amountMinor } = ask;
    const isFirst = await database.transaction(async (tx) => {
      const record = { payment, retailerId, storeId, orderId: null, askedMinor: amountMinor };
      const whose = { wallet: { paymentMethod, customer }, subjectId: ask.subjectId ?? null };
      if (!(await book.open(tx, { ...record, ...whose }, clock.nowMs()))) return false;
      await this.#openAttempt(tx, key, paymentId, 'hold', amountMinor);
      return true;
    });
    await within(this.calls.make(key, isFirst), signal);
    const [record, attempt] = [await book.byId(database, paymentId), await book.attempt(database, key)];
    return holdAnswer(record!, attempt!);
  }

  async settle(ask: SettleAsk, signal: AbortSignal): Promise<SettleAnswer> {
    const { database, book } = this.#parts;
    let tried: string | null = null;
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const record = await book.byTrip(database, ask.retailerId, ask.tripKey);
      if (record === null)
        return ask.dueMinor === 0 ? { outcome: 'paid', capturedMinor: 0 } : { outcome: 'no_payment' };
      const { status, paymentId } = record.payment;
      if (round === 0) await database.transaction((tx) => book.setOrder(tx, paymentId, ask.orderId));
      if (status === 'hold_pending' || isMoving(status)) {
        const open = (await book.attemptsOf(database, paymentId)).findLast(({ state }) => state !== 'closed');
        const isAskedAlready = open === undefined || open.key === tried || open.state === 'pending' || signal.aborted;
        if (isAskedAlready) return { outcome: 'pending', retryAfterMs: open ? this.#waitMs(open) : null };
        await within(this.calls.make((tried = open.key)), signal);
        continue;
      }
      const begin = await this.#next(record, ask.dueMinor);
      if (begin === null) return settled(record);
      tried = await this.#begin(paymentId, begin, status);
      if (tried !== null) await within(this.calls.make(tried, true), signal);
    }
    throw new Error(`payment of trip ${ask.tripKey} does not come to rest`);
  }

  /** Raises the hold to what is due where it must and may, for retailers that capture by a call of their own. */
  async adjust(ask: Omit<SettleAsk, 'orderId'>, signal: AbortSignal): Promise<AdjustAnswer> {
    const { database, book, clock } = this.#parts;
    const record = await book.byTrip(database, ask.retailerId, ask.tripKey);
    if (record === null) return { outcome: 'no_payment' };
    const { status, paymentId, consentedCapMinor } = record.payment;
    const open = (await book.attemptsOf(database, paymentId)).findLast(({ state }) => state !== 'closed');
    if (open?.state === 'open') await within(this.calls.make(open.key), signal);
    else if (
      status === 'authorised' &&
      ask.dueMinor > record.payment.authorisedMinor &&
      ask.dueMinor <= consentedCapMinor
    ) {
      const event = { kind: 'adjust_started', toMinor: ask.dueMinor, atMs: clock.nowMs() } as const;
      const key = await this.#begin(paymentId, { event, operation: 'adjust', amountMinor: ask.dueMinor }, status);
      if (key !== null) await within(this.calls.make(key, true), signal);
    }
    const { payment } = (await book.byId(database, paymentId))!;
    const isPending = ['hold_pending', 'requires_action', 'adjust_pending', 'capture_pending'].includes(payment.status);
    if (isPending) return { outcome: 'pending' };
    const covers =
      payment.authorisedMinor >= ask.dueMinor && !['cancelled', 'expired', 'declined'].includes(payment.status);
    return covers ? { outcome: 'approved', authorisedMinor: payment.authorisedMinor } : { outcome: 'declined' };
  }

  /** Whether a capture of what is due needs nothing more: it is held, or captured already. */
  async covers({
    retailerId,
    tripKey,
    dueMinor,
  }: Pick<SettleAsk, 'retailerId' | 'tripKey' | 'dueMinor'>): Promise<boolean> {
    const { database, book } = this.#parts;
    const record = await book.byTrip(database, retailerId, tripKey);
    return record !== null && record.payment.authorisedMinor >= dueMinor;
  }

  async release(ask: Omit<SettleAsk, 'orderId' | 'dueMinor'>, signal: AbortSignal): Promise<void> {
    const { database, book } = this.#parts;
    const record = await book.byTrip(database, ask.retailerId, ask.tripKey);
    if (record === null || !['authorised', 'requires_action'].includes(record.payment.status)) return;
    const begin = { event: { kind: 'cancel_started' }, operation: 'cancel', amountMinor: 0 } as const;
    const key = await this.#begin(record.payment.paymentId, begin, record.payment.status);
    if (key !== null) await within(this.calls.make(key, true), signal);
  }

  async refund(ask: RefundAsk, signal: AbortSignal): Promise<RefundAnswer> {
    const { database, book } = this.#parts;
    const found = await book.byTrip(database, ask.retailerId, ask.tripKey);
    if (found === null) return { outcome: 'refused', reason: 'no payment' };
    const { paymentId } = found.payment;
    const key = idFrom(paymentId, 'refund', ask.refundId);
    let isFirst = false;
    const refusal = await database.transaction(async (tx) => {
      isFirst = false;
      const known = await book.attempt(tx, key);
      if (known) return known.amountMinor === ask.amountMinor ? null : 'this refund was asked for with another amount';
      const record = (await book.byId(tx, paymentId))!;
      const plan = refundPlan(record, await book.attemptsOf(tx, paymentId), ask);
      if (typeof plan === 'string') return plan;
      isFirst = await this.#beginRefund(tx, record, key, ask, plan.providerId);
      return null;
    });
    if (refusal !== null) return { outcome: 'refused', reason: refusal };
    const { state } = (await book.attempt(database, key))!;
    if (state === 'open' || state === 'queued') await within(this.calls.make(key, isFirst), signal);
    const attempt = (await book.attempt(database, key))!;
    if (attempt.state !== 'closed') return { outcome: 'pending' };
    if (attempt.outcome === 'succeeded') return { outcome: 'refunded' };
    return { outcome: 'refused', reason: attempt.code ?? 'declined' };
  }

  /** Begins a refund, or puts it behind the one that is on its way; true where it has begun. */
  async #beginRefund(
    tx: Transaction,
    record: PaymentRecord,
    key: string,
    { amountMinor, reason, refundId }: RefundAsk,
    providerId: string | null,
  ): Promise<boolean> {
    const { book, clock } = this.#parts;
    const { paymentId, status } = record.payment;
    const nowMs = clock.nowMs();
    const attempt = { key, paymentId, operation: 'refund', amountMinor, reason, refundId, providerId } as const;
    if (status === 'refund_pending') {
      await book.openAttempt(tx, { ...attempt, state: 'queued', startedAtMs: nowMs, nextAtMs: nowMs });
      return false;
    }
    const ofCollected = providerId === null ? {} : { ofCollected: true };
    await book.step(tx, record, { kind: 'refund_started', amountMinor, refundId, ...ofCollected }, nowMs);
    await book.openAttempt(tx, { ...attempt, startedAtMs: nowMs, nextAtMs: nowMs + LEASE_MS });
    return true;
  }

  openExposureMinor(tx: Transaction, retailerId: string, paymentMethod: string): Promise<number> {
    return this.#parts.book.exposureMinor(tx, retailerId, paymentMethod);
  }

  /**
   * Asks for an open debt: by mandate where the shopper gave one, else by a pay link, whose address comes back to be
   * sent to the shopper. Null where there is nothing to ask for.
   */
  async collectDebt(
    paymentId: string,
    link: { readonly description: string; readonly returnUrl: string },
    signal: AbortSignal,
  ): Promise<{ readonly by: 'mandate' } | { readonly by: 'pay_link'; readonly url: string } | null> {
    const { database, book, portOf } = this.#parts;
    const record = await book.byId(database, paymentId);
    if (record === null || !['partly_captured', 'capture_failed'].includes(record.payment.status)) return null;
    const { debtMinor: amountMinor, hasMandate, tripKey, currency, status } = record.payment;
    const before = (await book.attemptsOf(database, paymentId)).filter(({ operation }) => operation === 'debt_charge');
    // A mandate that was refused once is not tried again behind the shopper's back.
    const wallet = hasMandate ? await book.walletOf(database, record) : null;
    if (wallet !== null && wallet.customer !== null && before.length === 0) {
      const begin = { event: { kind: 'debt_asked', by: 'mandate' }, operation: 'debt_charge', amountMinor } as const;
      const key = await this.#begin(paymentId, begin, status);
      if (key !== null) await within(this.calls.make(key, true), signal);
      return { by: 'mandate' };
    }
    const key = idFrom(paymentId, 'pay_link', String(amountMinor));
    const request = { idempotencyKey: key, burned: 0, tripKey, amountMinor, currency, ...link };
    const made = await portOf(record.retailerId).createPayLink(request);
    if (made.outcome !== 'succeeded') return null;
    const nowMs = this.#parts.clock.nowMs();
    await database.transaction(async (tx) => {
      const fresh = (await book.byId(tx, paymentId))!;
      if (fresh.stepCount !== record.stepCount) return;
      await book.step(tx, fresh, { kind: 'debt_asked', by: 'pay_link' }, nowMs);
      const ids = { key, paymentId, operation: 'pay_link', amountMinor, reason: null } as const;
      if (!(await book.attempt(tx, key))) await book.openAttempt(tx, { ...ids, startedAtMs: nowMs, nextAtMs: null });
      const pending = { state: 'pending', outcome: 'pending', code: null, nextAtMs: null } as const;
      await book.answerAttempt(tx, key, { ...pending, operationId: made.linkId }, nowMs);
    });
    return { by: 'pay_link', url: made.url };
  }

  /** Gives an open debt up; throws `IllegalTransition` where there is none. */
  async writeOff(paymentId: string): Promise<void> {
    await this.#stepAlone(paymentId, ({ debtMinor: amountMinor }) => ({ kind: 'debt_written_off', amountMinor }));
  }

  /** Notes that evidence against a chargeback was handed in; throws `IllegalTransition` after its deadline. */
  async noteEvidence(paymentId: string): Promise<void> {
    await this.#stepAlone(paymentId, () => ({ kind: 'evidence_sent', atMs: this.#parts.clock.nowMs() }));
  }

  async #stepAlone(paymentId: string, eventOf: (payment: Payment) => PaymentEvent): Promise<void> {
    const { database, book, clock } = this.#parts;
    await database.transaction(async (tx) => {
      const record = await book.byId(tx, paymentId);
      if (record === null) throw new RangeError(`found no payment ${paymentId}`);
      await book.step(tx, record, eventOf(record.payment), clock.nowMs());
    });
  }

  /** Tells of disputes whose evidence is due soon and not handed in, once each; gives how many. */
  async warnOfEvidence(
    withinMs: number,
    tell: (tx: Transaction, record: PaymentRecord) => Promise<void>,
  ): Promise<number> {
    const { database, book, clock } = this.#parts;
    const nowMs = clock.nowMs();
    return database.transaction(async (tx) => {
      let told = 0;
      for (const record of await book.withEvidenceDue(tx, nowMs + withinMs)) {
        if (!(await book.noteWarning(tx, record.payment.paymentId, nowMs))) continue;
        await tell(tx, record);
        told++;
      }
      return told;
    });
  }

  /** Lets holds end whose time has come; gives how many did. */
  async expireHolds(): Promise<number> {
    const { database, book, clock } = this.#parts;
    const atMs = clock.nowMs();
    return database.transaction(async (tx) => {
      const lapsed = await book.withLapsedHolds(tx, atMs);
      for (const record of lapsed) await book.step(tx, record, { kind: 'hold_expired', atMs }, atMs);
      return lapsed.length;
    });
  }

  /** What has to happen next for the trip to be paid; null where nothing is left to do. */
  async #next({ payment }: PaymentRecord, dueMinor: number): Promise<Begin | null> {
    const { database, book, clock } = this.#parts;
    const atMs = clock.nowMs();
    const { status, authorisedMinor, consentedCapMinor, holdEndsAtMs, paymentId } = payment;
    const debt: Begin = { event: { kind: 'debt_recorded', dueMinor }, operation: 'hold', amountMinor: 0 };
    if (['declined', 'expired', 'cancelled'].includes(status)) return dueMinor > 0 ? debt : null;
    const cancel: Begin = { event: { kind: 'cancel_started' }, operation: 'cancel', amountMinor: 0 };
    // Nobody will act at the bank's page any more: the goods have left.
    if (status === 'requires_action') return cancel;
    if (status !== 'authorised') return null;
    if (holdEndsAtMs !== null && atMs >= holdEndsAtMs) {
      return { event: { kind: 'hold_expired', atMs }, operation: 'hold', amountMinor: 0 };
    }
    if (dueMinor === 0) return cancel;
    const toMinor = Math.min(dueMinor, consentedCapMinor);
    const wasAdjusted = (await book.attemptsOf(database, paymentId)).some(({ operation }) => operation === 'adjust');
    if (toMinor > authorisedMinor && !wasAdjusted) {
      return { event: { kind: 'adjust_started', toMinor, atMs }, operation: 'adjust', amountMinor: toMinor };
    }
    const amountMinor = Math.min(dueMinor, authorisedMinor);
    return { event: { kind: 'capture_started', amountMinor, dueMinor, atMs }, operation: 'capture', amountMinor };
  }

  /** Writes the step and the attempt in one transaction; null where someone else moved the payment or no call is due. */
  async #begin(paymentId: string, { event, operation, amountMinor }: Begin, from: PaymentStatus) {
    const { database, book, clock } = this.#parts;
    return database.transaction(async (tx) => {
      const record = (await book.byId(tx, paymentId))!;
      if (record.payment.status !== from) return null;
      await book.step(tx, record, event, clock.nowMs());
      if (event.kind === 'debt_recorded' || event.kind === 'hold_expired') return null;
      const number = (await book.attemptsOf(tx, paymentId)).filter((one) => one.operation === operation).length;
      const key = idFrom(paymentId, operation, String(number));
      await this.#openAttempt(tx, key, paymentId, operation, amountMinor);
      return key;
    });
  }

  async #openAttempt(
    tx: Transaction,
    key: string,
    paymentId: string,
    operation: Operation,
    amountMinor: number,
    reason: RefundRequest['reason'] | null = null,
  ): Promise<void> {
    const startedAtMs = this.#parts.clock.nowMs();
    const nextAtMs = startedAtMs + LEASE_MS;
    await this.#parts.book.openAttempt(tx, { key, paymentId, operation, amountMinor, reason, startedAtMs, nextAtMs });
  }

  #waitMs({ nextAtMs }: Attempt): number | null {
    return nextAtMs === null ? null : Math.max(0, nextAtMs - this.#parts.clock.nowMs());
  }
}

/** Stops waiting when the signal says so; the call goes on and its answer is written all the same. */
async function within(work: Promise<void>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) {
    work.catch(() => undefined);
    return;
  }
  const stop = new AbortController();
  const aborted = new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true, signal: stop.signal });
  });
  try {
    await Promise.race([work, aborted]);
  } finally {
    stop.abort();
    work.catch(() => undefined);
  }
}

function holdAnswer({ payment }: PaymentRecord, attempt: Attempt): HoldAnswer {
  const { status, paymentId, authorisedMinor, holdEndsAtMs } = payment;
  if (status === 'declined') return { outcome: 'declined', reason: attempt.code ?? 'declined' };
  if (status === 'requires_action') return { outcome: 'requires_action', url: attempt.code };
  if (status === 'hold_pending') return { outcome: 'unknown', why: attempt.outcome ?? 'no answer yet' };
  if (status === 'expired' || status === 'cancelled') return { outcome: 'declined', reason: status };
  return { outcome: 'held', paymentId, heldMinor: authorisedMinor, endsAtMs: holdEndsAtMs };
}

function settled({ payment }: PaymentRecord): SettleAnswer {
  const { capturedMinor, collectedMinor, debtMinor, writtenOffMinor, status } = payment;
  if (debtMinor + writtenOffMinor === 0) return { outcome: 'paid', capturedMinor: capturedMinor + collectedMinor };
  return { outcome: 'owed', capturedMinor: capturedMinor + collectedMinor, debtMinor, reason: status };
}

/** Which of the provider's payments a refund goes back to (null: the first), or why it cannot be. */
function refundPlan(
  { payment }: PaymentRecord,
  attempts: readonly Attempt[],
  ask: RefundAsk,
): { readonly providerId: string | null } | string {
  if (ask.currency !== payment.currency) return `the payment is in ${payment.currency}`;
  if (payment.status === 'chargeback_open') return 'the payment is disputed';
  if (!['captured', 'partly_captured', 'refund_pending'].includes(payment.status))
    return `the payment is ${payment.status}`;
  const queued = attempts.filter(({ state }) => state === 'queued');
  const waitingMinor = (isOfCollected: boolean) =>
    queued
      .filter(({ providerId }) => (providerId !== null) === isOfCollected)
      .reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  const capturedRestMinor = refundableMinor(payment) - waitingMinor(false);
  if (ask.amountMinor <= capturedRestMinor) return { providerId: null };
  const collectedRestMinor = collectedRefundableMinor(payment) - waitingMinor(true);
  const collected = attempts.find(
    ({ operation, outcome, providerId }) =>
      (operation === 'debt_charge' || operation === 'pay_link') && outcome === 'succeeded' && providerId !== null,
  );
  if (collected && ask.amountMinor <= collectedRestMinor) return { providerId: collected.providerId };
  if (collectedRestMinor <= 0) return `only ${capturedRestMinor} is left to refund`;
  return `${capturedRestMinor} of the first payment and ${collectedRestMinor} of the collected debt are left to refund`;
}
