import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Database, Row } from '../store/database.ts';
import type { AttemptRecord } from '../webhooks/delivery-queue.ts';

/** What the gateway counts: by route and state, never by person, trip or card. */
export class Metrics {
  readonly registry = new Registry();
  readonly requests = new Histogram({
    name: 'aisle_http_request_seconds',
    help: 'Time to answer, by route',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [this.registry],
  });
  readonly gates = new Counter({
    name: 'aisle_gate_answers_total',
    help: 'Gate interactions by answer',
    labelNames: ['answer'] as const,
    registers: [this.registry],
  });
  readonly deliveries = new Counter({
    name: 'aisle_webhook_attempts_total',
    help: 'Webhook attempts by outcome',
    labelNames: ['outcome'] as const,
    registers: [this.registry],
  });
  readonly deliverySeconds = new Histogram({
    name: 'aisle_webhook_attempt_seconds',
    help: 'Time an endpoint took to answer',
    buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 15],
    registers: [this.registry],
  });
  readonly troubles = new Counter({
    name: 'aisle_intake_troubles_total',
    help: 'Times that a store waited for its disk or for the store of record',
    labelNames: ['store'] as const,
    registers: [this.registry],
  });
  readonly carts = new Counter({
    name: 'aisle_carts_total',
    help: 'Carts that left the engine, by status',
    labelNames: ['status'] as const,
    registers: [this.registry],
  });

  constructor(database: Database) {
    collectDefaultMetrics({ register: this.registry, prefix: 'aisle_' });
    this.#counted(
      database,
      'orders',
      'Orders by state',
      'state',
      'SELECT state, COUNT(*) AS n FROM orders GROUP BY state',
    );
    this.#counted(
      database,
      'payments',
      'Payments by status',
      'status',
      'SELECT status AS state, COUNT(*) AS n FROM payments GROUP BY status',
    );
    const waiting = "SELECT 'pending' AS state, COUNT(*) AS n FROM";
    this.#counted(
      ...([database, 'webhook_deliveries', 'Deliveries that wait', 'state'] as const),
      `${waiting} webhook_deliveries WHERE state = 'pending'`,
    );
    this.#counted(
      ...([database, 'errands', 'Errands that wait', 'state'] as const),
      `${waiting} errands WHERE state = 'pending'`,
    );
    this.#counted(
      ...([database, 'reviews', 'Reviews that wait for a person', 'state'] as const),
      `${waiting} reviews WHERE decided_at_ms IS NULL`,
    );
  }

  /** Counts an attempt at a delivery by what came of it. */
  attempted({ becomes, disable, tookMs }: AttemptRecord): void {
    const outcome = disable !== null ? 'disabled' : typeof becomes === 'string' ? becomes : 'again';
    this.deliveries.inc({ outcome });
    this.deliverySeconds.observe(tookMs / 1000);
  }

  /** A gauge that is counted in the store of record when it is asked for: it holds over restarts. */
  #counted(database: Database, name: string, help: string, label: string, sql: string): void {
    new Gauge({
      ...{ name: `aisle_${name}`, help, labelNames: [label], registers: [this.registry] },
      async collect() {
        const rows = await database.query<Row & { state: string; n: number }>(sql);
        this.reset();
        for (const { state, n } of rows) this.set({ [label]: state }, n);
      },
    });
  }
}
