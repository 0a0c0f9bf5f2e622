import type { Money } from '../money.ts';
import type { CartItem, Prices, TripEntry } from '../orders/order.ts';

/** Who asks at a gate. `requestId` is new per call, `eventId` one per gate interaction. */
export interface IdentityRequest {
  readonly requestId: string;
  readonly eventId: string;
  readonly storeId: string;
  readonly atMs: number;
  readonly credential: { readonly by: 'card' | 'code' | 'associate'; readonly value: string };
}

export interface IdentityAnswer {
  readonly visitorId: string;
  readonly visitorType: TripEntry['visitorType'];
}

export interface RiskRequest {
  readonly tripId: string;
  readonly eventId: string;
  readonly storeId: string;
  readonly atMs: number;
  readonly by: 'card' | 'code' | 'associate';
  readonly visitorId: string;
  readonly hold: Money;
}

/** `holdMinor` below what was asked lets the shopper in with less. */
export interface RiskAnswer {
  readonly authorized: boolean;
  readonly holdMinor: number;
  readonly risks: readonly string[];
}

export interface PlaceRequest {
  readonly requestId: string;
  /** The idempotency key: a repeat has no further effect and the same answer. */
  readonly tripId: string;
  readonly orderId: string;
  readonly storeId: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly entries: readonly TripEntry[];
  readonly items: readonly CartItem[];
}

/** Prices are null where they follow by a call of the retailer's. */
export interface PlaceAnswer {
  readonly purchaseId: string;
  readonly prices: Prices | null;
}

/** What the gateway asks a retailer. Every call may be repeated with the same ids and then answers the same. */
export interface RetailerPort {
  /** Null: unknown or invalid, the gate stays shut. Throws `RetailerTrouble`. */
  identify(request: IdentityRequest, signal: AbortSignal): Promise<IdentityAnswer | null>;
  /** Fraud and abuse. Throws `RetailerTrouble`. */
  assess(request: RiskRequest, signal: AbortSignal): Promise<RiskAnswer>;
  /** Hands over a final cart. Throws `RetailerTrouble`. */
  place(request: PlaceRequest, signal: AbortSignal): Promise<PlaceAnswer>;
}

/** A retailer that did not answer as it should. */
export class RetailerTrouble extends Error {
  override readonly name = 'RetailerTrouble';
  /** False: asking again cannot help, a person must look. */
  readonly isTemporary: boolean;
  /** When it asked to be tried again, or null. */
  readonly retryAfterMs: number | null;

  constructor(message: string, isTemporary: boolean, retryAfterMs: number | null = null) {
    super(message);
    this.isTemporary = isTemporary;
    this.retryAfterMs = retryAfterMs;
  }
}
