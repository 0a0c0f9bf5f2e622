import { z } from 'zod';
import { isoTime } from '../clock.ts';
import type { Gateway } from '../gateway.ts';
import { findOrder } from '../orders/order-book.ts';
import { RefundRefused, refundLines } from '../orders/refunds.ts';
import { orderFor } from '../routes/order-routes.ts';
import { evidenceSchema } from '../routes/trip-routes.ts';
import { principalOf, storeIdOf } from '../server/authorise.ts';
import { ProblemError, problemSchema } from '../server/problem.ts';
import type { App } from '../server.ts';
import { cartOf, findTrip } from '../trips/trip-rows.ts';
import { type Dispute, findDispute, listDisputes } from './disputes.ts';

const id = z.string().min(1).max(255);
const STATES = ['open', 'accepted', 'settled', 'rejected'] as const;
const disputeSchema = z
  .object({
    id,
    orderId: id,
    storeId: id,
    state: z.enum(STATES).describe('accepted: decided, the money is on its way back; settled: it is back'),
    lines: z.array(z.object({ lineId: id, quantity: z.int() })).readonly(),
    openedAt: z.iso.datetime(),
    closedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Dispute' });
const withEvidence = disputeSchema.extend({
  evidence: z
    .array(z.object({ lineId: id, confidence: z.number(), seen: z.array(evidenceSchema).readonly() }))
    .describe('What the store saw of each line, for shopper and clerk alike; empty when it is past its time'),
});

/** Contesting a receipt by line, with what the store saw beside it. */
export function disputeRoutes(gateway: Gateway): (app: App) => void {
  const { database, disputes, audit, tenants, outbox: announcer, clock } = gateway;

  async function disputeFor(request: Parameters<typeof principalOf>[0], disputeId: string): Promise<Dispute> {
    const { retailerId, storeId } = principalOf(request);
    const dispute = await findDispute(database, retailerId, disputeId);
    if (dispute === null || (storeId !== null && dispute.storeId !== storeId)) throw new ProblemError('not-found');
    return dispute;
  }

  async function evidenceOf({
    retailerId,
    orderId,
    lines,
  }: Dispute): Promise<z.infer<typeof withEvidence>['evidence']> {
    const order = await findOrder(database, retailerId, orderId);
    const trip = order && (await findTrip(database, retailerId, order.tripId));
    const cart = trip && cartOf(trip);
    return lines.flatMap(({ lineId }) => {
      const sku = order?.items.find((line) => line.lineId === lineId)?.sku;
      const line = cart?.lines.find((one) => one.sku === sku);
      return line ? [{ lineId, confidence: line.confidence, seen: line.evidence }] : [];
    });
  }

  return (app) => {
    app.post(
      '/v1/orders/:id/disputes',
      {
        config: { scope: 'orders:write' },
        schema: {
          summary: 'Contest lines of a receipt for a shopper; the answer shows what the store saw of them',
          tags: ['Disputes'],
          params: z.object({ id }),
          headers: z.object({ 'idempotency-key': z.string().min(8).max(255) }),
          body: z.strictObject({
            lines: z
              .array(z.strictObject({ lineId: id, quantity: z.int().min(1).max(1_000_000) }))
              .min(1)
              .max(500),
          }),
          response: { 201: withEvidence, 404: problemSchema, 409: problemSchema, 422: problemSchema },
        },
      },
      async (request, reply) => {
        const order = await orderFor(database, request);
        const { lines } = request.body;
        if (order.state !== 'completed') throw new ProblemError('conflict', `the order is ${order.state}`);
        for (const { lineId, quantity } of lines) {
          const line = order.items.find((one) => one.lineId === lineId);
          if (line === undefined || quantity > line.quantity.value)
            throw new ProblemError(
              'conflict',
              `line ${lineId}: found ${quantity}, expected at most ${line?.quantity.value ?? 0}`,
            );
        }
        const dispute = await database.transaction((tx) =>
          disputes.open(tx, order, request.headers['idempotency-key'], lines),
        );
        if (JSON.stringify(dispute.lines) !== JSON.stringify(lines)) throw new ProblemError('idempotency-mismatch');
        return reply.code(201).send({ ...shown(dispute), evidence: await evidenceOf(dispute) });
      },
    );
    app.get(
      '/v1/disputes',
      {
        config: { scope: 'orders:read' },
        schema: {
          summary: 'Contested receipts in one state, oldest first',
          tags: ['Disputes'],
          querystring: z.strictObject({
            storeId: id.optional(),
            state: z.enum(STATES).default('open'),
            limit: z.coerce.number().int().min(1).max(200).default(50),
          }),
          response: { 200: z.object({ disputes: z.array(disputeSchema) }), 404: problemSchema },
        },
      },
      async (request) => {
        const storeId = storeIdOf(request, request.query.storeId);
        const { retailerId } = principalOf(request);
        const { state, limit } = request.query;
        return { disputes: (await listDisputes(database, { retailerId, storeId, state, limit })).map(shown) };
      },
    );
    app.get(
      '/v1/disputes/:id',
      {
        config: { scope: 'orders:read' },
        schema: {
          summary: 'One contested receipt with what the store saw',
          tags: ['Disputes'],
          params: z.object({ id }),
          response: { 200: withEvidence, 404: problemSchema },
        },
      },
      async (request) => {
        const dispute = await disputeFor(request, request.params.id);
        return { ...shown(dispute), evidence: await evidenceOf(dispute) };
      },
    );
    app.post(
      '/v1/disputes/:id/decision',
      {
        config: { scope: 'reviews:write' },
        schema: {
          summary: 'Accept: the lines are given back with a credit note. Reject: the receipt stands',
          description: 'Accepting again takes up money that did not arrive the first time; nothing is paid twice.',
          tags: ['Disputes'],
          params: z.object({ id }),
          body: z.strictObject({ decision: z.enum(['accepted', 'rejected']) }),
          response: { 200: disputeSchema, 404: problemSchema, 409: problemSchema },
        },
      },
      async (request) => {
        const dispute = await disputeFor(request, request.params.id);
        const { retailerId, keyId } = principalOf(request);
        const { decision } = request.body;
        const order = (await findOrder(database, retailerId, dispute.orderId))!;
        const decided =
          decision === 'accepted' && dispute.state === 'accepted'
            ? dispute
            : await database.transaction(async (tx) => {
                const actor = `key:${keyId}`;
                await audit.append(tx, { retailerId, actor, action: `dispute.${decision}`, about: dispute.id });
                return disputes.move(tx, dispute, order, decision);
              });
        if (decision === 'rejected') return shown(decided);
        const refund = { key: dispute.id, reason: 'technical_error', lines: dispute.lines } as const;
        const note = await refundLines({ database, announcer, clock }, tenants.get(retailerId), order, refund).catch(
          (error: unknown) => {
            throw error instanceof RefundRefused ? new ProblemError('conflict', error.message) : error;
          },
        );
        if (note === null) return shown(decided);
        return shown(await database.transaction((tx) => disputes.move(tx, decided, order, 'settled')));
      },
    );
  };
}

function shown({ id: disputeId, orderId, storeId, state, lines, openedAtMs, closedAtMs }: Dispute) {
  const closedAt = closedAtMs === null ? null : isoTime(closedAtMs);
  return { id: disputeId, orderId, storeId, state, lines, openedAt: isoTime(openedAtMs), closedAt };
}
