import type { Announcer } from '../announcer.ts';
import type { Clock } from '../clock.ts';
import type { Wallet } from '../entry/shoppers.ts';
import { newId } from '../ids.ts';
import { RetailerTrouble } from '../retailer/retailer-port.ts';
import type { Tenant, Tenants } from '../retailer/tenants.ts';
import { traced } from '../server/traced.ts';
import { type Database, DatabaseError, type Transaction } from '../store/database.ts';
import { entriesOf, type TripRow } from '../trips/trip-rows.ts';
import { correctDue } from './corrections.ts';
import { type Fiscalize, makeReceipt } from './make-receipt.ts';
import type { Order } from './order.ts';
import { type OrderBook, type OrderRow, orderOf } from './order-book.ts';
import { IllegalTransition } from './order-state.ts';
import { Circuit, nextWaitMs } from './retry.ts';

/** While one runner works on an order, others leave it alone for this long. */
const LEASE_MS = 60_000;
const CALL_TIMEOUT_MS = 20_000;
/** Orders taken at once. */
const BATCH = 16;
const IDLE_MS = 250;
const PENDING_MS = 2_000;

export interface RunnerParts {
  readonly database: Database;
  readonly announcer: Announcer;
  readonly orders: OrderBook;
  readonly tenants: Tenants;
  readonly clock: Clock;
  /** How the person of a visit pays: for visits that were let in while nobody could hold money. */
  readonly walletOf?: (subjectId: string) => Promise<Wallet | null>;
  readonly fiscalize?: Fiscalize;
  readonly random?: () => number;
  /** Hears of every order that failed a step; never of personal data. */
  readonly log?: (message: string, about: Readonly<Record<string, unknown>>) => void;
}

/** Takes orders from one state to the next: place with the retailer, settle the payment, make the receipt. */
export class OrderRunner {
  readonly #parts: RunnerParts;
  readonly #circuit = new Circuit();
  readonly #stop = new AbortController();
  #loop: Promise<void> | null = null;
  #wake = new AbortController();

  constructor(parts: RunnerParts) {
    this.#parts = parts;
  }

  /** Works until `stop`, first on what a process before this one had under way: steps may be repeated. */
  start(): void {
    this.#loop ??= this.#run();
  }

  /** Looks for work now instead of at the next turn. */
  wake(): void {
    this.#wake.abort();
  }

  /** Ends when the steps under way have ended. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#wake.abort();
    await this.#loop;
  }

  async #run(): Promise<void> {
    await this.#endLeases().catch(() => undefined);
    while (!this.#stop.signal.aborted) {
      let moved = 0;
      try {
        moved = (await this.runOnce()) + (await correctDue(this.#parts));
      } catch (error) {
        this.#parts.log?.('orders: the store of record refused', { error: String(error) });
      }
      if (moved > 0) continue;
      if (this.#wake.signal.aborted) this.#wake = new AbortController();
      await this.#parts.clock.delay(IDLE_MS, AbortSignal.any([this.#stop.signal, this.#wake.signal]));
    }
  }

  /** Of a process that is gone. Waits shorter than a lease are cut short with them, which does no harm. */
  async #endLeases(): Promise<void> {
    const nowMs = this.#parts.clock.nowMs();
    await this.#parts.database.query(
      'UPDATE orders SET next_attempt_at_ms = ? WHERE next_attempt_at_ms > ? AND next_attempt_at_ms <= ?',
      [nowMs, nowMs, nowMs + LEASE_MS],
    );
  }

  /** Takes one step with every order that is due; gives how many moved on. */
  async runOnce(): Promise<number> {
    const due = await this.#claim();
    const moved = await Promise.all(
      due.map((row) =>
        traced('order', { retailer: row.retailer_id, store: row.store_id, state: row.state }, () => this.#step(row)),
      ),
    );
    return moved.filter(Boolean).length;
  }

  async #claim(): Promise<OrderRow[]> {
    const nowMs = this.#parts.clock.nowMs();
    return this.#parts.database.transaction(async (tx) =>
      tx.query<OrderRow>(
        `UPDATE orders SET next_attempt_at_ms = ?, attempts = attempts + 1 WHERE id IN
           (SELECT id FROM orders WHERE next_attempt_at_ms <= ? ORDER BY next_attempt_at_ms LIMIT ${BATCH}) RETURNING *`,
        [nowMs + LEASE_MS, nowMs],
      ),
    );
  }

  /** True when the order moved on. */
  async #step(row: OrderRow): Promise<boolean> {
    const order = orderOf(row);
    const tenant = this.#parts.tenants.get(order.retailerId);
    try {
      if (order.state === 'received' && (await this.#isLeftAlone(order))) return false;
      if (order.state === 'received') await this.#place(order, tenant);
      else if (order.state === 'priced') return await this.#settle(order, tenant);
      else if (order.state === 'paid') await this.#complete(order, tenant);
      return true;
    } catch (error) {
      // Somebody else was faster: a second runner, or the retailer's own call.
      if (error instanceof IllegalTransition) return false;
      await this.#failed(row, error);
      return false;
    }
  }

  /** A retailer that failed again and again is spared, and the wait does not count as an attempt. */
  async #isLeftAlone({ id, retailerId }: Order): Promise<boolean> {
    const { clock, database } = this.#parts;
    const openUntilMs = this.#circuit.openUntilMs(retailerId, clock.nowMs());
    if (openUntilMs === null) return false;
    await database.query('UPDATE orders SET next_attempt_at_ms = ?, attempts = attempts - 1 WHERE id = ?', [
      openUntilMs,
      id,
    ]);
    return true;
  }

  async #place(order: Order, { retailer, port }: Tenant): Promise<void> {
    const { database, orders } = this.#parts;
    const [trip] = await database.query<TripRow>('SELECT * FROM trips WHERE id = ?', [order.tripId]);
    const answer = await port.place(
      {
        requestId: newId(),
        tripId: order.tripId,
        orderId: order.id,
        storeId: order.storeId,
        startedAtMs: trip!.started_at_ms,
        endedAtMs: trip!.ended_at_ms ?? trip!.started_at_ms,
        entries: await entriesOf(database, order.tripId),
        items: order.items,
      },
      this.#deadline(),
    );
    this.#circuit.succeeded(retailer.id);
    const { purchaseId, prices } = answer;
    await database.transaction((tx) =>
      orders.move(tx, order.id, prices ? 'priced' : 'placed', { purchaseId, ...(prices ? { prices } : {}) }),
    );
  }

  async #settle(order: Order, { retailer, till }: Tenant): Promise<boolean> {
    const { database, orders } = this.#parts;
    const { tripId: tripKey, storeId, id: orderId } = order;
    const { totalMinor: dueMinor, currency } = order.prices!;
    // Where the retailer captures, its own call moves the order on; only an order that costs nothing is closed here.
    if (retailer.captureBy === 'retailer' && dueMinor > 0) {
      await database.query('UPDATE orders SET next_attempt_at_ms = NULL WHERE id = ?', [orderId]);
      return false;
    }
    const ask = { retailerId: retailer.id, storeId, tripKey, orderId, dueMinor, currency };
    let answer = await till.settle(ask, this.#deadline());
    if (answer.outcome === 'no_payment' && dueMinor > 0 && (await this.#holdLate(order, { retailer, till })))
      answer = await till.settle(ask, this.#deadline());
    if (answer.outcome === 'pending') {
      await this.#later(orderId, answer.retryAfterMs ?? PENDING_MS);
      return false;
    }
    const isPaid = answer.outcome === 'paid' || (answer.outcome === 'no_payment' && dueMinor === 0);
    const reason = answer.outcome === 'owed' ? answer.reason : isPaid ? null : 'nobody to charge';
    await database.transaction((tx) => orders.move(tx, orderId, isPaid ? 'paid' : 'unpaid', { reason }));
    return true;
  }

  /** Seeks the hold that a visit let in by stand-in never had; false where nobody is known to pay. */
  async #holdLate(order: Order, { retailer, till }: Pick<Tenant, 'retailer' | 'till'>): Promise<boolean> {
    const { database, walletOf } = this.#parts;
    const [trip] = await database.query<TripRow>('SELECT * FROM trips WHERE id = ?', [order.tripId]);
    const wallet = trip?.subject_id && walletOf ? await walletOf(trip.subject_id) : null;
    if (wallet === null) return false;
    const [entry] = await entriesOf(database, order.tripId);
    const { hold } = retailer;
    await till.hold(
      {
        ...{
          retailerId: retailer.id,
          storeId: order.storeId,
          tripKey: order.tripId,
          eventId: entry?.eventId ?? order.id,
          subjectId: trip!.subject_id,
        },
        ...{ ...wallet, amountMinor: Math.min(order.prices!.totalMinor, hold.capMinor), capMinor: hold.capMinor },
        currency: order.prices!.currency,
      },
      this.#deadline(),
    );
    return true;
  }

  async #complete(order: Order, { retailer }: Tenant): Promise<void> {
    const { database, orders, announcer, clock, fiscalize } = this.#parts;
    const { tripId, storeId, id: orderId, prices } = order;
    // A retailer that captures without telling prices makes its own receipts.
    if (prices === null) {
      await database.transaction(async (tx) => {
        await orders.move(tx, orderId, 'completed');
        await forgetWho(tx, tripId);
      });
      return;
    }
    const fiscal = fiscalize ? await fiscalize(order, prices) : null;
    await database.transaction(async (tx) => {
      const [row] = await tx.query<TripRow>('SELECT * FROM trips WHERE id = ?', [tripId]);
      const trip = { startedAtMs: row!.started_at_ms, endedAtMs: row!.ended_at_ms };
      const receipt = await makeReceipt(tx, {
        ...{ order, retailer, kind: 'receipt', correctsId: null, key: '', prices, fiscal, trip },
        nowMs: clock.nowMs(),
      });
      await orders.move(tx, orderId, 'completed');
      const total = { amountMinor: prices.totalMinor, currency: prices.currency };
      const data = { storeId, tripId, orderId, total, receiptNumber: receipt.number };
      const { id: retailerId } = retailer;
      await announcer.append(tx, { type: 'receipt.issued', retailerId, tripId, data: { ...data, kind: 'receipt' } });
      await announcer.append(tx, { type: 'order.completed', retailerId, tripId, data });
      await forgetWho(tx, tripId);
    });
  }

  async #failed(row: OrderRow, error: unknown): Promise<void> {
    const { clock, database, orders, log, random = Math.random } = this.#parts;
    const trouble = error instanceof RetailerTrouble ? error : null;
    if (row.state === 'received' && trouble?.isTemporary !== false)
      this.#circuit.failed(row.retailer_id, clock.nowMs());
    log?.('orders: a step failed', { orderId: row.id, state: row.state, attempt: row.attempts, error: String(error) });
    if (error instanceof DatabaseError) {
      await this.#later(row.id, PENDING_MS).catch(() => undefined);
      return;
    }
    const waitMs =
      trouble?.isTemporary === false ? null : nextWaitMs(row.attempts, trouble?.retryAfterMs ?? null, random);
    if (waitMs === null && row.state === 'received') {
      const reason = String(trouble?.message ?? error).slice(0, 400);
      await database.transaction((tx) => orders.move(tx, row.id, 'stuck', { reason }));
    } else await this.#later(row.id, waitMs ?? 3_600_000);
  }

  async #later(orderId: string, waitMs: number): Promise<void> {
    const { database, clock } = this.#parts;
    await database.query('UPDATE orders SET next_attempt_at_ms = ? WHERE id = ? AND next_attempt_at_ms IS NOT NULL', [
      clock.nowMs() + waitMs,
      orderId,
    ]);
  }

  #deadline(): AbortSignal {
    return AbortSignal.timeout(CALL_TIMEOUT_MS);
  }
}

/** Identifiers are per visit: who it was, by our name or the retailer's, is not kept once the visit is settled. */
async function forgetWho(tx: Transaction, tripId: string): Promise<void> {
  await tx.query('UPDATE trips SET subject_id = NULL WHERE id = ?', [tripId]);
  await tx.query('UPDATE entries SET visitor_id = NULL WHERE trip_id = ?', [tripId]);
}
