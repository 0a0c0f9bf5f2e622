import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Writable } from 'node:stream';
import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import fastifyStatic from '@fastify/static';
import swagger from '@fastify/swagger';
import websocket from '@fastify/websocket';
import apiReference from '@scalar/fastify-api-reference';
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController, type RawServerDefault } from 'fastify';
import {
  jsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import type { ApiKeys } from './server/api-keys.ts';
import { authenticate, authoriser } from './server/authorise.ts';
import { MAX_BODY_BYTES, parseJson } from './server/json-body.ts';
import type { Metrics } from './server/metrics.ts';
import { plainPages } from './server/plain-pages.ts';
import { onError, ProblemError, sendProblem } from './server/problem.ts';
import { openApiWebhooks } from './webhooks/event-schemas.ts';

export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

export interface ServerParts {
  readonly keys: ApiKeys;
  readonly metrics: Metrics;
  /** Answers true when work can be taken on. */
  readonly isReady: () => Promise<boolean>;
  /** Routes, in the order of the documentation. */
  readonly routes: readonly ((app: App) => void | Promise<void>)[];
  /** Pages of other origins that may call this API from a browser. */
  readonly origins?: readonly string[];
  /** Requests per minute of one key, or of one address without a key. */
  readonly requestsPerMinute?: number;
  /** `silent` for tests. */
  readonly logLevel?: string;
  /** Instead of standard output. */
  readonly logTo?: Writable;
  /** Whether one of the routes is a page at `/`. */
  readonly hasFrontPage?: boolean;
  /** Built pages to serve: prefix and folder. */
  readonly pages?: readonly { readonly prefix: string; readonly folder: string }[];
}

/** The HTTP side of the gateway, ready to listen; `app.close()` lets requests under way end. */
export async function buildServer(parts: ServerParts): Promise<App> {
  const app: App = fastify({
    // Paths and query texts hold ids of visits: what is logged is the route's pattern, below.
    logger: {
      level: parts.logLevel ?? 'info',
      redact: ['req.headers', 'req.url', 'req.remoteAddress'],
      ...(parts.logTo ? { stream: parts.logTo } : {}),
    },
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: 30_000,
    routerOptions: { maxParamLength: 255 },
    genReqId: () => '',
    forceCloseConnections: 'idle',
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(onError);
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, new ProblemError('not-found')));
  app.removeContentTypeParser('application/json');
  app.removeContentTypeParser('text/plain');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, async (_request: unknown, body: string) =>
    body === '' ? null : parseJson(body),
  );
  app.decorateRequest('principal', null);
  await guard(app, parts);
  await document(app);
  observe(app, parts);
  await app.register(websocket, { options: { maxPayload: MAX_BODY_BYTES } });
  for (const { prefix, folder } of parts.pages ?? [])
    await app.register(fastifyStatic, { root: folder, prefix, decorateReply: false });
  const prefixes = (parts.pages ?? []).map(({ prefix }) => prefix);
  plainPages(app, parts.hasFrontPage ? ['/', ...prefixes] : prefixes);
  for (const routes of parts.routes) await routes(app);
  return app;
}

/** Headers, origins, rate, and a scope on every route. */
async function guard(app: App, { keys, origins = [], requestsPerMinute = 1_200 }: ServerParts): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: { directives: { defaultSrc: ["'self'"], frameAncestors: ["'none'"] } },
  });
  await app.register(cors, { origin: [...origins], credentials: false, maxAge: 600 });
  // Known before the rate is counted, so that callers behind one address do not share a budget.
  app.addHook('onRequest', async (request) => {
    if (request.headers.authorization === undefined) return;
    if ((request.routeOptions.config.scope ?? 'public') === 'public') return;
    request.principal = await authenticate(request, keys).catch(() => null);
  });
  await app.register(rateLimit, {
    max: requestsPerMinute,
    timeWindow: 60_000,
    keyGenerator: (request) => request.principal?.keyId ?? request.ip,
    errorResponseBuilder: () => new ProblemError('too-many-requests'),
  });
  app.addHook('onRequest', authoriser(keys));
  app.addHook('onRoute', ({ config, url, method }) => {
    const isLibrary = url.startsWith('/docs') || method === 'OPTIONS' || url.endsWith('/*');
    if (config?.scope === undefined && !isLibrary) throw new Error(`route ${method} ${url} names no scope`);
  });
}

/** OpenAPI 3.1 with our events as `webhooks`, and the page that shows it. */
async function document(app: App): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'OpenAisle gateway',
        version: '1.0.0',
        description:
          'Finished carts become orders, payments, receipts and webhooks, exactly once. Amounts are whole minor units.',
      },
      webhooks: openApiWebhooks(),
      components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
      security: [{ key: [] }],
    } as never,
    transform: (about) => {
      const { schema, url } = jsonSchemaTransform(about);
      const isPublic = about.route.config?.scope === 'public';
      return { url, schema: isPublic ? { ...schema, security: [] } : schema };
    },
  });
  await app.register(apiReference, {
    routePrefix: '/docs',
    // Nothing that would send what is documented or typed here to somebody else.
    configuration: {
      ...{ title: 'OpenAisle gateway', telemetry: false, withDefaultFonts: false },
      ...{ agent: { disabled: true }, mcp: { disabled: true } },
      ...{ showDeveloperTools: 'never', hideClientButton: true },
    },
  });
  app.addHook('onSend', async (request, reply) => {
    // The reference page brings its own script and styles, inline; nothing else here runs any.
    if (request.routeOptions.url?.startsWith('/docs'))
      reply.header(
        'content-security-policy',
        "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'",
      );
  });
}

function observe(app: App, { metrics, isReady }: ServerParts): void {
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown';
    const labels = { method: request.method, route, status: String(reply.statusCode) };
    metrics.requests.observe(labels, reply.elapsedTime / 1000);
    const ms = Math.round(reply.elapsedTime);
    request.log.info({ ...labels, ms, keyId: request.principal?.keyId }, 'answered');
  });
  const open = { config: { scope: 'public' as const, rateLimit: false as const }, schema: { hide: true } };
  app.get('/health/live', open, async () => ({ status: 'ok' }));
  app.get('/health/ready', open, async (_request, reply) => {
    const ready = await isReady().catch(() => false);
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ok' : 'not ready' });
  });
  app.get('/metrics', open, async (_request, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
}
