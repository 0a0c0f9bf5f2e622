import { type Clock, isoTime } from '../clock.ts';
import { idFrom, newId } from '../ids.ts';
import type { Database, Transaction } from '../store/database.ts';
import { CATALOGUE, type EventType } from './catalogue.ts';
import { endpointsOf, wants } from './endpoints.ts';
import { type CloudEvent, cloudEvent, type NewEvent } from './event.ts';

/** An event on record. */
export interface RecordedEvent {
  readonly id: string;
  readonly event: CloudEvent;
  readonly createdAtMs: number;
}

export type Follower = (tx: Transaction, event: NewEvent, id: string) => Promise<void>;

/**
 * Events that are to be told, written in the transaction of the change they tell of: either both are on disk or neither.
 * One delivery is written for every endpoint that wants the event, disabled ones too: they get it when they come back.
 */
export class Outbox {
  readonly #clock: Clock;
  readonly #source: string;
  readonly #followers: Follower[] = [];

  /** `source` is the gateway's public address, CloudEvents' `source`. */
  constructor(clock: Clock, source: string) {
    this.#clock = clock;
    this.#source = source;
  }

  /** Has `follower` called with every event, inside the transaction that appends it: what it writes holds exactly where the event does. */
  follow(follower: Follower): void {
    this.#followers.push(follower);
  }

  /** Appends an event and gives its id. Throws EventError where its data does not fit its schema. */
  async append<T extends EventType>(tx: Transaction, event: NewEvent<T>): Promise<string> {
    const id = `evt_${event.key === undefined ? newId() : idFrom('event', event.retailerId, event.type, event.key)}`;
    const atMs = this.#clock.nowMs();
    const body = cloudEvent(event, id, new Date(isoTime(atMs)), this.#source);
    const rows = await tx.query(
      `INSERT INTO webhook_events (id, retailer_id, type, trip_id, event, created_at_ms)
       VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id`,
      [id, event.retailerId, event.type, event.tripId, JSON.stringify(body), atMs],
    );
    if (rows.length === 0) return id;
    await this.#fanOut(tx, event, id, atMs);
    for (const follower of this.#followers) await follower(tx, event, id);
    return id;
  }

  async #fanOut(tx: Transaction, event: NewEvent, id: string, atMs: number): Promise<void> {
    const seq = event.tripId === null ? 0 : await nextInLane(tx, event.retailerId, event.tripId);
    const lane = event.tripId === null ? id : `trip/${event.tripId}`;
    for (const endpoint of await endpointsOf(tx, event.retailerId)) {
      if (!wants(endpoint, event.type, CATALOGUE[event.type].classification)) continue;
      // Behind a delivery that waits for its next attempt, this one waits as long.
      const [before] = await tx.query<{ at: number | null }>(
        `SELECT MAX(due_at_ms) AS at FROM webhook_deliveries WHERE endpoint_id = ? AND lane = ? AND state = 'pending'`,
        [endpoint.id, lane],
      );
      const dueAtMs = Math.max(atMs, before?.at ?? 0);
      await tx.query(
        `INSERT INTO webhook_deliveries (id, endpoint_id, event_id, lane, lane_seq, state, attempts, due_at_ms, leased_until_ms)
         VALUES (?, ?, ?, ?, ?, 'pending', 0, ?, 0)`,
        [`dlv_${idFrom('delivery', id, endpoint.id)}`, endpoint.id, id, lane, seq, dueAtMs],
      );
    }
  }

  /** Forgets all events of a trip with their deliveries, sent or not: for erasure. */
  async forgetTrip(tx: Transaction, retailerId: string, tripId: string): Promise<void> {
    const where = 'SELECT id FROM webhook_events WHERE retailer_id = ? AND trip_id = ?';
    await removeEvents(tx, where, [retailerId, tripId]);
    await tx.query('DELETE FROM webhook_lanes WHERE retailer_id = ? AND trip_id = ?', [retailerId, tripId]);
  }

  /** Removes events older than `beforeMs` that no endpoint waits for any more. */
  async purge(tx: Transaction, beforeMs: number): Promise<void> {
    const where = `SELECT id FROM webhook_events WHERE created_at_ms < ? AND NOT EXISTS
      (SELECT 1 FROM webhook_deliveries d WHERE d.event_id = webhook_events.id AND d.state = 'pending')`;
    await removeEvents(tx, where, [beforeMs]);
  }
}

/** Events of a retailer in the order of their writing, after the event `afterId` or from `sinceMs` on: the way to recover by asking. */
export async function listEvents(
  database: Database,
  retailerId: string,
  asked: { readonly sinceMs: number; readonly afterId: string | null; readonly limit: number },
): Promise<RecordedEvent[]> {
  const rows = await database.query<{ id: string; event: string; created_at_ms: number }>(
    `SELECT id, event, created_at_ms FROM webhook_events
     WHERE retailer_id = ? AND (created_at_ms > ? OR (created_at_ms = ? AND id > ?))
     ORDER BY created_at_ms, id LIMIT ?`,
    [retailerId, asked.sinceMs, asked.sinceMs, asked.afterId ?? '', asked.limit],
  );
  return rows.map((row) => ({ id: row.id, event: JSON.parse(row.event), createdAtMs: row.created_at_ms }));
}

/** One event of a retailer's: what `dataref` in a thin event leads to. */
export async function findEvent(database: Database, retailerId: string, id: string): Promise<CloudEvent | null> {
  const rows = await database.query<{ event: string }>(
    'SELECT event FROM webhook_events WHERE retailer_id = ? AND id = ?',
    [retailerId, id],
  );
  return rows.length === 0 ? null : JSON.parse(rows[0]!.event);
}

/** The counter's row is locked until the transaction ends, so a trip's events are numbered in the order of their commits. */
async function nextInLane(tx: Transaction, retailerId: string, tripId: string): Promise<number> {
  const rows = await tx.query<{ last_seq: number }>(
    `INSERT INTO webhook_lanes (retailer_id, trip_id, last_seq) VALUES (?, ?, 1)
     ON CONFLICT (retailer_id, trip_id) DO UPDATE SET last_seq = webhook_lanes.last_seq + 1 RETURNING last_seq`,
    [retailerId, tripId],
  );
  return rows[0]!.last_seq;
}

async function removeEvents(tx: Transaction, where: string, params: readonly (string | number)[]): Promise<void> {
  const deliveries = `SELECT id FROM webhook_deliveries WHERE event_id IN (${where})`;
  await tx.query(`DELETE FROM webhook_attempts WHERE delivery_id IN (${deliveries})`, params);
  const ids = await tx.query<{ id: string }>(where, params);
  for (const { id } of ids) {
    await tx.query('DELETE FROM webhook_deliveries WHERE event_id = ?', [id]);
    await tx.query('DELETE FROM webhook_events WHERE id = ?', [id]);
  }
}
