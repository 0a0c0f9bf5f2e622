import type { Cart } from '../../engine/index.ts';
import type { Trip, TripEntry } from '../orders/order.ts';
import type { Queries, Row } from '../store/database.ts';

export interface TripRow extends Row {
  readonly id: string;
  readonly retailer_id: string;
  readonly store_id: string;
  readonly session_id: string;
  readonly engine_trip_id: string | null;
  readonly subject_id: string | null;
  readonly started_at_ms: number;
  readonly ended_at_ms: number | null;
  /** `open` until the engine first tells of the trip. */
  readonly cart_status: string;
  readonly cart: string | null;
  readonly cart_version: number;
  /** `none`, `required`, `approved` or `refused`. */
  readonly attendant: string;
}

export interface EntryRow extends Row {
  readonly event_id: string;
  readonly retailer_id: string;
  readonly store_id: string;
  readonly gate_id: string;
  readonly at_ms: number;
  readonly admitted: number;
  readonly reason: string | null;
  readonly entered_by: string;
  readonly trip_id: string | null;
  readonly visitor_id: string | null;
  readonly visitor_type: string | null;
  readonly group_size: number;
  readonly stand_in: number;
  readonly hold_minor: number;
}

/** Null where this retailer has no such trip: another tenant's ids are unknown here. */
export async function findTrip(queries: Queries, retailerId: string, tripId: string): Promise<TripRow | null> {
  const rows = await queries.query<TripRow>('SELECT * FROM trips WHERE id = ? AND retailer_id = ?', [
    tripId,
    retailerId,
  ]);
  return rows[0] ?? null;
}

export async function entriesOf(queries: Queries, tripId: string): Promise<TripEntry[]> {
  const rows = await queries.query<EntryRow>(
    'SELECT * FROM entries WHERE trip_id = ? AND admitted = 1 ORDER BY at_ms, event_id',
    [tripId],
  );
  return rows.map((row) => ({
    eventId: row.event_id,
    atMs: row.at_ms,
    by: row.entered_by as TripEntry['by'],
    visitorId: row.visitor_id,
    visitorType: (row.visitor_type ?? 'SHOPPER') as TripEntry['visitorType'],
  }));
}

export function tripOf(row: TripRow, entries: readonly TripEntry[]): Trip {
  return {
    id: row.id,
    retailerId: row.retailer_id,
    storeId: row.store_id,
    sessionId: row.session_id,
    engineTripId: row.engine_trip_id ?? '',
    entries,
    startedAtMs: row.started_at_ms,
    endedAtMs: row.ended_at_ms,
  };
}

export function cartOf(row: TripRow): Cart | null {
  return row.cart === null ? null : (JSON.parse(row.cart) as Cart);
}
