import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { unpackLive } from '../../api/live.ts';
import { unpackSnapshot } from '../../simulator/render/scene/packed-snapshot.ts';
import { BODIES, BODY, bodiesAt, FEET, SHOPPER } from '../../simulator/render/scene/snapshot-layout.ts';
import { withGuests } from '../../simulator/world/guests.ts';
import { resolveFile } from '../scenario-files.ts';
import { LiveStore } from './live-store.ts';
import { type OpenPage, openPage } from './testing/open-page.ts';
import { viewerBundle } from './viewer-bundle.ts';
import { serveViewer } from './viewer-server.ts';

const demo = fileURLToPath(new URL('../../scenarios/demo.yaml', import.meta.url));

let live: LiveStore;
let server: FastifyInstance;
let open: OpenPage;
let over: Promise<void>;

beforeAll(async () => {
  live = new LiveStore(withGuests(resolveFile(demo, null, {}), 2));
  const bundle = await viewerBundle(() => {});
  const served = await serveViewer(live, bundle, 4720);
  server = served.server;
  open = await openPage(served.address);
  live.setPace(2, false);
  over = live.play();
});

afterAll(async () => {
  live?.stop();
  await over;
  await open?.close();
  await server?.close();
});

/** Drawing in software on a busy machine takes its time, and so do shoppers. */
function until<T>(look: () => T | Promise<T>) {
  return expect.poll(look, { timeout: 40_000, interval: 100 });
}

const button = (name: string) => open.page.locator('.play').getByRole('button', { name, exact: true });
const status = () => open.page.locator('.guest-status').textContent();

/** Where a shopper stands in the last scene that was told. */
function placeOf(key: string): readonly [number, number] {
  const index = live.run.shoppers.findIndex((shopper) => shopper.key === key);
  const { nowUs } = live.feed;
  const scenes = unpackLive(live.feed.timeline.between(nowUs - 1e6, nowUs + 1)).filter(({ kind }) => kind === 'scene');
  const last = scenes.at(-1);
  if (last?.kind !== 'scene') throw new Error('no scene was told');
  const snapshot = unpackSnapshot(last.bytes);
  for (let row = 0; row < snapshot[BODIES]!; row++) {
    const at = bodiesAt(snapshot) + row * BODY;
    if (snapshot[at + SHOPPER] === index) return [snapshot[at + FEET]!, snapshot[at + FEET + 1]!];
  }
  throw new Error(`${key} is not in the scene`);
}

test('sends a shopper in who takes and puts back what is asked, with the engine none the wiser', async () => {
  await open.page.getByRole('tab', { name: 'Play' }).click();
  await button('Send a shopper in').click();
  await until(status).toContain('guest-1');
  await open.page.getByLabel('Place on a shelf').selectOption({ index: 0 });
  await button('Take').click();
  const held = open.page.locator('.held li');
  await until(() => held.count()).toBe(1);
  // The store goes on on its own: the engine counts it among its carts, under nobody's name but the card's.
  await open.page.keyboard.press('c');
  await until(() => open.page.locator('.cart', { hasText: 'guest-1' }).locator('.line').count()).toBe(1);
  await open.page.keyboard.press('g');
  await button('Put back').click();
  await until(() => held.count()).toBe(0);
});

test('walks by the keys', async () => {
  await button('Walk yourself').click();
  await until(status).toContain('Arrow keys');
  const before = placeOf('guest-1');
  await open.page.keyboard.down('ArrowLeft');
  await until(() => {
    const now = placeOf('guest-1');
    return Math.hypot(now[0] - before[0], now[1] - before[1]);
  }).toBeGreaterThan(0.3);
  await open.page.keyboard.up('ArrowLeft');
  await button('Walk yourself').click();
});

test('breaks a camera and shows that it is broken', async () => {
  await open.page.getByLabel('Sensor', { exact: true }).selectOption({ index: 0 });
  await button('Break it').click();
  await until(() => open.page.locator('.struck').textContent()).toMatch(/blind.*\d+ s more/);
});

test('leaves when told to', async () => {
  await button('Leave').click();
  await until(status).toContain('has left');
  expect(await button('Send a shopper in').isEnabled()).toBe(true);
});

test('takes orders from its own page only', async () => {
  const { port } = server.server.address() as AddressInfo;
  const ask = (headers: Record<string, string>) =>
    fetch(`http://127.0.0.1:${port}/live/guests`, { method: 'POST', headers }).then(({ status }) => status);
  expect(await ask({})).toBe(403);
  expect(await ask({ origin: 'http://evil.example' })).toBe(403);
  expect(await ask({ origin: `http://127.0.0.1:${port}` })).toBe(201);
  expect(await ask({ origin: `http://127.0.0.1:${port}` })).toBe(409);
});

test('complains of nothing and asks nobody else for anything', () => {
  expect(open.complaints).toEqual([]);
});
