import type { Cart, JournalRecord } from '../../engine/index.ts';
import type { Announcer } from '../announcer.ts';
import { type Clock, isoTime } from '../clock.ts';
import { idFrom } from '../ids.ts';
import { noteCorrection } from '../orders/corrections.ts';
import type { CartItem } from '../orders/order.ts';
import { findOrderOfTrip, type OrderBook } from '../orders/order-book.ts';
import { reviewDeadlineMs } from '../payments/payment-state.ts';
import { obstaclesOf } from '../reference-retailer/sale-rules.ts';
import type { Database, Row, Transaction } from '../store/database.ts';
import { eventLines, itemsOf, wallMs } from './cart-items.ts';
import { advancePosition, type Session } from './session.ts';
import { findTrip, type TripRow } from './trip-rows.ts';

/** A person has this long, where the hold does not end before. */
const REVIEW_WITHIN_MS = 24 * 3_600_000;
/** Between the end of a review and the end of its hold: pricing, an increment and three tries to capture. */
const REVIEW_MARGIN_MS = 2 * 3_600_000;

export interface ProjectionParts {
  readonly database: Database;
  readonly announcer: Announcer;
  readonly orders: OrderBook;
  readonly clock: Clock;
  /** Why a product may not be sold unattended, by SKU. */
  readonly restrictions: ReadonlyMap<string, string>;
  /** The store's, for hours of sale. */
  readonly timeZone?: string;
}

/** Turns the journal's records into trips, carts, reviews and orders, each record once however often it is read. */
export class Projection {
  readonly #parts: ProjectionParts;
  readonly #session: Session;
  #records = 0;

  constructor(session: Session, parts: ProjectionParts) {
    this.#session = session;
    this.#parts = parts;
  }

  /** Records must come in the journal's order from its start, already on disk. Gives how many were new. */
  async project(records: readonly JournalRecord[]): Promise<number> {
    if (records.length === 0) return 0;
    const first = this.#records;
    const news = await this.#parts.database.transaction(async (tx) => {
      const fresh = await advancePosition(tx, this.#session.id, first, records.length);
      for (const record of records.slice(records.length - fresh))
        if (record.kind === 'cart') await this.#cart(tx, record.cart);
      return fresh;
    });
    this.#records += records.length;
    return news;
  }

  /** Takes a person's word for a cart of a session that is over, beside its journal. */
  decideLate(tx: Transaction, cart: Cart): Promise<void> {
    return this.#cart(tx, cart);
  }

  async #cart(tx: Transaction, cart: Cart): Promise<void> {
    const before = await this.#trip(tx, cart);
    const endedAtMs = cart.exitedAtUs === null ? null : wallMs(this.#session.startedAtMs, cart.exitedAtUs);
    await tx.query(
      'UPDATE trips SET engine_trip_id = ?, ended_at_ms = ?, cart_status = ?, cart = ?, cart_version = cart_version + 1 WHERE id = ?',
      [cart.tripId, endedAtMs, cart.status, JSON.stringify(cart), before.id],
    );
    const items = itemsOf(cart, this.#session.startedAtMs);
    if (cart.status === 'draft') {
      await this.#tellDraft(tx, before.id, cart, items);
      return;
    }
    const { retailer_id: retailerId, store_id: storeId, id: tripId } = before;
    if (before.ended_at_ms === null && endedAtMs !== null)
      await this.#parts.announcer.append(tx, { type: 'trip.ended', retailerId, tripId, data: { storeId, tripId } });
    if (cart.status === 'review') await this.#openReview(tx, before, cart);
    else await this.#finalize(tx, before, cart, items);
  }

  /** The trip the gate opened, or one of its own for a body that came in without. */
  async #trip(tx: Transaction, cart: Cart): Promise<TripRow> {
    const { id: sessionId, retailerId, storeId, startedAtMs } = this.#session;
    const [known] = await tx.query<TripRow>('SELECT * FROM trips WHERE session_id = ? AND engine_trip_id = ?', [
      sessionId,
      cart.tripId,
    ]);
    if (known) return known;
    const opened = cart.credential === null ? null : await findTrip(tx, retailerId, cart.credential);
    if (opened && opened.engine_trip_id === null) return opened;
    const id = idFrom('trip', sessionId, cart.tripId);
    const [row] = await tx.query<TripRow>(
      `INSERT INTO trips (id, retailer_id, store_id, session_id, engine_trip_id, subject_id, started_at_ms, cart_status,
         cart_version, attendant) VALUES (?, ?, ?, ?, ?, NULL, ?, 'open', 0, 'none') RETURNING *`,
      [id, retailerId, storeId, sessionId, cart.tripId, wallMs(startedAtMs, cart.enteredAtUs)],
    );
    return row!;
  }

  async #tellDraft(tx: Transaction, tripId: string, cart: Cart, items: readonly CartItem[]): Promise<void> {
    const { retailerId, storeId } = this.#session;
    const { confidence } = cart;
    const data = { storeId, tripId, status: 'draft' as const, confidence, lines: eventLines(items) };
    await this.#parts.announcer.append(tx, { type: 'cart.updated', retailerId, tripId, data });
  }

  async #openReview(tx: Transaction, trip: TripRow, cart: Cart): Promise<void> {
    const { announcer, clock } = this.#parts;
    const reviewId = idFrom('review', trip.id);
    const nowMs = clock.nowMs();
    const [payment] = await tx.query<Row & { hold_ends_at_ms: number | null }>(
      'SELECT hold_ends_at_ms FROM payments WHERE retailer_id = ? AND trip_key = ?',
      [trip.retailer_id, trip.id],
    );
    const dueAtMs = reviewDeadlineMs(nowMs + REVIEW_WITHIN_MS, payment?.hold_ends_at_ms ?? null, REVIEW_MARGIN_MS);
    const reason = cart.credential === null ? 'nobody showed a credential' : 'the cart is too uncertain';
    await tx.query(
      `INSERT INTO reviews (id, retailer_id, store_id, trip_id, reason, opened_at_ms, due_at_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
      [reviewId, trip.retailer_id, trip.store_id, trip.id, reason, nowMs, dueAtMs],
    );
    const dueAt = isoTime(dueAtMs);
    const data = { storeId: trip.store_id, tripId: trip.id, reviewId, dueAt, reason };
    await announcer.append(tx, { type: 'review.requested', retailerId: trip.retailer_id, tripId: trip.id, data });
  }

  async #finalize(tx: Transaction, trip: TripRow, cart: Cart, items: readonly CartItem[]): Promise<void> {
    const { announcer, orders, clock } = this.#parts;
    const { retailer_id: retailerId, store_id: storeId, id: tripId } = trip;
    const lines = eventLines(items);
    const order = await findOrderOfTrip(tx, tripId);
    if (cart.status === 'reviewed') {
      await tx.query('UPDATE reviews SET decided_at_ms = ? WHERE trip_id = ? AND decided_at_ms IS NULL', [
        clock.nowMs(),
        tripId,
      ]);
      const data = { storeId, tripId, reviewId: idFrom('review', tripId) };
      if (trip.cart_status === 'review')
        await announcer.append(tx, { type: 'review.completed', retailerId, tripId, data });
    }
    if (order !== null) {
      // Receipts are immutable and nobody is charged more afterwards: a credit note follows for what was too much.
      const data = { storeId, tripId, reason: 'a person decided', lines, before: eventLines(order.items) };
      await announcer.append(tx, { type: 'cart.corrected', retailerId, tripId, data });
      if (order.state === 'attendant_required') await this.#replaceItems(tx, order.id, trip, items);
      else await noteCorrection(tx, order, items, String(trip.cart_version), clock.nowMs());
      return;
    }
    const status = cart.status === 'reviewed' ? ('reviewed' as const) : ('completed' as const);
    const data = { storeId, tripId, status, confidence: cart.confidence, lines };
    await announcer.append(tx, { type: 'cart.finalized', retailerId, tripId, data });
    const attendantReason = await this.#attendantReason(tx, trip, items);
    await orders.create(tx, { tripId, retailerId, storeId, items, attendantReason });
  }

  /** An order that waited for a person goes on with what the person left in it. */
  async #replaceItems(tx: Transaction, orderId: string, trip: TripRow, items: readonly CartItem[]): Promise<void> {
    if ((await this.#attendantReason(tx, trip, items)) !== null) return;
    await this.#parts.orders.move(tx, orderId, 'received', { items });
  }

  async #attendantReason(tx: Transaction, trip: TripRow, items: readonly CartItem[]): Promise<string | null> {
    const { restrictions, timeZone = 'UTC' } = this.#parts;
    const obstacles = await obstaclesOf(tx, { retailerId: trip.retailer_id, timeZone, items, restrictions });
    for (const { sku, why, mayBeApproved } of obstacles)
      if (trip.attendant !== 'approved' || !mayBeApproved) return `${sku}: ${why}`;
    if (trip.attendant === 'approved') return null;
    // Without an entry there is no hold: nobody is charged unasked.
    return trip.subject_id === null && items.length > 0 ? 'nobody to charge' : null;
  }
}
