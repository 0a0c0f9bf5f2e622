import type { Transaction } from '../store/database.ts';

/** One payment per trip, opened at the gate. Everything here may be repeated and then has no further effect. */
export interface HoldAsk {
  readonly retailerId: string;
  readonly storeId: string;
  readonly tripKey: string;
  /** The gate interaction. */
  readonly eventId: string;
  /** Whose payment it is, where that is known: their token is kept under their key. */
  readonly subjectId?: string | null;
  /** The provider's token of card or wallet. */
  readonly paymentMethod: string;
  /** Who agreed to later charges; null without a mandate. */
  readonly customer: string | null;
  readonly amountMinor: number;
  /** The exact amount agreed to at entry; the hold never grows beyond it. */
  readonly capMinor: number;
  readonly currency: string;
}

export type HoldAnswer =
  | {
      readonly outcome: 'held';
      readonly paymentId: string;
      readonly heldMinor: number;
      readonly endsAtMs: number | null;
    }
  | { readonly outcome: 'declined'; readonly reason: string }
  | { readonly outcome: 'requires_action'; readonly url: string | null }
  /** The provider did not answer in time: stand-in decides, and the hold is sought later under the same key. */
  | { readonly outcome: 'unknown'; readonly why: string };

export interface SettleAsk {
  readonly retailerId: string;
  readonly storeId: string;
  readonly tripKey: string;
  readonly orderId: string;
  /** What the order costs; 0 releases the hold. */
  readonly dueMinor: number;
  readonly currency: string;
}

export type SettleAnswer =
  /** All of it is captured, or there was nothing to pay. */
  | { readonly outcome: 'paid'; readonly capturedMinor: number }
  /** What could be captured is; the rest is a debt. */
  | { readonly outcome: 'owed'; readonly capturedMinor: number; readonly debtMinor: number; readonly reason: string }
  /** Under way: ask again. */
  | { readonly outcome: 'pending'; readonly retryAfterMs: number | null }
  /** The trip has no payment at all: nobody to charge. */
  | { readonly outcome: 'no_payment' };

export interface RefundAsk {
  readonly retailerId: string;
  readonly storeId: string;
  readonly tripKey: string;
  readonly orderId: string;
  /** The idempotency key: one per credit note. */
  readonly refundId: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly reason: 'damaged_item' | 'expired_item' | 'unwanted_item' | 'technical_error' | 'other';
}

export type RefundAnswer =
  | { readonly outcome: 'refunded' | 'pending' }
  | { readonly outcome: 'refused'; readonly reason: string };

/**
 * What gate and order path need of payments; `api/payments` stands behind it with its own tables, state machine,
 * attempts and events. `tripKey` names the payment: the entry that opened the visit, so it exists before the trip does.
 */
export interface Till {
  hold(ask: HoldAsk, signal: AbortSignal): Promise<HoldAnswer>;
  /** Adjusts the hold where it must, captures, or cancels where nothing is due. */
  settle(ask: SettleAsk, signal: AbortSignal): Promise<SettleAnswer>;
  /** Releases a hold that no order will use. */
  release(ask: Omit<SettleAsk, 'orderId' | 'dueMinor'>, signal: AbortSignal): Promise<void>;
  refund(ask: RefundAsk, signal: AbortSignal): Promise<RefundAnswer>;
  /** What this card still owes or has standing in for it, over all trips. */
  openExposureMinor(tx: Transaction, retailerId: string, paymentMethod: string): Promise<number>;
}
