/**
 * Stripe behind the payment port: PaymentIntents with manual capture, through the official package.
 *
 * Stripe replays its own 500 under the same idempotency key for as long as it keeps the key, and forgets keys after a
 * day; so a lost call is first looked for (`find`, by id or by our key in the metadata) and only then repeated. The
 * package's own retries are off: one place decides about repeats, and its timeout would count once per retry.
 */
import { Stripe } from 'stripe';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import {
  type AdjustRequest,
  assertMinor,
  type CancelRequest,
  type CaptureRequest,
  type DebtChargeRequest,
  type HoldRequest,
  type LostCall,
  NotificationError,
  type PayLinkRequest,
  type PayLinkResult,
  type PaymentNotice,
  type PaymentPort,
  type PaymentResult,
  type ProviderPayment,
  type RefundRequest,
  wireKey,
} from './payment-port.ts';
import { intentResult, noticeOf, paymentOf, refundResult, troubleResult } from './stripe-words.ts';

export const stripeSettingsSchema = z.strictObject({
  kind: z.literal('stripe'),
  apiKey: z.string().min(1),
  /** Several while a secret is being changed. */
  webhookSecrets: z.array(z.string().min(1)).min(1),
  host: z.string().default('api.stripe.com'),
  port: z.int().min(1).max(65_535).default(443),
  protocol: z.enum(['https', 'http']).default('https'),
  timeoutMs: z.int().min(50).max(80_000).default(8_000),
});
export type StripeSettings = z.infer<typeof stripeSettingsSchema>;

/** How far our clock and Stripe's may differ when a lost hold is looked for. */
const CLOCK_SKEW_MS = 5 * 60_000;
/** Stripe's own tolerance for the age of a signature, seconds. */
const SIGNATURE_TOLERANCE_S = 300;
const MAX_LISTED = 2_000;
const WHOLE_CHARGE = ['latest_charge'];

export class StripePayments implements PaymentPort {
  readonly name = 'stripe';
  readonly #stripe: Stripe;
  readonly #webhookSecrets: readonly string[];
  readonly #clock: Clock;

  constructor(settings: StripeSettings, clock: Clock) {
    const { host, port, protocol, timeoutMs: timeout } = settings;
    this.#stripe = new Stripe(settings.apiKey, {
      host,
      port,
      protocol,
      timeout,
      maxNetworkRetries: 0,
      telemetry: false,
    });
    this.#webhookSecrets = settings.webhookSecrets;
    this.#clock = clock;
  }

  async hold(request: HoldRequest): Promise<PaymentResult> {
    assertMinor(request.amountMinor);
    return answered(async () => {
      const intent = await this.#stripe.paymentIntents.create(
        {
          amount: request.amountMinor,
          currency: request.currency.toLowerCase(),
          payment_method: request.paymentMethod,
          allowed_payment_method_types: ['card'],
          ...(request.customer === null ? {} : { customer: request.customer }),
          confirm: true,
          capture_method: 'manual',
          payment_method_options: { card: { request_incremental_authorization: 'if_available' } },
          metadata: metadataOf(request),
          expand: WHOLE_CHARGE,
        },
        { idempotencyKey: wireKey(request) },
      );
      return intentResult(intent, 'authorised');
    });
  }

  async adjust(request: AdjustRequest): Promise<PaymentResult> {
    assertMinor(request.amountMinor);
    return answered(async () => {
      const params = { amount: request.amountMinor, expand: WHOLE_CHARGE };
      const options = { idempotencyKey: wireKey(request) };
      return intentResult(
        await this.#stripe.paymentIntents.incrementAuthorization(request.providerId, params, options),
        'authorised',
      );
    });
  }

  async capture(request: CaptureRequest): Promise<PaymentResult> {
    assertMinor(request.amountMinor);
    return answered(async () => {
      const params = { amount_to_capture: request.amountMinor, expand: WHOLE_CHARGE };
      const options = { idempotencyKey: wireKey(request) };
      return intentResult(await this.#stripe.paymentIntents.capture(request.providerId, params, options), 'captured');
    });
  }

  async cancel(request: CancelRequest): Promise<PaymentResult> {
    return answered(async () => {
      const options = { idempotencyKey: wireKey(request) };
      const params = { expand: WHOLE_CHARGE };
      return intentResult(await this.#stripe.paymentIntents.cancel(request.providerId, params, options), 'cancelled');
    });
  }

  async refund(request: RefundRequest): Promise<PaymentResult> {
    assertMinor(request.amountMinor);
    return answered(async () => {
      const refund = await this.#stripe.refunds.create(
        {
          payment_intent: request.providerId,
          amount: request.amountMinor,
          metadata: { ...metadataOf(request), reason: request.reason },
          expand: ['payment_intent.latest_charge'],
        },
        { idempotencyKey: wireKey(request) },
      );
      return refundResult(refund);
    });
  }

  async chargeDebt(request: DebtChargeRequest): Promise<PaymentResult> {
    assertMinor(request.amountMinor);
    return answered(async () => {
      const intent = await this.#stripe.paymentIntents.create(
        {
          amount: request.amountMinor,
          currency: request.currency.toLowerCase(),
          customer: request.customer,
          payment_method: request.paymentMethod,
          allowed_payment_method_types: ['card'],
          confirm: true,
          off_session: true,
          metadata: metadataOf(request),
          expand: WHOLE_CHARGE,
        },
        { idempotencyKey: wireKey(request) },
      );
      return intentResult(intent, 'captured');
    });
  }

  async createPayLink(request: PayLinkRequest): Promise<PayLinkResult> {
    assertMinor(request.amountMinor);
    try {
      const session = await this.#stripe.checkout.sessions.create(
        {
          mode: 'payment',
          line_items: [
            {
              quantity: 1,
              price_data: {
                currency: request.currency.toLowerCase(),
                unit_amount: request.amountMinor,
                product_data: { name: request.description },
              },
            },
          ],
          success_url: request.returnUrl,
          metadata: metadataOf(request),
        },
        { idempotencyKey: wireKey(request) },
      );
      if (session.url === null) throw new Error(`session ${session.id} came without a page`);
      return { outcome: 'succeeded', linkId: session.id, url: session.url };
    } catch (error) {
      const result = troubleResult(error);
      if (result.outcome === 'declined' || result.outcome === 'unknown') return result;
      throw error;
    }
  }

  async retrieve(providerId: string): Promise<ProviderPayment | null | 'unknown'> {
    try {
      return paymentOf(await this.#retrieve(providerId));
    } catch (error) {
      return error instanceof Stripe.errors.StripeInvalidRequestError && error.statusCode === 404 ? null : 'unknown';
    }
  }

  async find(call: LostCall): Promise<PaymentResult | null> {
    try {
      if (call.operation === 'hold') return await this.#findIntent(call, 'authorised');
      if (call.operation === 'debt_charge') return await this.#findIntent(call, 'captured');
      if (call.providerId === null) throw new Error(`A lost ${call.operation} without a payment to ask about.`);
      if (call.operation === 'refund') return await this.#findRefund(call.providerId, call.idempotencyKey);
      const intent = await this.#retrieve(call.providerId);
      const { status, authorisedMinor } = paymentOf(intent);
      if (call.operation === 'adjust') {
        if (status !== 'authorised') return intentResult(intent, 'authorised');
        return authorisedMinor >= call.amountMinor ? intentResult(intent, 'authorised') : null;
      }
      // Still as it was before: the call never arrived.
      if (status === 'authorised' || status === 'requires_action') return null;
      return intentResult(intent, call.operation === 'capture' ? 'captured' : 'cancelled');
    } catch (error) {
      return troubleResult(error);
    }
  }

  readNotification(rawBody: string, headers: Readonly<Record<string, string | undefined>>): PaymentNotice[] {
    const header = headers['stripe-signature'];
    if (header === undefined) throw new NotificationError('stripe-signature: found none, expected t=…,v1=…');
    for (const secret of this.#webhookSecrets) {
      try {
        const nowMs = this.#clock.nowMs();
        return [
          noticeOf(
            this.#stripe.webhooks.constructEvent(rawBody, header, secret, SIGNATURE_TOLERANCE_S, undefined, nowMs),
          ),
        ];
      } catch (error) {
        if (!(error instanceof Stripe.errors.StripeSignatureVerificationError)) {
          throw new NotificationError(`stripe event: ${(error as Error).message}`);
        }
      }
    }
    throw new NotificationError('stripe-signature: found one that none of our secrets made, or older than 5 minutes');
  }

  #retrieve(providerId: string): Promise<Stripe.PaymentIntent> {
    return this.#stripe.paymentIntents.retrieve(providerId, { expand: WHOLE_CHARGE });
  }

  /** Lists are consistent at once, search is not: Stripe gives it up to a minute. */
  async #findIntent(call: LostCall, wanted: 'authorised' | 'captured'): Promise<PaymentResult | null> {
    const since = { gte: Math.floor((call.startedAtMs - CLOCK_SKEW_MS) / 1000) };
    let listed = 0;
    const params = { created: since, limit: 100, expand: ['data.latest_charge'] };
    for await (const intent of this.#stripe.paymentIntents.list(params)) {
      if (intent.metadata['attempt'] === call.idempotencyKey) return intentResult(intent, wanted);
      if (++listed === MAX_LISTED) {
        return { outcome: 'unknown', why: `not among ${listed} payments`, retryAfterMs: null, isKeyBurned: false };
      }
    }
    return null;
  }

  async #findRefund(providerId: string, key: string): Promise<PaymentResult | null> {
    const params = { payment_intent: providerId, limit: 100, expand: ['data.payment_intent.latest_charge'] };
    for await (const refund of this.#stripe.refunds.list(params)) {
      if (refund.metadata?.['attempt'] === key) return refundResult(refund);
    }
    return null;
  }
}

function metadataOf({ idempotencyKey, tripKey }: { readonly idempotencyKey: string; readonly tripKey: string }) {
  return { attempt: idempotencyKey, trip: tripKey };
}

async function answered(call: () => Promise<PaymentResult>): Promise<PaymentResult> {
  try {
    return await call();
  } catch (error) {
    return troubleResult(error);
  }
}
