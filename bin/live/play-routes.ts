import type { FastifyPluginAsync } from 'fastify';
import { z } from 'zod';
import { UserError } from '../user-error.ts';
import { faultSchema, guestOrderSchema, type Interventions } from './interventions.ts';
import { isOwnPage } from './recording-drop.ts';

const guestKey = z.object({ guest: z.string().max(64) });
const open = { config: { scope: 'public' as const, rateLimit: false as const }, schema: { hide: true } };

/** Guests and faults of a simulated store, as a page of this machine asks for them: `/live/guests`, `/live/faults`. */
export const playRoutes: FastifyPluginAsync<{ readonly interventions: () => Interventions | null }> = async (
  server,
  { interventions },
) => {
  // What was asked for wrongly is the asker's business, not a fault of the server.
  server.setErrorHandler((error, _request, reply) => {
    const isAskers = error instanceof UserError || error instanceof z.ZodError;
    const code = isAskers ? 422 : ((error as { statusCode?: number }).statusCode ?? 500);
    return reply.code(code).send({ error: code < 500 ? (error as Error).message : 'this went wrong here' });
  });
  const door = () => {
    const found = interventions();
    if (found === null) throw new UserError('found a store that cannot be acted on, expected a simulated one');
    return found;
  };
  server.addHook('onRequest', async (request, reply) => {
    if (!isOwnPage(request))
      return reply.code(403).send({ error: 'found a page of another origin, expected this one' });
  });
  server.post('/live/guests', open, async (_, reply) => {
    const guest = door().admit();
    if (guest === null) return reply.code(409).send({ error: 'all guests have been called' });
    return reply.code(201).send({ guest });
  });
  server.post('/live/guests/:guest/orders', open, async (request, reply) => {
    const { guest } = guestKey.parse(request.params);
    door().order(guest, guestOrderSchema.parse(request.body));
    return reply.code(202).send({});
  });
  server.post('/live/faults', open, async (request, reply) => {
    door().suffer(faultSchema.parse(request.body));
    return reply.code(202).send({});
  });
};
