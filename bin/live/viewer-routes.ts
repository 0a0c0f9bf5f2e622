import type { Readable } from 'node:stream';
import staticFiles from '@fastify/static';
import webSocket from '@fastify/websocket';
import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import type { WebSocket } from 'ws';
import { z } from 'zod';
import { userProblem } from '../user-error.ts';
import { atlasPng } from './atlas-png.ts';
import { playRoutes } from './play-routes.ts';
import { type DroppedRecording, isOwnPage, isSameOrigin, takeRecording } from './recording-drop.ts';
import type { WatchedStore } from './watched-store.ts';
import { MOST_SPEED, watch } from './watcher.ts';

/** Tells a page that another store is shown from now on. */
const ANOTHER_STORE = 4000;

const range = z
  .object({ fromUs: z.coerce.number(), toUs: z.coerce.number() })
  .refine(({ fromUs, toUs }) => toUs > fromUs && toUs - fromUs <= 60e6, 'expected at most a minute');

export interface ViewerRoutesOptions {
  readonly live: WatchedStore;
  /** Folder of the built page. */
  readonly bundle: string;
  /** Whether recordings may be dropped onto the page and are shown in the store's place. */
  readonly takesRecordings?: boolean;
  /** Whether a gateway answers here too, with orders, payments and reviews. */
  readonly hasGateway?: boolean;
}

/** Within a gateway: no key, no budget of requests, no place in the documentation. */
const open = { config: { scope: 'public' as const, rateLimit: false as const }, schema: { hide: true } };

/** The page of a store and its live feed: `/`, `/live` (WebSocket) and `/live/…`. */
export const viewerRoutes: FastifyPluginAsync<ViewerRoutesOptions> = async (server, options) => {
  let { live } = options;
  let atlas = atlasPng(live.run);
  const watchers = new Set<WebSocket>();
  await server.register(staticFiles, { root: options.bundle });
  if (!server.hasDecorator('websocketServer')) await server.register(webSocket, { options: { maxPayload: 1 << 16 } });
  server.get('/live/model', open, () => modelOf(live, options));
  server.get('/live/atlas.png', open, async (_, reply) => reply.type('image/png').send(await atlas));
  server.get('/live/stock', open, (_, reply) => reply.type('application/octet-stream').send(live.feed.stock()));
  server.get('/live/news', open, (_, reply) => reply.type('application/octet-stream').send(live.feed.timeline.news()));
  server.get('/live/floor', open, () => live.feed.floor());
  server.get('/live/history', open, (request, reply) => {
    const asked = range.safeParse(request.query);
    if (!asked.success) return reply.code(400).send({ error: z.prettifyError(asked.error) });
    const { fromUs, toUs } = asked.data;
    return reply.type('application/octet-stream').send(live.feed.timeline.between(fromUs, toUs));
  });
  await server.register(playRoutes, { interventions: () => live.interventions ?? null });
  server.get('/live', { ...open, websocket: true }, (socket, request) => {
    if (!isSameOrigin(request)) return socket.close(1008, 'found a page of another origin');
    watchers.add(socket);
    socket.on('close', () => watchers.delete(socket));
    watch(socket, live);
  });
  if (options.takesRecordings) {
    takeDrops(server, (store) => {
      live.stop();
      // At the pace that was chosen for what was there before.
      store.setPace(live.speed, false);
      live = store;
      atlas = atlasPng(live.run);
      for (const socket of watchers) socket.close(ANOTHER_STORE, 'another store');
    });
  }
};

/** Lets recordings be dropped: each is opened, shown and played; the one before it is forgotten. */
function takeDrops(server: FastifyInstance, show: (store: WatchedStore) => void): void {
  let shown: DroppedRecording | null = null;
  server.addContentTypeParser('application/octet-stream', (_request, body, done) => done(null, body));
  server.addHook('onClose', async () => {
    shown?.store.stop();
    await shown?.close();
  });
  server.post('/live/recording', open, async (request, reply) => {
    if (!isOwnPage(request))
      return reply.code(403).send({ error: 'found a page of another origin, expected this one' });
    try {
      const dropped = await takeRecording(request.body as Readable);
      const before = shown;
      shown = dropped;
      show(dropped.store);
      await before?.close();
      dropped.store
        .play()
        .catch((error: unknown) => dropped.store.feed.alert(dropped.store.feed.nowUs, 'recording', String(error)));
      return reply.code(204).send();
    } catch (error) {
      const problem = userProblem(error) ?? (error instanceof RangeError ? error.message : null);
      if (problem === null) throw error;
      return reply.code(422).send({ error: problem });
    }
  });
}

/** What the page must know before the first scene. Of people only what they look like, not what they are about to do. */
function modelOf(live: WatchedStore, { takesRecordings = false, hasGateway = false }: ViewerRoutesOptions) {
  const { run, store, feed, speed, isPaused, isOver, hasTruth } = live;
  const shoppers = run.shoppers.map((plan) => ({ ...plan, actions: [] }));
  return {
    run: { ...run, shoppers },
    store: { products: store.products },
    // JSON has no infinity; nobody can tell it from so fast.
    pace: { speed: Math.min(MOST_SPEED, speed), isPaused },
    nowUs: feed.nowUs,
    fromUs: feed.timeline.fromUs,
    isOver,
    hasTruth,
    takesRecordings,
    hasGateway,
    canIntervene: live.interventions !== undefined,
  };
}
