import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { systemClock } from '../../api/clock.ts';
import { migrations } from '../../api/gateway.ts';
import { migrate } from '../../api/store/migrate.ts';
import { openSqlite } from '../../api/store/sqlite.ts';
import { endSession, openSession } from '../../api/trips/session.ts';
import { SESSION_FOLDERS, sweepSessionFiles } from './session-files.ts';

const data = mkdtempSync(join(tmpdir(), 'aisle-session-files-'));
afterAll(() => rmSync(data, { recursive: true, force: true }));

test('removes journals and logs of sessions that ended long ago, and none that may go on', async () => {
  const database = openSqlite(':memory:');
  await migrate(database, migrations, systemClock);
  for (const [source, endedAtMs] of [
    ['old', 1_000],
    ['newer', 5_000],
    ['open', null],
  ] as const) {
    const at = { retailerId: 'r', storeId: 's', source, nowMs: 500 };
    const { session } = await database.transaction((tx) => openSession(tx, at));
    if (endedAtMs !== null) await endSession(database, session.id, endedAtMs);
    for (const folder of SESSION_FOLDERS) {
      mkdirSync(join(data, folder), { recursive: true });
      writeFileSync(join(data, folder, `s-${session.number}.ndjson`), 'who was where');
    }
  }
  expect(await sweepSessionFiles(database, data, 3_000)).toBe(1);
  for (const folder of SESSION_FOLDERS)
    expect(readdirSync(join(data, folder)).sort()).toEqual(['s-2.ndjson', 's-3.ndjson']);
  await database.close();
});
