import type { Receipt } from '../orders/order.ts';

/** What another system made of a receipt. */
export type SinkResult =
  /** It has it, now or from an earlier attempt; `externalId` is its own name for it where it has one. */
  | { readonly outcome: 'taken'; readonly externalId: string | null }
  /** Asking again cannot help: a person must look. */
  | { readonly outcome: 'refused'; readonly reason: string }
  /** Not now. */
  | { readonly outcome: 'later'; readonly reason: string; readonly retryAfterMs: number | null };

/**
 * A system that is told of paid orders and of the credit notes that correct them. Amounts are integer minor units here;
 * an adapter turns them into the other system's unit and nowhere else. Taking a receipt twice has no further effect:
 * `receipt.id` is the idempotency key.
 */
export interface OrderSink {
  readonly name: string;
  /** Never throws for what the other system may do; `signal` bounds the time. */
  take(receipt: Receipt, signal: AbortSignal): Promise<SinkResult>;
  close(): Promise<void>;
}

export const taken = (externalId: string | null = null): SinkResult => ({ outcome: 'taken', externalId });
export const refused = (reason: string): SinkResult => ({ outcome: 'refused', reason: reason.slice(0, 500) });
export const later = (reason: string, retryAfterMs: number | null = null): SinkResult => ({
  outcome: 'later',
  reason: reason.slice(0, 500),
  retryAfterMs,
});
