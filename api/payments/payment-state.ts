/** The states of a payment, what may happen to it, and which steps are legal; drawn in README.md beside this file. */

export const PAYMENT_STATUSES = [
  'hold_pending',
  'requires_action',
  'declined',
  'authorised',
  'adjust_pending',
  'capture_pending',
  'captured',
  'partly_captured',
  'capture_failed',
  'debt_pending',
  'written_off',
  'cancel_pending',
  'cancelled',
  'expired',
  'refund_pending',
  'refunded',
  'chargeback_open',
  'chargeback_lost',
] as const;
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];

export interface Chargeback {
  readonly amountMinor: number;
  readonly reason: string;
  /** Evidence handed in later than this is not read; null where the provider sets no date. */
  readonly evidenceDueAtMs: number | null;
  readonly evidenceSentAtMs: number | null;
  readonly outcome: 'open' | 'won' | 'lost';
}

/** A step that was asked for and not yet answered. */
export interface InFlight {
  readonly operation: 'adjust' | 'capture' | 'cancel' | 'refund' | 'debt';
  readonly amountMinor: number;
  /** For a capture: what the order costs; more than `amountMinor` leaves a debt. */
  readonly dueMinor: number;
  /** For a refund: the id it was asked for under. */
  readonly refundId?: string;
  /** For a refund: it goes back to the payment that the debt was collected with. */
  readonly ofCollected?: boolean;
}

/** One payment of one trip; amounts in integer minor units of `currency`, times in ms since the epoch. */
export interface Payment {
  readonly paymentId: string;
  readonly tripKey: string;
  readonly providerId: string | null;
  readonly currency: string;
  readonly status: PaymentStatus;
  /** The exact amount that the shopper agreed to have blocked at entry (PSD2 article 75); no hold goes above it. */
  readonly consentedCapMinor: number;
  /** Blocked on the card; stands still after the capture, as the record of what was allowed at that moment. */
  readonly authorisedMinor: number;
  readonly capturedMinor: number;
  /** The part of the hold that was given back at capture, cancel or expiry. */
  readonly releasedMinor: number;
  readonly refundedMinor: number;
  /** Owed by the shopper: the order's price less what could be captured. */
  readonly debtMinor: number;
  /** Debt paid later, by a payment of its own. */
  readonly collectedMinor: number;
  /** What of the collected debt was given back; absent in payments from before that could be. */
  readonly collectedRefundedMinor?: number;
  readonly writtenOffMinor: number;
  readonly holdEndsAtMs: number | null;
  /** The shopper agreed to later charges; without it a debt is only ever asked for by a pay link. */
  readonly hasMandate: boolean;
  readonly inFlight: InFlight | null;
  readonly chargeback: Chargeback | null;
}

export type PaymentEvent =
  | {
      readonly kind: 'hold_succeeded';
      readonly providerId: string;
      readonly authorisedMinor: number;
      readonly holdEndsAtMs: number | null;
    }
  | { readonly kind: 'hold_requires_action'; readonly providerId: string }
  | { readonly kind: 'hold_declined'; readonly reason: string }
  | { readonly kind: 'hold_expired'; readonly atMs: number }
  | { readonly kind: 'adjust_started'; readonly toMinor: number; readonly atMs: number }
  | { readonly kind: 'adjust_succeeded'; readonly authorisedMinor: number }
  | { readonly kind: 'adjust_declined'; readonly reason: string }
  | { readonly kind: 'capture_started'; readonly amountMinor: number; readonly dueMinor: number; readonly atMs: number }
  | { readonly kind: 'capture_succeeded'; readonly capturedMinor: number }
  /** Refused, with the hold still there: it may be tried again. */
  | { readonly kind: 'capture_refused'; readonly reason: string }
  /** The money did not come and the hold is gone, be it at once or days after a success. */
  | { readonly kind: 'capture_failed'; readonly reason: string }
  | { readonly kind: 'cancel_started' }
  | { readonly kind: 'cancel_succeeded' }
  | { readonly kind: 'cancel_refused'; readonly reason: string }
  /** The goods are out of the shop and no hold covers them. */
  | { readonly kind: 'debt_recorded'; readonly dueMinor: number }
  | { readonly kind: 'debt_asked'; readonly by: 'mandate' | 'pay_link' }
  | { readonly kind: 'debt_paid'; readonly amountMinor: number }
  | { readonly kind: 'debt_unpaid'; readonly reason: string }
  | { readonly kind: 'debt_written_off'; readonly amountMinor: number }
  | {
      readonly kind: 'refund_started';
      readonly amountMinor: number;
      readonly refundId?: string;
      /** Of a debt that was collected by a payment of its own. */
      readonly ofCollected?: boolean;
    }
  | { readonly kind: 'refund_succeeded'; readonly refundId?: string }
  | { readonly kind: 'refund_failed'; readonly reason: string; readonly refundId?: string }
  /** A refund that had succeeded came back (the card's account is closed). */
  | { readonly kind: 'refund_returned'; readonly amountMinor: number }
  | {
      readonly kind: 'chargeback_opened';
      readonly amountMinor: number;
      readonly reason: string;
      readonly evidenceDueAtMs: number | null;
    }
  | { readonly kind: 'evidence_sent'; readonly atMs: number }
  | { readonly kind: 'chargeback_won' }
  | { readonly kind: 'chargeback_lost' };
export type PaymentEventKind = PaymentEvent['kind'];

type Edges = Readonly<Record<PaymentEventKind, Readonly<Partial<Record<PaymentStatus, readonly PaymentStatus[]>>>>>;

/** event → from → where it may lead. What is not here is illegal. */
export const PAYMENT_EDGES: Edges = {
  hold_succeeded: { hold_pending: ['authorised'], requires_action: ['authorised'] },
  hold_requires_action: { hold_pending: ['requires_action'] },
  hold_declined: { hold_pending: ['declined'], requires_action: ['declined'] },
  hold_expired: { requires_action: ['expired'], authorised: ['expired'], adjust_pending: ['expired'] },
  adjust_started: { authorised: ['adjust_pending'] },
  adjust_succeeded: { adjust_pending: ['authorised'] },
  adjust_declined: { adjust_pending: ['authorised'] },
  capture_started: { authorised: ['capture_pending'] },
  capture_succeeded: { capture_pending: ['captured', 'partly_captured'] },
  capture_refused: { capture_pending: ['authorised'] },
  capture_failed: {
    capture_pending: ['capture_failed'],
    captured: ['capture_failed', 'partly_captured'],
    partly_captured: ['capture_failed', 'partly_captured'],
  },
  cancel_started: { requires_action: ['cancel_pending'], authorised: ['cancel_pending'] },
  cancel_succeeded: { cancel_pending: ['cancelled'] },
  cancel_refused: { cancel_pending: ['authorised', 'requires_action'] },
  debt_recorded: { declined: ['capture_failed'], expired: ['capture_failed'], cancelled: ['capture_failed'] },
  debt_asked: { partly_captured: ['debt_pending'], capture_failed: ['debt_pending'] },
  debt_paid: {
    debt_pending: ['captured', 'partly_captured', 'capture_failed', 'refunded'],
    chargeback_open: ['chargeback_open'],
  },
  debt_unpaid: { debt_pending: ['partly_captured', 'capture_failed'], chargeback_open: ['chargeback_open'] },
  debt_written_off: {
    partly_captured: ['captured', 'partly_captured', 'refunded'],
    capture_failed: ['capture_failed', 'written_off', 'captured'],
  },
  refund_started: { captured: ['refund_pending'], partly_captured: ['refund_pending'] },
  refund_succeeded: {
    refund_pending: ['captured', 'partly_captured', 'refunded'],
    chargeback_open: ['chargeback_open'],
  },
  refund_failed: { refund_pending: ['captured', 'partly_captured'], chargeback_open: ['chargeback_open'] },
  refund_returned: {
    captured: ['captured'],
    partly_captured: ['partly_captured'],
    refunded: ['captured'],
    chargeback_open: ['chargeback_open'],
    chargeback_lost: ['chargeback_lost'],
  },
  chargeback_opened: {
    captured: ['chargeback_open'],
    partly_captured: ['chargeback_open'],
    debt_pending: ['chargeback_open'],
    refund_pending: ['chargeback_open'],
    refunded: ['chargeback_open'],
  },
  evidence_sent: { chargeback_open: ['chargeback_open'] },
  chargeback_won: { chargeback_open: ['captured', 'partly_captured', 'refunded', 'refund_pending', 'debt_pending'] },
  chargeback_lost: { chargeback_open: ['chargeback_lost'] },
};
export const PAYMENT_EVENT_KINDS = Object.keys(PAYMENT_EDGES) as PaymentEventKind[];

/** A step that the state machine does not know from here, or whose amount or time breaks a rule. */
export class IllegalTransition extends Error {
  override readonly name = 'IllegalTransition';
  readonly status: PaymentStatus;
  readonly event: PaymentEventKind;

  constructor(payment: Payment, event: PaymentEventKind, why: string) {
    super(`Payment ${payment.paymentId} is ${payment.status}: ${event} is refused, ${why}.`);
    this.status = payment.status;
    this.event = event;
  }
}

/** A disputed payment's data must outlive an erasure request until the dispute is closed. */
export function holdsErasure(payment: Payment): boolean {
  return payment.chargeback?.outcome === 'open';
}

/** Nothing is in flight and no open end is left that moves by itself. */
export function isAtRest(payment: Payment): boolean {
  return payment.inFlight === null && payment.status !== 'hold_pending' && payment.status !== 'requires_action';
}

/** What a refund may still give back. */
export function refundableMinor(payment: Payment): number {
  return payment.capturedMinor - payment.refundedMinor - inFlightMinor(payment, false);
}

/** What a refund may still give back of a debt that was collected by a payment of its own. */
export function collectedRefundableMinor(payment: Payment): number {
  return payment.collectedMinor - (payment.collectedRefundedMinor ?? 0) - inFlightMinor(payment, true);
}

function inFlightMinor({ inFlight }: Payment, ofCollected: boolean): number {
  if (inFlight?.operation !== 'refund' || (inFlight.ofCollected ?? false) !== ofCollected) return 0;
  return inFlight.amountMinor;
}

/** When a review of the cart must be over: a person's deadline lies before the hold ends, never after it. */
export function reviewDeadlineMs(wantedMs: number, holdEndsAtMs: number | null, marginMs: number): number {
  return holdEndsAtMs === null ? wantedMs : Math.min(wantedMs, holdEndsAtMs - marginMs);
}
