import type { OrderState } from './order-state.ts';

/** One visit paid by one credential, from gate to settlement; a group is one trip with several shoppers. */
export interface Trip {
  readonly id: string;
  readonly retailerId: string;
  readonly storeId: string;
  /** One run of an engine over one store's readings. */
  readonly sessionId: string;
  /** The engine's own name for the trip, unique in its session. */
  readonly engineTripId: string;
  /** Gate interactions that let its people in, oldest first; empty for a body without a credential. */
  readonly entries: readonly TripEntry[];
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
}

/** A gate interaction that passed. */
export interface TripEntry {
  /** One id per gate interaction. */
  readonly eventId: string;
  readonly atMs: number;
  /** `card` is paid by a card known to us, `code` by the account the code belongs to. */
  readonly by: 'card' | 'code' | 'associate';
  /** What the retailer's identity answer called the visitor; opaque to us. */
  readonly visitorId: string | null;
  readonly visitorType: 'SHOPPER' | 'ASSOCIATE' | 'CASH' | 'LOYALTY';
}

export interface Quantity {
  /** Items, or grams where sold by weight. */
  readonly value: number;
  readonly unit: 'each' | 'g';
}

/** A line of a cart before anyone has priced it. */
export interface CartItem {
  /** Unique in its order and stable over retries. */
  readonly lineId: string;
  readonly sku: string;
  readonly quantity: Quantity;
  /** Probability that exactly this quantity is right. */
  readonly confidence: number;
  /** When items were taken, oldest first: prices may depend on it. */
  readonly takenAtMs: readonly number[];
}

/** A priced line; `totalMinor = netMinor + taxMinor`, discount taken off already. */
export interface OrderLine extends CartItem {
  readonly name: string;
  /** Per item, or per kilogram where sold by weight; tax as the retailer shows prices. */
  readonly unitPriceMinor: number;
  readonly discountMinor: number;
  /** Deposit on packages, within the total. */
  readonly depositMinor: number;
  readonly netMinor: number;
  readonly taxMinor: number;
  readonly totalMinor: number;
  /** Tax rate in millionths: 7 % is 70 000. */
  readonly taxPpm: number;
}

export interface Prices {
  readonly currency: string;
  readonly lines: readonly OrderLine[];
  readonly discountMinor: number;
  readonly taxMinor: number;
  /** What is to be paid. */
  readonly totalMinor: number;
}

/** A trip's final cart on its way to money. There is exactly one per trip; `id` derives from the trip's. */
export interface Order {
  readonly id: string;
  readonly tripId: string;
  readonly retailerId: string;
  readonly storeId: string;
  readonly state: OrderState;
  /** Why it is where it is, for `stuck`, `attendant_required`, `unpaid`. */
  readonly reason: string | null;
  readonly items: readonly CartItem[];
  /** Null until priced. */
  readonly prices: Prices | null;
  /** The retailer's own number. */
  readonly purchaseId: string | null;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** What was bought and paid: immutable, numbered without gaps per store. Corrections are credit notes. */
export interface Receipt {
  readonly id: string;
  /** `store-000042` */
  readonly number: string;
  readonly kind: 'receipt' | 'credit-note';
  /** The receipt that a credit note corrects. */
  readonly correctsId: string | null;
  readonly orderId: string;
  readonly tripId: string;
  readonly retailerId: string;
  readonly storeId: string;
  readonly retailerName: string;
  readonly storeName: string;
  readonly issuedAtMs: number;
  readonly tripStartedAtMs: number;
  readonly tripEndedAtMs: number | null;
  readonly prices: Prices;
  /** VAT by rate, over all lines. */
  readonly taxes: readonly { readonly taxPpm: number; readonly netMinor: number; readonly taxMinor: number }[];
  /** What a fiscal device signed, where the retailer has one. */
  readonly fiscal: { readonly provider: string; readonly signature: string; readonly qr: string | null } | null;
}
