import type { Migration } from '../store/migrate.ts';

export const tripMigrations: readonly Migration[] = [
  {
    id: 'trips/1-sessions-and-trips',
    sqlite: `
      CREATE TABLE sessions (
        id TEXT PRIMARY KEY,
        retailer_id TEXT NOT NULL,
        store_id TEXT NOT NULL,
        number BIGINT NOT NULL,
        source TEXT NOT NULL,
        started_at_ms BIGINT NOT NULL,
        ended_at_ms BIGINT,
        position BIGINT NOT NULL,
        UNIQUE (retailer_id, store_id, number)
      );
      CREATE TABLE injected_readings (
        session_id TEXT NOT NULL REFERENCES sessions (id),
        seq BIGINT NOT NULL,
        after_readings BIGINT NOT NULL,
        reading TEXT NOT NULL,
        PRIMARY KEY (session_id, seq)
      );
      CREATE TABLE trips (
        id TEXT PRIMARY KEY,
        retailer_id TEXT NOT NULL,
        store_id TEXT NOT NULL,
        session_id TEXT NOT NULL,
        engine_trip_id TEXT,
        subject_id TEXT,
        started_at_ms BIGINT NOT NULL,
        ended_at_ms BIGINT,
        cart_status TEXT NOT NULL,
        cart TEXT,
        cart_version BIGINT NOT NULL,
        attendant TEXT NOT NULL,
        UNIQUE (session_id, engine_trip_id)
      );
      CREATE INDEX trips_by_store ON trips (retailer_id, store_id, started_at_ms);
      CREATE TABLE entries (
        event_id TEXT PRIMARY KEY,
        retailer_id TEXT NOT NULL,
        store_id TEXT NOT NULL,
        gate_id TEXT NOT NULL,
        at_ms BIGINT NOT NULL,
        admitted BIGINT NOT NULL,
        reason TEXT,
        entered_by TEXT NOT NULL,
        trip_id TEXT,
        visitor_id TEXT,
        visitor_type TEXT,
        group_size BIGINT NOT NULL,
        stand_in BIGINT NOT NULL,
        hold_minor BIGINT NOT NULL
      );
      CREATE INDEX entries_by_trip ON entries (trip_id);
      CREATE TABLE reviews (
        id TEXT PRIMARY KEY,
        retailer_id TEXT NOT NULL,
        store_id TEXT NOT NULL,
        trip_id TEXT NOT NULL UNIQUE REFERENCES trips (id),
        reason TEXT NOT NULL,
        opened_at_ms BIGINT NOT NULL,
        due_at_ms BIGINT NOT NULL,
        decided_at_ms BIGINT,
        decided_by TEXT
      );
      CREATE INDEX reviews_open ON reviews (retailer_id, decided_at_ms, due_at_ms);
    `,
  },
];
