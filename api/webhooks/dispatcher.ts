import { setMaxListeners } from 'node:events';
import type { Clock } from '../clock.ts';
import { newId } from '../ids.ts';
import { traced } from '../server/traced.ts';
import type { Database, Transaction } from '../store/database.ts';
import { type AttemptRecord, type Claim, DeliveryQueue, recordAttempt } from './delivery-queue.ts';
import type { Endpoints } from './endpoints.ts';
import { eventBody } from './event.ts';
import { judgeAttempt } from './judge-attempt.ts';
import type { Outbox } from './outbox.ts';
import type { Poster } from './post.ts';
import { signatureHeaders } from './signature.ts';

export interface DispatcherOptions {
  /**
   * A name that no other running dispatcher has; one that stays the same over restarts takes its own work up again at once,
   * else when its leases end. By default the same on SQLite, where there is only one, and new each time on PostgreSQL.
   */
  readonly owner: string;
  /** Posts under way to one endpoint at a time: a slow one holds up nobody else. */
  readonly perEndpoint: number;
  /** Longer than any post may take. */
  readonly leaseMs: number;
  /** How long to sleep when nothing is due and nobody calls `wake`. */
  readonly pollMs: number;
  /** Larger events are sent as ids with a reference (Standard Webhooks advises 20 kB). */
  readonly maxBytes: number;
}

export const DISPATCHER_DEFAULTS: Omit<DispatcherOptions, 'owner'> = {
  perEndpoint: 16,
  leaseMs: 60_000,
  pollMs: 100,
  maxBytes: 20_000,
};

export interface DispatcherParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly endpoints: Endpoints;
  readonly outbox: Outbox;
  readonly poster: Poster;
  /** Uniform in [0, 1), for jitter. */
  readonly draw?: () => number;
  /** Hears of every attempt once it is on disk: for logs and meters. */
  readonly onAttempt?: (record: AttemptRecord) => void;
  /** Hears of trouble with the store itself; the dispatcher goes on after a pause. */
  readonly onTrouble?: (error: unknown) => void;
}

const TROUBLE_PAUSE_MS = 1_000;

/** Sends what the outbox holds, at least once each, the events of one trip in their order. */
export class Dispatcher {
  readonly #parts: DispatcherParts;
  readonly #options: DispatcherOptions;
  readonly #queue: DeliveryQueue;
  readonly #underWay = new Map<string, number>();
  readonly #posts = new Set<Promise<void>>();
  readonly #stopping = new AbortController();
  #sleep = new AbortController();
  #unwritten: { readonly record: AttemptRecord; readonly done: (error?: unknown) => void }[] = [];
  #isWriting = false;
  #loop: Promise<void> | null = null;

  constructor(parts: DispatcherParts, options: Partial<DispatcherOptions> = {}) {
    this.#parts = parts;
    const owner = parts.database.dialect === 'sqlite' ? 'gateway' : newId();
    this.#options = { ...DISPATCHER_DEFAULTS, owner, ...options };
    this.#queue = new DeliveryQueue({ ...parts, owner: this.#options.owner, leaseMs: this.#options.leaseMs });
    setMaxListeners(0, this.#stopping.signal);
  }

  /** Takes up the work of this dispatcher's last life and goes on until `stop`. */
  start(): void {
    this.#loop ??= this.#run();
  }

  /** Lets posts under way end and be written, then settles. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#sleep.abort();
    await this.#loop;
    await Promise.all(this.#posts);
  }

  /** Says that something may be due; without it the dispatcher looks every `pollMs`. */
  wake(): void {
    this.#sleep.abort();
  }

  /** Sends everything that is due now and settles when nothing due is left: for tests and one-off runs. */
  async drain(): Promise<void> {
    do {
      await Promise.all(this.#posts);
    } while ((await this.#startDue()) > 0);
  }

  async #run(): Promise<void> {
    let isReleased = false;
    while (!this.#stopping.signal.aborted) {
      try {
        if (!isReleased) await this.#queue.releaseOwn();
        isReleased = true;
        this.#sleep = new AbortController();
        if ((await this.#startDue()) === 0) await this.#nap(this.#options.pollMs);
      } catch (error) {
        this.#parts.onTrouble?.(error);
        await this.#nap(TROUBLE_PAUSE_MS);
      }
    }
  }

  async #nap(ms: number): Promise<void> {
    if (!this.#stopping.signal.aborted) await this.#parts.clock.delay(ms, this.#sleep.signal);
  }

  async #startDue(): Promise<number> {
    const claims = await this.#queue.claim((id) => this.#options.perEndpoint - (this.#underWay.get(id) ?? 0));
    for (const claim of claims) {
      this.#count(claim.endpointId, 1);
      const about = { retailer: claim.retailerId, endpoint: claim.endpointId, type: claim.event.type };
      const post = traced('webhook', about, () => this.#deliver(claim))
        // What could not be written is still leased, and is taken up again when the lease ends.
        .catch((error) => this.#parts.onTrouble?.(error))
        .finally(() => {
          this.#count(claim.endpointId, -1);
          this.#posts.delete(post);
          this.wake();
        });
      this.#posts.add(post);
    }
    return claims.length;
  }

  #count(endpointId: string, change: number): void {
    this.#underWay.set(endpointId, (this.#underWay.get(endpointId) ?? 0) + change);
  }

  async #deliver(claim: Claim): Promise<void> {
    const { clock, poster, draw = Math.random } = this.#parts;
    const atMs = clock.nowMs();
    const body = eventBody(claim.event, this.#options.maxBytes, claim.isThin);
    const signed = signatureHeaders(claim.event.id, Math.floor(atMs / 1000), body, claim.secrets);
    const headers = { ...signed, 'content-type': 'application/cloudevents+json', 'user-agent': 'OpenAisle-Webhooks/1' };
    const outcome = await poster.post(claim.url, headers, body);
    const isTaken = outcome.status !== null && outcome.status >= 200 && outcome.status < 300;
    const lastSuccessMs = isTaken ? atMs : await this.#lastSuccessMs(claim.endpointId);
    // A clock set back during the post must not make a negative duration.
    const endedAtMs = Math.max(atMs, clock.nowMs());
    await this.#written(judgeAttempt(claim, outcome, { atMs, endedAtMs, lastSuccessMs, draw: draw() }));
  }

  async #lastSuccessMs(endpointId: string): Promise<number | null> {
    const [row] = await this.#parts.database.query<{ succeeded_at_ms: number | null }>(
      'SELECT succeeded_at_ms FROM webhook_endpoints WHERE id = ?',
      [endpointId],
    );
    return row?.succeeded_at_ms ?? null;
  }

  /** Records that wait while another transaction is being written share the next one: one disk sync for many. */
  #written(record: AttemptRecord): Promise<void> {
    const written = new Promise<void>((resolve, reject) => {
      this.#unwritten.push({ record, done: (error) => (error === undefined ? resolve() : reject(error)) });
    });
    void this.#write();
    return written;
  }

  async #write(): Promise<void> {
    if (this.#isWriting) return;
    this.#isWriting = true;
    while (this.#unwritten.length > 0) {
      const batch = this.#unwritten;
      this.#unwritten = [];
      const error = await this.#writeBatch(batch.map(({ record }) => record)).then(
        () => undefined,
        (reason) => reason ?? new Error('unknown'),
      );
      for (const { done } of batch) done(error);
    }
    this.#isWriting = false;
  }

  async #writeBatch(records: readonly AttemptRecord[]): Promise<void> {
    await this.#parts.database.transaction(async (tx) => {
      for (const record of records) {
        const isOurs = await recordAttempt(tx, record);
        if (isOurs && record.disable !== null) await this.#disable(tx, record.claim, record.disable);
      }
    });
    for (const record of records) this.#parts.onAttempt?.(record);
  }

  async #disable(tx: Transaction, { retailerId, endpointId }: Claim, reason: string): Promise<void> {
    const rows = await tx.query(
      `UPDATE webhook_endpoints SET disabled_at_ms = ?, disabled_reason = ? WHERE id = ? AND disabled_at_ms IS NULL RETURNING id`,
      [this.#parts.clock.nowMs(), reason, endpointId],
    );
    if (rows.length === 0) return;
    await this.#parts.outbox.append(tx, {
      type: 'endpoint.disabled',
      retailerId,
      tripId: null,
      data: { endpointId, reason },
    });
  }
}
