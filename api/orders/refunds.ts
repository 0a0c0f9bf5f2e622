import type { Announcer } from '../announcer.ts';
import type { Clock } from '../clock.ts';
import { idFrom } from '../ids.ts';
import type { Tenant } from '../retailer/tenants.ts';
import type { Database, Row, Transaction } from '../store/database.ts';
import type { Migration } from '../store/migrate.ts';
import type { TripRow } from '../trips/trip-rows.ts';
import { makeReceipt, receiptsOf } from './make-receipt.ts';
import type { Order, OrderLine, Prices, Receipt } from './order.ts';
import type { RefundAsk } from './till.ts';

export const refundMigrations: readonly Migration[] = [
  {
    id: 'orders/2-refunds',
    sqlite: `
      CREATE TABLE refunds (
        id TEXT PRIMARY KEY,
        order_id TEXT NOT NULL REFERENCES orders (id),
        request TEXT NOT NULL,
        amount_minor BIGINT NOT NULL,
        state TEXT NOT NULL
      );
      CREATE INDEX refunds_by_order ON refunds (order_id);
    `,
  },
];

export interface RefundRequest {
  /** The idempotency key of the caller. */
  readonly key: string;
  readonly reason: RefundAsk['reason'];
  /** Items (or grams) of lines to give money back for. */
  readonly lines: readonly { readonly lineId: string; readonly quantity: number }[];
}

/** A refund that cannot be, in words for the caller. */
export class RefundRefused extends Error {
  override readonly name = 'RefundRefused';
  readonly kind: 'mismatch' | 'refused';

  constructor(kind: RefundRefused['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

export interface RefundParts {
  readonly database: Database;
  readonly announcer: Announcer;
  readonly clock: Clock;
}

/**
 * Gives money back by line: the claim is on record first, then the money moves, then a credit note is made. The receipt
 * stays as it is. A repeat with the same key gives the same credit note; null while the provider has not answered.
 */
export async function refundLines(
  parts: RefundParts,
  { retailer, till }: Tenant,
  order: Order,
  request: RefundRequest,
): Promise<Receipt | null> {
  const refundId = idFrom('refund', order.id, request.key);
  const prices = await parts.database.transaction((tx) => claim(tx, order, refundId, request));
  const ask = { retailerId: retailer.id, storeId: order.storeId, tripKey: order.tripId, orderId: order.id, refundId };
  const money = { amountMinor: prices.totalMinor, currency: prices.currency };
  const answer = await till.refund({ ...ask, ...money, reason: request.reason }, AbortSignal.timeout(20_000));
  if (answer.outcome === 'pending') return null;
  if (answer.outcome === 'refused') {
    await parts.database.query("UPDATE refunds SET state = 'refused' WHERE id = ? AND state = 'claimed'", [refundId]);
    throw new RefundRefused('refused', answer.reason);
  }
  return parts.database.transaction(async (tx) => {
    const receipt = (await receiptsOf(tx, order.id)).find(({ kind }) => kind === 'receipt');
    const [row] = await tx.query<TripRow>('SELECT * FROM trips WHERE id = ?', [order.tripId]);
    const trip = { startedAtMs: row!.started_at_ms, endedAtMs: row!.ended_at_ms };
    const note = await makeReceipt(tx, {
      ...{ order, retailer, kind: 'credit-note', correctsId: receipt!.id, key: refundId, prices, fiscal: null, trip },
      nowMs: parts.clock.nowMs(),
    });
    const done = await tx.query("UPDATE refunds SET state = 'done' WHERE id = ? AND state = 'claimed' RETURNING id", [
      refundId,
    ]);
    if (done.length === 0) return note;
    const ids = { storeId: order.storeId, tripId: order.tripId, orderId: order.id };
    const to = { retailerId: retailer.id, tripId: order.tripId };
    const corrected = { ...ids, creditNoteNumber: note.number, amount: money };
    await parts.announcer.append(tx, { type: 'order.corrected', ...to, data: corrected });
    const issued = { ...ids, receiptNumber: note.number, kind: 'credit_note' as const, total: money };
    await parts.announcer.append(tx, { type: 'receipt.issued', ...to, data: issued });
    return note;
  });
}

/** Puts the claim on record with what it comes to; refuses more than was bought and not yet given back. */
async function claim(tx: Transaction, order: Order, refundId: string, request: RefundRequest): Promise<Prices> {
  if (order.state !== 'completed') throw new RefundRefused('refused', `the order is ${order.state}`);
  const rows = await tx.query<Row & { id: string; request: string; state: string }>(
    'SELECT id, request, state FROM refunds WHERE order_id = ?',
    [order.id],
  );
  const text = JSON.stringify([request.reason, request.lines]);
  const known = rows.find(({ id }) => id === refundId);
  if (known && known.request !== text) throw new RefundRefused('mismatch', 'this key was used for another refund');
  if (known?.state === 'refused') throw new RefundRefused('refused', 'this refund was refused');
  const before = rows.filter(({ id, state }) => id !== refundId && state !== 'refused');
  const already = (lineId: string) =>
    before
      .flatMap((row) => (JSON.parse(row.request) as [string, RefundRequest['lines']])[1])
      .filter((line) => line.lineId === lineId)
      .reduce((sum, line) => sum + line.quantity, 0);
  const prices = creditOf(order.prices!, request.lines, already);
  if (!known)
    await tx.query('INSERT INTO refunds (id, order_id, request, amount_minor, state) VALUES (?, ?, ?, ?, ?)', [
      ...[refundId, order.id, text, prices.totalMinor, 'claimed'],
    ]);
  return prices;
}

/**
 * What part of the lines comes to. Amounts are the difference between what was given back by then and what is after, so
 * that returning a line piece by piece gives back exactly its total.
 */
export function creditOf(prices: Prices, lines: RefundRequest['lines'], already: (lineId: string) => number): Prices {
  if (new Set(lines.map(({ lineId }) => lineId)).size !== lines.length)
    throw new RefundRefused('refused', 'a line is named twice');
  const credited = lines.map(({ lineId, quantity }) => {
    const line = prices.lines.find((one) => one.lineId === lineId);
    if (line === undefined) throw new RefundRefused('refused', `there is no line ${lineId}`);
    const before = already(lineId);
    if (!Number.isSafeInteger(quantity) || quantity < 1 || before + quantity > line.quantity.value)
      throw new RefundRefused(
        'refused',
        `line ${lineId}: found ${quantity}, expected 1 to ${line.quantity.value - before}`,
      );
    return partOf(line, before, before + quantity);
  });
  const sum = (field: 'totalMinor' | 'taxMinor' | 'discountMinor') =>
    credited.reduce((total, line) => total + line[field], 0);
  const totalMinor = sum('totalMinor');
  if (totalMinor === 0) throw new RefundRefused('refused', 'there is nothing to give back');
  const { currency } = prices;
  return { currency, lines: credited, discountMinor: sum('discountMinor'), taxMinor: sum('taxMinor'), totalMinor };
}

function partOf(line: OrderLine, from: number, to: number): OrderLine {
  const whole = line.quantity.value;
  const share = (minor: number) => Math.floor((minor * to) / whole) - Math.floor((minor * from) / whole);
  const totalMinor = share(line.totalMinor);
  const taxMinor = Math.min(totalMinor, share(line.taxMinor));
  return {
    ...line,
    quantity: { value: to - from, unit: line.quantity.unit },
    discountMinor: share(line.discountMinor),
    depositMinor: share(line.depositMinor),
    ...{ totalMinor, taxMinor, netMinor: totalMinor - taxMinor },
  };
}
