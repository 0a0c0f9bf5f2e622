import type { Migration } from '../store/migrate.ts';

export const webhookMigrations: readonly Migration[] = [
  {
    id: 'webhooks/1-outbox',
    sqlite: `
      CREATE TABLE webhook_endpoints (
        id TEXT PRIMARY KEY,
        retailer_id TEXT NOT NULL,
        url TEXT NOT NULL,
        types TEXT NOT NULL,
        clearance TEXT NOT NULL,
        is_thin BIGINT NOT NULL,
        secrets TEXT NOT NULL,
        created_at_ms BIGINT NOT NULL,
        disabled_at_ms BIGINT,
        disabled_reason TEXT,
        paused_until_ms BIGINT NOT NULL,
        succeeded_at_ms BIGINT
      );
      CREATE INDEX webhook_endpoints_retailer ON webhook_endpoints (retailer_id);
      CREATE TABLE webhook_events (
        id TEXT PRIMARY KEY,
        retailer_id TEXT NOT NULL,
        type TEXT NOT NULL,
        trip_id TEXT,
        event TEXT NOT NULL,
        created_at_ms BIGINT NOT NULL
      );
      CREATE INDEX webhook_events_time ON webhook_events (retailer_id, created_at_ms, id);
      CREATE INDEX webhook_events_trip ON webhook_events (retailer_id, trip_id);
      CREATE TABLE webhook_lanes (
        retailer_id TEXT NOT NULL,
        trip_id TEXT NOT NULL,
        last_seq BIGINT NOT NULL,
        PRIMARY KEY (retailer_id, trip_id)
      );
      CREATE TABLE webhook_deliveries (
        id TEXT PRIMARY KEY,
        endpoint_id TEXT NOT NULL,
        event_id TEXT NOT NULL,
        lane TEXT NOT NULL,
        lane_seq BIGINT NOT NULL,
        state TEXT NOT NULL,
        attempts BIGINT NOT NULL,
        first_at_ms BIGINT,
        due_at_ms BIGINT NOT NULL,
        leased_by TEXT,
        leased_until_ms BIGINT NOT NULL,
        finished_at_ms BIGINT
      );
      CREATE INDEX webhook_deliveries_due ON webhook_deliveries (endpoint_id, due_at_ms) WHERE state = 'pending';
      CREATE INDEX webhook_deliveries_lane ON webhook_deliveries (endpoint_id, lane, lane_seq) WHERE state = 'pending';
      CREATE INDEX webhook_deliveries_event ON webhook_deliveries (event_id);
      CREATE TABLE webhook_attempts (
        delivery_id TEXT NOT NULL,
        number BIGINT NOT NULL,
        at_ms BIGINT NOT NULL,
        took_ms BIGINT NOT NULL,
        status BIGINT,
        error TEXT,
        excerpt TEXT NOT NULL
      );
      CREATE INDEX webhook_attempts_delivery ON webhook_attempts (delivery_id, at_ms);
    `,
  },
];
