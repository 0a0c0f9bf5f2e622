import type { Migration } from '../../store/migrate.ts';

export const jwoMigrations: readonly Migration[] = [
  {
    id: 'jwo/1-catalogue-and-feedback',
    sqlite: `
      CREATE TABLE jwo_ingestions (
        id TEXT PRIMARY KEY,
        retailer_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        status TEXT NOT NULL,
        report TEXT NOT NULL,
        at_ms BIGINT NOT NULL
      );
      CREATE TABLE jwo_payment_reports (
        retailer_id TEXT NOT NULL,
        trip_id TEXT NOT NULL,
        currency TEXT NOT NULL,
        total_minor BIGINT NOT NULL,
        settled_minor BIGINT NOT NULL,
        at_ms BIGINT NOT NULL,
        PRIMARY KEY (retailer_id, trip_id)
      );
    `,
  },
  {
    // Whose visit it was, only while something of it is unpaid.
    id: 'jwo/2-who-owes',
    sqlite: `
      ALTER TABLE jwo_payment_reports ADD COLUMN subject_id TEXT;
      CREATE INDEX jwo_payment_reports_by_subject ON jwo_payment_reports (subject_id);
    `,
  },
];
