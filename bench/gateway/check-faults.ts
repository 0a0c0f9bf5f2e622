import { readFileSync } from 'node:fs';
import { verifyAudit } from '../../api/audit/audit-log.ts';
import type { Bank, BankPayment } from '../../api/payments/test-provider/bank.ts';
import type { Database, Row } from '../../api/store/database.ts';
import { type Cart, Journal, type JournalRecord } from '../../engine/index.ts';
import type { Endpoint } from './unruly-endpoint.ts';

export interface FaultCounts {
  readonly trips: number;
  readonly completed: number;
  /** Orders and trips that wait for a person, where people can see them. */
  readonly inReview: number;
  readonly captures: number;
  readonly capturedMinor: number;
  readonly receipts: number;
  readonly journalRecords: number;
  readonly auditEntries: number;
}

interface Found {
  readonly database: Database;
  readonly journal: string;
  readonly bank: Bank;
  readonly fair: Endpoint;
}

interface OrderRow extends Row {
  readonly id: string;
  readonly trip_id: string;
  readonly state: string;
  readonly reason: string | null;
  readonly items: string;
  readonly prices: string | null;
}

interface TripRow extends Row {
  readonly id: string;
  readonly engine_trip_id: string | null;
  readonly cart_status: string;
}

/** Holds the journal, the store of record, the bank and a retailer's endpoint against each other. */
export async function checkFaults({ database, journal: path, bank, fair }: Found): Promise<{
  readonly counts: FaultCounts;
  readonly problems: string[];
}> {
  const problems: string[] = [];
  const journal = Journal.open(path);
  const journalRecords = journal.pending;
  journal.close();
  const carts = lastCarts(path);
  const trips = await database.query<TripRow>('SELECT id, engine_trip_id, cart_status FROM trips');
  const orders = await database.query<OrderRow>('SELECT id, trip_id, state, reason, items, prices FROM orders');
  const reviews = await database.query<Row & { trip_id: string }>('SELECT trip_id FROM reviews');
  const [session] = await database.query<Row & { position: number }>('SELECT position FROM sessions');
  if (session!.position !== journalRecords)
    problems.push(`the journal holds ${journalRecords} records, ${session!.position} are projected`);
  problems.push(...ordersOfCarts(carts, trips, orders, new Set(reviews.map(({ trip_id }) => trip_id))));
  problems.push(...moneyOf(trips, orders, [...bank.payments.values()], carts));
  problems.push(...(await receiptsOf(database, orders)));
  problems.push(...(await eventsOf(database, fair, orders)));
  const audit = await verifyAudit(database);
  if (audit.brokenAt !== null) problems.push(`the audit log is broken at ${audit.brokenAt}`);
  const captured = [...bank.payments.values()].filter(({ status }) => status === 'captured');
  const completed = orders.filter(({ state }) => state === 'completed').length;
  return {
    problems,
    counts: {
      ...{ trips: trips.length, completed, journalRecords, captures: captured.length },
      inReview: orders.length - completed + reviews.length,
      capturedMinor: captured.reduce((sum, { capturedMinor }) => sum + capturedMinor, 0),
      receipts: completed,
      auditEntries: audit.entries,
    },
  };
}

/** The last word of the journal on each trip. */
function lastCarts(path: string): Map<string, Cart> {
  const carts = new Map<string, Cart>();
  for (const line of readFileSync(path, 'utf8').split('\n').slice(0, -1)) {
    const record = JSON.parse(line.slice(65)) as JournalRecord;
    if (record.kind === 'cart') carts.set(record.cart.tripId, record.cart);
  }
  return carts;
}

function ordersOfCarts(
  carts: ReadonlyMap<string, Cart>,
  trips: readonly TripRow[],
  orders: readonly OrderRow[],
  reviewed: ReadonlySet<string>,
): string[] {
  const problems: string[] = [];
  const tripOf = new Map(trips.map((trip) => [trip.engine_trip_id, trip.id]));
  for (const [engineTripId, cart] of carts) {
    const tripId = tripOf.get(engineTripId);
    const own = orders.filter((order) => order.trip_id === tripId);
    if (tripId === undefined) problems.push(`trip ${engineTripId} of the journal is not in the store of record`);
    else if (cart.status === 'review' && !reviewed.has(tripId))
      problems.push(`${tripId} is in review, and nobody sees it`);
    else if (cart.status === 'final' && own.length !== 1) problems.push(`${tripId} has ${own.length} orders`);
    else if (cart.status !== 'final' && own.length !== 0) problems.push(`${tripId} is ${cart.status} and has an order`);
    if (own.length === 1 && linesOf(cart.lines) !== linesOf(JSON.parse(own[0]!.items)))
      problems.push(`${tripId} was ordered other than it was bought`);
  }
  const known = new Set(tripOf.values());
  for (const { trip_id } of orders) if (!known.has(trip_id)) problems.push(`order of ${trip_id}, which nobody made`);
  return problems;
}

const linesOf = (lines: readonly { readonly sku: string; readonly quantity: { readonly value: number } }[]) =>
  lines
    .map(({ sku, quantity }) => `${sku}×${quantity.value}`)
    .sort()
    .join(' ');

/** One capture of the right amount for who bought, none for who did not; every hold used or released. */
function moneyOf(
  trips: readonly TripRow[],
  orders: readonly OrderRow[],
  payments: readonly BankPayment[],
  carts: ReadonlyMap<string, Cart>,
): string[] {
  const problems: string[] = [];
  const open = new Set(
    trips
      .filter(({ engine_trip_id }) => {
        const status = engine_trip_id === null ? 'draft' : carts.get(engine_trip_id)?.status;
        return status !== 'final';
      })
      .map(({ id }) => id),
  );
  const waiting = new Set(orders.filter(({ state }) => state === 'attendant_required').map(({ trip_id }) => trip_id));
  for (const { trip_id: tripId, state, reason, prices } of orders) {
    const own = payments.filter(({ metadata }) => metadata['trip'] === tripId);
    const captured = own.filter(({ status }) => status === 'captured');
    const dueMinor = prices === null ? 0 : (JSON.parse(prices) as { totalMinor: number }).totalMinor;
    const expected = state === 'completed' && dueMinor > 0 ? [dueMinor] : [];
    if (String(captured.map(({ capturedMinor }) => capturedMinor)) !== String(expected))
      problems.push(
        `${tripId} is ${state} for ${dueMinor} and was charged [${captured.map(({ capturedMinor }) => capturedMinor)}]`,
      );
    // Everybody here showed a card that works.
    if (state !== 'completed' && !(state === 'attendant_required' && reason !== 'nobody to charge'))
      problems.push(`${tripId} is ${state}: ${reason}`);
  }
  for (const { metadata, status, id } of payments) {
    const tripId = metadata['trip']!;
    if (status === 'authorised' && !open.has(tripId) && !waiting.has(tripId))
      problems.push(`payment ${id} of ${tripId} is still held`);
  }
  return problems;
}

/** One receipt per completed order, numbered without gaps. */
async function receiptsOf(database: Database, orders: readonly OrderRow[]): Promise<string[]> {
  const receipts = await database.query<Row & { order_id: string; number: string }>(
    'SELECT order_id, number FROM receipts ORDER BY number',
  );
  const completed = orders.filter(({ state }) => state === 'completed').map(({ id }) => id);
  const numbers = receipts.map(({ number }) => Number(/\d+$/.exec(number)![0]));
  const problems = numbers.every((number, i) => number === i + 1) ? [] : ['receipts are not numbered without gaps'];
  const receipted = receipts.map(({ order_id }) => order_id).sort();
  if (receipted.join() !== completed.sort().join())
    problems.push(`${completed.length} orders are completed, ${receipted.length} have receipts`);
  return problems;
}

/** The fair endpoint has every event on record, and each trip's in the order of their making. */
async function eventsOf(database: Database, fair: Endpoint, orders: readonly OrderRow[]): Promise<string[]> {
  const problems: string[] = [];
  const events = await database.query<Row & { id: string }>('SELECT id FROM webhook_events');
  const firsts = new Map(fair.taken.toReversed().map((event) => [event.id, event]));
  const missing = events.filter(({ id }) => !firsts.has(id)).length;
  if (missing > 0)
    problems.push(`${missing} of ${events.length} events did not reach an endpoint that takes everything`);
  const typesOf = new Map<string, string[]>();
  const seen = new Set<string>();
  for (const { id, type, tripId } of fair.taken) {
    if (tripId === null || seen.has(id)) continue;
    seen.add(id);
    typesOf.set(tripId, [...(typesOf.get(tripId) ?? []), type]);
  }
  for (const { trip_id: tripId, state } of orders) {
    if (state !== 'completed') continue;
    const types = typesOf.get(tripId) ?? [];
    for (const type of ['cart.finalized', 'order.created', 'receipt.issued', 'order.completed'])
      if (types.filter((one) => one === type).length !== 1) problems.push(`${tripId}: ${type} was not told once`);
    const order = ['trip.started', 'cart.finalized', 'order.created', 'order.completed'].map((type) =>
      types.indexOf(type),
    );
    if (order.some((at, i) => i > 0 && at < order[i - 1]!)) problems.push(`${tripId}: told as ${types.join(', ')}`);
  }
  return problems;
}
