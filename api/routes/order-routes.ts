import { z } from 'zod';
import { isoTime } from '../clock.ts';
import type { Gateway } from '../gateway.ts';
import { receiptsOf } from '../orders/make-receipt.ts';
import type { Order, Receipt } from '../orders/order.ts';
import { findOrder, findOrderOfTrip, type OrderRow, orderOf } from '../orders/order-book.ts';
import { ORDER_STATES, type OrderState } from '../orders/order-state.ts';
import { principalOf, storeIdOf } from '../server/authorise.ts';
import { ProblemError, problemSchema } from '../server/problem.ts';
import type { App } from '../server.ts';
import type { SqlValue } from '../store/database.ts';

const id = z.string().min(1).max(255);
const quantity = z.object({ value: z.number(), unit: z.enum(['each', 'g']) });
const line = z.object({
  lineId: z.string(),
  sku: z.string(),
  quantity,
  confidence: z.number(),
  takenAtMs: z.array(z.int()).readonly(),
});
const pricedLine = line.extend({
  name: z.string(),
  unitPriceMinor: z.int(),
  discountMinor: z.int(),
  depositMinor: z.int(),
  netMinor: z.int(),
  taxMinor: z.int(),
  totalMinor: z.int(),
  taxPpm: z.int(),
});
const prices = z.object({
  currency: z.string(),
  lines: z.array(pricedLine).readonly(),
  discountMinor: z.int(),
  taxMinor: z.int(),
  totalMinor: z.int(),
});
const orderSchema = z
  .object({
    id: z.string(),
    tripId: z.string(),
    storeId: z.string(),
    state: z.enum(ORDER_STATES as [OrderState, ...OrderState[]]),
    reason: z.string().nullable(),
    purchaseId: z.string().nullable(),
    items: z.array(line).readonly(),
    prices: prices.nullable(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'Order' });
const receiptSchema = z
  .object({
    id: z.string(),
    number: z.string(),
    kind: z.enum(['receipt', 'credit-note']),
    correctsId: z.string().nullable(),
    orderId: z.string(),
    storeName: z.string(),
    issuedAt: z.iso.datetime(),
    prices,
    taxes: z.array(z.object({ taxPpm: z.int(), netMinor: z.int(), taxMinor: z.int() })).readonly(),
  })
  .meta({ id: 'Receipt' });

export function shownOrder(order: Order): z.infer<typeof orderSchema> {
  const { retailerId: _, createdAtMs, updatedAtMs, ...rest } = order;
  return { ...rest, createdAt: isoTime(createdAtMs), updatedAt: isoTime(updatedAtMs) };
}

function shownReceipt(receipt: Receipt): z.infer<typeof receiptSchema> {
  const { id, number, kind, correctsId, orderId, storeName, prices, taxes } = receipt;
  return { id, number, kind, correctsId, orderId, storeName, issuedAt: isoTime(receipt.issuedAtMs), prices, taxes };
}

/** Orders and their receipts, and what a person may do about one that is stuck. */
export function orderRoutes(gateway: Gateway): (app: App) => void {
  return (app) => {
    readRoutes(app, gateway);
    actionRoutes(app, gateway);
  };
}

function readRoutes(app: App, { database }: Gateway): void {
  app.get(
    '/v1/orders',
    {
      config: { scope: 'orders:read' },
      schema: {
        summary: 'Orders, newest first',
        tags: ['Orders'],
        querystring: z.strictObject({
          storeId: id.optional(),
          state: z.enum(ORDER_STATES as [OrderState, ...OrderState[]]).optional(),
          tripId: id.optional(),
          before: id.optional().describe('Id of the last order of the page before'),
          limit: z.coerce.number().int().min(1).max(200).default(50),
        }),
        response: { 200: z.object({ orders: z.array(orderSchema) }), 404: problemSchema },
      },
    },
    async (request) => {
      const { retailerId } = principalOf(request);
      const { state, tripId, before, limit } = request.query;
      const storeId = storeIdOf(request, request.query.storeId);
      const where: [string, ...SqlValue[]][] = [['retailer_id = ?', retailerId]];
      if (storeId !== null) where.push(['store_id = ?', storeId]);
      if (state) where.push(['state = ?', state]);
      if (tripId) where.push(['trip_id = ?', tripId]);
      if (before) {
        const last = await findOrder(database, retailerId, before);
        if (last === null) throw new ProblemError('not-found');
        where.push(['(created_at_ms, id) < (?, ?)', last.createdAtMs, last.id]);
      }
      const rows = await database.query<OrderRow>(
        `SELECT * FROM orders WHERE ${joined(where)} ORDER BY created_at_ms DESC, id DESC LIMIT ?`,
        [...where.flatMap(([, ...values]) => values), limit],
      );
      return { orders: rows.map((row) => shownOrder(orderOf(row))) };
    },
  );
  app.get(
    '/v1/orders/:id',
    {
      config: { scope: 'orders:read' },
      schema: {
        summary: 'One order',
        tags: ['Orders'],
        params: z.object({ id }),
        response: { 200: orderSchema, 404: problemSchema },
      },
    },
    async (request) => shownOrder(await orderFor(database, request)),
  );
  app.get(
    '/v1/orders/:id/receipts',
    {
      config: { scope: 'orders:read' },
      schema: {
        summary: "An order's receipt and its credit notes",
        tags: ['Orders'],
        params: z.object({ id }),
        response: { 200: z.object({ receipts: z.array(receiptSchema) }), 404: problemSchema },
      },
    },
    async (request) => {
      const order = await orderFor(database, request);
      return { receipts: (await receiptsOf(database, order.id)).map(shownReceipt) };
    },
  );
}

function actionRoutes(app: App, { database, orders, runner, audit }: Gateway): void {
  const actions = [
    ['replay', 'received', 'Try a stuck order again from the start'],
    ['cancel', 'cancelled', 'Give an order up that is stuck or waits for an attendant'],
  ] as const;
  for (const [action, to, summary] of actions) {
    app.post(
      `/v1/orders/:id/${action}`,
      {
        config: { scope: 'orders:write' },
        schema: {
          summary,
          tags: ['Orders'],
          params: z.object({ id }),
          body: z.strictObject({ reason: z.string().max(400).optional() }).nullish(),
          response: { 200: orderSchema, 404: problemSchema, 409: problemSchema },
        },
      },
      async (request) => {
        const before = await orderFor(database, request);
        const { retailerId, keyId } = principalOf(request);
        if (action === 'replay' && before.state !== 'stuck')
          throw new ProblemError('conflict', `found an order that is ${before.state}, expected one that is stuck`);
        const order = await database.transaction(async (tx) => {
          const actor = `key:${keyId}`;
          await audit.append(tx, { retailerId, actor, action: `order.${action}`, about: before.id });
          return orders.move(tx, before.id, to, { reason: request.body?.reason ?? null });
        });
        runner.wake();
        return shownOrder(order);
      },
    );
  }
}

/** The order a request names, where the key may see it. */
export async function orderFor(
  database: Gateway['database'],
  request: Parameters<typeof principalOf>[0] & { readonly params: { readonly id: string } },
): Promise<Order> {
  const { retailerId, storeId } = principalOf(request);
  const order = await findOrder(database, retailerId, request.params.id);
  if (order === null || (storeId !== null && order.storeId !== storeId)) throw new ProblemError('not-found');
  return order;
}

/** The order of a trip, where the key may see it. */
export async function orderOfTripFor(
  database: Gateway['database'],
  request: Parameters<typeof principalOf>[0],
  tripId: string,
): Promise<Order | null> {
  const { retailerId, storeId } = principalOf(request);
  const order = await findOrderOfTrip(database, tripId);
  return order?.retailerId === retailerId && (storeId === null || order.storeId === storeId) ? order : null;
}

function joined(where: readonly [string, ...SqlValue[]][]): string {
  return where.map(([text]) => text).join(' AND ');
}
