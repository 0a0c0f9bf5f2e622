import type { Money } from '../../money.ts';
import type { Queries, Row, Transaction } from '../../store/database.ts';

/** What the retailer says of a visit that it charges itself. */
export interface PaymentReport {
  readonly retailerId: string;
  readonly tripId: string;
  readonly total: Money;
  readonly settled: Money;
  readonly atMs: number;
}

/** Keeps the newest report of a visit; whose visit it was is on record only while something of it is unpaid. */
export async function keepReport(tx: Transaction, report: PaymentReport): Promise<void> {
  const { retailerId, tripId, total, settled, atMs } = report;
  const isOwed = settled.amountMinor < total.amountMinor;
  await tx.query(
    `INSERT INTO jwo_payment_reports (retailer_id, trip_id, currency, total_minor, settled_minor, at_ms)
     VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (retailer_id, trip_id) DO UPDATE SET
       total_minor = excluded.total_minor, settled_minor = excluded.settled_minor, at_ms = excluded.at_ms`,
    [retailerId, tripId, total.currency, total.amountMinor, settled.amountMinor, atMs],
  );
  const who = isOwed ? 'COALESCE(subject_id, (SELECT subject_id FROM trips WHERE id = ?))' : 'NULL';
  await tx.query(`UPDATE jwo_payment_reports SET subject_id = ${who} WHERE retailer_id = ? AND trip_id = ?`, [
    ...(isOwed ? [tripId] : []),
    retailerId,
    tripId,
  ]);
}

/** What a person owes for earlier visits by the retailer's own word. */
export async function reportedDebtMinor(queries: Queries, retailerId: string, subjectId: string): Promise<number> {
  const [row] = await queries.query<Row & { debt: number | null }>(
    `SELECT CAST(SUM(total_minor - settled_minor) AS BIGINT) AS debt FROM jwo_payment_reports
     WHERE retailer_id = ? AND subject_id = ?`,
    [retailerId, subjectId],
  );
  return row?.debt ?? 0;
}
