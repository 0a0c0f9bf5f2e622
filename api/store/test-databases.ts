import { afterAll, beforeAll, describe } from 'vitest';
import { systemClock } from '../clock.ts';
import type { Database } from './database.ts';
import { type Migration, migrate } from './migrate.ts';
import { openPostgres } from './postgres.ts';
import { openSqlite } from './sqlite.ts';
import { type PostgresServer, postgresMissing, startPostgres } from './test-postgres.ts';

/** Runs the same tests on both databases; `open` gives an empty one with these migrations, closed afterwards. */
export function describeOnBoth(
  name: string,
  migrations: readonly Migration[],
  tests: (open: () => Promise<Database>) => void,
): void {
  const opened: Database[] = [];
  const keep = async (database: Database) => {
    opened.push(database);
    await migrate(database, migrations, systemClock);
    return database;
  };
  const closeAll = async () => {
    for (const database of opened.splice(0)) await database.close();
  };

  describe(`${name} on SQLite`, () => {
    afterAll(closeAll);
    tests(() => keep(openSqlite(':memory:')));
  });

  const missing = postgresMissing();
  if (missing !== null) console.warn(`${name}: skipped on PostgreSQL, ${missing}`);
  describe.skipIf(missing !== null)(`${name} on PostgreSQL`, () => {
    let server: PostgresServer;
    beforeAll(async () => {
      server = await startPostgres();
    });
    afterAll(async () => {
      await closeAll();
      await server.stop();
    });
    tests(async () => keep(openPostgres(await server.newDatabase(), { connections: 5 })));
  });
}
