import type { Queries, Row } from '../store/database.ts';

/**
 * What a subject's trips without a hold may come to: each counts with its order's price once that is known and with a
 * whole hold until then; what is paid counts no more.
 */
export async function standInExposureMinor(queries: Queries, subjectId: string, holdMinor: number): Promise<number> {
  const rows = await queries.query<Row & { prices: string | null; state: string | null }>(
    `SELECT o.prices AS prices, o.state AS state FROM trips t JOIN entries e ON e.trip_id = t.id AND e.stand_in = 1
     LEFT JOIN orders o ON o.trip_id = t.id WHERE t.subject_id = ?`,
    [subjectId],
  );
  let exposureMinor = 0;
  for (const { prices, state } of rows) {
    if (state === 'paid' || state === 'completed' || state === 'cancelled') continue;
    exposureMinor += prices === null ? holdMinor : (JSON.parse(prices) as { totalMinor: number }).totalMinor;
  }
  return exposureMinor;
}
