import { purgeErrands } from '../sinks/errands.ts';
import type { Database, Row, Transaction } from '../store/database.ts';
import type { Outbox } from '../webhooks/outbox.ts';

/** Kinds of data by how long they may be kept. */
export const DATA_CLASSES = {
  visit: 'Trips with their carts and evidence, gate interactions, reviews',
  'entry-code': 'Codes that open gates',
  event: 'Events sent to retailers, with their deliveries',
  fiscal: 'Orders, receipts, refunds and payments, as the law wants them kept',
  person: 'How you pay and what you agreed to, sealed: until you take it back or are forgotten',
  operation: 'Keys, catalogue, sessions and the audit log: nothing about people',
} as const;
export type DataClass = keyof typeof DATA_CLASSES;

/** Every table of the store of record and the class of what it holds; a table that is not here stops the start. */
const TABLES: Readonly<Record<string, DataClass>> = {
  ...{ trips: 'visit', entries: 'visit', reviews: 'visit', injected_readings: 'visit' },
  ...{ entry_codes: 'entry-code' },
  ...{ webhook_events: 'event', webhook_deliveries: 'event', webhook_attempts: 'event', webhook_lanes: 'event' },
  ...{
    orders: 'fiscal',
    receipts: 'fiscal',
    receipt_counters: 'fiscal',
    refunds: 'fiscal',
    corrections: 'fiscal',
    purchases: 'fiscal',
  },
  ...{ payments: 'fiscal', payment_steps: 'fiscal', payment_attempts: 'fiscal', payment_notices: 'fiscal' },
  ...{ errands: 'event', jwo_ingestions: 'operation', jwo_payment_reports: 'fiscal', disputes: 'fiscal' },
  ...{ subjects: 'person', subject_refs: 'person', subject_data: 'person' },
  ...{
    analytics_budget: 'operation',
    api_keys: 'operation',
    audit: 'operation',
    catalogue: 'operation',
    promotions: 'operation',
  },
  ...{ sessions: 'operation', schema_migrations: 'operation', webhook_endpoints: 'operation' },
};

const HOUR_MS = 3_600_000;

/** Hours each class is kept; `null` only for what has an end of its own (`person`) or no person in it (`operation`). */
export type RetentionHours = Readonly<Record<DataClass, number | null>>;

/** Data without a clock: the gateway does not start. */
export class RetentionError extends Error {
  override readonly name = 'RetentionError';
}

/** Throws `RetentionError` for a class without a limit and for a table without a class. */
export async function checkRetention(database: Database, hours: Partial<RetentionHours>): Promise<RetentionHours> {
  for (const name of Object.keys(DATA_CLASSES) as DataClass[]) {
    const limit = hours[name];
    const mayBeOpen = name === 'person' || name === 'operation';
    if (limit === undefined || (limit === null && !mayBeOpen) || (limit !== null && !(limit > 0)))
      throw new RetentionError(`retention.${name}: found ${limit}, expected how many hours it is kept`);
  }
  const listed = await database.query<Row & { name: string }>(
    database.dialect === 'sqlite'
      ? "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
      : "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'",
  );
  const unknown = listed.filter(({ name }) => !Object.hasOwn(TABLES, name)).map(({ name }) => name);
  if (unknown.length > 0)
    throw new RetentionError(
      `retention: found the tables ${unknown.join(', ')} in no class of data, expected one each`,
    );
  return hours as RetentionHours;
}

/** Removes what has been kept long enough, as of `nowMs`. */
export async function sweep(database: Database, outbox: Outbox, hours: RetentionHours, nowMs: number): Promise<void> {
  const before = (name: DataClass) => nowMs - hours[name]! * HOUR_MS;
  await database.transaction((tx) => sweepVisits(tx, before('visit')));
  await database.transaction(async (tx) => {
    await tx.query('DELETE FROM entry_codes WHERE expires_at_ms < ?', [before('entry-code')]);
    await outbox.purge(tx, before('event'));
    await purgeErrands(tx, before('event'));
  });
  await database.transaction((tx) => sweepFiscal(tx, before('fiscal')));
}

/** A trip's row stays for its order to lean on; what was seen and who came in goes. */
async function sweepVisits(tx: Transaction, beforeMs: number): Promise<void> {
  await tx.query(
    'UPDATE trips SET cart = NULL, subject_id = NULL WHERE COALESCE(ended_at_ms, started_at_ms) < ? AND cart IS NOT NULL',
    [beforeMs],
  );
  await tx.query('DELETE FROM entries WHERE at_ms < ?', [beforeMs]);
  await tx.query('DELETE FROM reviews WHERE opened_at_ms < ?', [beforeMs]);
  await tx.query(
    'DELETE FROM injected_readings WHERE session_id IN (SELECT id FROM sessions WHERE ended_at_ms IS NOT NULL AND ended_at_ms < ?)',
    [beforeMs],
  );
}

async function sweepFiscal(tx: Transaction, beforeMs: number): Promise<void> {
  const old = 'SELECT id FROM orders WHERE updated_at_ms < ?';
  await tx.query(`DELETE FROM corrections WHERE order_id IN (${old})`, [beforeMs]);
  await tx.query(`DELETE FROM refunds WHERE order_id IN (${old})`, [beforeMs]);
  await tx.query(`DELETE FROM disputes WHERE order_id IN (${old})`, [beforeMs]);
  await tx.query('DELETE FROM jwo_payment_reports WHERE at_ms < ?', [beforeMs]);
  await tx.query('DELETE FROM payment_notices WHERE at_ms < ?', [beforeMs]);
  await tx.query(`DELETE FROM receipts WHERE order_id IN (${old})`, [beforeMs]);
  await tx.query('DELETE FROM purchases WHERE trip_id IN (SELECT trip_id FROM orders WHERE updated_at_ms < ?)', [
    beforeMs,
  ]);
  await tx.query(`DELETE FROM payment_attempts WHERE payment_id IN (SELECT id FROM payments WHERE updated_at_ms < ?)`, [
    beforeMs,
  ]);
  await tx.query('DELETE FROM payment_steps WHERE payment_id IN (SELECT id FROM payments WHERE updated_at_ms < ?)', [
    beforeMs,
  ]);
  await tx.query('DELETE FROM payments WHERE updated_at_ms < ?', [beforeMs]);
  await tx.query('DELETE FROM orders WHERE updated_at_ms < ?', [beforeMs]);
}
