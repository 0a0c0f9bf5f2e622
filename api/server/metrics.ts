import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Database, Row } from '../store/database.ts';

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
  readonly carts = new Counter({
    name: 'aisle_carts_total',
    help: 'Carts that left the engine, by status',
    labelNames: ['status'] as const,
    registers: [this.registry],
  });

  constructor(database: Database) {
    collectDefaultMetrics({ register: this.registry, prefix: 'aisle_' });
    new Gauge({
      name: 'aisle_orders',
      help: 'Orders by state',
      labelNames: ['state'] as const,
      registers: [this.registry],
      async collect() {
        const rows = await database.query<Row & { state: string; n: number }>(
          'SELECT state, COUNT(*) AS n FROM orders GROUP BY state',
        );
        this.reset();
        for (const { state, n } of rows) this.set({ state }, n);
      },
    });
  }
}
