/** What providers tell by themselves, taken in once each and turned into steps of the state machine. */
import { idFrom } from '../ids.ts';
import type { Transaction } from '../store/database.ts';
import type { PaymentRecord } from './payment-book.ts';
import type { PaymentCalls, PaymentCallsParts } from './payment-calls.ts';
import type { PaymentNotice, PaymentResult, ProviderPayment } from './payment-port.ts';
import { IllegalTransition, type PaymentEvent } from './payment-state.ts';

export type NoticeOutcome = 'applied' | 'repeated' | 'nothing new' | 'unknown payment' | `refused: ${string}`;

export class PaymentNotices {
  readonly #parts: PaymentCallsParts;
  readonly #calls: PaymentCalls;

  constructor(parts: PaymentCallsParts, calls: PaymentCalls) {
    this.#parts = parts;
    this.#calls = calls;
  }

  /**
   * Verifies and takes in what came on a provider's webhook. Throws `NotificationError` for a forged one. A message about
   * a payment that is not known yet is not noted, so that the provider's repeat finds it.
   */
  async receive(
    retailerId: string,
    rawBody: string,
    headers: Readonly<Record<string, string | undefined>>,
  ): Promise<NoticeOutcome[]> {
    const port = this.#parts.portOf(retailerId);
    const outcomes: NoticeOutcome[] = [];
    for (const notice of port.readNotification(rawBody, headers)) {
      outcomes.push(await this.take(retailerId, port.name, notice));
    }
    return outcomes;
  }

  take(retailerId: string, provider: string, notice: PaymentNotice): Promise<NoticeOutcome> {
    const { database, book, clock } = this.#parts;
    return database.transaction(async (tx) => {
      if (notice.about.kind === 'other') return 'nothing new';
      const record = await this.#recordOf(tx, retailerId, notice);
      // A state that we did not ask about: a pay link's or a debt's own payment, or one whose answer is on its way to us.
      if (record === null) return notice.about.kind === 'state' ? 'nothing new' : 'unknown payment';
      const { noticeId, providerId, about } = notice;
      const scopedId = idFrom(retailerId, noticeId);
      if (!(await book.noteNotice(tx, provider, scopedId, providerId, about.kind, clock.nowMs()))) return 'repeated';
      const outcome = await this.#apply(tx, record, notice);
      await book.closeNotice(tx, provider, scopedId, outcome);
      return outcome;
    });
  }

  async #recordOf(tx: Transaction, retailerId: string, { providerId, about }: PaymentNotice) {
    const { book } = this.#parts;
    const known = await book.byProviderId(tx, retailerId, providerId);
    if (known) return known;
    const ids = [
      about.kind === 'pay_link_paid' ? about.linkId : null,
      about.kind === 'operation' ? about.operationId : null,
      providerId,
    ];
    for (const id of ids) {
      const attempt = id ? await book.attemptByOperationId(tx, id) : null;
      const record = attempt && (await book.byId(tx, attempt.paymentId));
      if (record && record.retailerId === retailerId) return record;
    }
    return null;
  }

  async #apply(tx: Transaction, record: PaymentRecord, { about, providerId }: PaymentNotice): Promise<NoticeOutcome> {
    switch (about.kind) {
      case 'operation': {
        const payment = expected(record, providerId, about.operation, about.amountMinor);
        const { operationId, code } = about;
        const reason = /expired/i.test(code ?? '') ? 'hold_expired' : 'card_declined';
        const result: PaymentResult = about.succeeded
          ? { outcome: 'succeeded', payment, operationId }
          : { outcome: 'declined', reason, code: code ?? 'refused', providerId };
        const attempt = await this.#attemptOf(tx, record, about);
        if (attempt === null) {
          // A refund that fails after its success has a closed attempt already.
          if (about.operation !== 'refund' || about.succeeded) return 'nothing new';
          return this.#step(tx, record, { kind: 'refund_returned', amountMinor: about.amountMinor });
        }
        await this.#calls.answer(tx, attempt.key, result);
        return 'applied';
      }
      case 'state':
        return this.#applyState(tx, record, about.payment);
      case 'capture_reversed':
        return this.#step(tx, record, { kind: 'capture_failed', reason: about.code ?? 'reversed' });
      case 'refund_reversed': {
        const { amountMinor } = about;
        if (record.payment.inFlight?.operation !== 'refund')
          return this.#step(tx, record, { kind: 'refund_returned', amountMinor });
        return this.#step(tx, record, { kind: 'refund_failed', reason: 'returned' });
      }
      case 'chargeback_opened': {
        const { amountMinor, reason, evidenceDueAtMs } = about;
        return this.#step(tx, record, { kind: 'chargeback_opened', amountMinor, reason, evidenceDueAtMs });
      }
      case 'chargeback_closed':
        return this.#step(tx, record, { kind: about.won ? 'chargeback_won' : 'chargeback_lost' });
      case 'pay_link_paid': {
        const attempt = await this.#parts.book.attemptByOperationId(tx, about.linkId);
        if (attempt === null || attempt.state === 'closed') return 'nothing new';
        const payment = expected(record, providerId, 'debt_charge', attempt.amountMinor);
        await this.#calls.answer(tx, attempt.key, { outcome: 'succeeded', payment, operationId: null });
        return 'applied';
      }
      case 'other':
        return 'nothing new';
    }
  }

  /** Only what is still open here can be news; answers that we had ourselves come again as notices. */
  async #applyState(tx: Transaction, record: PaymentRecord, told: ProviderPayment): Promise<NoticeOutcome> {
    const { status } = record.payment;
    const { book } = this.#parts;
    const open = (await book.attemptsOf(tx, record.payment.paymentId)).findLast(({ state }) => state !== 'closed');
    const operationId = null;
    const answered = async (result: PaymentResult): Promise<NoticeOutcome> => {
      await this.#calls.answer(tx, open!.key, result);
      return 'applied';
    };
    const declined = {
      outcome: 'declined',
      reason: 'card_declined',
      code: told.status,
      providerId: told.providerId,
    } as const;
    if (open?.operation === 'hold' && (status === 'hold_pending' || status === 'requires_action')) {
      if (told.status === 'authorised') return answered({ outcome: 'succeeded', payment: told, operationId });
      if (told.status === 'declined') return answered(declined);
    }
    if (open?.operation === 'capture' && told.status === 'captured')
      return answered({ outcome: 'succeeded', payment: told, operationId });
    if (open?.operation === 'cancel' && (told.status === 'cancelled' || told.status === 'expired'))
      return answered({ outcome: 'succeeded', payment: told, operationId });
    if (told.status === 'expired' && status === 'authorised') {
      const atMs = Math.max(this.#parts.clock.nowMs(), record.payment.holdEndsAtMs ?? 0);
      return this.#step(tx, record, { kind: 'hold_expired', atMs });
    }
    return 'nothing new';
  }

  async #attemptOf(
    tx: Transaction,
    { payment }: PaymentRecord,
    about: Extract<PaymentNotice['about'], { kind: 'operation' }>,
  ) {
    const { book } = this.#parts;
    const byKey = about.idempotencyKey === null ? null : await book.attempt(tx, about.idempotencyKey);
    const byId = about.operationId === null ? null : await book.attemptByOperationId(tx, about.operationId);
    const attempt = byKey ?? byId;
    return attempt && attempt.paymentId === payment.paymentId && attempt.state !== 'closed' ? attempt : null;
  }

  async #step(tx: Transaction, record: PaymentRecord, event: PaymentEvent): Promise<NoticeOutcome> {
    const { book, clock, onAnomaly } = this.#parts;
    try {
      await book.step(tx, record, event, clock.nowMs());
      return 'applied';
    } catch (error) {
      if (!(error instanceof IllegalTransition)) throw error;
      onAnomaly(record.payment.paymentId, error.message);
      return `refused: ${error.message}`;
    }
  }
}

/** The provider's side of a payment after a step that it only names. */
function expected(
  { payment }: PaymentRecord,
  providerId: string,
  operation: string,
  amountMinor: number,
): ProviderPayment {
  const isCapture = operation === 'capture';
  return {
    providerId,
    status: isCapture ? 'captured' : operation === 'cancel' ? 'cancelled' : 'authorised',
    currency: payment.currency,
    authorisedMinor: operation === 'adjust' ? amountMinor : payment.authorisedMinor,
    capturedMinor: isCapture ? amountMinor : payment.capturedMinor,
    refundedMinor: payment.refundedMinor,
    holdEndsAtMs: payment.holdEndsAtMs,
  };
}
