import { idFrom } from '../ids.ts';
import type { Retailer } from '../retailer/retailer.ts';
import type { Queries, Row, Transaction } from '../store/database.ts';
import type { Order, Prices, Receipt } from './order.ts';

/** Signs a receipt before it is made, where the law wants that; a repeat for the same order answers the same. */
export type Fiscalize = (order: Order, prices: Prices) => Promise<Receipt['fiscal']>;

export interface ReceiptParts {
  readonly order: Order;
  readonly retailer: Retailer;
  readonly kind: Receipt['kind'];
  readonly correctsId: string | null;
  /** Tells the receipts of one order apart: the refund's id of a credit note, empty for the receipt itself. */
  readonly key: string;
  readonly prices: Prices;
  readonly fiscal: Receipt['fiscal'];
  readonly trip: { readonly startedAtMs: number; readonly endedAtMs: number | null };
  readonly nowMs: number;
}

/** Makes a receipt with the store's next number, or gives the one that was made before. */
export async function makeReceipt(tx: Transaction, parts: ReceiptParts): Promise<Receipt> {
  const { order, retailer, prices } = parts;
  const id = idFrom('receipt', order.id, parts.kind, parts.key);
  const known = await findReceipt(tx, retailer.id, id);
  if (known) return known;
  const [counter] = await tx.query<Row & { last: number }>(
    `INSERT INTO receipt_counters (retailer_id, store_id, last) VALUES (?, ?, 1)
     ON CONFLICT (retailer_id, store_id) DO UPDATE SET last = receipt_counters.last + 1 RETURNING last`,
    [retailer.id, order.storeId],
  );
  const receipt: Receipt = {
    id,
    number: `${order.storeId}-${String(counter!.last).padStart(6, '0')}`,
    kind: parts.kind,
    correctsId: parts.correctsId,
    orderId: order.id,
    tripId: order.tripId,
    retailerId: retailer.id,
    storeId: order.storeId,
    retailerName: retailer.name,
    storeName: retailer.stores.find((store) => store.id === order.storeId)?.name ?? order.storeId,
    issuedAtMs: parts.nowMs,
    tripStartedAtMs: parts.trip.startedAtMs,
    tripEndedAtMs: parts.trip.endedAtMs,
    prices,
    taxes: taxesOf(prices),
    fiscal: parts.fiscal,
  };
  await tx.query(
    `INSERT INTO receipts (id, retailer_id, store_id, number, kind, order_id, corrects_id, issued_at_ms, receipt)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      ...[id, retailer.id, order.storeId, receipt.number, receipt.kind, order.id, receipt.correctsId],
      ...[parts.nowMs, JSON.stringify(receipt)],
    ],
  );
  return receipt;
}

/** Null where this retailer has no such receipt. */
export async function findReceipt(queries: Queries, retailerId: string, id: string): Promise<Receipt | null> {
  const [row] = await queries.query<Row & { receipt: string }>(
    'SELECT receipt FROM receipts WHERE id = ? AND retailer_id = ?',
    [id, retailerId],
  );
  return row ? (JSON.parse(row.receipt) as Receipt) : null;
}

/** The receipt of an order, then its credit notes in the order of their making. */
export async function receiptsOf(queries: Queries, orderId: string): Promise<Receipt[]> {
  const rows = await queries.query<Row & { receipt: string }>(
    'SELECT receipt FROM receipts WHERE order_id = ? ORDER BY issued_at_ms, number',
    [orderId],
  );
  return rows.map((row) => JSON.parse(row.receipt) as Receipt);
}

export function taxesOf({ lines }: Prices): Receipt['taxes'] {
  const byRate = new Map<number, { taxPpm: number; netMinor: number; taxMinor: number }>();
  for (const { taxPpm, netMinor, taxMinor } of lines) {
    const row = byRate.get(taxPpm) ?? { taxPpm, netMinor: 0, taxMinor: 0 };
    byRate.set(taxPpm, { taxPpm, netMinor: row.netMinor + netMinor, taxMinor: row.taxMinor + taxMinor });
  }
  return [...byRate.values()].sort((a, b) => a.taxPpm - b.taxPpm);
}
