/** Translates what Stripe says into the words of the payment port. */
import { Stripe } from 'stripe';
import type { DeclineReason, PaymentNotice, PaymentResult, ProviderPayment } from './payment-port.ts';

type Intent = Stripe.PaymentIntent;

/** Stripe's decline and error codes (stripe.com/docs/declines/codes, /error-codes). */
const REASONS: Readonly<Record<string, DeclineReason>> = {
  insufficient_funds: 'insufficient_funds',
  withdrawal_count_limit_exceeded: 'insufficient_funds',
  card_velocity_exceeded: 'insufficient_funds',
  expired_card: 'expired_card',
  lost_card: 'lost_or_stolen',
  stolen_card: 'lost_or_stolen',
  pickup_card: 'lost_or_stolen',
  fraudulent: 'fraud_suspected',
  merchant_blacklist: 'fraud_suspected',
  currency_not_supported: 'not_supported',
  card_not_supported: 'not_supported',
  payment_intent_unexpected_state: 'already_done',
  charge_already_captured: 'already_done',
  charge_already_refunded: 'already_done',
  charge_expired_for_capture: 'hold_expired',
  amount_too_large: 'amount_refused',
  amount_too_small: 'amount_refused',
  parameter_invalid_integer: 'amount_refused',
  resource_missing: 'misconfigured',
};

function reasonOf(code: string): DeclineReason {
  return REASONS[code] ?? 'card_declined';
}

function statusOf(intent: Intent): ProviderPayment['status'] {
  switch (intent.status) {
    case 'requires_action':
      return 'requires_action';
    case 'requires_capture':
      return 'authorised';
    case 'succeeded':
      return 'captured';
    case 'canceled':
      return intent.cancellation_reason === 'automatic' || intent.cancellation_reason === 'expired'
        ? 'expired'
        : 'cancelled';
    case 'requires_payment_method':
    case 'requires_confirmation':
      return 'declined';
    default:
      return 'pending';
  }
}

/** A success whose body is not what was asked for: nobody knows what became of the call. */
class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

/** Types promise what a network need not keep. */
function assertIntent({ id, status, currency }: Partial<Intent>): void {
  if ([id, status, currency].some((text) => typeof text !== 'string'))
    throw new Unreadable(`found an answer with id ${id}, status ${status}, currency ${currency}, expected an intent`);
}

export function paymentOf(intent: Intent): ProviderPayment {
  assertIntent(intent);
  const charge = typeof intent.latest_charge === 'object' ? intent.latest_charge : null;
  const status = statusOf(intent);
  const captureBeforeS = charge?.payment_method_details?.card?.capture_before;
  const authorisedMinor =
    status === 'authorised' ? intent.amount_capturable : status === 'captured' ? intent.amount : 0;
  return {
    providerId: intent.id,
    status,
    currency: intent.currency.toUpperCase(),
    authorisedMinor,
    capturedMinor: intent.amount_received,
    refundedMinor: charge?.amount_refunded ?? 0,
    holdEndsAtMs: captureBeforeS === undefined ? null : captureBeforeS * 1000,
  };
}

/** What an intent says about a step that was to bring it to `wanted`. */
export function intentResult(intent: Intent, wanted: ProviderPayment['status']): PaymentResult {
  const payment = paymentOf(intent);
  const providerId = intent.id;
  // Money that was captured has been authorised before: a later state proves an earlier step.
  if (payment.status === wanted || (wanted === 'authorised' && payment.status === 'captured')) {
    return { outcome: 'succeeded', payment, operationId: chargeIdOf(intent) };
  }
  if (wanted === 'cancelled' && payment.status === 'expired')
    return { outcome: 'succeeded', payment, operationId: null };
  if (payment.status === 'requires_action') {
    const url = intent.next_action?.redirect_to_url?.url ?? null;
    return { outcome: 'requires_action', providerId, url, clientToken: intent.client_secret };
  }
  if (payment.status === 'pending') return { outcome: 'pending', providerId, operationId: null };
  if (payment.status === 'declined') {
    const error = intent.last_payment_error;
    const code = error?.decline_code ?? error?.code ?? 'declined';
    return { outcome: 'declined', reason: reasonOf(code), code, providerId };
  }
  const reason = payment.status === 'captured' ? 'already_done' : 'hold_expired';
  return { outcome: 'declined', reason, code: intent.status, providerId };
}

function chargeIdOf(intent: Intent): string | null {
  return typeof intent.latest_charge === 'string' ? intent.latest_charge : (intent.latest_charge?.id ?? null);
}

export function refundResult(refund: Stripe.Refund): PaymentResult {
  const intent = refund.payment_intent;
  if (intent === null || intent === undefined || typeof intent === 'string')
    throw new Unreadable(`refund ${refund.id} came without its payment`);
  const operationId = refund.id;
  if (refund.status === 'succeeded') return { outcome: 'succeeded', payment: paymentOf(intent), operationId };
  if (refund.status === 'failed' || refund.status === 'canceled') {
    const code = refund.failure_reason ?? refund.status;
    return { outcome: 'declined', reason: 'card_declined', code, providerId: intent.id };
  }
  return { outcome: 'pending', providerId: intent.id, operationId };
}

/** What an error of the package says; throws what is no answer of Stripe's. */
export function troubleResult(error: unknown): PaymentResult {
  if (error instanceof Unreadable)
    return { outcome: 'unknown', why: error.message, retryAfterMs: null, isKeyBurned: false };
  if (!(error instanceof Stripe.errors.StripeError)) throw error;
  const { statusCode = 0 } = error;
  const code = error.decline_code ?? error.code ?? error.type;
  const unknown = (isKeyBurned: boolean): PaymentResult => {
    const seconds = Number(error.headers?.['retry-after']);
    const retryAfterMs = Number.isFinite(seconds) ? seconds * 1000 : null;
    return { outcome: 'unknown', why: `${statusCode || 'no answer'}: ${error.message}`, retryAfterMs, isKeyBurned };
  };
  if (error instanceof Stripe.errors.StripeConnectionError) return unknown(false);
  if (statusCode >= 500) return unknown(true);
  // A wrong key of ours, a rate limit, the same key in flight: nothing was decided about the money.
  if ([401, 403, 409, 429].includes(statusCode)) return unknown(false);
  const providerId = error.payment_intent?.id ?? null;
  return { outcome: 'declined', reason: reasonOf(code), code, providerId };
}

/** What an event tells; kinds that say nothing about money are `other`. */
export function noticeOf(event: Stripe.Event): PaymentNotice {
  const head = { noticeId: event.id, atMs: event.created * 1000 };
  switch (event.type) {
    case 'payment_intent.amount_capturable_updated':
    case 'payment_intent.requires_action':
    case 'payment_intent.payment_failed':
    case 'payment_intent.succeeded':
    case 'payment_intent.canceled': {
      const payment = paymentOf(event.data.object);
      return { ...head, providerId: payment.providerId, about: { kind: 'state', payment } };
    }
    case 'refund.updated':
    case 'refund.failed': {
      const refund = event.data.object;
      const succeeded = refund.status === 'succeeded';
      if (!succeeded && refund.status !== 'failed' && refund.status !== 'canceled') break;
      return {
        ...head,
        providerId: idOf(refund.payment_intent),
        about: {
          ...{ kind: 'operation', operation: 'refund', succeeded, amountMinor: refund.amount, operationId: refund.id },
          idempotencyKey: refund.metadata?.['attempt'] ?? null,
          code: refund.failure_reason ?? null,
        },
      };
    }
    case 'charge.dispute.created': {
      const { amount, reason, evidence_details, payment_intent } = event.data.object;
      const evidenceDueAtMs = evidence_details.due_by === null ? null : evidence_details.due_by * 1000;
      const about = { kind: 'chargeback_opened', amountMinor: amount, reason, evidenceDueAtMs } as const;
      return { ...head, providerId: idOf(payment_intent), about };
    }
    case 'charge.dispute.closed': {
      const { status, payment_intent } = event.data.object;
      // An inquiry that is closed without a chargeback left the money where it was.
      const won = status === 'won' || status === 'warning_closed';
      return { ...head, providerId: idOf(payment_intent), about: { kind: 'chargeback_closed', won } };
    }
    case 'checkout.session.completed': {
      const { id, payment_status, payment_intent, amount_total } = event.data.object;
      if (payment_status !== 'paid') break;
      const about = { kind: 'pay_link_paid', linkId: id, amountMinor: amount_total ?? 0 } as const;
      return { ...head, providerId: idOf(payment_intent), about };
    }
  }
  return { ...head, providerId: '', about: { kind: 'other', type: event.type } };
}

function idOf(reference: string | { readonly id: string } | null | undefined): string {
  return typeof reference === 'string' ? reference : (reference?.id ?? '');
}
