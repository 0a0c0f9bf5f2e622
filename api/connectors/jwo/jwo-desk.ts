/** The connector's operations over the gateway's own orders and payments. */
import type { Clock } from '../../clock.ts';
import { idFrom, newId } from '../../ids.ts';
import { type Money, toDecimal } from '../../money.ts';
import type { Order } from '../../orders/order.ts';
import { findOrderOfTrip, type OrderBook } from '../../orders/order-book.ts';
import { IllegalTransition } from '../../orders/order-state.ts';
import type { PaymentDesk } from '../../payments/payment-desk.ts';
import type { RefundRequest } from '../../payments/payment-port.ts';
import type { Retailer } from '../../retailer/retailer.ts';
import type { Database, Transaction } from '../../store/database.ts';
import { checkoutPrices } from './checkout-prices.ts';
import type { CatalogItem, CheckoutRequest, REFUND_REASONS } from './inbound-wire.ts';
import { type CatalogStatus, type JwoOperations, JwoRefusal, type TripCall, unknownTrip } from './jwo-operations.ts';
import { keepReport } from './payment-reports.ts';
import { assertSameUnit } from './wire-money.ts';

export interface JwoDeskParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly orders: OrderBook;
  readonly payments: PaymentDesk;
  readonly retailerOf: (retailerId: string) => Retailer;
  /** Where reports of catalogue uploads can be fetched, without the id at the end. */
  readonly reportBaseUrl: string;
  /** Products into the store's catalogue and out of it, in the transaction of the ingestion. */
  readonly putProducts: (tx: Transaction, retailerId: string, items: readonly CatalogItem[]) => Promise<void>;
  readonly dropProducts: (tx: Transaction, retailerId: string, skus: readonly string[]) => Promise<void>;
  readonly emailOf: (retailerId: string, storeId: string, shopperId: string) => Promise<string | null>;
}

const CALL_TIMEOUT_MS = 20_000;
/** When a caller should ask again after something that is under way. */
const RETRY_S = 5;

const REASONS: Readonly<Record<(typeof REFUND_REASONS)[number], RefundRequest['reason']>> = {
  DAMAGED_ITEM: 'damaged_item',
  EXPIRED_ITEM: 'expired_item',
  UNWANTED_ITEM: 'unwanted_item',
  JWO_TECH_ERROR: 'technical_error',
  OTHER: 'other',
};

export class JwoDesk implements JwoOperations {
  readonly #parts: JwoDeskParts;

  constructor(parts: JwoDeskParts) {
    this.#parts = parts;
  }

  async checkout(call: TripCall, request: CheckoutRequest): Promise<{ orderId: string }> {
    const order = await this.#order(call);
    const { currency } = this.#parts.retailerOf(call.retailerId);
    const prices = checkoutPrices(request, order.items, currency);
    if (order.prices !== null) {
      // A repeat gets the first answer; other prices under the same key are somebody's mistake.
      if (order.prices.totalMinor !== prices.totalMinor)
        throw new JwoRefusal(400, 'BadRequestException: this trip was checked out with another total');
      return { orderId: order.id };
    }
    if (order.state !== 'placed' && order.state !== 'received') throw new JwoRefusal(400, 'shopping trip expired');
    await this.#parts.database.transaction((tx) => this.#parts.orders.move(tx, order.id, 'priced', { prices }));
    return { orderId: order.id };
  }

  async adjust(call: TripCall, amount: Money) {
    const order = await this.#order(call);
    this.#check(order, amount);
    const { retailerId, storeId, tripId: tripKey } = call;
    const { amountMinor: dueMinor, currency } = amount;
    const ask = { retailerId, storeId, tripKey, dueMinor, currency };
    const answer = await this.#parts.payments.adjust(ask, this.#deadline());
    if (answer.outcome === 'no_payment') throw unknownTrip();
    if (answer.outcome === 'approved') {
      return { status: 'APPROVED', authorized: { amountMinor: answer.authorisedMinor, currency } } as const;
    }
    const status = answer.outcome === 'pending' ? 'PENDING' : 'DECLINED';
    return { status, authorized: { amountMinor: 0, currency } } as const;
  }

  async cancel(call: TripCall): Promise<void> {
    const order = await this.#order(call);
    this.#assertTheirs(call);
    if (['paid', 'completed'].includes(order.state)) throw new JwoRefusal(400, 'BadRequestException: captured already');
    const ask = { ...call, tripKey: call.tripId, currency: this.#parts.retailerOf(call.retailerId).currency };
    await this.#parts.payments.release(ask, this.#deadline());
    if (order.state === 'placed') await this.#move(order.id, 'cancelled', { reason: 'cancelled by the retailer' });
  }

  async capture(call: TripCall, amount: Money): Promise<void> {
    const order = await this.#order(call);
    this.#assertTheirs(call);
    this.#check(order, amount);
    // Its own answer to the purchase is not written down yet: a moment later it will be.
    if (order.state === 'received') throw new JwoRefusal(503, 'ServiceUnavailable: the order is being placed', RETRY_S);
    const { payments } = this.#parts;
    const { retailerId, storeId, tripId: tripKey } = call;
    const { amountMinor: dueMinor, currency } = amount;
    const ask = { retailerId, storeId, tripKey, dueMinor, currency };
    // Capture is at most what is authorised: whoever wants more has to adjust first.
    if (!(await payments.covers(ask))) throw new JwoRefusal(400, 'BadRequestException: more than is authorized');
    const answer = await payments.settle({ ...ask, orderId: order.id }, this.#deadline());
    if (answer.outcome === 'no_payment') throw unknownTrip();
    if (answer.outcome === 'pending') throw new JwoRefusal(503, 'ServiceUnavailable: capture is under way', RETRY_S);
    if (answer.outcome === 'owed') throw new JwoRefusal(400, `BadRequestException: ${answer.reason}`);
    if (answer.capturedMinor !== dueMinor) {
      const done = toDecimal({ amountMinor: answer.capturedMinor, currency });
      throw new JwoRefusal(400, `BadRequestException: ${done} is captured already`);
    }
    await this.#move(order.id, 'paid');
  }

  async refund(
    call: TripCall,
    amount: Money,
    refundRequestId: string,
    reasonCode: (typeof REFUND_REASONS)[number],
  ): Promise<{ reconciliationId: string }> {
    const order = await this.#order(call);
    const { retailerId, storeId, tripId: tripKey } = call;
    const ids = { retailerId, storeId, tripKey, orderId: order.id, refundId: refundRequestId };
    const answer = await this.#parts.payments.refund(
      { ...ids, ...amount, reason: REASONS[reasonCode] },
      this.#deadline(),
    );
    if (answer.outcome === 'refused') throw new JwoRefusal(400, `BadRequestException: ${answer.reason}`);
    return { reconciliationId: idFrom('refund', retailerId, tripKey, refundRequestId) };
  }

  /** Only what a provider tells us; the chip's own data never reaches this gateway. */
  async transactionalData(call: TripCall): Promise<Record<string, string>> {
    const order = await this.#order(call);
    const { currency } = this.#parts.retailerOf(call.retailerId);
    return { currency, reconciliationId: order.id, terminalId: call.storeId, cardStatementTransactionId: call.tripId };
  }

  shopperEmail(retailerId: string, storeId: string, shopperId: string): Promise<string | null> {
    return this.#parts.emailOf(retailerId, storeId, shopperId);
  }

  async paymentStatus(call: TripCall, total: Money, settled: Money): Promise<void> {
    const order = await this.#order(call);
    this.#check(order, total);
    const { retailerId, tripId } = call;
    const atMs = this.#parts.clock.nowMs();
    await this.#parts.database.transaction((tx) => keepReport(tx, { retailerId, tripId, total, settled, atMs }));
  }

  async uploadCatalog(retailerId: string, items: readonly CatalogItem[], rejected: readonly string[]): Promise<string> {
    const report = [`accepted ${items.length}`, `rejected ${rejected.length}`, ...rejected].join('\n');
    const status = items.length === 0 ? 'FATAL' : 'DONE';
    return this.#ingest(retailerId, 'upload', status, report, (tx) => this.#parts.putProducts(tx, retailerId, items));
  }

  async archiveCatalog(retailerId: string, skus: readonly string[]): Promise<string> {
    const drop = (tx: Transaction) => this.#parts.dropProducts(tx, retailerId, skus);
    return this.#ingest(retailerId, 'archive', 'DONE', `archived ${skus.length}`, drop);
  }

  async catalogStatus(retailerId: string, ingestionId: string): Promise<CatalogStatus | null> {
    const [row] = await this.#parts.database.query<{ status: string }>(
      'SELECT status FROM jwo_ingestions WHERE id = ? AND retailer_id = ?',
      [ingestionId, retailerId],
    );
    if (row === undefined) return null;
    const processingStatus = row.status as CatalogStatus['processingStatus'];
    return { processingStatus, reportDownloadLink: `${this.#parts.reportBaseUrl}/${ingestionId}` };
  }

  /** The text that `reportDownloadLink` points to; null for another retailer's. */
  async catalogReport(retailerId: string, ingestionId: string): Promise<string | null> {
    const [row] = await this.#parts.database.query<{ report: string }>(
      'SELECT report FROM jwo_ingestions WHERE id = ? AND retailer_id = ?',
      [ingestionId, retailerId],
    );
    return row?.report ?? null;
  }

  async #ingest(
    retailerId: string,
    kind: string,
    status: CatalogStatus['processingStatus'],
    report: string,
    work: (tx: Transaction) => Promise<void>,
  ): Promise<string> {
    const id = newId();
    await this.#parts.database.transaction(async (tx) => {
      await work(tx);
      await tx.query(
        'INSERT INTO jwo_ingestions (id, retailer_id, kind, status, report, at_ms) VALUES (?, ?, ?, ?, ?, ?)',
        [...[id, retailerId, kind, status, report, this.#parts.clock.nowMs()]],
      );
    });
    return id;
  }

  async #order({ retailerId, storeId, tripId }: TripCall): Promise<Order> {
    const order = await findOrderOfTrip(this.#parts.database, tripId);
    if (order === null || order.retailerId !== retailerId || order.storeId !== storeId) throw unknownTrip();
    return order;
  }

  /** Only one of the two ever captures. */
  #assertTheirs({ retailerId }: TripCall): void {
    if (this.#parts.retailerOf(retailerId).captureBy !== 'retailer')
      throw new JwoRefusal(400, 'BadRequestException: this store captures by itself');
  }

  #check(order: Order, amount: Money): void {
    const { currency } = this.#parts.retailerOf(order.retailerId);
    const known = { amountMinor: order.prices?.totalMinor ?? 0, currency };
    assertSameUnit(amount, known, 'amount');
  }

  /** A repeat finds the order where it was to go. */
  async #move(orderId: string, to: 'paid' | 'cancelled', change = {}): Promise<void> {
    try {
      await this.#parts.database.transaction((tx) => this.#parts.orders.move(tx, orderId, to, change));
    } catch (error) {
      if (!(error instanceof IllegalTransition)) throw error;
    }
  }

  #deadline(): AbortSignal {
    return AbortSignal.timeout(CALL_TIMEOUT_MS);
  }
}
