/** The bank's things as Stripe writes them. */
import type { BankDispute, BankNews, BankPayment, BankRefund } from './bank.ts';

const seconds = (ms: number) => Math.floor(ms / 1000);
const chargeId = (payment: BankPayment) => payment.id.replace(/^pi/, 'ch');

const STATUS = {
  requires_action: 'requires_action',
  authorised: 'requires_capture',
  captured: 'succeeded',
  cancelled: 'canceled',
  expired: 'canceled',
  declined: 'requires_payment_method',
} as const satisfies Record<BankPayment['status'], string>;

export function chargeObject(payment: BankPayment) {
  return {
    id: chargeId(payment),
    object: 'charge',
    amount: payment.amountMinor,
    amount_captured: payment.capturedMinor,
    amount_refunded: payment.refundedMinor,
    captured: payment.status === 'captured',
    currency: payment.currency.toLowerCase(),
    payment_intent: payment.id,
    payment_method_details: {
      type: 'card',
      card: { brand: 'visa', last4: '4242', capture_before: seconds(payment.holdEndsAtMs) },
    },
    refunded: payment.refundedMinor > 0 && payment.refundedMinor === payment.capturedMinor,
    status: payment.status === 'declined' ? 'failed' : 'succeeded',
  };
}

export function intentObject(payment: BankPayment, isExpanded: boolean) {
  const hasCharge = payment.status !== 'declined' && payment.status !== 'requires_action';
  const charge = isExpanded ? chargeObject(payment) : chargeId(payment);
  return {
    id: payment.id,
    object: 'payment_intent',
    amount: payment.amountMinor,
    amount_capturable: payment.status === 'authorised' ? payment.amountMinor : 0,
    amount_received: payment.capturedMinor,
    cancellation_reason: payment.status === 'expired' ? 'automatic' : null,
    capture_method: payment.capturesAtOnce ? 'automatic' : 'manual',
    client_secret: `${payment.id}_secret_test`,
    created: seconds(payment.createdAtMs),
    currency: payment.currency.toLowerCase(),
    last_payment_error: payment.error ? cardError(payment.error.code, payment.error.message) : null,
    latest_charge: hasCharge ? charge : null,
    livemode: false,
    metadata: payment.metadata,
    next_action:
      payment.status === 'requires_action'
        ? { type: 'redirect_to_url', redirect_to_url: { url: `https://bank.test/${payment.id}`, return_url: null } }
        : null,
    payment_method: payment.method,
    payment_method_types: ['card'],
    status: STATUS[payment.status],
  };
}

export function cardError(code: string, message: string) {
  const own = new Set(['expired_card', 'authentication_required']);
  return { type: 'card_error', code: own.has(code) ? code : 'card_declined', decline_code: code, message };
}

export function refundObject(refund: BankRefund, payment: BankPayment, isExpanded = false) {
  return {
    id: refund.id,
    object: 'refund',
    amount: refund.amountMinor,
    charge: chargeId(payment),
    created: seconds(payment.createdAtMs),
    currency: payment.currency.toLowerCase(),
    metadata: refund.metadata,
    payment_intent: isExpanded ? intentObject(payment, true) : payment.id,
    status: refund.status,
    ...(refund.status === 'failed' ? { failure_reason: 'expired_or_canceled_card' } : {}),
  };
}

function disputeObject(dispute: BankDispute, payment: BankPayment) {
  return {
    id: dispute.id,
    object: 'dispute',
    amount: dispute.amountMinor,
    charge: chargeId(payment),
    currency: payment.currency.toLowerCase(),
    evidence_details: { due_by: seconds(dispute.evidenceDueAtMs), has_evidence: false, submission_count: 0 },
    payment_intent: payment.id,
    reason: 'fraudulent',
    status: dispute.status,
  };
}

const EVENT_TYPES: Readonly<Partial<Record<BankNews['kind'], string>>> = {
  authorised: 'payment_intent.amount_capturable_updated',
  incremented: 'payment_intent.amount_capturable_updated',
  requires_action: 'payment_intent.requires_action',
  declined: 'payment_intent.payment_failed',
  captured: 'payment_intent.succeeded',
  cancelled: 'payment_intent.canceled',
  expired: 'payment_intent.canceled',
  refunded: 'refund.updated',
  refund_failed: 'refund.failed',
  disputed: 'charge.dispute.created',
  dispute_closed: 'charge.dispute.closed',
};

/** The event Stripe would send, or null where it sends none. */
export function stripeEvent(news: BankNews, id: string, atMs: number, apiVersion: string) {
  const type = EVENT_TYPES[news.kind];
  if (!type) return null;
  const object =
    'dispute' in news
      ? disputeObject(news.dispute, news.payment)
      : 'refund' in news
        ? refundObject(news.refund, news.payment)
        : intentObject(news.payment, false);
  const head = { id, object: 'event', api_version: apiVersion, created: seconds(atMs), livemode: false };
  return { ...head, pending_webhooks: 1, request: null, type, data: { object } };
}
