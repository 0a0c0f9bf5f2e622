import type { Migration } from '../store/migrate.ts';

export const paymentMigrations: readonly Migration[] = [
  {
    id: 'payments/1-book',
    sqlite: `
      CREATE TABLE payments (
        id TEXT PRIMARY KEY,
        retailer_id TEXT NOT NULL,
        store_id TEXT NOT NULL,
        trip_key TEXT NOT NULL,
        order_id TEXT,
        payment_method TEXT NOT NULL,
        customer TEXT,
        provider_id TEXT,
        asked_minor BIGINT NOT NULL,
        exposure_minor BIGINT NOT NULL,
        status TEXT NOT NULL,
        state TEXT NOT NULL,
        hold_ends_at_ms BIGINT,
        evidence_due_at_ms BIGINT,
        step_count BIGINT NOT NULL,
        created_at_ms BIGINT NOT NULL,
        updated_at_ms BIGINT NOT NULL,
        UNIQUE (retailer_id, trip_key)
      );
      CREATE INDEX payments_by_method ON payments (retailer_id, payment_method);
      CREATE INDEX payments_by_provider ON payments (provider_id);
      CREATE INDEX payments_by_hold_end ON payments (status, hold_ends_at_ms);
      CREATE TABLE payment_steps (
        payment_id TEXT NOT NULL REFERENCES payments (id) ON DELETE CASCADE,
        number BIGINT NOT NULL,
        at_ms BIGINT NOT NULL,
        from_status TEXT NOT NULL,
        to_status TEXT NOT NULL,
        event TEXT NOT NULL,
        PRIMARY KEY (payment_id, number)
      );
      CREATE TABLE payment_attempts (
        key TEXT PRIMARY KEY,
        payment_id TEXT NOT NULL REFERENCES payments (id) ON DELETE CASCADE,
        operation TEXT NOT NULL,
        amount_minor BIGINT NOT NULL,
        reason TEXT,
        state TEXT NOT NULL,
        outcome TEXT,
        code TEXT,
        operation_id TEXT,
        started_at_ms BIGINT NOT NULL,
        answered_at_ms BIGINT,
        tries BIGINT NOT NULL,
        next_at_ms BIGINT
      );
      CREATE INDEX payment_attempts_by_payment ON payment_attempts (payment_id, started_at_ms);
      CREATE INDEX payment_attempts_due ON payment_attempts (state, next_at_ms);
      CREATE TABLE payment_notices (
        provider TEXT NOT NULL,
        notice_id TEXT NOT NULL,
        at_ms BIGINT NOT NULL,
        provider_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        outcome TEXT NOT NULL,
        PRIMARY KEY (provider, notice_id)
      );
    `,
  },
  {
    // Tokens of payments made before this stay behind: their debts can be asked for by pay link only.
    id: 'payments/2-sealed-wallets-and-refund-queue',
    sqlite: `
      DROP INDEX payments_by_method;
      ALTER TABLE payments DROP COLUMN payment_method;
      ALTER TABLE payments DROP COLUMN customer;
      ALTER TABLE payments ADD COLUMN sealed_wallet TEXT;
      ALTER TABLE payments ADD COLUMN sealed_owner TEXT;
      ALTER TABLE payments ADD COLUMN method_ref TEXT;
      ALTER TABLE payments ADD COLUMN subject_id TEXT;
      ALTER TABLE payments ADD COLUMN evidence_warned_at_ms BIGINT;
      ALTER TABLE payment_attempts ADD COLUMN provider_id TEXT;
      ALTER TABLE payment_attempts ADD COLUMN refund_id TEXT;
      CREATE INDEX payments_by_method_ref ON payments (retailer_id, method_ref);
      CREATE INDEX payments_by_subject ON payments (subject_id);
    `,
  },
];
