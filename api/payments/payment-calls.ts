/**
 * Calls to providers, each written down before it is made and answered at most once. A crash between the two leaves an
 * open attempt; the next run asks the provider what became of it before it sends anything again.
 */
import type { Clock } from '../clock.ts';
import type { Wallet } from '../entry/shoppers.ts';
import { traced } from '../server/traced.ts';
import type { Database, Transaction } from '../store/database.ts';
import { type Attempt, lostCall, type PaymentBook, type PaymentRecord } from './payment-book.ts';
import type { PaymentPort, PaymentResult } from './payment-port.ts';
import { IllegalTransition, type PaymentEvent } from './payment-state.ts';

export interface PaymentCallsParts {
  readonly database: Database;
  readonly book: PaymentBook;
  readonly clock: Clock;
  readonly portOf: (retailerId: string) => PaymentPort;
  /** Told of what no rule covers: a provider that moved money in a way that we never asked for. */
  readonly onAnomaly: (paymentId: string, text: string) => void;
}

/** How long a fresh attempt is left to whoever made it before the reconciler takes it up. */
export const LEASE_MS = 60_000;
const FIRST_WAIT_MS = 1_000;
const MAX_WAIT_MS = 10 * 60_000;
/** A result that will be told is asked about only when the telling seems lost. */
const PENDING_WAIT_MS = 5 * 60_000;
const MAX_PENDING_WAIT_MS = 6 * 3_600_000;
/** A refused capture is tried again so often before it counts as failed. */
const MAX_CAPTURES = 3;
/** Kept in an attempt's code: how many of its keys the provider has burned. */
const BURNED = /^key_burned:(\d+)$/;

const burnedOf = ({ code }: Attempt) => Number(BURNED.exec(code ?? '')?.[1] ?? 0);

export class PaymentCalls {
  readonly #parts: PaymentCallsParts;

  constructor(parts: PaymentCallsParts) {
    this.#parts = parts;
  }

  /**
   * Makes an attempt's call, or takes it up where it was left; safe to repeat, and by several at once. `isFirst`: the
   * attempt was written by the caller a moment ago, so that there can be nothing to look for yet.
   */
  make(key: string, isFirst = false): Promise<void> {
    return traced('payment', {}, () => this.#make(key, isFirst));
  }

  async #make(key: string, isFirst: boolean): Promise<void> {
    const { book, database, portOf } = this.#parts;
    let attempt = await book.attempt(database, key);
    if (attempt?.state === 'queued') {
      const isStarted = await database.transaction((tx) => this.#unqueue(tx, key));
      if (!isStarted) return;
      attempt = await book.attempt(database, key);
    }
    if (attempt === null || attempt.state === 'closed' || attempt.operation === 'pay_link') return;
    const record = (await book.byId(database, attempt.paymentId))!;
    const port = portOf(record.retailerId);
    const found = isFirst ? null : await port.find(lostCall(attempt, record));
    // A person who was erased owes nothing: what is left to do needs no token.
    const wallet = (await book.walletOf(database, record)) ?? { paymentMethod: '', customer: null };
    let result = found ?? (await send(port, attempt, record, wallet));
    if (result.outcome === 'declined' && result.reason === 'already_done' && attempt.operation !== 'hold') {
      result = (await port.find(lostCall(attempt, record))) ?? result;
    }
    await database.transaction((tx) => this.answer(tx, key, result));
  }

  /** Begins a refund that waited for the one before it; false where it has to wait on, or cannot be any more. */
  async #unqueue(tx: Transaction, key: string): Promise<boolean> {
    const { book, clock } = this.#parts;
    const attempt = (await book.attempt(tx, key))!;
    const record = (await book.byId(tx, attempt.paymentId))!;
    const { status } = record.payment;
    const nowMs = clock.nowMs();
    if (attempt.state !== 'queued') return false;
    if (status === 'refund_pending' || status === 'chargeback_open' || status === 'debt_pending') {
      await book.postpone(tx, key, nowMs + (status === 'refund_pending' ? FIRST_WAIT_MS : PENDING_WAIT_MS));
      return false;
    }
    const { amountMinor, refundId, providerId } = attempt;
    const ofCollected = providerId !== null;
    try {
      const about = { ...(refundId === null ? {} : { refundId }), ...(ofCollected ? { ofCollected } : {}) };
      await book.step(tx, record, { kind: 'refund_started', amountMinor, ...about }, nowMs);
    } catch (error) {
      if (!(error instanceof IllegalTransition)) throw error;
      const answer = { outcome: 'declined', code: 'nothing_left', operationId: null, nextAtMs: null } as const;
      await book.answerAttempt(tx, key, { state: 'closed', ...answer }, nowMs);
      return false;
    }
    await book.unqueue(tx, key, nowMs + LEASE_MS);
    return true;
  }

  /** Takes up attempts without a final answer whose time has come; gives how many. */
  async reconcile(limit = 50): Promise<number> {
    const { book, database, clock } = this.#parts;
    const due = await book.unanswered(database, clock.nowMs(), limit);
    const failures: unknown[] = [];
    // One that cannot be made must not keep the others waiting.
    for (const { key } of due) await this.make(key).catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw new AggregateError(failures, `${failures.length} of ${due.length} calls failed`);
    return due.length;
  }

  /** Writes an answer and the step that follows from it in one transaction; a second answer changes nothing. */
  async answer(tx: Transaction, key: string, result: PaymentResult): Promise<void> {
    const { book, clock } = this.#parts;
    const attempt = await book.attempt(tx, key);
    if (attempt === null || attempt.state === 'closed') return;
    const record = (await book.byId(tx, attempt.paymentId))!;
    const nowMs = clock.nowMs();
    const captures = (await book.attemptsOf(tx, attempt.paymentId)).filter(({ operation }) => operation === 'capture');
    const event = eventOf(attempt, record, result, captures.length);
    const isOwnPayment = attempt.operation === 'debt_charge' || attempt.operation === 'pay_link';
    const paidWith = isOwnPayment && result.outcome === 'succeeded' ? result.payment.providerId : null;
    await book.answerAttempt(tx, key, { ...answerOf(attempt, result, nowMs), providerId: paidWith }, nowMs);
    if (event === null) return;
    try {
      await book.step(tx, record, event, nowMs);
    } catch (error) {
      if (!(error instanceof IllegalTransition)) throw error;
      this.#parts.onAnomaly(record.payment.paymentId, error.message);
    }
  }
}

function send(port: PaymentPort, attempt: Attempt, { payment }: PaymentRecord, { paymentMethod, customer }: Wallet) {
  const { key: idempotencyKey, amountMinor } = attempt;
  const burned = burnedOf(attempt);
  const { tripKey, currency } = payment;
  const head = { idempotencyKey, burned, tripKey, amountMinor, currency };
  const providerId = payment.providerId ?? '';
  switch (attempt.operation) {
    case 'hold':
      return port.hold({ ...head, paymentMethod, customer });
    case 'adjust':
      return port.adjust({ ...head, providerId });
    case 'capture':
      return port.capture({ ...head, providerId });
    case 'cancel':
      return port.cancel({ idempotencyKey, burned, tripKey, providerId });
    case 'refund':
      return port.refund({ ...head, providerId: attempt.providerId ?? providerId, reason: attempt.reason ?? 'other' });
    case 'debt_charge':
      return port.chargeDebt({ ...head, customer: customer ?? '', paymentMethod });
    case 'pay_link':
      throw new Error('a pay link is made by the desk');
  }
}

/** The step that an answer means for the payment; null where it decides nothing yet. */
function eventOf(
  { operation, amountMinor, refundId }: Attempt,
  { payment }: PaymentRecord,
  result: PaymentResult,
  captureCount: number,
): PaymentEvent | null {
  if (result.outcome === 'unknown' || result.outcome === 'pending') return null;
  if (result.outcome === 'requires_action') {
    if (operation === 'debt_charge') return { kind: 'debt_unpaid', reason: 'requires_action' };
    if (operation !== 'hold' || payment.status !== 'hold_pending') return null;
    return { kind: 'hold_requires_action', providerId: result.providerId };
  }
  const isDone = result.outcome === 'succeeded';
  const reason = isDone ? '' : result.code;
  switch (operation) {
    case 'hold': {
      if (!isDone) return { kind: 'hold_declined', reason };
      const { providerId, authorisedMinor, holdEndsAtMs } = result.payment;
      return { kind: 'hold_succeeded', providerId, authorisedMinor, holdEndsAtMs };
    }
    case 'adjust':
      if (!isDone) return { kind: 'adjust_declined', reason };
      return { kind: 'adjust_succeeded', authorisedMinor: result.payment.authorisedMinor };
    case 'capture': {
      if (isDone) return { kind: 'capture_succeeded', capturedMinor: result.payment.capturedMinor };
      const mayTryAgain = result.reason !== 'hold_expired' && captureCount < MAX_CAPTURES;
      return mayTryAgain ? { kind: 'capture_refused', reason } : { kind: 'capture_failed', reason };
    }
    case 'cancel':
      return isDone ? { kind: 'cancel_succeeded' } : { kind: 'cancel_refused', reason };
    case 'refund':
      return {
        ...(isDone ? { kind: 'refund_succeeded' } : { kind: 'refund_failed', reason }),
        ...(refundId ? { refundId } : {}),
      };
    default:
      return isDone ? { kind: 'debt_paid', amountMinor } : { kind: 'debt_unpaid', reason };
  }
}

function answerOf(attempt: Attempt, result: PaymentResult, nowMs: number) {
  const { outcome } = result;
  const doubled = (firstMs: number, mostMs: number) => Math.min(firstMs * 2 ** Math.min(attempt.tries, 20), mostMs);
  switch (result.outcome) {
    case 'unknown': {
      const waitMs = Math.max(doubled(FIRST_WAIT_MS, MAX_WAIT_MS), result.retryAfterMs ?? 0);
      const code = result.isKeyBurned ? `key_burned:${burnedOf(attempt) + 1}` : attempt.code;
      return { state: 'open', outcome, code, operationId: null, nextAtMs: nowMs + waitMs } as const;
    }
    case 'pending':
    case 'requires_action': {
      const nextAtMs = nowMs + doubled(PENDING_WAIT_MS, MAX_PENDING_WAIT_MS);
      const operationId = 'operationId' in result ? (result.operationId ?? result.providerId) : result.providerId;
      if (attempt.operation === 'debt_charge' && result.outcome === 'requires_action') {
        return { state: 'closed', outcome, code: outcome, operationId, nextAtMs: null } as const;
      }
      // Where the shopper has to go is kept for whoever asks again.
      const code = result.outcome === 'requires_action' ? result.url : null;
      return { state: 'pending', outcome, code, operationId, nextAtMs } as const;
    }
    case 'declined':
      return { state: 'closed', outcome, code: result.code, operationId: null, nextAtMs: null } as const;
    case 'succeeded':
      return { state: 'closed', outcome, code: null, operationId: result.operationId, nextAtMs: null } as const;
  }
}
