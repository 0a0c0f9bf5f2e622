/**
 * The port every payment provider is met through: hold → adjust → capture or cancel → refund.
 *
 * Amounts are integer minor units of `currency` (ISO 4217, upper case). Every call that moves money carries an
 * idempotency key: the same key with the same request has one effect, however often it is sent. Calls never throw for
 * what a provider may answer; trouble is an `outcome`. They throw only for our own mistakes (a fraction as an amount).
 */

/** Why a provider said no, in the few words that a gate or a debt run decides by. */
export type DeclineReason =
  | 'insufficient_funds'
  | 'card_declined'
  | 'expired_card'
  | 'lost_or_stolen'
  | 'fraud_suspected'
  | 'not_supported'
  | 'already_done'
  | 'hold_expired'
  | 'amount_refused'
  | 'misconfigured';

/** Where a provider's payment stands; what it says of itself, not what we believe. */
export interface ProviderPayment {
  readonly providerId: string;
  readonly status:
    | 'requires_action'
    | 'pending'
    | 'authorised'
    | 'captured'
    | 'cancelled'
    | 'declined'
    /** The provider let the hold lapse. */
    | 'expired';
  readonly currency: string;
  /** Blocked on the card now, or blocked when it was captured. */
  readonly authorisedMinor: number;
  readonly capturedMinor: number;
  readonly refundedMinor: number;
  /** When the provider lets the hold go, ms since the epoch; null where it does not say. */
  readonly holdEndsAtMs: number | null;
}

export type PaymentResult =
  /** Done, and final as far as the provider knows; `operationId` is its id of this step where it has one. */
  | { readonly outcome: 'succeeded'; readonly payment: ProviderPayment; readonly operationId: string | null }
  /** Refused as a business matter; nothing moved. */
  | {
      readonly outcome: 'declined';
      readonly reason: DeclineReason;
      /** The provider's own code, for the attempt log. */
      readonly code: string;
      readonly providerId: string | null;
    }
  /** The shopper has to act (3-D Secure); `url` where the provider gives one, else a token for its app library. */
  | {
      readonly outcome: 'requires_action';
      readonly providerId: string;
      readonly url: string | null;
      readonly clientToken: string | null;
    }
  /** Accepted; the answer comes as a notification or by `retrieve`. */
  | { readonly outcome: 'pending'; readonly providerId: string; readonly operationId: string | null }
  /**
   * Nobody knows: a timeout, a cut line, a 5xx. Ask `find`; where it finds nothing, repeat. `isKeyBurned`: the provider
   * will answer this key with the same error for ever, so after `find` has found nothing the repeat needs a fresh one.
   */
  | {
      readonly outcome: 'unknown';
      readonly why: string;
      readonly retryAfterMs: number | null;
      readonly isKeyBurned: boolean;
    };

interface Keyed {
  /** Stable over every repeat; also left with the provider as metadata, so that `find` can look for it. */
  readonly idempotencyKey: string;
  /** How often the key was burned: a provider that replays its own 500 under a key needs a fresh one (0 = never). */
  readonly burned: number;
  readonly tripKey: string;
}

export interface HoldRequest extends Keyed {
  /** The provider's token of the card or wallet (`pm_…`); never a card number. */
  readonly paymentMethod: string;
  /** The provider's id of a customer who agreed to later charges; null without a mandate. */
  readonly customer: string | null;
  readonly amountMinor: number;
  readonly currency: string;
}

export interface AdjustRequest extends Keyed {
  readonly providerId: string;
  /** The whole amount to be blocked afterwards, not the difference. */
  readonly amountMinor: number;
  readonly currency: string;
}

export interface CaptureRequest extends Keyed {
  readonly providerId: string;
  /** At most what is authorised; the rest of the hold is released. */
  readonly amountMinor: number;
  readonly currency: string;
}

export interface CancelRequest extends Keyed {
  readonly providerId: string;
}

export interface RefundRequest extends Keyed {
  readonly providerId: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly reason: 'damaged_item' | 'expired_item' | 'unwanted_item' | 'technical_error' | 'other';
}

/** A charge of an open debt without the shopper present, which only a mandate allows. */
export interface DebtChargeRequest extends Keyed {
  readonly customer: string;
  readonly paymentMethod: string;
  readonly amountMinor: number;
  readonly currency: string;
}

export interface PayLinkRequest extends Keyed {
  readonly amountMinor: number;
  readonly currency: string;
  /** What the shopper reads on the pay page. */
  readonly description: string;
  readonly returnUrl: string;
}

export type PayLinkResult =
  | { readonly outcome: 'succeeded'; readonly linkId: string; readonly url: string }
  | Extract<PaymentResult, { outcome: 'declined' | 'unknown' }>;

export type Operation = 'hold' | 'adjust' | 'capture' | 'cancel' | 'refund' | 'debt_charge';

/** What reconciliation knows of a call whose answer was lost. */
export interface LostCall {
  readonly operation: Operation;
  readonly idempotencyKey: string;
  readonly tripKey: string;
  /** Null for a hold or a debt charge: the answer with the id was lost. */
  readonly providerId: string | null;
  readonly amountMinor: number;
  readonly currency: string;
  readonly startedAtMs: number;
}

/** A step that a provider reports by itself, already verified. */
export interface PaymentNotice {
  /** The provider's id of the message, for de-duplication. */
  readonly noticeId: string;
  readonly providerId: string;
  readonly atMs: number;
  readonly about:
    | { readonly kind: 'state'; readonly payment: ProviderPayment }
    | {
        readonly kind: 'operation';
        readonly operation: Operation;
        readonly succeeded: boolean;
        readonly amountMinor: number;
        readonly operationId: string | null;
        /** Our own key of the call, where the provider carries it back. */
        readonly idempotencyKey: string | null;
        readonly code: string | null;
      }
    /** Money taken back after a success: the provider's second thoughts. */
    | { readonly kind: 'capture_reversed'; readonly code: string | null }
    | { readonly kind: 'refund_reversed'; readonly amountMinor: number; readonly operationId: string | null }
    | {
        readonly kind: 'chargeback_opened';
        readonly amountMinor: number;
        readonly reason: string;
        readonly evidenceDueAtMs: number | null;
      }
    | { readonly kind: 'chargeback_closed'; readonly won: boolean }
    | { readonly kind: 'pay_link_paid'; readonly linkId: string; readonly amountMinor: number }
    | { readonly kind: 'other'; readonly type: string };
}

export interface PaymentPort {
  readonly name: string;
  hold(request: HoldRequest): Promise<PaymentResult>;
  adjust(request: AdjustRequest): Promise<PaymentResult>;
  capture(request: CaptureRequest): Promise<PaymentResult>;
  cancel(request: CancelRequest): Promise<PaymentResult>;
  refund(request: RefundRequest): Promise<PaymentResult>;
  chargeDebt(request: DebtChargeRequest): Promise<PaymentResult>;
  createPayLink(request: PayLinkRequest): Promise<PayLinkResult>;
  /** Reads a payment; null where the provider knows none of that id, 'unknown' where it could not be asked. */
  retrieve(providerId: string): Promise<ProviderPayment | null | 'unknown'>;
  /** Says what became of a call whose answer was lost; null = it never arrived, so it may be sent again. */
  find(call: LostCall): Promise<PaymentResult | null>;
  /** Verifies a webhook's signature and reads it; throws `NotificationError` for a forged or unreadable one. */
  readNotification(rawBody: string, headers: Readonly<Record<string, string | undefined>>): PaymentNotice[];
}

/** The key as it goes over the wire. */
export function wireKey({ idempotencyKey, burned }: Pick<HoldRequest, 'idempotencyKey' | 'burned'>): string {
  return burned === 0 ? idempotencyKey : `${idempotencyKey}.${burned}`;
}

export class NotificationError extends Error {
  override readonly name = 'NotificationError';
}

/** Throws unless `amountMinor` is a whole, safe, positive number of minor units. */
export function assertMinor(amountMinor: number): void {
  if (!Number.isSafeInteger(amountMinor) || amountMinor <= 0) {
    throw new RangeError(`Found ${amountMinor} as an amount, expected a positive whole number of minor units.`);
  }
}
