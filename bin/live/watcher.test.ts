import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import type { LiveMessage } from '../../api/live.ts';
import type { LiveListener } from './live-feed.ts';
import type { WatchedStore } from './watched-store.ts';
import { BACKLOG_BYTES, type Watcher, watch } from './watcher.ts';

/** A connection that fetches nothing by itself. */
class StalledSocket extends EventEmitter {
  bufferedAmount = 0;
  readonly kinds: number[] = [];
  closed: number | null = null;
  isTerminated = false;

  send(bytes: Uint8Array): void {
    this.bufferedAmount += bytes.byteLength;
    this.kinds.push(bytes[0]);
  }

  close(code: number): void {
    this.closed = code;
  }

  terminate(): void {
    this.isTerminated = true;
    this.emit('close');
  }
}

function watched() {
  const listeners = new Set<LiveListener>();
  const pace: unknown[] = [];
  const feed = {
    listen(listener: LiveListener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const live = { feed, setPace: (...asked: unknown[]) => pace.push(asked) } as unknown as WatchedStore;
  const socket = new StalledSocket();
  watch(socket as unknown as Watcher, live);
  const tell = (kind: LiveMessage['kind'], size: number, sensorId: string | null = null) => {
    const bytes = new Uint8Array(size).fill(kind === 'news' ? 1 : 0);
    for (const listener of [...listeners]) listener(bytes, kind, sensorId);
  };
  return { socket, tell, pace, listeners };
}

test('drops scenes for one who falls behind, and goes on when they have caught up', () => {
  const { socket, tell } = watched();
  for (let i = 0; i < 100; i++) tell('scene', 100_000);
  expect(socket.bufferedAmount).toBeLessThanOrEqual(BACKLOG_BYTES + 100_000);
  const sent = socket.kinds.length;
  socket.bufferedAmount = 0;
  tell('scene', 100);
  expect(socket.kinds.length).toBe(sent + 1);
});

test('never drops news', () => {
  const { socket, tell } = watched();
  for (let i = 0; i < 20; i++) tell('scene', 200_000);
  for (let i = 0; i < 50; i++) tell('news', 1000);
  expect(socket.kinds.filter((kind) => kind === 1)).toHaveLength(50);
});

test('gives up on one who fetches nothing for long, and forgets them', () => {
  const { socket, tell, listeners } = watched();
  for (let i = 0; i < 40; i++) tell('news', BACKLOG_BYTES);
  expect(socket.isTerminated).toBe(true);
  expect(listeners.size).toBe(0);
  expect(socket.bufferedAmount).toBeLessThan(18 * BACKLOG_BYTES);
});

test('sends samples only of sensors that were asked for', () => {
  const { socket, tell } = watched();
  tell('news', 10, 'c1');
  expect(socket.kinds).toHaveLength(0);
  socket.emit('message', JSON.stringify({ type: 'watch', sensorIds: ['c1'] }));
  tell('news', 10, 'c1');
  tell('news', 10, 'c2');
  expect(socket.kinds).toHaveLength(1);
});

test('sets the pace that is asked for', () => {
  const { socket, pace } = watched();
  socket.emit('message', JSON.stringify({ type: 'pace', speed: 5, paused: true }));
  expect(pace).toEqual([[5, true]]);
});

test.each([
  '{',
  '[]',
  '{"type":"pace","speed":0,"paused":false}',
  '{"type":"pace","speed":1e9,"paused":false}',
  '{"type":"go"}',
])('hangs up on one who says %s', (text) => {
  const { socket, pace } = watched();
  socket.emit('message', text);
  expect(socket.closed).toBe(1008);
  expect(pace).toEqual([]);
});
