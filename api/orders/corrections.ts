import type { Announcer } from '../announcer.ts';
import type { Clock } from '../clock.ts';
import { idFrom } from '../ids.ts';
import type { Tenants } from '../retailer/tenants.ts';
import type { Database, Row, Transaction } from '../store/database.ts';
import type { Migration } from '../store/migrate.ts';
import type { CartItem, Order } from './order.ts';
import { type OrderRow, orderOf } from './order-book.ts';
import { RefundRefused, type RefundRequest, refundLines } from './refunds.ts';

export const correctionMigrations: readonly Migration[] = [
  {
    id: 'orders/3-corrections',
    sqlite: `
      CREATE TABLE corrections (
        id TEXT PRIMARY KEY,
        order_id TEXT NOT NULL REFERENCES orders (id),
        items TEXT NOT NULL,
        state TEXT NOT NULL,
        reason TEXT,
        due_at_ms BIGINT NOT NULL
      );
      CREATE INDEX corrections_due ON corrections (due_at_ms) WHERE state = 'open';
    `,
  },
];

export interface CorrectionParts {
  readonly database: Database;
  readonly announcer: Announcer;
  readonly tenants: Tenants;
  readonly clock: Clock;
}

interface CorrectionRow extends Row {
  readonly id: string;
  readonly order_id: string;
  readonly items: string;
}

/** How long an order that is still on its way is left alone. */
const WAIT_MS = 5_000;
/** The next look at money that a provider has not yet given back. */
const PENDING_MS = 30_000;

/**
 * Notes what a cart should have been, in the transaction that learns of it. What it says less than the order is given back
 * by a credit note once the order is completed; what it says more is charged to nobody without a person asking for it.
 */
export async function noteCorrection(
  tx: Transaction,
  order: Order,
  items: readonly CartItem[],
  key: string,
  nowMs: number,
): Promise<void> {
  // Only the newest word counts.
  await tx.query("UPDATE corrections SET state = 'overtaken' WHERE order_id = ? AND state = 'open'", [order.id]);
  await tx.query(
    `INSERT INTO corrections (id, order_id, items, state, reason, due_at_ms) VALUES (?, ?, ?, 'open', NULL, ?)
     ON CONFLICT DO NOTHING`,
    [idFrom('correction', order.id, key), order.id, JSON.stringify(items), nowMs],
  );
}

/** Makes the credit notes that are due; gives how many corrections came to an end. Repeats make nothing twice. */
export async function correctDue(parts: CorrectionParts): Promise<number> {
  const due = await parts.database.query<CorrectionRow>(
    "SELECT id, order_id, items FROM corrections WHERE state = 'open' AND due_at_ms <= ? ORDER BY due_at_ms LIMIT 16",
    [parts.clock.nowMs()],
  );
  let ended = 0;
  for (const row of due) {
    const outcome = await correct(parts, row).catch((error: unknown) => {
      if (error instanceof RefundRefused) return { state: 'refused', reason: error.message };
      throw error;
    });
    if (typeof outcome === 'number')
      await parts.database.query('UPDATE corrections SET due_at_ms = ? WHERE id = ?', [
        parts.clock.nowMs() + outcome,
        row.id,
      ]);
    else {
      await parts.database.query("UPDATE corrections SET state = ?, reason = ? WHERE id = ? AND state = 'open'", [
        ...[outcome.state, outcome.reason, row.id],
      ]);
      ended++;
    }
  }
  return ended;
}

/** How it ended, or how long to wait. */
async function correct(
  parts: CorrectionParts,
  row: CorrectionRow,
): Promise<{ readonly state: string; readonly reason: string | null } | number> {
  const [found] = await parts.database.query<OrderRow>('SELECT * FROM orders WHERE id = ?', [row.order_id]);
  const order = orderOf(found!);
  if (order.state === 'cancelled' || order.state === 'written_off') return { state: 'needless', reason: order.state };
  if (order.state !== 'completed') return WAIT_MS;
  // A retailer that prices by itself heard of the cart's correction and makes its own credit notes.
  if (order.prices === null) return { state: 'needless', reason: 'the retailer made the receipt' };
  const key = `correction/${row.id}`;
  const lines = await linesOf(parts.database, order, idFrom('refund', order.id, key), JSON.parse(row.items));
  if (lines.length === 0) return { state: 'needless', reason: 'nothing to give back' };
  const request = { key, reason: 'technical_error' as const, lines };
  const note = await refundLines(parts, parts.tenants.get(order.retailerId), order, request);
  return note === null ? PENDING_MS : { state: 'credited', reason: note.number };
}

/** What was paid for and not yet given back, beyond `items`; a repeat asks for what it asked for the first time. */
async function linesOf(
  database: Database,
  order: Order,
  refundId: string,
  items: readonly CartItem[],
): Promise<RefundRequest['lines']> {
  const rows = await database.query<Row & { id: string; request: string; state: string }>(
    'SELECT id, request, state FROM refunds WHERE order_id = ?',
    [order.id],
  );
  const asked = (row: { request: string }) => (JSON.parse(row.request) as [string, RefundRequest['lines']])[1];
  const first = rows.find(({ id }) => id === refundId);
  if (first) return asked(first);
  const back = rows.filter(({ state }) => state !== 'refused').flatMap(asked);
  return order.prices!.lines.flatMap(({ lineId, sku, quantity, totalMinor }) => {
    const wanted = items.find((item) => item.sku === sku)?.quantity.value ?? 0;
    const given = back.filter((line) => line.lineId === lineId).reduce((sum, line) => sum + line.quantity, 0);
    const excess = quantity.value - given - wanted;
    return excess > 0 && totalMinor > 0 ? [{ lineId, quantity: excess }] : [];
  });
}
