import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type Clock, isoTime } from '../clock.ts';
import { principalOf } from '../server/authorise.ts';
import { ProblemError, problemSchema } from '../server/problem.ts';
import type { App } from '../server.ts';
import type { Database } from '../store/database.ts';
import { AddressRefused } from './address-guard.ts';
import { CLASSIFICATIONS, EVENT_TYPES, type EventType } from './catalogue.ts';
import { attemptsOf, type Delivery, listDeliveries, recover, resend } from './deliveries.ts';
import { type Endpoint, EndpointError, type Endpoints } from './endpoints.ts';
import { dataSchema } from './event-schemas.ts';
import { findEvent, listEvents } from './outbox.ts';

/** Folder of the page with deliveries and resend, to be served under `/webhooks/`. */
export const WEBHOOK_PAGE = dirname(fileURLToPath(new URL('./page/page.js', import.meta.url)));

export interface WebhookRouteParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly endpoints: Endpoints;
  /** Called when deliveries were made due: `dispatcher.wake()`. */
  readonly wake?: () => void;
}

const id = z.string().min(1).max(255);
const params = z.object({ id });
const config = { scope: 'webhooks:write' } as const;
const tags = ['Webhooks'];

const endpointSchema = z
  .object({
    id,
    url: z.string(),
    types: z.array(z.string()).readonly(),
    clearance: z.enum(CLASSIFICATIONS),
    isThin: z.boolean(),
    createdAt: z.iso.datetime(),
    disabledAt: z.iso.datetime().nullable(),
    disabledReason: z.string().nullable(),
  })
  .meta({ id: 'WebhookEndpoint' });
const deliverySchema = z
  .object({
    id,
    endpointId: id,
    eventId: id,
    type: z.string(),
    tripId: z.string().nullable(),
    state: z.enum(['pending', 'delivered', 'failed']),
    attempts: z.int(),
    dueAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'WebhookDelivery' });
const attemptSchema = z.object({
  number: z.int(),
  at: z.iso.datetime(),
  tookMs: z.int(),
  status: z.int().nullable(),
  error: z.string().nullable(),
  excerpt: z.string(),
});

function shownEndpoint({
  retailerId: _,
  createdAtMs,
  disabledAtMs,
  ...rest
}: Endpoint): z.infer<typeof endpointSchema> {
  return { ...rest, createdAt: isoTime(createdAtMs), disabledAt: disabledAtMs === null ? null : isoTime(disabledAtMs) };
}

function shownDelivery({ dueAtMs, finishedAtMs, ...rest }: Delivery): z.infer<typeof deliverySchema> {
  return { ...rest, dueAt: isoTime(dueAtMs), finishedAt: finishedAtMs === null ? null : isoTime(finishedAtMs) };
}

/** Endpoints hear of all stores of a retailer, so a key of one store may neither make nor read them. */
function retailerOf(request: FastifyRequest): string {
  const { retailerId, storeId } = principalOf(request);
  if (storeId !== null) throw new ProblemError('forbidden', 'this needs a key for all stores');
  return retailerId;
}

function found<T>(value: T | null | false): T {
  if (value === null || value === false) throw new ProblemError('not-found');
  return value;
}

/** Endpoints, deliveries with their attempts, events and their schemas. */
export function webhookRoutes(parts: WebhookRouteParts): (app: App) => void {
  return (app) => {
    endpointRoutes(app, parts);
    endpointActions(app, parts);
    deliveryRoutes(app, parts);
    eventRoutes(app, parts);
  };
}

function endpointRoutes(app: App, { endpoints }: WebhookRouteParts): void {
  const body = z.strictObject({
    url: z.string().max(2_000),
    types: z.array(z.string().max(60)).min(1).max(50).optional().describe('Kinds of events, families as cart.*, or *'),
    clearance: z.enum(CLASSIFICATIONS).optional(),
    isThin: z.boolean().optional().describe('Send ids and a reference instead of data'),
    secret: z.string().max(200).optional().describe('whsec_… or whsk_…; made here where left out'),
  });
  const created = endpointSchema.extend({ secret: z.string().describe('Shown only now') });
  app.post(
    '/v1/webhook-endpoints',
    { config, schema: { summary: 'Add an endpoint', tags, body, response: { 201: created, 400: problemSchema } } },
    async (request, reply) => {
      const { url, types, clearance, isThin, secret: brought } = request.body;
      const asked = {
        url,
        ...(types && { types }),
        ...(clearance && { clearance }),
        ...(isThin !== undefined && { isThin }),
        ...(brought && { secret: brought }),
      };
      const { endpoint, secret } = await endpoints.create(retailerOf(request), asked).catch(asProblem);
      return reply.code(201).send({ ...shownEndpoint(endpoint), secret });
    },
  );
  app.get(
    '/v1/webhook-endpoints',
    {
      config,
      schema: { summary: 'All endpoints', tags, response: { 200: z.object({ endpoints: z.array(endpointSchema) }) } },
    },
    async (request) => ({ endpoints: (await endpoints.list(retailerOf(request))).map(shownEndpoint) }),
  );
  app.get(
    '/v1/webhook-endpoints/:id',
    {
      config,
      schema: { summary: 'One endpoint', tags, params, response: { 200: endpointSchema, 404: problemSchema } },
    },
    async (request) => shownEndpoint(found(await endpoints.get(retailerOf(request), request.params.id))),
  );
  app.delete(
    '/v1/webhook-endpoints/:id',
    {
      config,
      schema: {
        summary: 'Remove an endpoint and its log',
        tags,
        params,
        response: { 204: z.null(), 404: problemSchema },
      },
    },
    async (request, reply) => {
      found(await endpoints.remove(retailerOf(request), request.params.id));
      return reply.code(204).send(null);
    },
  );
}

function endpointActions(app: App, { database, clock, endpoints, wake }: WebhookRouteParts): void {
  app.post(
    '/v1/webhook-endpoints/:id/enable',
    {
      config,
      schema: {
        summary: 'Deliver again, what piled up first',
        tags,
        params,
        response: { 200: endpointSchema, 404: problemSchema },
      },
    },
    async (request) => {
      const retailerId = retailerOf(request);
      found(await endpoints.enable(retailerId, request.params.id));
      wake?.();
      return shownEndpoint(found(await endpoints.get(retailerId, request.params.id)));
    },
  );
  app.post(
    '/v1/webhook-endpoints/:id/disable',
    {
      config,
      schema: {
        summary: 'Deliver nothing for now',
        tags,
        params,
        response: { 200: endpointSchema, 404: problemSchema },
      },
    },
    async (request) => {
      const retailerId = retailerOf(request);
      await endpoints.disable(retailerId, request.params.id, 'disabled by the retailer');
      return shownEndpoint(found(await endpoints.get(retailerId, request.params.id)));
    },
  );
  app.post(
    '/v1/webhook-endpoints/:id/rotate-secret',
    {
      config,
      schema: {
        summary: 'Add a secret; the one before signs too until the next rotation',
        tags,
        params,
        response: { 200: z.object({ secret: z.string() }), 404: problemSchema },
      },
    },
    async (request) => ({ secret: found(await endpoints.rotate(retailerOf(request), request.params.id)) }),
  );
  app.post(
    '/v1/webhook-endpoints/:id/recover',
    {
      config,
      schema: {
        summary: 'Take deliveries up again that failed for good',
        tags,
        params,
        body: z.strictObject({ since: z.iso.datetime() }),
        response: { 200: z.object({ deliveries: z.int() }) },
      },
    },
    async (request) => {
      const asked = {
        retailerId: retailerOf(request),
        endpointId: request.params.id,
        sinceMs: Date.parse(request.body.since),
      };
      const deliveries = await recover(database, clock, asked);
      wake?.();
      return { deliveries };
    },
  );
}

function deliveryRoutes(app: App, { database, clock, wake }: WebhookRouteParts): void {
  app.get(
    '/v1/webhook-deliveries',
    {
      config,
      schema: {
        summary: 'Deliveries, newest first',
        tags,
        querystring: z.strictObject({
          endpointId: id.optional(),
          limit: z.coerce.number().int().min(1).max(200).default(50),
        }),
        response: { 200: z.object({ deliveries: z.array(deliverySchema) }) },
      },
    },
    async (request) => {
      const { endpointId = null, limit } = request.query;
      return {
        deliveries: (await listDeliveries(database, retailerOf(request), { endpointId, limit })).map(shownDelivery),
      };
    },
  );
  app.get(
    '/v1/webhook-deliveries/:id/attempts',
    {
      config,
      schema: {
        summary: 'What was tried',
        tags,
        params,
        response: { 200: z.object({ attempts: z.array(attemptSchema) }), 404: problemSchema },
      },
    },
    async (request) => {
      const attempts = found(await attemptsOf(database, retailerOf(request), request.params.id));
      return { attempts: attempts.map(({ atMs, ...rest }) => ({ ...rest, at: isoTime(atMs) })) };
    },
  );
  app.post(
    '/v1/webhook-deliveries/:id/resend',
    {
      config,
      schema: {
        summary: 'Send once more, under the same id',
        tags,
        params,
        response: { 202: z.null(), 404: problemSchema },
      },
    },
    async (request, reply) => {
      found(await resend(database, clock, retailerOf(request), request.params.id));
      wake?.();
      return reply.code(202).send(null);
    },
  );
}

function eventRoutes(app: App, { database }: WebhookRouteParts): void {
  const event = z.looseObject({ id: z.string(), type: z.string() });
  app.get(
    '/v1/events',
    {
      config,
      schema: {
        summary: 'Events in the order of their writing, for who missed some',
        tags,
        querystring: z.strictObject({
          since: z.iso.datetime().default('1970-01-01T00:00:00Z'),
          after: id.optional().describe('Id of the last event of the page before'),
          limit: z.coerce.number().int().min(1).max(200).default(50),
        }),
        response: { 200: z.object({ events: z.array(event) }), 404: problemSchema },
      },
    },
    async (request) => {
      const retailerId = retailerOf(request);
      const { since, after = null, limit } = request.query;
      const last = after === null ? null : found(await findEvent(database, retailerId, after));
      const asked = { sinceMs: Date.parse(last?.time ?? since), afterId: after, limit };
      return { events: (await listEvents(database, retailerId, asked)).map((one) => ({ ...one.event })) };
    },
  );
  app.get(
    '/v1/events/:id',
    { config, schema: { summary: 'One event, whole', tags, params, response: { 200: event, 404: problemSchema } } },
    async (request) => ({ ...found(await findEvent(database, retailerOf(request), request.params.id)) }),
  );
  app.get(
    '/v1/event-schemas/:file',
    {
      config: { scope: 'public' },
      schema: {
        summary: "JSON Schema of an event's data",
        tags,
        params: z.object({ file: z.enum(EVENT_TYPES.map((type) => `${type}.json`) as [string, ...string[]]) }),
        response: { 200: z.looseObject({}) },
      },
    },
    async (request) => ({ ...dataSchema(request.params.file.replace(/\.json$/, '') as EventType) }),
  );
}

function asProblem(error: unknown): never {
  if (error instanceof AddressRefused || error instanceof EndpointError)
    throw new ProblemError('invalid-request', error.message);
  if (error instanceof Error && error.message.startsWith('webhook '))
    throw new ProblemError('invalid-request', error.message);
  throw error;
}
