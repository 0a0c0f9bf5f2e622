import type { Announcer } from '../announcer.ts';
import type { Clock } from '../clock.ts';
import { idFrom } from '../ids.ts';
import type { Order } from '../orders/order.ts';
import { IllegalTransition } from '../orders/order-state.ts';
import type { Queries, Row, Transaction } from '../store/database.ts';
import type { Migration } from '../store/migrate.ts';

export const disputeMigrations: readonly Migration[] = [
  {
    id: 'disputes/1-disputes',
    sqlite: `
      CREATE TABLE disputes (
        id TEXT PRIMARY KEY,
        retailer_id TEXT NOT NULL,
        store_id TEXT NOT NULL,
        order_id TEXT NOT NULL,
        lines TEXT NOT NULL,
        state TEXT NOT NULL,
        opened_at_ms BIGINT NOT NULL,
        closed_at_ms BIGINT
      );
      CREATE INDEX disputes_by_order ON disputes (order_id);
      CREATE INDEX disputes_by_state ON disputes (retailer_id, state, opened_at_ms);
    `,
  },
];

/** A line and what the shopper says is not theirs of it. */
export interface DisputedLine {
  readonly lineId: string;
  readonly quantity: number;
}

/** A shopper's word against lines of a receipt; `accepted` is decided, but the money is not back yet. */
export interface Dispute {
  readonly id: string;
  readonly retailerId: string;
  readonly storeId: string;
  readonly orderId: string;
  readonly lines: readonly DisputedLine[];
  readonly state: 'open' | 'accepted' | 'settled' | 'rejected';
  readonly openedAtMs: number;
  readonly closedAtMs: number | null;
}

const STEPS: Readonly<Record<Dispute['state'], readonly Dispute['state'][]>> = {
  open: ['accepted', 'rejected'],
  accepted: ['settled'],
  settled: [],
  rejected: [],
};

interface DisputeRow extends Row {
  readonly id: string;
  readonly retailer_id: string;
  readonly store_id: string;
  readonly order_id: string;
  readonly lines: string;
  readonly state: Dispute['state'];
  readonly opened_at_ms: number;
  readonly closed_at_ms: number | null;
}

const disputeOf = (row: DisputeRow): Dispute => ({
  id: row.id,
  retailerId: row.retailer_id,
  storeId: row.store_id,
  orderId: row.order_id,
  lines: JSON.parse(row.lines) as DisputedLine[],
  state: row.state,
  openedAtMs: row.opened_at_ms,
  closedAtMs: row.closed_at_ms,
});

/** Contested receipts, from a shopper's word to a person's decision. */
export class Disputes {
  readonly #announcer: Announcer;
  readonly #clock: Clock;

  constructor(announcer: Announcer, clock: Clock) {
    this.#announcer = announcer;
    this.#clock = clock;
  }

  /** The same key gives the same dispute. */
  async open(tx: Transaction, order: Order, key: string, lines: readonly DisputedLine[]): Promise<Dispute> {
    const id = idFrom('dispute', order.id, key);
    const rows = await tx.query<DisputeRow>(
      `INSERT INTO disputes (id, retailer_id, store_id, order_id, lines, state, opened_at_ms)
       VALUES (?, ?, ?, ?, ?, 'open', ?) ON CONFLICT DO NOTHING RETURNING *`,
      [id, order.retailerId, order.storeId, order.id, JSON.stringify(lines), this.#clock.nowMs()],
    );
    if (rows.length === 0) return (await findDispute(tx, order.retailerId, id))!;
    const { retailerId, tripId, storeId, id: orderId } = order;
    const data = { storeId, tripId, orderId, disputeId: id };
    await this.#announcer.append(tx, { type: 'dispute.opened', retailerId, tripId, data });
    return disputeOf(rows[0]!);
  }

  /** Throws `IllegalTransition` for a dispute that is decided already. */
  async move(tx: Transaction, dispute: Dispute, order: Order, to: Dispute['state']): Promise<Dispute> {
    const { id } = dispute;
    const before = (await findDispute(tx, dispute.retailerId, id))!;
    if (!STEPS[before.state].includes(to)) throw new IllegalTransition('dispute', id, before.state, to);
    const [row] = await tx.query<DisputeRow>(
      'UPDATE disputes SET state = ?, closed_at_ms = COALESCE(closed_at_ms, ?) WHERE id = ? RETURNING *',
      [to, this.#clock.nowMs(), id],
    );
    if (to !== 'settled') {
      const { retailerId, tripId, storeId, id: orderId } = order;
      const data = { storeId, tripId, orderId, disputeId: id, accepted: to === 'accepted' };
      await this.#announcer.append(tx, { type: 'dispute.closed', retailerId, tripId, data });
    }
    return disputeOf(row!);
  }
}

/** Null where this retailer has no such dispute. */
export async function findDispute(queries: Queries, retailerId: string, id: string): Promise<Dispute | null> {
  const [row] = await queries.query<DisputeRow>('SELECT * FROM disputes WHERE id = ? AND retailer_id = ?', [
    id,
    retailerId,
  ]);
  return row ? disputeOf(row) : null;
}

/** Oldest first. */
export async function listDisputes(
  queries: Queries,
  asked: {
    readonly retailerId: string;
    readonly storeId: string | null;
    readonly state: string;
    readonly limit: number;
  },
): Promise<Dispute[]> {
  const { retailerId, storeId, state, limit } = asked;
  const rows = await queries.query<DisputeRow>(
    `SELECT * FROM disputes WHERE retailer_id = ? AND state = ? ${storeId === null ? '' : 'AND store_id = ?'}
     ORDER BY opened_at_ms, id LIMIT ?`,
    [retailerId, state, ...(storeId === null ? [] : [storeId]), limit],
  );
  return rows.map(disputeOf);
}
