import staticFiles from '@fastify/static';
import webSocket from '@fastify/websocket';
import type { FastifyPluginAsync } from 'fastify';
import sharp from 'sharp';
import type { WebSocket } from 'ws';
import { z } from 'zod';
import { printAtlas } from '../../simulator/render/fronts/atlas.ts';
import type { Run } from '../../simulator/scenario/run.ts';
import type { LiveStore } from './live-store.ts';

const MOST_SPEED = 1000;
/** A watcher that has this much still to fetch gets no more scenes until it has caught up. */
const BACKLOG_BYTES = 1 << 20;

/** What a page may ask of the store. */
const command = z.union([
  z.object({ type: z.literal('pace'), speed: z.number().positive().max(MOST_SPEED), paused: z.boolean() }),
  z.object({ type: z.literal('watch'), sensorIds: z.array(z.string()).max(64) }),
]);

/** The page of a store and its live feed: `/`, `/live` (WebSocket) and `/live/…`. */
export const viewerRoutes: FastifyPluginAsync<{ readonly live: LiveStore; readonly bundle: string }> = async (
  server,
  { live, bundle },
) => {
  const atlas = atlasPng(live.run);
  await server.register(staticFiles, { root: bundle });
  await server.register(webSocket, { options: { maxPayload: 1 << 16 } });
  server.get('/live/model', () => modelOf(live));
  server.get('/live/atlas.png', async (_, reply) => reply.type('image/png').send(await atlas));
  server.get('/live/stock', (_, reply) => reply.type('application/octet-stream').send(live.feed.stock()));
  server.get('/live/news', (_, reply) => reply.type('application/octet-stream').send(live.feed.timeline.news()));
  server.get('/live/history', (request, reply) => {
    const { fromUs, toUs } = range.parse(request.query);
    return reply.type('application/octet-stream').send(live.feed.timeline.between(fromUs, toUs));
  });
  server.get('/live', { websocket: true }, (socket) => watch(socket, live));
};

const range = z
  .object({ fromUs: z.coerce.number(), toUs: z.coerce.number() })
  .refine(({ fromUs, toUs }) => toUs > fromUs && toUs - fromUs <= 60e6, 'expected at most a minute');

/** Sends one watcher the feed; drops scenes, never news, when it falls behind. */
function watch(socket: WebSocket, live: LiveStore): void {
  let watched = new Set<string>();
  const stop = live.feed.listen((bytes, kind, sensorId) => {
    if (sensorId !== null && !watched.has(sensorId)) return;
    const isFleeting = kind === 'scene' || kind === 'tracks' || sensorId !== null;
    if (isFleeting && socket.bufferedAmount > BACKLOG_BYTES) return;
    // A page that fetches nothing for so long has gone; it will come back by itself.
    if (socket.bufferedAmount > 16 * BACKLOG_BYTES) socket.terminate();
    else socket.send(bytes);
  });
  socket.on('close', stop);
  socket.on('error', stop);
  socket.on('message', (data) => {
    const asked = command.safeParse(parsed(String(data)));
    if (!asked.success) return socket.close(1008, 'found no known command');
    if (asked.data.type === 'pace') live.setPace(asked.data.speed, asked.data.paused);
    else watched = new Set(asked.data.sensorIds);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** What the page must know before the first scene. Of people only what they look like, not what they are about to do. */
function modelOf({ run, store, feed, speed, isPaused, isOver }: LiveStore) {
  const shoppers = run.shoppers.map((plan) => ({ ...plan, actions: [] }));
  return {
    run: { ...run, shoppers },
    store: { products: store.products },
    // JSON has no infinity; nobody can tell it from so fast.
    pace: { speed: Math.min(MOST_SPEED, speed), isPaused },
    nowUs: feed.nowUs,
    fromUs: feed.timeline.fromUs,
    isOver,
    hasTruth: true,
  };
}

/** The printed fronts as one picture. */
async function atlasPng(run: Run): Promise<Buffer> {
  const { texels, widthPx, heightPx } = await printAtlas(run.products);
  const top = Uint8Array.from(new Uint8Array(texels.buffer, texels.byteOffset, 4 * widthPx * heightPx));
  return sharp(top, { raw: { width: widthPx, height: heightPx, channels: 4 } })
    .png({ compressionLevel: 6 })
    .toBuffer();
}
