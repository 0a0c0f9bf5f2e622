/** Payments, their steps and the attempts at providers, kept in the store of record. */

import type { Wallet } from '../entry/shoppers.ts';
import type { Queries, Row, Transaction } from '../store/database.ts';
import type { KeptWallets, SealedWallet } from './kept-wallets.ts';
import type { LostCall, Operation, PaymentResult, RefundRequest } from './payment-port.ts';
import { holdsErasure, isAtRest, type Payment, type PaymentEvent, type PaymentStatus } from './payment-state.ts';
import { advance } from './payment-transition.ts';

/** A payment and what is needed to act on it. */
export interface PaymentRecord {
  readonly payment: Payment;
  readonly retailerId: string;
  readonly storeId: string;
  readonly orderId: string | null;
  /** The provider's tokens, sealed; null for payments from before they were. */
  readonly sealed: SealedWallet | null;
  /** The hold that was asked for at entry. */
  readonly askedMinor: number;
  readonly stepCount: number;
}

/** A payment that begins, with the tokens that nobody but the provider reads. */
export interface NewPayment extends Omit<PaymentRecord, 'sealed' | 'stepCount'> {
  readonly wallet: Wallet;
  /** Whose wallet it is, where that is known. */
  readonly subjectId: string | null;
}

/** Which payments are asked for, newest first. */
export interface PaymentQuery {
  readonly retailerId: string;
  readonly storeId: string | null;
  readonly tripId: string | null;
  readonly status: PaymentStatus | null;
  readonly isOwing: boolean;
  /** The last payment of the page before. */
  readonly beforeId: string | null;
  readonly limit: number;
}

/**
 * A call to a provider, written down before it is made. `queued`: a refund that waits for the one before it; `open`: no
 * answer known; `pending`: accepted, the result will be told; `closed`: answered for good. A refused or vanished call is
 * closed too.
 */
export interface Attempt {
  readonly key: string;
  readonly paymentId: string;
  readonly operation: Operation | 'pay_link';
  readonly amountMinor: number;
  readonly reason: RefundRequest['reason'] | null;
  readonly state: 'queued' | 'open' | 'pending' | 'closed';
  readonly outcome: PaymentResult['outcome'] | null;
  readonly code: string | null;
  readonly operationId: string | null;
  /** The payment at the provider that a debt was paid with, or that a refund goes back to where it is not the first. */
  readonly providerId: string | null;
  /** The id that a refund was asked for under. */
  readonly refundId: string | null;
  readonly startedAtMs: number;
  readonly tries: number;
  readonly nextAtMs: number | null;
}

/** A call that is about to be made. */
export type NewAttempt = Pick<
  Attempt,
  'key' | 'paymentId' | 'operation' | 'amountMinor' | 'reason' | 'startedAtMs' | 'nextAtMs'
> &
  Partial<Pick<Attempt, 'providerId' | 'refundId'>> & { readonly state?: 'queued' | 'open' };

/** Told of every step inside its transaction, so that events leave with the state they tell of. */
export type StepListener = (
  tx: Transaction,
  record: PaymentRecord,
  event: PaymentEvent,
  from: PaymentStatus,
) => Promise<void>;

interface PaymentRow extends Row {
  readonly retailer_id: string;
  readonly store_id: string;
  readonly order_id: string | null;
  readonly sealed_wallet: string | null;
  readonly sealed_owner: string | null;
  readonly asked_minor: number;
  readonly state: string;
  readonly step_count: number;
}

const PAYMENT_COLUMNS = 'retailer_id, store_id, order_id, sealed_wallet, sealed_owner, asked_minor, state, step_count';
const ATTEMPT_COLUMNS = `key, payment_id, operation, amount_minor, reason, state, outcome, code, operation_id, provider_id,
  refund_id, started_at_ms, tries, next_at_ms`;

/** What the store would lose if the card paid nothing more: the debt, or the whole hold while nobody has granted it. */
function exposureMinor({ payment, askedMinor }: Pick<PaymentRecord, 'payment' | 'askedMinor'>): number {
  return payment.status === 'hold_pending' ? askedMinor : payment.debtMinor;
}

/** Where somebody may still be charged, or called to account: only then is it on record who and with which card. */
function isOpen(record: Pick<PaymentRecord, 'payment' | 'askedMinor'>): boolean {
  const { payment } = record;
  return exposureMinor(record) > 0 || !isAtRest(payment) || payment.status === 'authorised' || holdsErasure(payment);
}

export class PaymentBook {
  readonly #wallets: KeptWallets;
  readonly #listeners: readonly StepListener[];

  /** Listeners hear of a step in their order. */
  constructor(wallets: KeptWallets, ...listeners: readonly StepListener[]) {
    this.#wallets = wallets;
    this.#listeners = listeners;
  }

  /** Adds a payment before its hold is asked for; false where the trip has one already. */
  async open(tx: Transaction, record: NewPayment, atMs: number): Promise<boolean> {
    const { payment, wallet, retailerId, subjectId } = record;
    const sealed = await this.#wallets.seal(tx, payment.paymentId, wallet, subjectId);
    const rows = await tx.query(
      `INSERT INTO payments (id, retailer_id, store_id, trip_key, order_id, sealed_wallet, sealed_owner, method_ref,
         subject_id, provider_id, asked_minor, exposure_minor, status, state, hold_ends_at_ms, evidence_due_at_ms,
         step_count, created_at_ms, updated_at_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?)
       ON CONFLICT (retailer_id, trip_key) DO NOTHING RETURNING id`,
      [
        ...[payment.paymentId, retailerId, record.storeId, payment.tripKey, record.orderId, sealed.wallet],
        ...[sealed.owner, this.#wallets.refOf(retailerId, wallet.paymentMethod), subjectId, payment.providerId],
        ...[record.askedMinor, exposureMinor(record), payment.status, JSON.stringify(payment), payment.holdEndsAtMs],
        ...[null, atMs, atMs],
      ],
    );
    return rows.length === 1;
  }

  /** Moves a payment on by one event; throws `IllegalTransition` and writes nothing where that is refused. */
  async step(tx: Transaction, record: PaymentRecord, event: PaymentEvent, atMs: number): Promise<PaymentRecord> {
    const payment = advance(record.payment, event);
    const next = { ...record, payment, stepCount: record.stepCount + 1 };
    const { chargeback } = payment;
    const isDue = chargeback?.outcome === 'open' && chargeback.evidenceSentAtMs === null;
    const dueMs = isDue ? chargeback.evidenceDueAtMs : null;
    const rows = await tx.query(
      `UPDATE payments SET provider_id = ?, exposure_minor = ?, status = ?, state = ?, hold_ends_at_ms = ?,
         evidence_due_at_ms = ?, step_count = ?, updated_at_ms = ? WHERE id = ? AND step_count = ? RETURNING id`,
      [
        ...[payment.providerId, exposureMinor(next), payment.status, JSON.stringify(payment), payment.holdEndsAtMs],
        ...[dueMs, next.stepCount, atMs, payment.paymentId, record.stepCount],
      ],
    );
    if (rows.length !== 1) throw new Error(`payment ${payment.paymentId}: read outside the transaction that writes it`);
    if (isOpen(record) !== isOpen(next)) await this.#link(tx, next);
    await tx.query(
      'INSERT INTO payment_steps (payment_id, number, at_ms, from_status, to_status, event) VALUES (?, ?, ?, ?, ?, ?)',
      [payment.paymentId, next.stepCount, atMs, record.payment.status, payment.status, JSON.stringify(event)],
    );
    for (const hear of this.#listeners) await hear(tx, next, event, record.payment.status);
    return next;
  }

  /** Cuts the link to person and card of a payment that came to rest; a debt or dispute that comes up later restores it. */
  async #link(tx: Transaction, record: PaymentRecord): Promise<void> {
    const { payment, retailerId, sealed } = record;
    const isLinked = isOpen(record);
    const wallet = isLinked ? await this.walletOf(tx, record) : null;
    await tx.query('UPDATE payments SET method_ref = ?, subject_id = ? WHERE id = ?', [
      wallet === null ? null : this.#wallets.refOf(retailerId, wallet.paymentMethod),
      isLinked && sealed !== null ? this.#wallets.ownerOf(payment.paymentId, sealed) : null,
      payment.paymentId,
    ]);
  }

  /** The provider's tokens of a payment; null where the person was erased. */
  async walletOf(queries: Queries, { payment, sealed }: PaymentRecord): Promise<Wallet | null> {
    return sealed === null ? null : this.#wallets.open(queries, payment.paymentId, sealed);
  }

  async list(queries: Queries, asked: PaymentQuery): Promise<PaymentRecord[]> {
    const where: [string, ...(string | number)[]][] = [['retailer_id = ?', asked.retailerId]];
    if (asked.storeId !== null) where.push(['store_id = ?', asked.storeId]);
    if (asked.tripId !== null) where.push(['trip_key = ?', asked.tripId]);
    if (asked.status !== null) where.push(['status = ?', asked.status]);
    if (asked.isOwing) where.push(["exposure_minor > 0 AND status <> 'hold_pending'"]);
    if (asked.beforeId !== null)
      where.push(['(created_at_ms, id) < (SELECT created_at_ms, id FROM payments WHERE id = ?)', asked.beforeId]);
    const rows = await queries.query<PaymentRow>(
      `SELECT ${PAYMENT_COLUMNS} FROM payments WHERE ${where.map(([text]) => text).join(' AND ')}
       ORDER BY created_at_ms DESC, id DESC LIMIT ?`,
      [...where.flatMap(([, ...values]) => values), asked.limit],
    );
    return rows.map(recordOf);
  }

  async setOrder(tx: Transaction, paymentId: string, orderId: string): Promise<void> {
    await tx.query('UPDATE payments SET order_id = ? WHERE id = ? AND order_id IS NULL', [orderId, paymentId]);
  }

  async byTrip(queries: Queries, retailerId: string, tripKey: string): Promise<PaymentRecord | null> {
    return one(queries, 'retailer_id = ? AND trip_key = ?', [retailerId, tripKey]);
  }

  async byId(queries: Queries, paymentId: string): Promise<PaymentRecord | null> {
    return one(queries, 'id = ?', [paymentId]);
  }

  async byProviderId(queries: Queries, retailerId: string, providerId: string): Promise<PaymentRecord | null> {
    return one(queries, 'retailer_id = ? AND provider_id = ?', [retailerId, providerId]);
  }

  /** Payments whose hold has ended by the clock. */
  async withLapsedHolds(queries: Queries, nowMs: number, limit = 100): Promise<PaymentRecord[]> {
    const rows = await queries.query<PaymentRow>(
      `SELECT ${PAYMENT_COLUMNS} FROM payments
       WHERE status IN ('requires_action', 'authorised', 'adjust_pending') AND hold_ends_at_ms <= ?
       ORDER BY hold_ends_at_ms, id LIMIT ${limit}`,
      [nowMs],
    );
    return rows.map(recordOf);
  }

  /** Disputed payments without evidence whose deadline comes before `untilMs`, most urgent first. */
  async withEvidenceDue(queries: Queries, untilMs: number, limit = 100): Promise<PaymentRecord[]> {
    const rows = await queries.query<PaymentRow>(
      `SELECT ${PAYMENT_COLUMNS} FROM payments WHERE status = 'chargeback_open' AND evidence_due_at_ms <= ?
       ORDER BY evidence_due_at_ms, id LIMIT ${limit}`,
      [untilMs],
    );
    return rows.map(recordOf);
  }

  /** Notes that somebody was warned of evidence that is due; false where that was done before. */
  async noteWarning(tx: Transaction, paymentId: string, atMs: number): Promise<boolean> {
    const rows = await tx.query(
      'UPDATE payments SET evidence_warned_at_ms = ? WHERE id = ? AND evidence_warned_at_ms IS NULL RETURNING id',
      [atMs, paymentId],
    );
    return rows.length === 1;
  }

  async exposureMinor(queries: Queries, retailerId: string, paymentMethod: string): Promise<number> {
    const rows = await queries.query<{ exposure: number | null }>(
      'SELECT CAST(SUM(exposure_minor) AS BIGINT) AS exposure FROM payments WHERE retailer_id = ? AND method_ref = ?',
      [retailerId, this.#wallets.refOf(retailerId, paymentMethod)],
    );
    return rows[0]?.exposure ?? 0;
  }

  /** The steps of a payment, oldest first. */
  async steps(queries: Queries, paymentId: string): Promise<{ atMs: number; to: string; event: PaymentEvent }[]> {
    const rows = await queries.query<{ at_ms: number; to_status: string; event: string }>(
      'SELECT at_ms, to_status, event FROM payment_steps WHERE payment_id = ? ORDER BY number',
      [paymentId],
    );
    return rows.map((row) => ({ atMs: row.at_ms, to: row.to_status, event: JSON.parse(row.event) as PaymentEvent }));
  }

  /** Writes a call down before it is made. */
  async openAttempt(tx: Transaction, attempt: NewAttempt): Promise<void> {
    const { key, paymentId, operation, amountMinor, reason, startedAtMs, nextAtMs } = attempt;
    const { state = 'open', providerId = null, refundId = null } = attempt;
    await tx.query(
      `INSERT INTO payment_attempts (key, payment_id, operation, amount_minor, reason, state, provider_id, refund_id,
         started_at_ms, tries, next_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?)`,
      [key, paymentId, operation, amountMinor, reason, state, providerId, refundId, startedAtMs, nextAtMs],
    );
  }

  /** Lets a queued refund begin. */
  async unqueue(tx: Transaction, key: string, nextAtMs: number): Promise<void> {
    await tx.query("UPDATE payment_attempts SET state = 'open', next_at_ms = ? WHERE key = ? AND state = 'queued'", [
      nextAtMs,
      key,
    ]);
  }

  async postpone(tx: Transaction, key: string, nextAtMs: number): Promise<void> {
    await tx.query('UPDATE payment_attempts SET next_at_ms = ? WHERE key = ?', [nextAtMs, key]);
  }

  /** Closes or postpones an attempt; false where it is closed already, and then nothing changes. */
  async answerAttempt(
    tx: Transaction,
    key: string,
    answer: Pick<Attempt, 'state' | 'outcome' | 'code' | 'operationId' | 'nextAtMs'> &
      Partial<Pick<Attempt, 'providerId'>>,
    atMs: number,
  ): Promise<boolean> {
    const { state, outcome, code, operationId, providerId = null, nextAtMs } = answer;
    const rows = await tx.query(
      `UPDATE payment_attempts SET state = ?, outcome = ?, code = ?, operation_id = COALESCE(?, operation_id),
         provider_id = COALESCE(?, provider_id), next_at_ms = ?, answered_at_ms = ?, tries = tries + 1
       WHERE key = ? AND state <> 'closed' RETURNING key`,
      [state, outcome, code, operationId, providerId, nextAtMs, atMs, key],
    );
    return rows.length === 1;
  }

  async attempt(queries: Queries, key: string): Promise<Attempt | null> {
    return (await attempts(queries, 'key = ?', [key]))[0] ?? null;
  }

  /** Attempts of a payment, oldest first. */
  async attemptsOf(queries: Queries, paymentId: string): Promise<Attempt[]> {
    return attempts(queries, 'payment_id = ? ORDER BY started_at_ms, key', [paymentId]);
  }

  async attemptByOperationId(queries: Queries, operationId: string): Promise<Attempt | null> {
    return (await attempts(queries, 'operation_id = ?', [operationId]))[0] ?? null;
  }

  /** Attempts without a final answer that are due to be asked about. */
  async unanswered(queries: Queries, nowMs: number, limit = 50): Promise<Attempt[]> {
    return attempts(queries, `state <> 'closed' AND next_at_ms <= ? ORDER BY next_at_ms, key LIMIT ${limit}`, [nowMs]);
  }

  /** Notes a provider's message; false where it was noted before. */
  async noteNotice(
    tx: Transaction,
    provider: string,
    noticeId: string,
    providerId: string,
    kind: string,
    atMs: number,
  ) {
    const rows = await tx.query(
      `INSERT INTO payment_notices (provider, notice_id, at_ms, provider_id, kind, outcome)
       VALUES (?, ?, ?, ?, ?, 'new') ON CONFLICT DO NOTHING RETURNING notice_id`,
      [provider, noticeId, atMs, providerId, kind],
    );
    return rows.length === 1;
  }

  async closeNotice(tx: Transaction, provider: string, noticeId: string, outcome: string): Promise<void> {
    const params = [outcome.slice(0, 500), provider, noticeId];
    await tx.query('UPDATE payment_notices SET outcome = ? WHERE provider = ? AND notice_id = ?', params);
  }
}

/** What a provider is asked about an attempt whose answer was lost. */
export function lostCall(attempt: Attempt, { payment }: PaymentRecord): LostCall {
  if (attempt.operation === 'pay_link') throw new Error('a pay link is made anew, not looked for');
  return {
    operation: attempt.operation,
    idempotencyKey: attempt.key,
    tripKey: payment.tripKey,
    providerId: attempt.providerId ?? payment.providerId,
    amountMinor: attempt.amountMinor,
    currency: payment.currency,
    startedAtMs: attempt.startedAtMs,
  };
}

async function one(queries: Queries, where: string, params: readonly string[]): Promise<PaymentRecord | null> {
  const rows = await queries.query<PaymentRow>(`SELECT ${PAYMENT_COLUMNS} FROM payments WHERE ${where}`, params);
  return rows[0] ? recordOf(rows[0]) : null;
}

function recordOf(row: PaymentRow): PaymentRecord {
  return {
    payment: JSON.parse(row.state) as Payment,
    retailerId: row.retailer_id,
    storeId: row.store_id,
    orderId: row.order_id,
    sealed: row.sealed_wallet === null ? null : { wallet: row.sealed_wallet, owner: row.sealed_owner },
    askedMinor: row.asked_minor,
    stepCount: row.step_count,
  };
}

async function attempts(queries: Queries, where: string, params: readonly (string | number)[]): Promise<Attempt[]> {
  const rows = await queries.query(`SELECT ${ATTEMPT_COLUMNS} FROM payment_attempts WHERE ${where}`, params);
  return rows.map(
    (row) =>
      ({
        key: row['key'],
        paymentId: row['payment_id'],
        operation: row['operation'],
        amountMinor: row['amount_minor'],
        reason: row['reason'],
        state: row['state'],
        outcome: row['outcome'],
        code: row['code'],
        operationId: row['operation_id'],
        providerId: row['provider_id'],
        refundId: row['refund_id'],
        startedAtMs: row['started_at_ms'],
        tries: row['tries'],
        nextAtMs: row['next_at_ms'],
      }) as Attempt,
  );
}
