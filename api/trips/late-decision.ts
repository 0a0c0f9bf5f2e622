import type { Cart } from '../../engine/index.ts';
import type { Announcer } from '../announcer.ts';
import type { Clock } from '../clock.ts';
import type { OrderBook } from '../orders/order-book.ts';
import type { Database, Row, Transaction } from '../store/database.ts';
import { Projection } from './projection.ts';
import { findSession } from './session.ts';
import { cartOf, type TripRow } from './trip-rows.ts';

/** Injected readings that no engine heard: the person's word stands for its entry. */
const AFTER_SESSION = -2;

export interface LateParts {
  readonly database: Database;
  readonly outbox: Announcer;
  readonly orders: OrderBook;
  readonly clock: Clock;
}

export type LateAnswer = 'booked' | 'still running' | 'unknown sku' | 'no cart';

/**
 * Books what a person says of a trip whose session is over for good: no engine is left to be told, so the cart is written
 * as the person says, with the evidence there was. A session that may still go on must be told instead.
 */
export async function decideLate(
  parts: LateParts,
  trip: TripRow,
  lines: readonly { readonly sku: string; readonly quantity: number }[],
): Promise<LateAnswer> {
  const { database, outbox: announcer, orders, clock } = parts;
  return database.transaction(async (tx) => {
    const session = await findSession(tx, trip.session_id);
    if (session === null || session.endedAtMs === null) return 'still running';
    const cart = cartOf(trip);
    if (cart === null) return 'no cart';
    const decided = await decidedCart(tx, trip, cart, lines);
    if (decided === null) return 'unknown sku';
    const [last] = await tx.query<Row & { seq: number }>(
      'SELECT COALESCE(MAX(seq), -1) AS seq FROM injected_readings WHERE session_id = ?',
      [trip.session_id],
    );
    const reading = { kind: 'decision', tripId: cart.tripId, lines };
    await tx.query('INSERT INTO injected_readings (session_id, seq, after_readings, reading) VALUES (?, ?, ?, ?)', [
      ...[trip.session_id, last!.seq + 1, AFTER_SESSION, JSON.stringify(reading)],
    ]);
    // Who decides has looked at what is restricted.
    const restrictions = new Map<string, string>();
    await new Projection(session, { database, announcer, orders, clock, restrictions }).decideLate(tx, decided);
    return 'booked';
  });
}

/** Null where a product is neither in the cart nor in the retailer's catalogue. */
async function decidedCart(
  tx: Transaction,
  { retailer_id: retailerId }: TripRow,
  cart: Cart,
  lines: readonly { readonly sku: string; readonly quantity: number }[],
): Promise<Cart | null> {
  const decided: Cart['lines'][number][] = [];
  for (const { sku, quantity: value } of lines) {
    const before = cart.lines.find((line) => line.sku === sku);
    const unit = before?.quantity.unit ?? (await unitOf(tx, retailerId, sku));
    if (unit === null) return null;
    if (value > 0) decided.push({ sku, quantity: { value, unit }, confidence: 1, evidence: before?.evidence ?? [] });
  }
  decided.sort((a, b) => (a.sku < b.sku ? -1 : 1));
  return { ...cart, status: 'reviewed', confidence: 1, lines: decided };
}

async function unitOf(tx: Transaction, retailerId: string, sku: string): Promise<'each' | 'g' | null> {
  const [row] = await tx.query<Row & { item: string }>('SELECT item FROM catalogue WHERE retailer_id = ? AND sku = ?', [
    retailerId,
    sku,
  ]);
  if (row === undefined) return null;
  return (JSON.parse(row.item) as { sellBy: 'each' | 'g' }).sellBy;
}
