import { z } from 'zod';
import type { Gateway } from '../gateway.ts';
import { catalogueItemSchema, listItems, putItems } from '../reference-retailer/catalogue.ts';
import { promotionSchema } from '../reference-retailer/promotion.ts';
import { SCOPES } from '../server/api-keys.ts';
import { principalOf } from '../server/authorise.ts';
import { ProblemError, problemSchema } from '../server/problem.ts';
import type { App } from '../server.ts';
import { csvRoute } from './catalogue-csv-route.ts';
import { recallRoutes } from './recall-routes.ts';

const id = z.string().min(1).max(255);
const shownKey = z.object({ id, name: z.string(), storeId: z.string().nullable(), scopes: z.array(z.string()) });

/** The reference retailer's catalogue and promotions, and API keys. */
export function adminRoutes(gateway: Gateway): (app: App) => void {
  return (app) => {
    catalogueRoutes(app, gateway);
    keyRoutes(app, gateway);
  };
}

function catalogueRoutes(app: App, gateway: Gateway): void {
  const { database, audit } = gateway;
  app.get(
    '/v1/catalogue',
    {
      config: { scope: 'catalogue:write' },
      schema: {
        summary: 'Items of the built-in catalogue, by SKU',
        tags: ['Catalogue'],
        querystring: z.strictObject({
          after: id.optional().describe('SKU of the last item of the page before'),
          limit: z.coerce.number().int().min(1).max(1_000).default(200),
        }),
        response: { 200: z.object({ items: z.array(catalogueItemSchema) }) },
      },
    },
    async (request) => {
      const { after = '', limit } = request.query;
      return { items: await listItems(database, principalOf(request).retailerId, after, limit) };
    },
  );
  app.put(
    '/v1/catalogue',
    {
      config: { scope: 'catalogue:write' },
      schema: {
        summary: 'Put items into the built-in catalogue; those of the same SKU are replaced',
        tags: ['Catalogue'],
        body: z.strictObject({ items: z.array(catalogueItemSchema).min(1).max(1_000) }),
        response: { 200: z.object({ stored: z.int() }) },
      },
    },
    async (request) => {
      const { retailerId } = principalOf(request);
      await database.transaction((tx) => putItems(tx, retailerId, request.body.items));
      return { stored: request.body.items.length };
    },
  );
  app.register(async (own) => csvRoute(own as never, gateway));
  recallRoutes(app, gateway);
  app.put(
    '/v1/promotions',
    {
      config: { scope: 'catalogue:write' },
      schema: {
        summary: 'Replace all promotions',
        tags: ['Catalogue'],
        body: z.strictObject({ promotions: z.array(promotionSchema).max(200) }),
        response: { 200: z.object({ stored: z.int() }) },
      },
    },
    async (request) => {
      const { retailerId, keyId } = principalOf(request);
      const { promotions } = request.body;
      await database.transaction(async (tx) => {
        await tx.query('DELETE FROM promotions WHERE retailer_id = ?', [retailerId]);
        for (const promotion of promotions)
          await tx.query(
            `INSERT INTO promotions (retailer_id, id, promotion) VALUES (?, ?, ?)
             ON CONFLICT (retailer_id, id) DO UPDATE SET promotion = excluded.promotion`,
            [retailerId, promotion.id, JSON.stringify(promotion)],
          );
        await audit.append(tx, { retailerId, actor: `key:${keyId}`, action: 'promotions.put', about: retailerId });
      });
      return { stored: promotions.length };
    },
  );
}

function keyRoutes(app: App, { keys, database, audit, tenants }: Gateway): void {
  app.get(
    '/v1/keys',
    {
      config: { scope: 'keys:write' },
      schema: {
        summary: 'API keys that are valid',
        tags: ['Keys'],
        response: { 200: z.object({ keys: z.array(shownKey) }) },
      },
    },
    async (request) => ({ keys: await keys.list(principalOf(request).retailerId) }),
  );
  app.post(
    '/v1/keys',
    {
      config: { scope: 'keys:write' },
      schema: {
        summary: 'Make an API key; it is shown only here',
        tags: ['Keys'],
        body: z.strictObject({
          name: z.string().min(1).max(100),
          storeId: id.nullable().default(null),
          scopes: z.array(z.enum(SCOPES)).min(1),
        }),
        response: { 201: z.object({ id, key: z.string() }), 403: problemSchema, 404: problemSchema },
      },
    },
    async (request, reply) => {
      const caller = principalOf(request);
      const { name, scopes } = request.body;
      const storeId = request.body.storeId ?? caller.storeId;
      // Nobody gives away more than they have.
      if (!scopes.every((scope) => caller.scopes.has(scope)))
        throw new ProblemError('forbidden', 'a scope you do not have');
      if (caller.storeId !== null && storeId !== caller.storeId) throw new ProblemError('not-found', 'no such store');
      const { stores } = tenants.get(caller.retailerId).retailer;
      if (storeId !== null && !stores.some((store) => store.id === storeId))
        throw new ProblemError('not-found', 'no such store');
      const made = await keys.create({ retailerId: caller.retailerId, storeId, name, scopes });
      const entry = {
        retailerId: caller.retailerId,
        actor: `key:${caller.keyId}`,
        action: 'key.created',
        about: made.id,
      };
      await database.transaction((tx) => audit.append(tx, entry));
      return reply.code(201).send(made);
    },
  );
  app.delete(
    '/v1/keys/:id',
    {
      config: { scope: 'keys:write' },
      schema: {
        summary: 'Revoke an API key at once',
        tags: ['Keys'],
        params: z.object({ id }),
        response: { 204: z.null(), 404: problemSchema },
      },
    },
    async (request, reply) => {
      const { retailerId, keyId } = principalOf(request);
      if (!(await keys.revoke(retailerId, request.params.id))) throw new ProblemError('not-found');
      const entry = { retailerId, actor: `key:${keyId}`, action: 'key.revoked', about: request.params.id };
      await database.transaction((tx) => audit.append(tx, entry));
      return reply.code(204).send(null);
    },
  );
}
