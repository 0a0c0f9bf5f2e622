/** Carries a payment from one state to the next, or refuses. */
import {
  collectedRefundableMinor,
  IllegalTransition,
  PAYMENT_EDGES,
  type Payment,
  type PaymentEvent,
  type PaymentEventKind,
  type PaymentStatus,
  refundableMinor,
} from './payment-state.ts';

type EventOf<K extends PaymentEventKind> = Extract<PaymentEvent, { kind: K }>;
type Change = Partial<Omit<Payment, 'paymentId' | 'tripKey' | 'currency' | 'consentedCapMinor'>>;
/** Says what changes; a string says why the step breaks a rule of amounts or times. */
type Effects = { readonly [K in PaymentEventKind]: (payment: Payment, event: EventOf<K>) => Change | string };

/** Where a payment rests after its capture, by its amounts alone. */
function settledStatus(payment: Payment) {
  const { capturedMinor, refundedMinor, debtMinor, collectedMinor, collectedRefundedMinor = 0 } = payment;
  if (debtMinor > 0) return capturedMinor > 0 ? 'partly_captured' : 'capture_failed';
  const takenMinor = capturedMinor + collectedMinor;
  if (takenMinor === 0 && payment.writtenOffMinor > 0) return 'written_off';
  return takenMinor > 0 && refundedMinor + collectedRefundedMinor === takenMinor ? 'refunded' : 'captured';
}

const settle = (payment: Payment, change: Change): Change => {
  const next = { ...payment, ...change };
  return { ...change, status: settledStatus(next) };
};

/** Puts a result of something still in flight on a payment that a chargeback has frozen. */
const settleUnlessFrozen = (payment: Payment, change: Change): Change =>
  payment.status === 'chargeback_open' ? change : settle(payment, change);

const isAmount = (minor: number) => Number.isSafeInteger(minor) && minor > 0;
const hasLapsed = (payment: Payment, atMs: number) => payment.holdEndsAtMs !== null && atMs >= payment.holdEndsAtMs;

const EFFECTS: Effects = {
  hold_succeeded(payment, { providerId, authorisedMinor, holdEndsAtMs }) {
    if (!isAmount(authorisedMinor)) return `found ${authorisedMinor} as the authorised amount`;
    if (authorisedMinor > payment.consentedCapMinor) {
      return `the hold of ${authorisedMinor} is above the ${payment.consentedCapMinor} agreed at entry`;
    }
    return { status: 'authorised', providerId, authorisedMinor, holdEndsAtMs };
  },
  hold_requires_action: (_, { providerId }) => ({ status: 'requires_action', providerId }),
  hold_declined: () => ({ status: 'declined' }),
  hold_expired(payment, { atMs }) {
    if (payment.holdEndsAtMs !== null && atMs < payment.holdEndsAtMs) {
      return `the hold lasts until ${payment.holdEndsAtMs} and it is ${atMs}`;
    }
    return { status: 'expired', inFlight: null, releasedMinor: payment.authorisedMinor };
  },

  adjust_started(payment, { toMinor, atMs }) {
    if (!isAmount(toMinor) || toMinor <= payment.authorisedMinor) {
      return `${toMinor} is no increment over the ${payment.authorisedMinor} authorised`;
    }
    if (toMinor > payment.consentedCapMinor)
      return `${toMinor} is above the ${payment.consentedCapMinor} agreed at entry`;
    if (hasLapsed(payment, atMs)) return `the hold ended at ${payment.holdEndsAtMs}`;
    return { status: 'adjust_pending', inFlight: { operation: 'adjust', amountMinor: toMinor, dueMinor: toMinor } };
  },
  adjust_succeeded(payment, { authorisedMinor }) {
    const asked = payment.inFlight!.amountMinor;
    if (!isAmount(authorisedMinor) || authorisedMinor > asked)
      return `${authorisedMinor} is above the ${asked} asked for`;
    return { status: 'authorised', authorisedMinor, inFlight: null };
  },
  adjust_declined: () => ({ status: 'authorised', inFlight: null }),

  capture_started(payment, { amountMinor, dueMinor, atMs }) {
    if (!isAmount(amountMinor)) return `found ${amountMinor} as the amount (an empty cart is cancelled, not captured)`;
    if (amountMinor > payment.authorisedMinor) {
      return `${amountMinor} is above the ${payment.authorisedMinor} authorised`;
    }
    if (!isAmount(dueMinor) || amountMinor > dueMinor) return `${amountMinor} is above the ${dueMinor} due`;
    if (hasLapsed(payment, atMs)) return `the hold ended at ${payment.holdEndsAtMs}`;
    return { status: 'capture_pending', inFlight: { operation: 'capture', amountMinor, dueMinor } };
  },
  capture_succeeded(payment, { capturedMinor }) {
    const { amountMinor, dueMinor } = payment.inFlight!;
    if (!isAmount(capturedMinor) || capturedMinor > amountMinor) {
      return `${capturedMinor} was captured where ${amountMinor} was asked for`;
    }
    return settle(payment, {
      inFlight: null,
      capturedMinor,
      debtMinor: dueMinor - capturedMinor,
      releasedMinor: payment.authorisedMinor - capturedMinor,
    });
  },
  capture_refused: () => ({ status: 'authorised', inFlight: null }),
  capture_failed(payment) {
    if (payment.inFlight) {
      const debtMinor = payment.inFlight.dueMinor;
      return { status: 'capture_failed', inFlight: null, debtMinor, releasedMinor: payment.authorisedMinor };
    }
    // What was refunded has left our account: it stays counted as captured, or refunds would exceed captures.
    const lostMinor = payment.capturedMinor - payment.refundedMinor;
    if (lostMinor === 0) return 'nothing of it is captured';
    return settle(payment, {
      capturedMinor: payment.refundedMinor,
      releasedMinor: payment.authorisedMinor - payment.refundedMinor,
      debtMinor: payment.debtMinor + lostMinor,
    });
  },

  cancel_started: () => ({
    status: 'cancel_pending',
    inFlight: { operation: 'cancel', amountMinor: 0, dueMinor: 0 },
  }),
  cancel_succeeded: (payment) => ({ status: 'cancelled', inFlight: null, releasedMinor: payment.authorisedMinor }),
  cancel_refused: (payment) => ({
    status: payment.authorisedMinor > 0 ? 'authorised' : 'requires_action',
    inFlight: null,
  }),

  debt_recorded(_, { dueMinor }) {
    if (!isAmount(dueMinor)) return `found ${dueMinor} as the debt`;
    return { status: 'capture_failed', debtMinor: dueMinor };
  },
  debt_asked(payment, { by }) {
    if (by === 'mandate' && !payment.hasMandate) return 'there is no mandate, only a pay link may ask for it';
    const { debtMinor } = payment;
    return { status: 'debt_pending', inFlight: { operation: 'debt', amountMinor: debtMinor, dueMinor: debtMinor } };
  },
  debt_paid(payment, { amountMinor }) {
    if (payment.inFlight?.operation !== 'debt') return 'no debt was asked for';
    if (!isAmount(amountMinor) || amountMinor > payment.debtMinor) return `${amountMinor} of ${payment.debtMinor} owed`;
    return settleUnlessFrozen(payment, {
      inFlight: null,
      debtMinor: payment.debtMinor - amountMinor,
      collectedMinor: payment.collectedMinor + amountMinor,
    });
  },
  debt_unpaid(payment) {
    if (payment.inFlight?.operation !== 'debt') return 'no debt was asked for';
    return settleUnlessFrozen(payment, { inFlight: null });
  },
  debt_written_off(payment, { amountMinor }) {
    if (!isAmount(amountMinor) || amountMinor > payment.debtMinor) return `${amountMinor} of ${payment.debtMinor} owed`;
    return settle(payment, {
      debtMinor: payment.debtMinor - amountMinor,
      writtenOffMinor: payment.writtenOffMinor + amountMinor,
    });
  },

  refund_started(payment, { amountMinor, refundId, ofCollected }) {
    const restMinor = ofCollected ? collectedRefundableMinor(payment) : refundableMinor(payment);
    if (!isAmount(amountMinor) || amountMinor > restMinor) return `${amountMinor} of ${restMinor} left to refund`;
    const inFlight = { operation: 'refund', amountMinor, dueMinor: amountMinor } as const;
    const about = { ...(refundId ? { refundId } : {}), ...(ofCollected ? { ofCollected } : {}) };
    return { status: 'refund_pending', inFlight: { ...inFlight, ...about } };
  },
  refund_succeeded(payment) {
    const { inFlight } = payment;
    if (inFlight?.operation !== 'refund') return 'no refund was asked for';
    const { amountMinor } = inFlight;
    const change = inFlight.ofCollected
      ? { collectedRefundedMinor: (payment.collectedRefundedMinor ?? 0) + amountMinor }
      : { refundedMinor: payment.refundedMinor + amountMinor };
    return settleUnlessFrozen(payment, { inFlight: null, ...change });
  },
  refund_failed(payment) {
    if (payment.inFlight?.operation !== 'refund') return 'no refund was asked for';
    return settleUnlessFrozen(payment, { inFlight: null });
  },
  refund_returned(payment, { amountMinor }) {
    if (!isAmount(amountMinor) || amountMinor > payment.refundedMinor) {
      return `${amountMinor} of ${payment.refundedMinor} refunded`;
    }
    const change = { refundedMinor: payment.refundedMinor - amountMinor };
    return payment.status === 'chargeback_lost' ? change : settleUnlessFrozen(payment, change);
  },

  chargeback_opened(payment, { amountMinor, reason, evidenceDueAtMs }) {
    if (!isAmount(amountMinor) || amountMinor > payment.capturedMinor) {
      return `${amountMinor} is disputed of ${payment.capturedMinor} captured`;
    }
    const chargeback = { amountMinor, reason, evidenceDueAtMs, evidenceSentAtMs: null, outcome: 'open' } as const;
    return { status: 'chargeback_open', chargeback };
  },
  evidence_sent(payment, { atMs }) {
    const dueMs = payment.chargeback!.evidenceDueAtMs;
    if (dueMs !== null && atMs > dueMs) return `the evidence was due at ${dueMs} and it is ${atMs}`;
    return { chargeback: { ...payment.chargeback!, evidenceSentAtMs: atMs } };
  },
  chargeback_won(payment) {
    const chargeback = { ...payment.chargeback!, outcome: 'won' } as const;
    if (payment.inFlight?.operation === 'refund') return { chargeback, status: 'refund_pending' };
    if (payment.inFlight?.operation === 'debt') return { chargeback, status: 'debt_pending' };
    return settle(payment, { chargeback });
  },
  chargeback_lost: (payment) => ({
    status: 'chargeback_lost',
    chargeback: { ...payment.chargeback!, outcome: 'lost' },
  }),
};

/** A payment before its hold is asked for; throws for a cap that is no amount. */
export function openPayment(
  ids: { readonly paymentId: string; readonly tripKey: string },
  currency: string,
  consentedCapMinor: number,
  hasMandate: boolean,
): Payment {
  if (!isAmount(consentedCapMinor)) throw new RangeError(`Found ${consentedCapMinor} as the cap, expected an amount.`);
  return {
    ...ids,
    providerId: null,
    currency,
    status: 'hold_pending',
    consentedCapMinor,
    authorisedMinor: 0,
    capturedMinor: 0,
    releasedMinor: 0,
    refundedMinor: 0,
    debtMinor: 0,
    collectedMinor: 0,
    writtenOffMinor: 0,
    holdEndsAtMs: null,
    hasMandate,
    inFlight: null,
    chargeback: null,
  };
}

/** Says whether an event is known from a status at all; amounts and times may still refuse it. */
export function isLegal(status: PaymentStatus, event: PaymentEventKind): boolean {
  return PAYMENT_EDGES[event][status] !== undefined;
}

/** The payment after the event; throws `IllegalTransition` and changes nothing where a rule forbids it. */
export function advance<K extends PaymentEventKind>(payment: Payment, event: EventOf<K>): Payment {
  const targets = PAYMENT_EDGES[event.kind][payment.status];
  if (!targets) throw new IllegalTransition(payment, event.kind, 'the state machine knows no such step');
  const effect = EFFECTS[event.kind] as (payment: Payment, event: PaymentEvent) => Change | string;
  const change = effect(payment, event);
  if (typeof change === 'string') throw new IllegalTransition(payment, event.kind, change);
  const next = { ...payment, ...change };
  if (!targets.includes(next.status)) {
    throw new Error(`${event.kind} led from ${payment.status} to ${next.status}, expected ${targets.join(' or ')}.`);
  }
  return next;
}
