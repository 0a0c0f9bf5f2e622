/** A bank that never existed: cards by token, holds, captures, refunds and disputes, with a memory and a clock. */
import type { Clock } from '../../clock.ts';

/** Card networks let a customer's own hold stand for seven days. */
const HOLD_LIFE_MS = 7 * 86_400_000;
const EVIDENCE_TIME_MS = 7 * 86_400_000;

export interface BankPayment {
  readonly id: string;
  readonly method: string;
  readonly currency: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly createdAtMs: number;
  status: 'requires_action' | 'authorised' | 'captured' | 'cancelled' | 'declined' | 'expired';
  amountMinor: number;
  capturedMinor: number;
  refundedMinor: number;
  holdEndsAtMs: number;
  /** Captured as soon as it is authorised. */
  readonly capturesAtOnce: boolean;
  error: BankRefusal | null;
}

export interface BankRefund {
  readonly id: string;
  readonly paymentId: string;
  readonly amountMinor: number;
  readonly metadata: Readonly<Record<string, string>>;
  status: 'pending' | 'succeeded' | 'failed';
}

export interface BankDispute {
  readonly id: string;
  readonly paymentId: string;
  readonly amountMinor: number;
  readonly evidenceDueAtMs: number;
  status: 'needs_response' | 'won' | 'lost';
}

export type BankNews =
  | {
      readonly kind: 'authorised' | 'requires_action' | 'declined' | 'captured' | 'cancelled' | 'expired';
      readonly payment: BankPayment;
    }
  | { readonly kind: 'incremented' | 'increment_refused'; readonly payment: BankPayment; readonly askedMinor: number }
  | { readonly kind: 'capture_refused'; readonly payment: BankPayment; readonly askedMinor: number }
  | { readonly kind: 'refunded' | 'refund_failed'; readonly payment: BankPayment; readonly refund: BankRefund }
  | { readonly kind: 'disputed' | 'dispute_closed'; readonly payment: BankPayment; readonly dispute: BankDispute };

/** A refusal in the words of a card network; `code` as Stripe spells decline codes. */
export class BankRefusal extends Error {
  override readonly name = 'BankRefusal';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Tokens that decline, and how. Every other token works. */
const DECLINES: Readonly<Record<string, string>> = {
  pm_card_chargeDeclined: 'generic_decline',
  pm_card_chargeDeclinedInsufficientFunds: 'insufficient_funds',
  pm_card_chargeDeclinedExpiredCard: 'expired_card',
  pm_card_chargeDeclinedLostCard: 'lost_card',
  pm_card_chargeDeclinedFraudulentCard: 'fraudulent',
};

export interface AuthoriseOrder {
  readonly method: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly capturesAtOnce: boolean;
  /** The shopper is not there to act. */
  readonly isOffSession: boolean;
}

export class Bank {
  readonly payments = new Map<string, BankPayment>();
  readonly refunds = new Map<string, BankRefund>();
  readonly disputes = new Map<string, BankDispute>();
  readonly #clock: Clock;
  readonly #listeners: ((news: BankNews) => void)[] = [];
  #lastId = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  onNews(listener: (news: BankNews) => void): void {
    this.#listeners.push(listener);
  }

  newId(prefix: string): string {
    return `${prefix}_test_${(++this.#lastId).toString().padStart(8, '0')}`;
  }

  /** Never throws: a declined payment is a payment, with its error. */
  authorise(order: AuthoriseOrder, id = this.newId('pi')): BankPayment {
    const createdAtMs = this.#clock.nowMs();
    const payment: BankPayment = {
      ...{ id, method: order.method, currency: order.currency, metadata: order.metadata, createdAtMs },
      ...{ status: 'authorised', amountMinor: order.amountMinor, capturedMinor: 0, refundedMinor: 0, error: null },
      holdEndsAtMs: createdAtMs + HOLD_LIFE_MS,
      capturesAtOnce: order.capturesAtOnce,
    };
    this.payments.set(id, payment);
    const decline = DECLINES[order.method];
    const mustAct = order.method === 'pm_card_authenticationRequired';
    if (decline || (mustAct && order.isOffSession)) {
      payment.status = 'declined';
      payment.error = new BankRefusal(decline ?? 'authentication_required', 'Your card was declined.');
      this.#tell({ kind: 'declined', payment });
    } else if (mustAct) {
      payment.status = 'requires_action';
      this.#tell({ kind: 'requires_action', payment });
    } else this.#settleAuthorisation(payment);
    return payment;
  }

  /** Plays the shopper at the bank's page. */
  authenticate(id: string, succeeds: boolean): BankPayment {
    const payment = this.payment(id);
    if (payment.status !== 'requires_action') throw this.#wrongState(payment, 'authenticate');
    if (succeeds) this.#settleAuthorisation(payment);
    else {
      payment.status = 'declined';
      payment.error = new BankRefusal('authentication_failure', 'The shopper did not authenticate.');
      this.#tell({ kind: 'declined', payment });
    }
    return payment;
  }

  increment(id: string, toMinor: number): BankPayment {
    const payment = this.#authorised(id, 'increment');
    if (toMinor <= payment.amountMinor) throw new BankRefusal('amount_too_small', 'An increment must be higher.');
    if (payment.method === 'pm_card_noIncrement') {
      this.#tell({ kind: 'increment_refused', payment, askedMinor: toMinor });
      throw new BankRefusal('insufficient_funds', 'The issuer grants no increment.');
    }
    payment.amountMinor = toMinor;
    this.#tell({ kind: 'incremented', payment, askedMinor: toMinor });
    return payment;
  }

  capture(id: string, amountMinor: number): BankPayment {
    const payment = this.#authorised(id, 'capture');
    if (amountMinor > payment.amountMinor) throw new BankRefusal('amount_too_large', 'More than is authorised.');
    if (payment.method === 'pm_card_captureFails') {
      payment.status = 'cancelled';
      this.#tell({ kind: 'capture_refused', payment, askedMinor: amountMinor });
      throw new BankRefusal('charge_expired_for_capture', 'The hold is gone.');
    }
    this.#collect(payment, amountMinor);
    return payment;
  }

  cancel(id: string): BankPayment {
    const payment = this.payment(id);
    if (payment.status !== 'authorised' && payment.status !== 'requires_action')
      throw this.#wrongState(payment, 'cancel');
    payment.status = 'cancelled';
    this.#tell({ kind: 'cancelled', payment });
    return payment;
  }

  refund(paymentId: string, amountMinor: number, metadata: Readonly<Record<string, string>>): BankRefund {
    const payment = this.payment(paymentId);
    if (payment.status !== 'captured') throw this.#wrongState(payment, 'refund');
    const isDisputed = [...this.disputes.values()].some((d) => d.paymentId === paymentId && d.status !== 'won');
    if (isDisputed) throw new BankRefusal('charge_disputed', 'The payment is disputed.');
    if (amountMinor > payment.capturedMinor - payment.refundedMinor)
      throw new BankRefusal('amount_too_large', 'Refund amount is greater than the unrefunded amount.');
    const fails = payment.method === 'pm_card_refundFails';
    const id = this.newId('re');
    const refund: BankRefund = { id, paymentId, amountMinor, metadata, status: fails ? 'pending' : 'succeeded' };
    this.refunds.set(id, refund);
    if (fails) setImmediate(() => this.failRefund(id));
    else {
      payment.refundedMinor += amountMinor;
      this.#tell({ kind: 'refunded', payment, refund });
    }
    return refund;
  }

  /** The shopper's bank sends a refund back, be it under way or long since paid. */
  failRefund(id: string): void {
    const refund = this.refunds.get(id);
    if (!refund || refund.status === 'failed') return;
    const payment = this.payment(refund.paymentId);
    if (refund.status === 'succeeded') payment.refundedMinor -= refund.amountMinor;
    refund.status = 'failed';
    this.#tell({ kind: 'refund_failed', payment, refund });
  }

  dispute(paymentId: string, amountMinor: number): BankDispute {
    const payment = this.payment(paymentId);
    const evidenceDueAtMs = this.#clock.nowMs() + EVIDENCE_TIME_MS;
    const id = this.newId('dp');
    const dispute: BankDispute = { id, paymentId, amountMinor, evidenceDueAtMs, status: 'needs_response' };
    this.disputes.set(id, dispute);
    this.#tell({ kind: 'disputed', payment, dispute });
    return dispute;
  }

  closeDispute(id: string, won: boolean): void {
    const dispute = this.disputes.get(id);
    if (!dispute) throw new BankRefusal('resource_missing', `No such dispute: ${id}`);
    dispute.status = won ? 'won' : 'lost';
    this.#tell({ kind: 'dispute_closed', payment: this.payment(dispute.paymentId), dispute });
  }

  /** Throws `BankRefusal` for an id it does not know; a hold past its end is let go here. */
  payment(id: string): BankPayment {
    const payment = this.payments.get(id);
    if (!payment) throw new BankRefusal('resource_missing', `No such payment: ${id}`);
    if (payment.status === 'authorised' && this.#clock.nowMs() >= payment.holdEndsAtMs) {
      payment.status = 'expired';
      this.#tell({ kind: 'expired', payment });
    }
    return payment;
  }

  #settleAuthorisation(payment: BankPayment): void {
    payment.status = 'authorised';
    if (payment.capturesAtOnce) this.#collect(payment, payment.amountMinor);
    else this.#tell({ kind: 'authorised', payment });
  }

  #collect(payment: BankPayment, amountMinor: number): void {
    payment.status = 'captured';
    payment.capturedMinor = amountMinor;
    this.#tell({ kind: 'captured', payment });
    if (payment.method === 'pm_card_createDispute') setImmediate(() => this.dispute(payment.id, amountMinor));
  }

  #authorised(id: string, verb: string): BankPayment {
    const payment = this.payment(id);
    if (payment.status === 'expired') throw new BankRefusal('charge_expired_for_capture', 'The hold has ended.');
    if (payment.status !== 'authorised') throw this.#wrongState(payment, verb);
    return payment;
  }

  #wrongState(payment: BankPayment, verb: string): BankRefusal {
    return new BankRefusal('payment_intent_unexpected_state', `Cannot ${verb} a payment that is ${payment.status}.`);
  }

  #tell(news: BankNews): void {
    for (const listener of this.#listeners) listener(news);
  }
}
