import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Database, Row } from '../../api/store/database.ts';

/** Where a store's session keeps what it was told and what it booked. */
export const SESSION_FOLDERS = ['journals', 'readings'] as const;

/** Removes journals and logs of readings of sessions that ended before `beforeMs`; gives how many sessions that were. */
export async function sweepSessionFiles(database: Database, data: string, beforeMs: number): Promise<number> {
  const rows = await database.query<Row & { store_id: string; number: number }>(
    'SELECT store_id, number FROM sessions WHERE ended_at_ms IS NOT NULL AND ended_at_ms < ?',
    [beforeMs],
  );
  for (const { store_id, number } of rows)
    for (const folder of SESSION_FOLDERS) rmSync(join(data, folder, `${store_id}-${number}.ndjson`), { force: true });
  return rows.length;
}
