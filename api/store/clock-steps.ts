import type { Clock } from '../clock.ts';
import type { Database, Row } from './database.ts';

/** Everything that waits for a moment: a clock that is set back must not make it wait for longer. */
const WAITING = [
  ['orders', 'next_attempt_at_ms'],
  ['webhook_deliveries', 'due_at_ms'],
  ['webhook_deliveries', 'leased_until_ms'],
  ['webhook_endpoints', 'paused_until_ms'],
  ['errands', 'due_at_ms'],
] as const;

/** Smaller steps are a clock being kept right. */
const STEP_MS = 2_000;
const LOOK_MS = 1_000;

/** Notices when the calendar clock is set back, also while no gateway ran, and moves what waits along with it. */
export class ClockSteps {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #monotonicMs: () => number;
  #drift: number;

  constructor(database: Database, clock: Clock, monotonicMs: () => number = () => performance.now()) {
    this.#database = database;
    this.#clock = clock;
    this.#monotonicMs = monotonicMs;
    this.#drift = this.#now();
  }

  /** To be called before anything looks for work: what was written last cannot have been written later than now. */
  async atStart(): Promise<number> {
    const [row] = await this.#database.query<Row & { newest: number | null }>(
      `SELECT MAX(at) AS newest FROM (SELECT MAX(created_at_ms) AS at FROM webhook_events
         UNION ALL SELECT MAX(updated_at_ms) AS at FROM orders) AS written`,
    );
    return this.#setBack((row?.newest ?? 0) - this.#clock.nowMs());
  }

  /** Looks every second until the signal says stop. */
  async watch(signal: AbortSignal, onStep: (stepMs: number, error: unknown) => void): Promise<void> {
    while (!signal.aborted) {
      await this.#clock.delay(LOOK_MS, signal);
      const stepMs = this.#drift - this.#now();
      try {
        if ((await this.#setBack(stepMs)) > 0) onStep(stepMs, null);
        this.#drift = this.#now();
      } catch (error) {
        onStep(stepMs, error);
      }
    }
  }

  #now(): number {
    return this.#clock.nowMs() - this.#monotonicMs();
  }

  async #setBack(stepMs: number): Promise<number> {
    if (stepMs < STEP_MS) return 0;
    const nowMs = this.#clock.nowMs();
    await this.#database.transaction(async (tx) => {
      for (const [table, column] of WAITING)
        await tx.query(`UPDATE ${table} SET ${column} = ${column} - ? WHERE ${column} > ?`, [
          Math.round(stepMs),
          nowMs,
        ]);
    });
    return stepMs;
  }
}
