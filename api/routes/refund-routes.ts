import { z } from 'zod';
import type { Gateway } from '../gateway.ts';
import { RefundRefused, refundLines } from '../orders/refunds.ts';
import { principalOf } from '../server/authorise.ts';
import { ProblemError, problemSchema } from '../server/problem.ts';
import type { App } from '../server.ts';
import { orderFor } from './order-routes.ts';

/** Money back by line, with a credit note. */
export function refundRoutes({ database, outbox: announcer, clock, tenants, audit }: Gateway): (app: App) => void {
  return (app) => {
    app.post(
      '/v1/orders/:id/refunds',
      {
        config: { scope: 'orders:write' },
        schema: {
          summary: 'Give money back for some lines; the same key gives the same credit note',
          tags: ['Orders'],
          params: z.object({ id: z.string().min(1).max(255) }),
          headers: z.object({ 'idempotency-key': z.string().min(8).max(255) }),
          body: z.strictObject({
            reason: z.enum(['damaged_item', 'expired_item', 'unwanted_item', 'technical_error', 'other']),
            lines: z
              .array(z.strictObject({ lineId: z.string().max(255), quantity: z.int().min(1).max(1_000_000) }))
              .min(1)
              .max(500),
          }),
          response: {
            201: z.object({ creditNote: z.string(), amountMinor: z.int(), currency: z.string() }),
            202: z.object({ status: z.literal('pending') }),
            404: problemSchema,
            409: problemSchema,
            422: problemSchema,
          },
        },
      },
      async (request, reply) => {
        const order = await orderFor(database, request);
        const { retailerId, keyId } = principalOf(request);
        const actor = `key:${keyId}`;
        await database.transaction((tx) =>
          audit.append(tx, { retailerId, actor, action: 'order.refund', about: order.id }),
        );
        const refund = { key: request.headers['idempotency-key'], ...request.body };
        const note = await refundLines({ database, announcer, clock }, tenants.get(retailerId), order, refund).catch(
          (error: unknown) => {
            if (!(error instanceof RefundRefused)) throw error;
            throw new ProblemError(error.kind === 'mismatch' ? 'idempotency-mismatch' : 'conflict', error.message);
          },
        );
        if (note === null) return reply.code(202).send({ status: 'pending' });
        const { totalMinor, currency } = note.prices;
        return reply.code(201).send({ creditNote: note.number, amountMinor: totalMinor, currency });
      },
    );
  };
}
