import { randomBytes } from 'node:crypto';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { isoTime } from '../../api/clock.ts';
import type { RunningGateway } from '../../api/open-gateway.ts';
import { listDeliveries } from '../../api/webhooks/deliveries.ts';
import { viewerRoutes } from '../live/viewer-routes.ts';
import type { WatchedStore } from '../live/watched-store.ts';

/** A page's key for the API lives so long; the page fetches another before it ends. */
const PAGE_KEY_MS = 15 * 60_000;
const DELIVERIES_SHOWN = 30;
const COOKIE = 'aisle_view';
/** The page's own scripts and feed, and the styles that plots write; nothing of anybody else. */
const POLICY = [
  "default-src 'self'",
  "img-src 'self' data: blob:",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self' data:",
  "object-src 'none'",
  "base-uri 'self'",
  "frame-ancestors 'none'",
].join('; ');

export interface ViewerScopeOptions {
  readonly live: WatchedStore;
  readonly bundle: string;
  readonly running: RunningGateway;
  readonly retailerId: string;
  readonly storeId: string;
}

/**
 * The viewer beside a gateway's API: open to pages of this machine; from elsewhere behind `?key=` with a key that may read
 * live carts, which is then kept in a cookie. Only pages of this machine get a key to decide reviews with.
 */
export const viewerScope: FastifyPluginAsync<ViewerScopeOptions> = async (server, options) => {
  const { live, bundle, running, retailerId, storeId } = options;
  const { gateway } = running;
  const visitors = new Set<string>();
  server.addHook('onRequest', async (request, reply) => {
    if (isNear(request)) return;
    if (visitors.has(cookieOf(request)) && isSameOrigin(request)) return;
    const { key } = request.query as { key?: unknown };
    const principal = typeof key === 'string' ? await gateway.keys.verify(key) : null;
    if (principal === null || principal.retailerId !== retailerId || !principal.scopes.has('live:read'))
      return refuse(reply);
    const visitor = randomBytes(32).toString('base64url');
    visitors.add(visitor);
    reply.header('set-cookie', `${COOKIE}=${visitor}; HttpOnly; SameSite=Strict; Path=/`);
    // The key must stay neither in the address nor in a history.
    return reply.redirect('/', 303);
  });
  server.addHook('onSend', async (_, reply) => void reply.header('content-security-policy', POLICY));
  const open = { config: { scope: 'public' as const, rateLimit: false as const }, schema: { hide: true } };
  let pageKey: { readonly key: string; readonly endsAtMs: number } | null = null;
  server.post('/live/page-key', open, async (request, reply) => {
    if (!isNear(request) || request.headers.origin === undefined) return refuse(reply);
    const nowMs = gateway.clock.nowMs();
    if (pageKey === null || pageKey.endsAtMs - nowMs < PAGE_KEY_MS / 2) {
      const endsAtMs = nowMs + PAGE_KEY_MS;
      const scopes = ['trips:read', 'orders:read', 'reviews:write'] as const;
      const { key } = await gateway.keys.create({ retailerId, storeId, name: 'page', scopes, expiresAtMs: endsAtMs });
      pageKey = { key, endsAtMs };
    }
    return reply.header('cache-control', 'no-store').send({ key: pageKey.key, endsInMs: pageKey.endsAtMs - nowMs });
  });
  server.get('/live/deliveries', open, async () => {
    const rows = await listDeliveries(gateway.database, retailerId, { endpointId: null, limit: DELIVERIES_SHOWN });
    return {
      deliveries: rows.map(({ id, type, tripId, state, attempts, dueAtMs }) => ({
        ...{ id, type, tripId, state, attempts },
        dueAt: isoTime(dueAtMs),
      })),
    };
  });
  await server.register(viewerRoutes, { live, bundle, hasGateway: true });
};

/** A page of this machine, and of this server where a page asks at all. */
function isNear(request: FastifyRequest): boolean {
  const { ip, headers } = request;
  const isHere = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(headers.host ?? '');
  const isLocal = ip === '127.0.0.1' || ip === '::1' || ip === '::ffff:127.0.0.1';
  return isHere && isLocal && isSameOrigin(request);
}

function isSameOrigin({ headers }: FastifyRequest): boolean {
  return (
    headers.origin === undefined || new RegExp(`^https?://${RegExp.escape(headers.host ?? '')}$`).test(headers.origin)
  );
}

function cookieOf({ headers }: FastifyRequest): string {
  return new RegExp(`(?:^|; )${COOKIE}=([^;]+)`).exec(headers.cookie ?? '')?.[1] ?? '';
}

function refuse(reply: FastifyReply): FastifyReply {
  return reply.code(403).send({ error: 'found no key, expected /?key=… with a key that may read live carts' });
}
