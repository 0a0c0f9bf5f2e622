import type { Announcer } from '../announcer.ts';
import type { Clock } from '../clock.ts';
import { idFrom } from '../ids.ts';
import type { Queries, Row, SqlValue, Transaction } from '../store/database.ts';
import type { CartItem, Order, Prices } from './order.ts';
import { assertOrderStep, IllegalTransition, type OrderState } from './order-state.ts';

export interface OrderRow extends Row {
  readonly id: string;
  readonly trip_id: string;
  readonly retailer_id: string;
  readonly store_id: string;
  readonly state: OrderState;
  readonly reason: string | null;
  readonly items: string;
  readonly prices: string | null;
  readonly purchase_id: string | null;
  readonly created_at_ms: number;
  readonly updated_at_ms: number;
  readonly attempts: number;
  readonly next_attempt_at_ms: number | null;
}

export function orderOf(row: OrderRow): Order {
  return {
    id: row.id,
    tripId: row.trip_id,
    retailerId: row.retailer_id,
    storeId: row.store_id,
    state: row.state,
    reason: row.reason,
    items: JSON.parse(row.items) as CartItem[],
    prices: row.prices === null ? null : (JSON.parse(row.prices) as Prices),
    purchaseId: row.purchase_id,
    createdAtMs: row.created_at_ms,
    updatedAtMs: row.updated_at_ms,
  };
}

export interface NewOrder {
  readonly tripId: string;
  readonly retailerId: string;
  readonly storeId: string;
  readonly items: readonly CartItem[];
  /** Why a person must approve it first, or null. */
  readonly attendantReason: string | null;
}

export interface OrderChange {
  readonly reason?: string | null;
  readonly prices?: Prices;
  readonly purchaseId?: string;
  readonly items?: readonly CartItem[];
}

/** States that the runner takes further by itself. */
const MOVING: readonly OrderState[] = ['received', 'priced', 'paid'];

/** Orders and their state machine; every change goes through here and tells of itself. */
export class OrderBook {
  readonly #announcer: Announcer;
  readonly #clock: Clock;

  constructor(announcer: Announcer, clock: Clock) {
    this.#announcer = announcer;
    this.#clock = clock;
  }

  /** The trip's only order: a repeat gives the one there is. */
  async create(tx: Transaction, order: NewOrder): Promise<Order> {
    const { tripId, retailerId, storeId, attendantReason } = order;
    const nowMs = this.#clock.nowMs();
    const isMoving = attendantReason === null;
    await tx.query(
      `INSERT INTO orders (id, trip_id, retailer_id, store_id, state, reason, items, created_at_ms, updated_at_ms,
         attempts, next_attempt_at_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?) ON CONFLICT DO NOTHING`,
      [
        ...[idFrom('order', tripId), tripId, retailerId, storeId],
        ...[isMoving ? 'received' : 'attendant_required', attendantReason, JSON.stringify(order.items), nowMs, nowMs],
        isMoving ? nowMs : null,
      ],
    );
    return (await findOrderOfTrip(tx, tripId))!;
  }

  /** Takes one step of the state machine; throws `IllegalTransition` where it has none from where the order is now. */
  async move(tx: Transaction, orderId: string, to: OrderState, change: OrderChange = {}): Promise<Order> {
    const [before] = await tx.query<OrderRow>('SELECT * FROM orders WHERE id = ?', [orderId]);
    if (before === undefined) throw new IllegalTransition('order', orderId, 'nowhere', to);
    assertOrderStep(orderId, before.state, to);
    const nowMs = this.#clock.nowMs();
    const params: SqlValue[] = [
      to,
      change.reason ?? null,
      change.prices ? JSON.stringify(change.prices) : before.prices,
      change.purchaseId ?? before.purchase_id,
      change.items ? JSON.stringify(change.items) : before.items,
      nowMs,
      MOVING.includes(to) ? nowMs : null,
      orderId,
    ];
    const [row] = await tx.query<OrderRow>(
      `UPDATE orders SET state = ?, reason = ?, prices = ?, purchase_id = ?, items = ?, updated_at_ms = ?,
         next_attempt_at_ms = ?, attempts = 0 WHERE id = ? RETURNING *`,
      params,
    );
    const order = orderOf(row!);
    await this.#tell(tx, before, order);
    return order;
  }

  async #tell(tx: Transaction, before: OrderRow, order: Order): Promise<void> {
    const { retailerId, tripId, storeId, id: orderId, prices } = order;
    const data = { storeId, tripId, orderId };
    if (before.purchase_id === null && order.purchaseId !== null) {
      const externalId = order.purchaseId;
      await this.#announcer.append(tx, { type: 'order.created', retailerId, tripId, data: { ...data, externalId } });
    }
    if (before.prices === null && prices !== null) {
      const total = { amountMinor: prices.totalMinor, currency: prices.currency };
      await this.#announcer.append(tx, { type: 'order.priced', retailerId, tripId, data: { ...data, total } });
    }
    if (order.state === 'stuck') {
      const told = { ...data, attempts: Math.max(1, before.attempts), reason: order.reason ?? 'unknown' };
      await this.#announcer.append(tx, { type: 'order.stuck', retailerId, tripId, data: told });
    }
    if (order.state === 'cancelled') {
      const told = { ...data, reason: order.reason ?? 'cancelled' };
      await this.#announcer.append(tx, { type: 'order.cancelled', retailerId, tripId, data: told });
    }
  }
}

/** Null where this retailer has no such order. */
export async function findOrder(queries: Queries, retailerId: string, orderId: string): Promise<Order | null> {
  const rows = await queries.query<OrderRow>('SELECT * FROM orders WHERE id = ? AND retailer_id = ?', [
    orderId,
    retailerId,
  ]);
  return rows[0] ? orderOf(rows[0]) : null;
}

export async function findOrderOfTrip(queries: Queries, tripId: string): Promise<Order | null> {
  const rows = await queries.query<OrderRow>('SELECT * FROM orders WHERE trip_id = ?', [tripId]);
  return rows[0] ? orderOf(rows[0]) : null;
}
