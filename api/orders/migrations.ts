import type { Migration } from '../store/migrate.ts';

export const orderMigrations: readonly Migration[] = [
  {
    id: 'orders/1-orders-and-receipts',
    sqlite: `
      CREATE TABLE orders (
        id TEXT PRIMARY KEY,
        trip_id TEXT NOT NULL UNIQUE,
        retailer_id TEXT NOT NULL,
        store_id TEXT NOT NULL,
        state TEXT NOT NULL,
        reason TEXT,
        items TEXT NOT NULL,
        prices TEXT,
        purchase_id TEXT,
        created_at_ms BIGINT NOT NULL,
        updated_at_ms BIGINT NOT NULL,
        attempts BIGINT NOT NULL,
        next_attempt_at_ms BIGINT
      );
      CREATE INDEX orders_due ON orders (next_attempt_at_ms);
      CREATE INDEX orders_by_store ON orders (retailer_id, store_id, created_at_ms);
      CREATE TABLE receipts (
        id TEXT PRIMARY KEY,
        retailer_id TEXT NOT NULL,
        store_id TEXT NOT NULL,
        number TEXT NOT NULL,
        kind TEXT NOT NULL,
        order_id TEXT NOT NULL REFERENCES orders (id),
        corrects_id TEXT,
        issued_at_ms BIGINT NOT NULL,
        receipt TEXT NOT NULL,
        UNIQUE (retailer_id, store_id, number)
      );
      CREATE INDEX receipts_by_order ON receipts (order_id);
      CREATE TABLE receipt_counters (
        retailer_id TEXT NOT NULL,
        store_id TEXT NOT NULL,
        last BIGINT NOT NULL,
        PRIMARY KEY (retailer_id, store_id)
      );
    `,
  },
];
