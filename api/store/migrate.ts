import { createHash } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { type Database, DatabaseError } from './database.ts';

/** One step forward of the schema. Once released it never changes; a mistake is mended by the next one. */
export interface Migration {
  /** `noun/1-what-it-does`; unique over all nouns. */
  readonly id: string;
  readonly sqlite: string;
  /** Where PostgreSQL needs another text. */
  readonly postgres?: string;
}

/**
 * Brings the schema up to date, each migration in its own transaction. Throws `DatabaseError` where the database was
 * written by a newer version, or holds a migration whose text has changed since.
 */
export async function migrate(database: Database, migrations: readonly Migration[], clock: Clock): Promise<string[]> {
  const ids = new Set(migrations.map(({ id }) => id));
  if (ids.size !== migrations.length) throw new Error('migrations: two share an id');
  await database.query(
    'CREATE TABLE IF NOT EXISTS schema_migrations (id TEXT PRIMARY KEY, checksum TEXT NOT NULL, applied_at_ms BIGINT NOT NULL)',
  );
  const rows = await database.query<{ id: string; checksum: string }>('SELECT id, checksum FROM schema_migrations');
  for (const { id } of rows) {
    if (!ids.has(id))
      throw new DatabaseError('other', `schema: found migration ${id}, which this version does not know`);
  }
  const applied = new Map(rows.map(({ id, checksum }) => [id, checksum]));
  const done: string[] = [];
  for (const migration of migrations) {
    const sql = (database.dialect === 'postgres' ? migration.postgres : undefined) ?? migration.sqlite;
    const checksum = createHash('sha256').update(sql).digest('hex');
    const known = applied.get(migration.id);
    if (known === checksum) continue;
    if (known !== undefined)
      throw new DatabaseError('other', `schema: migration ${migration.id} was applied with another text`);
    await database.transaction(async (tx) => {
      const claimed = await tx.query(
        'INSERT INTO schema_migrations (id, checksum, applied_at_ms) VALUES (?, ?, ?) ON CONFLICT DO NOTHING RETURNING id',
        [migration.id, checksum, clock.nowMs()],
      );
      if (claimed.length === 1) await database.script(tx, sql);
    });
    done.push(migration.id);
  }
  return done;
}
