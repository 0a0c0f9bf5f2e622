import { once } from 'node:events';
import type { Clock } from '../clock.ts';
import { idFrom } from '../ids.ts';
import type { Database, Row, Transaction } from '../store/database.ts';
import type { Migration } from '../store/migrate.ts';
import { MAX_ATTEMPTS, retryWaitMs } from '../webhooks/retry-schedule.ts';
import { later, type SinkResult } from './order-sink.ts';

export const errandMigrations: readonly Migration[] = [
  {
    id: 'sinks/1-errands',
    sqlite: `
      CREATE TABLE errands (
        id TEXT PRIMARY KEY,
        retailer_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        about TEXT NOT NULL,
        note TEXT,
        state TEXT NOT NULL,
        attempts BIGINT NOT NULL,
        due_at_ms BIGINT NOT NULL,
        created_at_ms BIGINT NOT NULL,
        external_id TEXT,
        reason TEXT
      );
      CREATE INDEX errands_due ON errands (due_at_ms) WHERE state = 'pending';
      CREATE INDEX errands_about ON errands (retailer_id, about);
    `,
  },
];

/** Something to be done outside after a transaction: hand a receipt to a sink, mail one, tell an operator. */
export interface Errand {
  readonly id: string;
  readonly retailerId: string;
  /** Who does it, as registered with the runner. */
  readonly kind: string;
  /** Id of what it is about. */
  readonly about: string;
  /** Whatever its doer needs besides; gone once it is done. */
  readonly note: string | null;
  readonly attempts: number;
}

export interface NewErrand {
  readonly retailerId: string;
  readonly kind: string;
  readonly about: string;
  readonly note?: string | null;
}

export type Doer = (errand: Errand, signal: AbortSignal) => Promise<SinkResult>;

interface ErrandRow extends Row {
  readonly id: string;
  readonly retailer_id: string;
  readonly kind: string;
  readonly about: string;
  readonly note: string | null;
  readonly attempts: number;
}

const BATCH = 16;
const LEASE_MS = 120_000;
const TIMEOUT_MS = 60_000;
const IDLE_MS = 200;
const TROUBLE_MS = 1_000;

export interface ErrandParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly doers: ReadonlyMap<string, Doer>;
  /** How long one attempt may take. */
  readonly timeoutMs?: number;
  /** Uniform in [0, 1), for jitter. */
  readonly draw?: () => number;
  /** Hears, in the transaction that gives it up, of an errand nobody will try again. */
  readonly onStuck?: (tx: Transaction, errand: Errand, reason: string) => Promise<void>;
  readonly onTrouble?: (error: unknown) => void;
}

/** Writes an errand in the transaction of its reason; the same kind about the same thing is written once. */
export async function addErrand(tx: Transaction, clock: Clock, errand: NewErrand): Promise<void> {
  const { retailerId, kind, about, note = null } = errand;
  const nowMs = clock.nowMs();
  await tx.query(
    `INSERT INTO errands (id, retailer_id, kind, about, note, state, attempts, due_at_ms, created_at_ms)
     VALUES (?, ?, ?, ?, ?, 'pending', 0, ?, ?) ON CONFLICT DO NOTHING`,
    [idFrom('errand', retailerId, kind, about), retailerId, kind, about, note, nowMs, nowMs],
  );
}

/** Runs errands at least once each, on the retry schedule of webhooks, until they are done or stuck. */
export class ErrandRunner {
  readonly #parts: ErrandParts;
  readonly #stop = new AbortController();
  #loop: Promise<void> | null = null;

  constructor(parts: ErrandParts) {
    this.#parts = parts;
  }

  /** `alone`: no other runner shares the database, so what the last life left under way is taken up at once. */
  start(alone = false): void {
    this.#loop ??= this.#run(alone);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#loop;
  }

  /** Tries every errand that is due once; gives their number. */
  async runOnce(): Promise<number> {
    const nowMs = this.#parts.clock.nowMs();
    const rows = await this.#parts.database.query<ErrandRow>(
      `UPDATE errands SET due_at_ms = ?, attempts = attempts + 1 WHERE state = 'pending' AND due_at_ms <= ? AND id IN
         (SELECT id FROM errands WHERE state = 'pending' AND due_at_ms <= ? ORDER BY due_at_ms, id LIMIT ${BATCH})
       RETURNING id, retailer_id, kind, about, note, attempts`,
      [nowMs + LEASE_MS, nowMs, nowMs],
    );
    await Promise.all(rows.map((row) => this.#try(row)));
    return rows.length;
  }

  async #run(alone: boolean): Promise<void> {
    const { database, clock, onTrouble } = this.#parts;
    let isFirst = alone;
    while (!this.#stop.signal.aborted) {
      try {
        if (isFirst)
          await database.query(
            `UPDATE errands SET due_at_ms = ? WHERE state = 'pending' AND due_at_ms > ? AND attempts = 1`,
            [clock.nowMs(), clock.nowMs()],
          );
        isFirst = false;
        if ((await this.runOnce()) === 0) await clock.delay(IDLE_MS, this.#stop.signal);
      } catch (error) {
        onTrouble?.(error);
        await clock.delay(TROUBLE_MS, this.#stop.signal);
      }
    }
  }

  async #try(row: ErrandRow): Promise<void> {
    const { id, retailer_id: retailerId, kind, about, note, attempts } = row;
    const errand = { id, retailerId, kind, about, note, attempts };
    const doer = this.#parts.doers.get(kind);
    const result = doer === undefined ? later(`nobody does ${kind}`) : await this.#ask(doer, errand);
    await this.#parts.database.transaction((tx) => this.#settle(tx, errand, result));
  }

  async #ask(doer: Doer, errand: Errand): Promise<SinkResult> {
    try {
      const signal = AbortSignal.timeout(this.#parts.timeoutMs ?? TIMEOUT_MS);
      // Whoever does not heed the signal is not waited for either.
      const silence = once(signal, 'abort').then(() => later('timeout'));
      return await Promise.race([doer(errand, signal), silence]);
    } catch (error) {
      // A bug of ours or a receipt whose sums are off: kept, tried again, and seen by a person in the end.
      return later(String(error));
    }
  }

  async #settle(tx: Transaction, errand: Errand, result: SinkResult): Promise<void> {
    const { clock, draw = Math.random, onStuck } = this.#parts;
    if (result.outcome === 'taken') {
      await tx.query(`UPDATE errands SET state = 'done', external_id = ?, reason = NULL, note = NULL WHERE id = ?`, [
        result.externalId,
        errand.id,
      ]);
      return;
    }
    const waitMs = result.outcome === 'refused' ? null : retryWaitMs(errand.attempts, draw(), result.retryAfterMs);
    if (waitMs !== null) {
      await tx.query('UPDATE errands SET due_at_ms = ?, reason = ? WHERE id = ?', [
        clock.nowMs() + waitMs,
        result.reason,
        errand.id,
      ]);
      return;
    }
    const reason = errand.attempts >= MAX_ATTEMPTS ? `${MAX_ATTEMPTS} attempts, last: ${result.reason}` : result.reason;
    await tx.query(`UPDATE errands SET state = 'stuck', reason = ? WHERE id = ?`, [reason, errand.id]);
    await onStuck?.(tx, errand, reason);
  }
}

/** Takes up again an errand that is stuck; false where this retailer has none such. */
export async function retryErrand(database: Database, clock: Clock, retailerId: string, id: string): Promise<boolean> {
  const rows = await database.query(
    `UPDATE errands SET state = 'pending', attempts = 0, due_at_ms = ? WHERE id = ? AND retailer_id = ? AND state = 'stuck' RETURNING id`,
    [clock.nowMs(), id, retailerId],
  );
  return rows.length > 0;
}

/** Removes errands older than `beforeMs` that are over: done, or given up. */
export async function purgeErrands(tx: Transaction, beforeMs: number): Promise<void> {
  await tx.query(`DELETE FROM errands WHERE created_at_ms < ? AND state <> 'pending'`, [beforeMs]);
}
