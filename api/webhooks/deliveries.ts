import type { Clock } from '../clock.ts';
import type { Database, Row } from '../store/database.ts';

export interface Delivery {
  readonly id: string;
  readonly endpointId: string;
  readonly eventId: string;
  readonly type: string;
  readonly tripId: string | null;
  readonly state: 'pending' | 'delivered' | 'failed';
  readonly attempts: number;
  readonly dueAtMs: number;
  readonly finishedAtMs: number | null;
}

export interface Attempt {
  readonly number: number;
  readonly atMs: number;
  readonly tookMs: number;
  readonly status: number | null;
  readonly error: string | null;
  readonly excerpt: string;
}

const COLUMNS = `d.id, d.endpoint_id AS "endpointId", d.event_id AS "eventId", e.type, e.trip_id AS "tripId", d.state,
  d.attempts, d.due_at_ms AS "dueAtMs", d.finished_at_ms AS "finishedAtMs"`;

const SOURCE = `FROM webhook_deliveries d JOIN webhook_events e ON e.id = d.event_id WHERE e.retailer_id = ?`;

/** The latest deliveries of a retailer, newest first. */
export async function listDeliveries(
  database: Database,
  retailerId: string,
  asked: { readonly endpointId: string | null; readonly limit: number },
): Promise<Delivery[]> {
  const narrowed = asked.endpointId === null ? [] : [asked.endpointId];
  return database.query<Row & Delivery>(
    `SELECT ${COLUMNS} ${SOURCE} ${narrowed.length > 0 ? 'AND d.endpoint_id = ?' : ''}
     ORDER BY e.created_at_ms DESC, d.id LIMIT ?`,
    [retailerId, ...narrowed, asked.limit],
  );
}

/** What was tried for one delivery, oldest first; null where the retailer has no such delivery. */
export async function attemptsOf(
  database: Database,
  retailerId: string,
  deliveryId: string,
): Promise<Attempt[] | null> {
  const known = await database.query(`SELECT d.id ${SOURCE} AND d.id = ?`, [retailerId, deliveryId]);
  if (known.length === 0) return null;
  return database.query<Row & Attempt>(
    `SELECT number, at_ms AS "atMs", took_ms AS "tookMs", status, error, excerpt FROM webhook_attempts
     WHERE delivery_id = ? ORDER BY at_ms, number`,
    [deliveryId],
  );
}

/**
 * Sends an event once more, whatever came of it before, with the same id and from the start of the schedule. A resent
 * event stands outside its trip's order, so it holds nothing up. False where there is no such delivery.
 */
export async function resend(
  database: Database,
  clock: Clock,
  retailerId: string,
  deliveryId: string,
): Promise<boolean> {
  const rows = await database.query(
    `UPDATE webhook_deliveries SET state = 'pending', attempts = 0, first_at_ms = NULL, due_at_ms = ?, finished_at_ms = NULL,
       leased_until_ms = 0, lane = CASE WHEN state = 'pending' THEN lane ELSE id END
     WHERE id = ? AND event_id IN (SELECT id FROM webhook_events WHERE retailer_id = ?) RETURNING id`,
    [clock.nowMs(), deliveryId, retailerId],
  );
  return rows.length > 0;
}

/** Takes up again, in their trips' order, the deliveries to an endpoint that failed since `sinceMs`; gives their number. */
export async function recover(
  database: Database,
  clock: Clock,
  asked: { readonly retailerId: string; readonly endpointId: string; readonly sinceMs: number },
): Promise<number> {
  const rows = await database.query(
    `UPDATE webhook_deliveries SET state = 'pending', attempts = 0, first_at_ms = NULL, due_at_ms = ?, finished_at_ms = NULL
     WHERE state = 'failed' AND endpoint_id = ?
       AND event_id IN (SELECT id FROM webhook_events WHERE retailer_id = ? AND created_at_ms >= ?) RETURNING id`,
    [clock.nowMs(), asked.endpointId, asked.retailerId, asked.sinceMs],
  );
  return rows.length;
}
