/**
 * An Adyen-shaped provider behind the payment port: an authorisation is answered at once, every change of it only by a
 * notification ("adjusted" is a pending state). Adyen has no call that reads a payment; what became of a lost call is
 * learnt by repeating it under its key, which Adyen keeps for at least seven days.
 */
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import {
  isItemSigned,
  linkAnswerSchema,
  modificationAnswerSchema,
  noticeOfItem,
  notificationSchema,
  type PaymentAnswer,
  paymentAnswerSchema,
  reasonOfRefusal,
} from './adyen-words.ts';
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

export const adyenSettingsSchema = z.strictObject({
  kind: z.literal('adyen'),
  apiKey: z.string().min(1),
  merchantAccount: z.string().min(1),
  /** Up to and with the version: `https://…/v71`. */
  baseUrl: z.url(),
  hmacKeys: z.array(z.string().regex(/^([0-9a-fA-F]{2})+$/)).min(1),
  timeoutMs: z.int().min(50).max(60_000).default(8_000),
  /** Adyen does not say when a hold ends; seven days is what Visa grants the shopper's own. */
  holdLifeDays: z.int().min(1).max(28).default(7),
});
export type AdyenSettings = z.infer<typeof adyenSettingsSchema>;

const KEY_LIFE_MS = 7 * 86_400_000;
type Unknown = Extract<PaymentResult, { outcome: 'unknown' }>;
type Declined = Extract<PaymentResult, { outcome: 'declined' }>;

const unknown = (why: string, retryAfterMs: number | null = null): Unknown => ({
  ...{ outcome: 'unknown', why, retryAfterMs, isKeyBurned: false },
});

export class AdyenPayments implements PaymentPort {
  readonly name = 'adyen';
  readonly #settings: AdyenSettings;
  readonly #clock: Clock;

  constructor(settings: AdyenSettings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
  }

  async hold(request: HoldRequest): Promise<PaymentResult> {
    assertMinor(request.amountMinor);
    const body = {
      ...this.#payment(request, request.paymentMethod, request.customer),
      shopperInteraction: 'Ecommerce',
      additionalData: { authorisationType: 'PreAuth', manualCapture: 'true' },
    };
    const answer = await this.#post('/payments', wireKey(request), body, paymentAnswerSchema);
    return 'outcome' in answer ? answer : this.#authorised(answer, request, false);
  }

  async chargeDebt(request: DebtChargeRequest): Promise<PaymentResult> {
    assertMinor(request.amountMinor);
    const body = {
      ...this.#payment(request, request.paymentMethod, request.customer),
      ...{ shopperInteraction: 'ContAuth', recurringProcessingModel: 'UnscheduledCardOnFile' },
    };
    const answer = await this.#post('/payments', wireKey(request), body, paymentAnswerSchema);
    return 'outcome' in answer ? answer : this.#authorised(answer, request, true);
  }

  adjust(request: AdjustRequest): Promise<PaymentResult> {
    return this.#modify('amountUpdates', request, { ...amountOf(request), industryUsage: 'delayedCharge' });
  }

  capture(request: CaptureRequest): Promise<PaymentResult> {
    return this.#modify('captures', request, amountOf(request));
  }

  cancel(request: CancelRequest): Promise<PaymentResult> {
    return this.#modify('cancels', request, {});
  }

  refund(request: RefundRequest): Promise<PaymentResult> {
    return this.#modify('refunds', request, amountOf(request));
  }

  async createPayLink(request: PayLinkRequest): Promise<PayLinkResult> {
    const body = {
      ...amountOf(request),
      ...{ merchantAccount: this.#settings.merchantAccount, reference: request.idempotencyKey },
      ...{ description: request.description, returnUrl: request.returnUrl },
    };
    const answer = await this.#post('/paymentLinks', wireKey(request), body, linkAnswerSchema);
    return 'outcome' in answer ? answer : { outcome: 'succeeded', linkId: answer.id, url: answer.url };
  }

  async retrieve(): Promise<ProviderPayment | null | 'unknown'> {
    return 'unknown';
  }

  async find(call: LostCall): Promise<PaymentResult | null> {
    const ageMs = this.#clock.nowMs() - call.startedAtMs;
    return ageMs < KEY_LIFE_MS
      ? null
      : unknown(`the key is ${Math.floor(ageMs / 86_400_000)} days old: a person must look`);
  }

  readNotification(rawBody: string): PaymentNotice[] {
    const read = notificationSchema.safeParse(parsed(rawBody));
    if (!read.success) throw new NotificationError(`notification: ${z.prettifyError(read.error)}`);
    return read.data.notificationItems.map(({ NotificationRequestItem: item }) => {
      if (item.merchantAccountCode !== this.#settings.merchantAccount)
        throw new NotificationError(`merchantAccountCode: found ${item.merchantAccountCode}, expected ours`);
      if (!this.#settings.hmacKeys.some((key) => isItemSigned(item, key)))
        throw new NotificationError('hmacSignature: found one that none of our keys made');
      return noticeOfItem(item, this.#settings.holdLifeDays * 86_400_000);
    });
  }

  #payment(request: HoldRequest | DebtChargeRequest, paymentMethod: string, customer: string | null) {
    return {
      ...amountOf(request),
      merchantAccount: this.#settings.merchantAccount,
      reference: request.idempotencyKey,
      paymentMethod: { type: 'scheme', storedPaymentMethodId: paymentMethod },
      ...(customer === null ? {} : { shopperReference: customer }),
      metadata: { trip: request.tripKey },
    };
  }

  #authorised(answer: PaymentAnswer, request: HoldRequest | DebtChargeRequest, isCaptured: boolean): PaymentResult {
    const { pspReference: providerId, resultCode, action, refusalReason, refusalReasonCode } = answer;
    if (resultCode === 'Authorised') {
      const { amountMinor, currency } = request;
      const payment: ProviderPayment = {
        ...{ providerId, status: isCaptured ? 'captured' : 'authorised', currency, authorisedMinor: amountMinor },
        ...{ capturedMinor: isCaptured ? amountMinor : 0, refundedMinor: 0 },
        holdEndsAtMs: isCaptured ? null : this.#clock.nowMs() + this.#settings.holdLifeDays * 86_400_000,
      };
      return { outcome: 'succeeded', payment, operationId: providerId };
    }
    if (resultCode === 'RedirectShopper' || resultCode === 'ChallengeShopper' || resultCode === 'IdentifyShopper') {
      const clientToken = action?.paymentData ?? null;
      return { outcome: 'requires_action', providerId, url: action?.url ?? null, clientToken };
    }
    if (resultCode === 'Pending' || resultCode === 'Received')
      return { outcome: 'pending', providerId, operationId: null };
    const code = refusalReason ?? resultCode;
    return { outcome: 'declined', reason: reasonOfRefusal(refusalReasonCode), code, providerId };
  }

  async #modify(
    path: string,
    request: AdjustRequest | CaptureRequest | CancelRequest | RefundRequest,
    extra: object,
  ): Promise<PaymentResult> {
    if ('amountMinor' in request) assertMinor(request.amountMinor);
    const { merchantAccount } = this.#settings;
    const body = { ...extra, merchantAccount, reference: request.idempotencyKey };
    const to = `/payments/${encodeURIComponent(request.providerId)}/${path}`;
    const answer = await this.#post(to, wireKey(request), body, modificationAnswerSchema);
    if ('outcome' in answer) return answer;
    return { outcome: 'pending', providerId: request.providerId, operationId: answer.pspReference };
  }

  async #post<S extends z.ZodType>(
    path: string,
    key: string,
    body: object,
    schema: S,
  ): Promise<z.infer<S> | Unknown | Declined> {
    let answer: Response;
    let text: string;
    try {
      answer = await fetch(this.#settings.baseUrl + path, {
        method: 'POST',
        redirect: 'error',
        headers: { 'content-type': 'application/json', 'x-api-key': this.#settings.apiKey, 'idempotency-key': key },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(this.#settings.timeoutMs),
      });
      text = await answer.text();
    } catch (error) {
      return unknown(`no answer: ${(error as Error).message}`);
    }
    if (answer.ok) {
      const read = schema.safeParse(parsed(text));
      return read.success ? read.data : unknown(`unreadable answer: ${z.prettifyError(read.error)}`);
    }
    const waitS = Number(answer.headers.get('retry-after') ?? Number.NaN);
    const isOpen = answer.status >= 500 || [401, 403, 409, 429].includes(answer.status);
    if (isOpen) return unknown(`${answer.status}: ${text.slice(0, 200)}`, Number.isFinite(waitS) ? waitS * 1000 : null);
    const { errorCode } = (parsed(text) ?? {}) as { errorCode?: string };
    return { outcome: 'declined', reason: 'misconfigured', code: errorCode ?? String(answer.status), providerId: null };
  }
}

function amountOf({ amountMinor, currency }: { readonly amountMinor: number; readonly currency: string }) {
  return { amount: { value: amountMinor, currency } };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
