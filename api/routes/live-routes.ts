import { z } from 'zod';
import type { Gateway } from '../gateway.ts';
import { principalOf, storeIdOf } from '../server/authorise.ts';
import type { App } from '../server.ts';

/** Carts while they fill, as server-sent events. */
export function liveRoutes({ live }: Gateway): (app: App) => void {
  return (app) => {
    app.get(
      '/v1/live/carts',
      {
        config: { scope: 'live:read' },
        schema: {
          summary: 'Carts of those inside: as they are now, then every change (server-sent events)',
          description: 'A slow reader gets the newest version of each cart and misses those between.',
          tags: ['Live'],
          querystring: z.strictObject({ storeId: z.string().max(255).optional() }),
        },
      },
      (request, reply) => {
        const storeId = storeIdOf(request, request.query.storeId);
        reply.hijack();
        reply.raw.writeHead(200, {
          'content-type': 'text/event-stream',
          'cache-control': 'no-store',
          'x-content-type-options': 'nosniff',
        });
        live.attach(reply.raw, principalOf(request).retailerId, storeId);
      },
    );
  };
}
