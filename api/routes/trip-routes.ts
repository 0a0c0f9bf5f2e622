import { z } from 'zod';
import { isoTime } from '../clock.ts';
import type { Gateway } from '../gateway.ts';
import type { Order } from '../orders/order.ts';
import { findOrderOfTrip } from '../orders/order-book.ts';
import { IllegalTransition } from '../orders/order-state.ts';
import { obstaclesOf, type SaleObstacle } from '../reference-retailer/sale-rules.ts';
import { storeOf } from '../retailer/tenants.ts';
import { principalOf, storeIdOf } from '../server/authorise.ts';
import { ProblemError, problemSchema } from '../server/problem.ts';
import type { App } from '../server.ts';
import type { Row, SqlValue } from '../store/database.ts';
import { decideLate } from '../trips/late-decision.ts';
import { cartOf, findTrip, type TripRow } from '../trips/trip-rows.ts';

const id = z.string().min(1).max(255);
const rival = z.object({ tripId: z.string().nullable(), prob: z.number() });
export const evidenceSchema = z.object({
  changeId: z.string(),
  timeUs: z.number(),
  shelfId: z.string(),
  slotId: z.string().nullable(),
  deltaGrams: z.number(),
  quantity: z.number(),
  handDistanceM: z.number().nullable(),
  rivals: z.array(rival).readonly().describe('Everybody who may have done it, the owner of the cart included'),
  products: z.array(z.object({ sku: z.string(), count: z.number(), prob: z.number() })).readonly(),
});
const CART_STATUSES = ['open', 'draft', 'final', 'review', 'reviewed'] as const;
const tripSchema = z.object({
  id: z.string(),
  storeId: z.string(),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
  cartStatus: z.enum(CART_STATUSES),
  attendant: z.enum(['none', 'required', 'approved', 'refused']),
  confidence: z.number().nullable(),
  lines: z
    .array(
      z.object({
        sku: z.string(),
        quantity: z.object({ value: z.number(), unit: z.enum(['each', 'g']) }),
        confidence: z.number(),
        evidence: z.array(evidenceSchema).readonly(),
      }),
    )
    .readonly(),
});
const reviewSchema = z.object({
  id: z.string(),
  tripId: z.string(),
  storeId: z.string(),
  reason: z.string(),
  openedAt: z.iso.datetime(),
  dueAt: z.iso.datetime(),
  decidedAt: z.iso.datetime().nullable(),
});

interface ReviewRow extends Row {
  readonly id: string;
  readonly trip_id: string;
  readonly store_id: string;
  readonly reason: string;
  readonly opened_at_ms: number;
  readonly due_at_ms: number;
  readonly decided_at_ms: number | null;
}

/** Trips with their evidence, reviews and what people decide about them. */
export function tripRoutes(gateway: Gateway): (app: App) => void {
  return (app) => {
    readRoutes(app, gateway);
    reviewRoutes(app, gateway);
    attendantRoute(app, gateway);
  };
}

const tripHeadSchema = tripSchema.omit({ lines: true, confidence: true });

function readRoutes(app: App, { database }: Gateway): void {
  app.get(
    '/v1/trips',
    {
      config: { scope: 'trips:read' },
      schema: {
        summary: 'Trips, newest first, without their carts',
        tags: ['Trips'],
        querystring: z.strictObject({
          storeId: id.optional(),
          cartStatus: z.enum(CART_STATUSES).optional(),
          before: id.optional().describe('Id of the last trip of the page before'),
          limit: z.coerce.number().int().min(1).max(200).default(50),
        }),
        response: { 200: z.object({ trips: z.array(tripHeadSchema) }), 404: problemSchema },
      },
    },
    async (request) => {
      const { cartStatus, before, limit } = request.query;
      const storeId = storeIdOf(request, request.query.storeId);
      const where: [string, ...SqlValue[]][] = [['retailer_id = ?', principalOf(request).retailerId]];
      if (storeId !== null) where.push(['store_id = ?', storeId]);
      if (cartStatus) where.push(['cart_status = ?', cartStatus]);
      if (before) {
        const last = await tripFor(database, request, before);
        where.push(['(started_at_ms, id) < (?, ?)', last.started_at_ms, last.id]);
      }
      const rows = await database.query<TripRow>(
        `SELECT * FROM trips WHERE ${where.map(([text]) => text).join(' AND ')}
         ORDER BY started_at_ms DESC, id DESC LIMIT ?`,
        [...where.flatMap(([, ...values]) => values), limit],
      );
      return { trips: rows.map(shownTrip) };
    },
  );
  app.get(
    '/v1/trips/:id',
    {
      config: { scope: 'trips:read' },
      schema: {
        summary: 'One trip, its cart, and why each line stands there',
        tags: ['Trips'],
        params: z.object({ id }),
        response: { 200: tripSchema, 404: problemSchema },
      },
    },
    async (request) => shownTrip(await tripFor(database, request, request.params.id)),
  );
}

function reviewRoutes(app: App, gateway: Gateway): void {
  const { database } = gateway;
  app.get(
    '/v1/reviews',
    {
      config: { scope: 'trips:read' },
      schema: {
        summary: 'Carts that wait for a person, most urgent first',
        tags: ['Reviews'],
        querystring: z.strictObject({
          storeId: id.optional(),
          decided: z.enum(['true', 'false']).default('false'),
          limit: z.coerce.number().int().min(1).max(200).default(50),
        }),
        response: { 200: z.object({ reviews: z.array(reviewSchema) }) },
      },
    },
    async (request) => {
      const { retailerId } = principalOf(request);
      const storeId = storeIdOf(request, request.query.storeId);
      const params: SqlValue[] = [retailerId, ...(storeId === null ? [] : [storeId]), request.query.limit];
      const rows = await database.query<ReviewRow>(
        `SELECT * FROM reviews WHERE retailer_id = ? ${storeId === null ? '' : 'AND store_id = ?'}
         AND decided_at_ms IS ${request.query.decided === 'true' ? 'NOT' : ''} NULL ORDER BY due_at_ms, id LIMIT ?`,
        params,
      );
      return { reviews: rows.map(shownReview) };
    },
  );
  app.post(
    '/v1/reviews/:id/decision',
    {
      config: { scope: 'reviews:write' },
      schema: {
        summary: 'Say what the cart holds; the engine books it and the order follows',
        tags: ['Reviews'],
        params: z.object({ id }),
        body: z.strictObject({
          lines: z.array(z.strictObject({ sku: id, quantity: z.int().min(0).max(100_000) })).max(500),
        }),
        response: { 202: reviewSchema, 404: problemSchema, 409: problemSchema },
      },
    },
    async (request, reply) => {
      const { retailerId, storeId, keyId } = principalOf(request);
      const find = async () =>
        (
          await database.query<ReviewRow>('SELECT * FROM reviews WHERE id = ? AND retailer_id = ?', [
            request.params.id,
            retailerId,
          ])
        )[0];
      const review = await find();
      if (review === undefined || (storeId !== null && review.store_id !== storeId))
        throw new ProblemError('not-found');
      if (review.decided_at_ms !== null) throw new ProblemError('conflict', 'this review is decided');
      const trip = (await findTrip(database, retailerId, review.trip_id))!;
      await decide(gateway, trip, request.body.lines, `key:${keyId}`, 'review.decided');
      const after = (await find())!;
      if (after.decided_at_ms === null)
        throw new ProblemError('conflict', 'the engine did not take this: unknown SKU or a trip that is not settled');
      await database.query('UPDATE reviews SET decided_by = ? WHERE id = ?', [`key:${keyId}`, review.id]);
      return reply.code(202).send(shownReview((await find())!));
    },
  );
}

function attendantRoute(app: App, gateway: Gateway): void {
  const { database, orders, audit, runner } = gateway;
  app.post(
    '/v1/trips/:id/attendant',
    {
      config: { scope: 'reviews:write' },
      schema: {
        summary: 'Say that an attendant has seen the shopper of a restricted product',
        description: 'Approved: the order goes on. Refused: the goods stay, so decide the cart without them.',
        tags: ['Trips'],
        params: z.object({ id }),
        body: z.strictObject({ decision: z.enum(['approved', 'refused']) }),
        response: { 200: tripSchema, 404: problemSchema, 409: problemSchema },
      },
    },
    async (request) => {
      const { keyId } = principalOf(request);
      const trip = await tripFor(database, request, request.params.id);
      const { decision } = request.body;
      const [first] = await obstaclesTo(gateway, trip, await findOrderOfTrip(database, trip.id));
      if (decision === 'approved' && first?.mayBeApproved === false)
        throw new ProblemError('conflict', `${first.sku}: ${first.why}; refuse it, and the order goes on without it`);
      const isLate = await database.transaction(async (tx) => {
        const order = await findOrderOfTrip(tx, trip.id);
        if (order !== null && order.state !== 'attendant_required')
          throw new IllegalTransition('order', order.id, order.state, 'received');
        const who = { retailerId: trip.retailer_id, actor: `key:${keyId}` };
        await audit.append(tx, { ...who, action: `attendant.${decision}`, about: trip.id });
        await tx.query('UPDATE trips SET attendant = ? WHERE id = ?', [decision, trip.id]);
        if (order !== null && decision === 'approved') await orders.move(tx, order.id, 'received');
        return order !== null;
      });
      if (decision === 'refused' && isLate) await withoutRestricted(gateway, trip, `key:${keyId}`);
      runner.wake();
      return shownTrip(await tripFor(database, request, trip.id));
    },
  );
}

/** A refusal after the exit is booked like any correction: the lines that may not be sold leave the cart. */
async function withoutRestricted(gateway: Gateway, trip: TripRow, actor: string): Promise<void> {
  const cart = cartOf(trip);
  const order = await findOrderOfTrip(gateway.database, trip.id);
  const gone = new Set((await obstaclesTo(gateway, trip, order)).map(({ sku }) => sku));
  // What the store's own description restricts is known by the order's reason only.
  gone.add(order?.reason?.split(':')[0] ?? '');
  const lines = (cart?.lines ?? [])
    .filter(({ sku }) => !gone.has(sku))
    .map(({ sku, quantity }) => ({ sku, quantity: quantity.value }));
  await decide(gateway, trip, lines, actor, 'attendant.booked');
}

async function obstaclesTo(
  { database, tenants }: Gateway,
  trip: TripRow,
  order: Order | null,
): Promise<SaleObstacle[]> {
  const { retailer_id: retailerId, store_id: storeId } = trip;
  const timeZone = storeOf(tenants.get(retailerId).retailer, storeId)?.timeZone ?? 'UTC';
  return obstaclesOf(database, { retailerId, timeZone, items: order?.items ?? [], restrictions: new Map() });
}

/** Hands a person's answer to the engine that ran the trip. */
async function decide(
  gateway: Gateway,
  trip: TripRow,
  lines: readonly { readonly sku: string; readonly quantity: number }[],
  actor: string,
  action: string,
): Promise<void> {
  const { database, sessions, audit, runner } = gateway;
  const session = sessions.get(trip.session_id);
  if (trip.engine_trip_id === null) throw new ProblemError('conflict', 'the engine knows nothing of this trip yet');
  await database.transaction((tx) => audit.append(tx, { retailerId: trip.retailer_id, actor, action, about: trip.id }));
  if (session) await session.decide({ engineTripId: trip.engine_trip_id, lines });
  else {
    const answer = await decideLate(gateway, trip, lines);
    if (answer !== 'booked') throw new ProblemError('conflict', `the engine of this trip does not run here: ${answer}`);
  }
  runner.wake();
}

async function tripFor(
  database: Gateway['database'],
  request: Parameters<typeof principalOf>[0],
  tripId: string,
): Promise<TripRow> {
  const { retailerId, storeId } = principalOf(request);
  const trip = await findTrip(database, retailerId, tripId);
  if (trip === null || (storeId !== null && trip.store_id !== storeId)) throw new ProblemError('not-found');
  return trip;
}

function shownTrip(row: TripRow): z.infer<typeof tripSchema> {
  const cart = cartOf(row);
  return {
    id: row.id,
    storeId: row.store_id,
    startedAt: isoTime(row.started_at_ms),
    endedAt: row.ended_at_ms === null ? null : isoTime(row.ended_at_ms),
    cartStatus: row.cart_status as 'open',
    attendant: row.attendant as 'none',
    confidence: cart?.confidence ?? null,
    lines: cart?.lines ?? [],
  };
}

function shownReview(row: ReviewRow): z.infer<typeof reviewSchema> {
  const { id: reviewId, trip_id: tripId, store_id: storeId, reason, decided_at_ms: decidedMs } = row;
  return {
    ...{ id: reviewId, tripId, storeId, reason },
    openedAt: isoTime(row.opened_at_ms),
    dueAt: isoTime(row.due_at_ms),
    decidedAt: decidedMs === null ? null : isoTime(decidedMs),
  };
}
