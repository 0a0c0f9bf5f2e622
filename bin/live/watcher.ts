import type { WebSocket } from 'ws';
import { z } from 'zod';
import { moveSchema } from './interventions.ts';
import type { WatchedStore } from './watched-store.ts';

export const MOST_SPEED = 1000;
/** A watcher that has this much still to fetch gets no more scenes until it has caught up. */
export const BACKLOG_BYTES = 1 << 20;

/** What a page may ask of the store. */
const command = z.union([
  z.object({ type: z.literal('pace'), speed: z.number().positive().max(MOST_SPEED), paused: z.boolean() }),
  z.object({ type: z.literal('watch'), sensorIds: z.array(z.string()).max(64) }),
  moveSchema,
]);

/** What is needed of a watcher's connection. */
export type Watcher = Pick<WebSocket, 'bufferedAmount' | 'send' | 'terminate' | 'close' | 'on'>;

/** Sends one watcher the feed; drops scenes, never news, when it falls behind. */
export function watch(socket: Watcher, live: WatchedStore): void {
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
    else if (asked.data.type === 'watch') watched = new Set(asked.data.sensorIds);
    else live.interventions?.move(asked.data);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
