/**
 * The operations that a retailer calls, at the paths of the Just Walk Out format. Callers prove themselves by their own
 * signature, not by the gateway's API keys; errors are `{"errorMsg": …}`.
 */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Clock } from '../../clock.ts';
import { MoneyError } from '../../money.ts';
import { parseJson } from '../../server/json-body.ts';
import { ProblemError } from '../../server/problem.ts';
import { type ConnectorAuth, isFrom } from '../connector-auth.ts';
import {
  adjustRequestSchema,
  type CatalogItem,
  cancelRequestSchema,
  captureRequestSchema,
  catalogArchiveSchema,
  catalogItemSchema,
  catalogStatusRequestSchema,
  catalogUploadSchema,
  checkoutRequestSchema,
  paymentStatusRequestSchema,
  refundRequestSchema,
  shopperIdentityRequestSchema,
  transactionalDataRequestSchema,
} from './inbound-wire.ts';
import { type JwoOperations, JwoRefusal, unknownTrip } from './jwo-operations.ts';
import { ofPaymentMoney, toPaymentMoney } from './wire-money.ts';

export interface JwoCaller {
  readonly retailerId: string;
  /** Stores that the caller may name. */
  readonly storeIds: readonly string[];
  readonly auth: ConnectorAuth;
}

export interface JwoInboundParts {
  readonly callers: readonly JwoCaller[];
  readonly operations: JwoOperations;
  readonly clock: Clock;
}

/** What the catalogue calls may be asked per second by one retailer; more gets 429. */
const CATALOG_CALLS_PER_S = 10;
const MAX_CATALOG_BYTES = 16 * 1024 * 1024;

interface Call<T> {
  readonly retailerId: string;
  readonly body: T;
}
interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

export function jwoInboundRoutes(parts: JwoInboundParts): (app: FastifyInstance) => Promise<void> {
  return async (app) => {
    await app.register(async (own) => {
      own.removeContentTypeParser('application/json');
      // Signatures cover the bytes as they came.
      own.addContentTypeParser('application/json', { parseAs: 'string' }, async (_: unknown, text: string) => text);
      own.setErrorHandler(answerError);
      const post = poster(own, parts);
      tripRoutes(post, parts.operations);
      catalogRoutes(post, parts);
    });
  };
}

type Post = <S extends z.ZodType>(
  path: string,
  schema: S,
  handle: (call: Call<z.infer<S>>) => Promise<Answer>,
  bodyLimit?: number,
) => void;

/** Routes that know their caller and their body, and refuse a store that is not the caller's. */
function poster(app: FastifyInstance, { callers, clock }: JwoInboundParts): Post {
  return (path, schema, handle, bodyLimit) => {
    const config = { scope: 'public' as const };
    app.post(
      path,
      { config, schema: { hide: true } as object, ...(bodyLimit ? { bodyLimit } : {}) },
      async (request, reply) => {
        const text = typeof request.body === 'string' ? request.body : '';
        const caller = callerOf(callers, request, text, clock.nowMs());
        if (caller === null) throw new JwoRefusal(403, 'AccessDeniedException');
        const read = schema.safeParse(parseJson(text));
        if (!read.success)
          throw new JwoRefusal(400, `BadRequestException: ${z.prettifyError(read.error).slice(0, 400)}`);
        const { storeId } = read.data as { storeId?: string };
        if (storeId !== undefined && !caller.storeIds.includes(storeId)) throw unknownTrip();
        const answer = await handle({ retailerId: caller.retailerId, body: read.data });
        return answer.body === undefined
          ? reply.code(answer.status).send()
          : reply.code(answer.status).send(answer.body);
      },
    );
  };
}

function callerOf(
  callers: readonly JwoCaller[],
  request: FastifyRequest,
  body: string,
  nowMs: number,
): JwoCaller | null {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(',') : value;
  }
  const url = new URL(request.url, `http://${request.headers.host ?? 'unknown'}`);
  const signed = { method: request.method, url, headers, body };
  // Every caller is tried, so that the time taken tells nothing of who exists.
  return callers.filter(({ auth }) => isFrom(auth, signed, nowMs))[0] ?? null;
}

function tripRoutes(post: Post, operations: JwoOperations): void {
  post('/v1/checkout/carts', checkoutRequestSchema, async ({ retailerId, body }) => {
    const trip = { retailerId, storeId: body.storeId, tripId: body.idempotentShoppingTripId };
    return { status: 201, body: await operations.checkout(trip, body) };
  });
  const tripOf = (retailerId: string, body: { storeId: string; shoppingTripId: string }) => ({
    ...{ retailerId, storeId: body.storeId, tripId: body.shoppingTripId },
  });
  post('/v1/adjust/charge', adjustRequestSchema, async ({ retailerId, body }) => {
    const { status, authorized } = await operations.adjust(tripOf(retailerId, body), ofPaymentMoney(body.amount));
    return { status: 200, body: { status, authorizedAmount: toPaymentMoney(authorized) } };
  });
  post('/v1/cancel/charge', cancelRequestSchema, async ({ retailerId, body }) => {
    await operations.cancel(tripOf(retailerId, body));
    return { status: 200 };
  });
  post('/v1/capture/charge', captureRequestSchema, async ({ retailerId, body }) => {
    await operations.capture(tripOf(retailerId, body), ofPaymentMoney(body.amount));
    return { status: 200 };
  });
  post('/v1/refund', refundRequestSchema, async ({ retailerId, body }) => {
    const { amount, refundRequestId, refundReasonCode } = body;
    const trip = tripOf(retailerId, body);
    const answer = await operations.refund(trip, ofPaymentMoney(amount), refundRequestId, refundReasonCode);
    return { status: 200, body: answer };
  });
  post('/v1/payment/transactional-data', transactionalDataRequestSchema, async ({ retailerId, body }) => ({
    ...{ status: 200, body: await operations.transactionalData(tripOf(retailerId, body)) },
  }));
  post('/v1/identity/shopper', shopperIdentityRequestSchema, async ({ retailerId, body }) => {
    const shopperEmail = await operations.shopperEmail(retailerId, body.storeId, body.shopperId.id);
    if (shopperEmail === null) throw new JwoRefusal(400, 'BadRequestException: no address is registered');
    return { status: 200, body: { shopperEmail } };
  });
  post('/v1/feedback/payment-status', paymentStatusRequestSchema, async ({ retailerId, body }) => {
    const [total, settled] = [ofPaymentMoney(body.totalAmount), ofPaymentMoney(body.settledAmount)];
    if (total.currency !== settled.currency)
      throw new MoneyError('settledAmount: found another currency than totalAmount');
    if (settled.amountMinor > total.amountMinor) throw new MoneyError('settledAmount: found more than totalAmount');
    await operations.paymentStatus(tripOf(retailerId, body), total, settled);
    return { status: 200 };
  });
}

function catalogRoutes(post: Post, { callers, operations, clock }: JwoInboundParts): void {
  const calls = new Map<string, { secondOf: number; count: number }>();
  const count = (retailerId: string) => {
    const secondOf = Math.floor(clock.nowMs() / 1000);
    const last = calls.get(retailerId);
    const now = last?.secondOf === secondOf ? { secondOf, count: last.count + 1 } : { secondOf, count: 1 };
    calls.set(retailerId, now);
    if (now.count > CATALOG_CALLS_PER_S) throw new JwoRefusal(429, 'TooManyRequestsException', 1);
  };
  for (const path of ['/v1/catalog/upload', '/v1/catalog/cart/upload']) {
    post(
      path,
      catalogUploadSchema,
      async ({ retailerId, body }) => {
        count(retailerId);
        const storeIds = callers.filter((one) => one.retailerId === retailerId).flatMap((one) => one.storeIds);
        const { items, rejected } = sifted(body.catalogItems, storeIds);
        return { status: 200, body: { ingestionId: await operations.uploadCatalog(retailerId, items, rejected) } };
      },
      MAX_CATALOG_BYTES,
    );
  }
  post('/v1/catalog/archive', catalogArchiveSchema, async ({ retailerId, body }) => {
    count(retailerId);
    const skus = body.catalogItems.map(({ item_sku }) => item_sku);
    return { status: 200, body: { ingestionId: await operations.archiveCatalog(retailerId, skus) } };
  });
  post('/v1/catalog/getCatalogUploadStatus', catalogStatusRequestSchema, async ({ retailerId, body }) => {
    count(retailerId);
    const status = await operations.catalogStatus(retailerId, body.ingestionId);
    if (status === null) throw new JwoRefusal(400, 'BadRequestException: unknown ingestionId');
    return { status: 200, body: status };
  });
}

/** The items that fit, and a line of report for each that does not. */
function sifted(found: readonly unknown[], storeIds: readonly string[]) {
  const items: CatalogItem[] = [];
  const rejected: string[] = [];
  for (const [index, one] of found.entries()) {
    const read = catalogItemSchema.safeParse(one);
    if (!read.success) rejected.push(`item ${index}: ${z.prettifyError(read.error).replaceAll('\n', ' ')}`);
    else if (!storeIds.includes(read.data.store_id)) rejected.push(`item ${index}: store_id is not yours`);
    else items.push(read.data);
  }
  return { items, rejected };
}

function answerError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof JwoRefusal) {
    if (error.retryAfterS !== null) reply.header('retry-after', String(error.retryAfterS));
    return reply.code(error.status).send({ errorMsg: error.message });
  }
  if (error instanceof MoneyError) return reply.code(400).send({ errorMsg: `BadRequestException: ${error.message}` });
  const isTooMany = error instanceof ProblemError && error.kind === 'too-many-requests';
  if (error instanceof ProblemError && !isTooMany)
    return reply.code(400).send({ errorMsg: `BadRequestException: ${error.message}` });
  const status = isTooMany ? 429 : (error.statusCode ?? 500);
  if (status === 429)
    return reply.code(429).header('retry-after', '600').send({ errorMsg: 'TooManyRequestsException' });
  if (status < 500) return reply.code(status).send({ errorMsg: 'BadRequestException' });
  request.log.error({ error: error.message }, 'connector call failed');
  return reply.code(500).send({ errorMsg: 'InternalServerException' });
}
