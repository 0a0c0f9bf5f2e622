import type { Clock } from '../clock.ts';
import type { Database, Transaction } from '../store/database.ts';
import type { Endpoints } from './endpoints.ts';
import type { CloudEvent } from './event.ts';

/** A delivery that one dispatcher holds for the time of its lease. */
export interface Claim {
  readonly deliveryId: string;
  readonly endpointId: string;
  readonly retailerId: string;
  readonly url: string;
  readonly secrets: readonly string[];
  readonly isThin: boolean;
  readonly event: CloudEvent;
  /** Deliveries of one lane are made one after the other. */
  readonly lane: string;
  /** Attempts that failed so far. */
  readonly attempts: number;
  readonly firstAtMs: number | null;
}

interface DueEndpoint {
  readonly [column: string]: string | number | null;
  readonly id: string;
  readonly retailer_id: string;
  readonly url: string;
  readonly secrets: string;
  readonly is_thin: number;
}

/** Pending deliveries in the store of record, handed out under leases so that several dispatchers may share them. */
export class DeliveryQueue {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #endpoints: Endpoints;
  readonly #owner: string;
  readonly #leaseMs: number;

  constructor(parts: { database: Database; clock: Clock; endpoints: Endpoints; owner: string; leaseMs: number }) {
    this.#database = parts.database;
    this.#clock = parts.clock;
    this.#endpoints = parts.endpoints;
    this.#owner = parts.owner;
    this.#leaseMs = parts.leaseMs;
  }

  /** Gives back what a dispatcher of this name held when it died. */
  async releaseOwn(): Promise<void> {
    await this.#database.query(
      `UPDATE webhook_deliveries SET leased_until_ms = 0, leased_by = NULL WHERE state = 'pending' AND leased_by = ?`,
      [this.#owner],
    );
  }

  /** Claims what is due, at most `slots(endpointId)` for each endpoint, the earliest of each trip only. */
  async claim(slots: (endpointId: string) => number): Promise<Claim[]> {
    const now = this.#clock.nowMs();
    const due = await this.#database.query<DueEndpoint>(
      `SELECT id, retailer_id, url, secrets, is_thin FROM webhook_endpoints e
       WHERE disabled_at_ms IS NULL AND paused_until_ms <= ? AND EXISTS (SELECT 1 FROM webhook_deliveries d
         WHERE d.endpoint_id = e.id AND d.state = 'pending' AND d.due_at_ms <= ? AND d.leased_until_ms <= ?)
       ORDER BY id`,
      [now, now, now],
    );
    const claims: Claim[] = [];
    for (const endpoint of due) {
      const free = slots(endpoint.id);
      if (free > 0) claims.push(...(await this.#claimFor(endpoint, free, now)));
    }
    return claims;
  }

  async #claimFor(endpoint: DueEndpoint, free: number, now: number): Promise<Claim[]> {
    // The conditions stand twice: two dispatchers may choose the same rows, and the second must find them taken.
    const rows = await this.#database.query<{
      id: string;
      event_id: string;
      lane: string;
      attempts: number;
      first_at_ms: number | null;
    }>(
      `UPDATE webhook_deliveries SET leased_by = ?, leased_until_ms = ?
       WHERE state = 'pending' AND leased_until_ms <= ? AND id IN (
         SELECT d.id FROM webhook_deliveries d
         WHERE d.endpoint_id = ? AND d.state = 'pending' AND d.due_at_ms <= ? AND d.leased_until_ms <= ?
           AND NOT EXISTS (SELECT 1 FROM webhook_deliveries b WHERE b.endpoint_id = d.endpoint_id
             AND b.lane = d.lane AND b.lane_seq < d.lane_seq AND b.state = 'pending')
         ORDER BY d.due_at_ms LIMIT ?)
       RETURNING id, event_id, lane, attempts, first_at_ms`,
      [this.#owner, now + this.#leaseMs, now, endpoint.id, now, now, free],
    );
    if (rows.length === 0) return [];
    const places = rows.map(() => '?').join(', ');
    const events = await this.#database.query<{ id: string; event: string }>(
      `SELECT id, event FROM webhook_events WHERE id IN (${places})`,
      rows.map(({ event_id }) => event_id),
    );
    const eventById = new Map(events.map(({ id, event }) => [id, event]));
    const secrets = this.#endpoints.secretsOf(endpoint);
    return rows.map((row) => ({
      deliveryId: row.id,
      endpointId: endpoint.id,
      retailerId: endpoint.retailer_id,
      url: endpoint.url,
      secrets,
      isThin: endpoint.is_thin === 1,
      event: JSON.parse(eventById.get(row.event_id)!),
      lane: row.lane,
      attempts: row.attempts,
      firstAtMs: row.first_at_ms,
    }));
  }

  /** When the next delivery will be due, or null when none waits. */
  async nextDueMs(): Promise<number | null> {
    const [row] = await this.#database.query<{ at: number | null }>(
      `SELECT MIN(CASE WHEN d.due_at_ms > e.paused_until_ms THEN d.due_at_ms ELSE e.paused_until_ms END) AS at
       FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id
       WHERE d.state = 'pending' AND e.disabled_at_ms IS NULL`,
    );
    return row?.at ?? null;
  }
}

/** What is written of one attempt, and what becomes of its delivery. */
export interface AttemptRecord {
  readonly claim: Claim;
  readonly atMs: number;
  readonly tookMs: number;
  readonly status: number | null;
  readonly error: string | null;
  readonly excerpt: string;
  readonly becomes: 'delivered' | 'failed' | { readonly dueAtMs: number };
  /** Nothing goes to this endpoint before. */
  readonly pauseUntilMs: number | null;
  /** Why the endpoint gets nothing more until someone enables it. */
  readonly disable: string | null;
}

/**
 * Writes an attempt and its consequence; false where another dispatcher has settled the delivery meanwhile, which only
 * leaves a line in the log.
 */
export async function recordAttempt(tx: Transaction, record: AttemptRecord): Promise<boolean> {
  const { claim, becomes } = record;
  const endedAtMs = record.atMs + record.tookMs;
  await tx.query(
    `INSERT INTO webhook_attempts (delivery_id, number, at_ms, took_ms, status, error, excerpt) VALUES (?, ?, ?, ?, ?, ?, ?)`,
    [claim.deliveryId, claim.attempts + 1, record.atMs, record.tookMs, record.status, record.error, record.excerpt],
  );
  const isOver = typeof becomes === 'string';
  const rows = await tx.query(
    `UPDATE webhook_deliveries SET state = ?, attempts = ?, first_at_ms = ?, due_at_ms = ?, leased_by = NULL,
       leased_until_ms = 0, finished_at_ms = ?
     WHERE id = ? AND state = 'pending' AND attempts = ? RETURNING id`,
    [
      isOver ? becomes : 'pending',
      claim.attempts + 1,
      claim.firstAtMs ?? record.atMs,
      isOver ? record.atMs : becomes.dueAtMs,
      isOver ? endedAtMs : null,
      claim.deliveryId,
      claim.attempts,
    ],
  );
  if (rows.length === 0) return false;
  await moveLane(tx, claim, isOver ? { nowAtMs: endedAtMs } : becomes);
  if (becomes === 'delivered') {
    await tx.query('UPDATE webhook_endpoints SET succeeded_at_ms = ? WHERE id = ?', [endedAtMs, claim.endpointId]);
  }
  if (record.pauseUntilMs !== null) {
    await tx.query('UPDATE webhook_endpoints SET paused_until_ms = ? WHERE id = ? AND paused_until_ms < ?', [
      record.pauseUntilMs,
      claim.endpointId,
      record.pauseUntilMs,
    ]);
  }
  return true;
}

/**
 * What waits behind a delivery becomes due with it, not before: looking for work then never wades through what cannot go.
 * Only the first of a lane has ever been tried, so whatever has no attempt waits.
 */
async function moveLane(
  tx: Transaction,
  { endpointId, lane }: Claim,
  to: { dueAtMs: number } | { nowAtMs: number },
): Promise<void> {
  const waiting = `WHERE endpoint_id = ? AND lane = ? AND state = 'pending' AND attempts = 0`;
  if ('dueAtMs' in to) {
    await tx.query(`UPDATE webhook_deliveries SET due_at_ms = ? ${waiting} AND due_at_ms < ?`, [
      to.dueAtMs,
      endpointId,
      lane,
      to.dueAtMs,
    ]);
  } else {
    await tx.query(`UPDATE webhook_deliveries SET due_at_ms = ? ${waiting} AND due_at_ms > ?`, [
      to.nowAtMs,
      endpointId,
      lane,
      to.nowAtMs,
    ]);
  }
}
