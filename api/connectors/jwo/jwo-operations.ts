/** What the store's side of the connector does for a retailer that calls it, freed of wire formats. */
import type { Money } from '../../money.ts';
import type { CatalogItem, CheckoutRequest, REFUND_REASONS } from './inbound-wire.ts';

/** A refusal in the words of the connector: `{"errorMsg": …}`. */
export class JwoRefusal extends Error {
  override readonly name = 'JwoRefusal';
  readonly status: number;
  readonly retryAfterS: number | null;

  constructor(status: number, errorMsg: string, retryAfterS: number | null = null) {
    super(errorMsg);
    this.status = status;
    this.retryAfterS = retryAfterS;
  }
}

export const unknownTrip = () => new JwoRefusal(400, 'UnknownShoppingTrip');

/** A trip as a caller names it; `retailerId` is who signed. */
export interface TripCall {
  readonly retailerId: string;
  readonly storeId: string;
  readonly tripId: string;
}

export interface JwoOperations {
  /** Prices of a cart that was handed over; the same trip gets the same order. */
  checkout(call: TripCall, request: CheckoutRequest): Promise<{ readonly orderId: string }>;
  /** `amount` is the whole cart's total. A refusal of the bank is an answer, not an error. */
  adjust(
    call: TripCall,
    amount: Money,
  ): Promise<{ readonly status: 'APPROVED' | 'DECLINED' | 'PENDING'; readonly authorized: Money }>;
  cancel(call: TripCall): Promise<void>;
  capture(call: TripCall, amount: Money): Promise<void>;
  /** Once per `refundRequestId`. */
  refund(
    call: TripCall,
    amount: Money,
    refundRequestId: string,
    reason: (typeof REFUND_REASONS)[number],
  ): Promise<{ readonly reconciliationId: string }>;
  /** What is known of the card for a receipt. */
  transactionalData(call: TripCall): Promise<Readonly<Record<string, string>>>;
  /** The e-mail address that a card's holder left for receipts; null where there is none. */
  shopperEmail(retailerId: string, storeId: string, shopperId: string): Promise<string | null>;
  paymentStatus(call: TripCall, total: Money, settled: Money): Promise<void>;
  /** Takes products in; items that do not fit are in the report, the others count. */
  uploadCatalog(retailerId: string, items: readonly CatalogItem[], rejected: readonly string[]): Promise<string>;
  archiveCatalog(retailerId: string, skus: readonly string[]): Promise<string>;
  catalogStatus(retailerId: string, ingestionId: string): Promise<CatalogStatus | null>;
}

export interface CatalogStatus {
  readonly processingStatus: 'DONE' | 'INQUEUE' | 'INPROGRESS' | 'CANCELLED' | 'FATAL';
  readonly reportDownloadLink: string;
}
