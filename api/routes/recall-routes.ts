import { z } from 'zod';
import type { Gateway } from '../gateway.ts';
import { type OrderRow, orderOf } from '../orders/order-book.ts';
import { itemsBySku, putItems } from '../reference-retailer/catalogue.ts';
import { principalOf } from '../server/authorise.ts';
import { ProblemError, problemSchema } from '../server/problem.ts';
import type { App } from '../server.ts';
import type { Transaction } from '../store/database.ts';

const sku = z.string().min(1).max(255);
const answer = z.object({ sku, recalled: z.string().nullable() });

/** Products that are not sold any more from this moment on, and who has bought them. */
export function recallRoutes(app: App, { database, audit }: Gateway): void {
  async function set(tx: Transaction, retailerId: string, keyId: string, about: string, reason: string | null) {
    const item = (await itemsBySku(tx, retailerId, [about])).get(about);
    if (item === undefined) throw new ProblemError('not-found');
    const { recalled: _, ...rest } = item;
    await putItems(tx, retailerId, [reason === null ? rest : { ...rest, recalled: reason }]);
    const action = reason === null ? 'recall.ended' : 'recall.started';
    await audit.append(tx, { retailerId, actor: `key:${keyId}`, action, about });
    return { sku: about, recalled: reason };
  }
  const schema = { tags: ['Catalogue'], params: z.object({ sku }), response: { 200: answer, 404: problemSchema } };
  app.put(
    '/v1/recalls/:sku',
    {
      config: { scope: 'catalogue:write' },
      schema: {
        ...schema,
        summary: 'Recall a product: carts that hold it wait for a person, who can only take it out',
        body: z.strictObject({ reason: z.string().min(1).max(200) }),
      },
    },
    async (request) => {
      const { retailerId, keyId } = principalOf(request);
      return database.transaction((tx) => set(tx, retailerId, keyId, request.params.sku, request.body.reason));
    },
  );
  app.delete(
    '/v1/recalls/:sku',
    { config: { scope: 'catalogue:write' }, schema: { ...schema, summary: 'End the recall of a product' } },
    async (request) => {
      const { retailerId, keyId } = principalOf(request);
      return database.transaction((tx) => set(tx, retailerId, keyId, request.params.sku, null));
    },
  );
  app.get(
    '/v1/recalls/:sku/orders',
    {
      config: { scope: 'orders:read' },
      schema: {
        summary: 'Orders that hold a product, newest first, to tell their shoppers',
        tags: ['Catalogue'],
        params: z.object({ sku }),
        querystring: z.strictObject({
          since: z.iso.datetime().optional(),
          limit: z.coerce.number().int().min(1).max(1_000).default(200),
        }),
        response: {
          200: z.object({
            orders: z.array(z.object({ orderId: z.string(), storeId: z.string(), quantity: z.number() })),
          }),
        },
      },
    },
    async (request) => {
      const { retailerId, storeId } = principalOf(request);
      const { since, limit } = request.query;
      const rows = await database.query<OrderRow>(
        `SELECT * FROM orders WHERE retailer_id = ? AND created_at_ms >= ? ${storeId === null ? '' : 'AND store_id = ?'}
         ORDER BY created_at_ms DESC, id DESC LIMIT 10000`,
        [retailerId, since === undefined ? 0 : Date.parse(since), ...(storeId === null ? [] : [storeId])],
      );
      const orders = rows.flatMap((row) => {
        const order = orderOf(row);
        const line = order.items.find((one) => one.sku === request.params.sku);
        return line ? [{ orderId: order.id, storeId: order.storeId, quantity: line.quantity.value }] : [];
      });
      return { orders: orders.slice(0, limit) };
    },
  );
}
