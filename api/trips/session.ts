import { idFrom } from '../ids.ts';
import type { Queries, Row, Transaction } from '../store/database.ts';

/** One run of an engine over one store's readings, with its own journal. */
export interface Session {
  readonly id: string;
  readonly retailerId: string;
  readonly storeId: string;
  /** Counts up per store. */
  readonly number: number;
  /** What the readings come from: a run that goes on must have the same. */
  readonly source: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  /** Journal records that are projected. */
  readonly position: number;
}

interface SessionRow extends Row {
  readonly id: string;
  readonly retailer_id: string;
  readonly store_id: string;
  readonly number: number;
  readonly source: string;
  readonly started_at_ms: number;
  readonly ended_at_ms: number | null;
  readonly position: number;
}

const sessionOf = (row: SessionRow): Session => ({
  id: row.id,
  retailerId: row.retailer_id,
  storeId: row.store_id,
  number: row.number,
  source: row.source,
  startedAtMs: row.started_at_ms,
  endedAtMs: row.ended_at_ms,
  position: row.position,
});

/** The session that was cut short and has the same source, or a new one; others of the store count as ended. */
export async function openSession(
  tx: Transaction,
  at: { readonly retailerId: string; readonly storeId: string; readonly source: string; readonly nowMs: number },
): Promise<{ readonly session: Session; readonly isResumed: boolean }> {
  const { retailerId, storeId, source, nowMs } = at;
  const [latest] = await tx.query<SessionRow>(
    'SELECT * FROM sessions WHERE retailer_id = ? AND store_id = ? ORDER BY number DESC LIMIT 1',
    [retailerId, storeId],
  );
  if (latest && latest.ended_at_ms === null && latest.source === source)
    return { session: sessionOf(latest), isResumed: true };
  if (latest && latest.ended_at_ms === null) await endSession(tx, latest.id, nowMs);
  const number = (latest?.number ?? 0) + 1;
  const id = idFrom('session', retailerId, storeId, String(number));
  const [row] = await tx.query<SessionRow>(
    `INSERT INTO sessions (id, retailer_id, store_id, number, source, started_at_ms, ended_at_ms, position)
     VALUES (?, ?, ?, ?, ?, ?, NULL, 0) RETURNING *`,
    [id, retailerId, storeId, number, source, nowMs],
  );
  return { session: sessionOf(row!), isResumed: false };
}

export async function findSession(queries: Queries, sessionId: string): Promise<Session | null> {
  const [row] = await queries.query<SessionRow>('SELECT * FROM sessions WHERE id = ?', [sessionId]);
  return row ? sessionOf(row) : null;
}

export async function endSession(queries: Queries, sessionId: string, nowMs: number): Promise<void> {
  await queries.query('UPDATE sessions SET ended_at_ms = ? WHERE id = ? AND ended_at_ms IS NULL', [nowMs, sessionId]);
}

/** Takes the journal's position on by the records not yet projected; gives how many of them are new. */
export async function advancePosition(
  tx: Transaction,
  sessionId: string,
  firstRecord: number,
  records: number,
): Promise<number> {
  const [row] = await tx.query<{ position: number }>('SELECT position FROM sessions WHERE id = ?', [sessionId]);
  if (row === undefined) throw new Error(`session ${sessionId} is not in the store of record`);
  if (firstRecord > row.position)
    throw new Error(`session ${sessionId}: record ${firstRecord} follows ${row.position}: a record is missing between`);
  const news = Math.max(0, firstRecord + records - row.position);
  if (news > 0) await tx.query('UPDATE sessions SET position = ? WHERE id = ?', [firstRecord + records, sessionId]);
  return news;
}
