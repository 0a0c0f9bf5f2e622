import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { unpackLive } from '../../api/live.ts';
import { resolveFile } from '../scenario-files.ts';
import { LiveStore } from './live-store.ts';
import { viewerRoutes } from './viewer-routes.ts';

const scenario = fileURLToPath(new URL('../../scenarios/behaviours/01-one-item.yaml', import.meta.url));
const host = '127.0.0.1:4600';
const headers = { host, origin: `http://${host}`, 'content-type': 'application/octet-stream' };

let server: FastifyInstance;
let folder: string;
let address: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'aisle-page-'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html>');
  const live = new LiveStore(resolveFile(scenario, 1, { 'run.duration': '20s' }));
  live.setPace(Number.POSITIVE_INFINITY, false);
  await live.play();
  server = fastify();
  await server.register(viewerRoutes, { live, bundle: folder, takesRecordings: true });
  address = await server.listen({ host: '127.0.0.1', port: 0 });
});

afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

test.each(['', '?fromUs=0', '?fromUs=10&toUs=10', '?fromUs=20&toUs=10', '?fromUs=0&toUs=60000001', '?fromUs=a&toUs=b'])(
  'refuses history of %s',
  async (query) => {
    const reply = await server.inject(`/live/history${query}`);
    expect(reply.statusCode).toBe(400);
  },
);

test('gives the history of a stretch and nothing outside it', async () => {
  const reply = await fetch(`${address}/live/history?fromUs=2000000&toUs=4000000`);
  const times = unpackLive(new Uint8Array(await reply.arrayBuffer())).map(({ timeUs }) => timeUs);
  expect(times.length).toBeGreaterThan(30);
  expect(Math.min(...times)).toBeGreaterThanOrEqual(2e6);
  expect(Math.max(...times)).toBeLessThan(4e6);
});

test('tells of the store, but not what shoppers are about to do', async () => {
  const model = (await server.inject('/live/model')).json();
  expect(model.run.shoppers.length).toBeGreaterThan(0);
  expect(model.run.shoppers.every((plan: { actions: unknown[] }) => plan.actions.length === 0)).toBe(true);
  expect(model.takesRecordings).toBe(true);
});

test('tells late comers how the floor was used', async () => {
  const floor = (await server.inject('/live/floor')).json();
  expect(floor.untilUs).toBeGreaterThan(0);
  expect(floor.seconds.reduce((a: number, b: number) => a + b, 0)).toBeGreaterThan(1);
});

test.each([
  ['another page', { ...headers, origin: 'https://elsewhere.example' }],
  ['a name bent to this address', { ...headers, host: 'shop.example', origin: 'http://shop.example' }],
  ['no page at all', { host, 'content-type': 'application/octet-stream' }],
])('takes no recording from %s', async (_, sent) => {
  const reply = await server.inject({
    method: 'POST',
    url: '/live/recording',
    headers: sent,
    payload: Buffer.alloc(8),
  });
  expect(reply.statusCode).toBe(403);
});

test('says what is wrong with what is no recording, and goes on showing the store', async () => {
  const payload = Buffer.from('nothing of the kind');
  const reply = await server.inject({ method: 'POST', url: '/live/recording', headers, payload });
  expect(reply.statusCode).toBe(422);
  expect(reply.json().error).toMatch(/found .*expected/);
  expect((await server.inject('/live/model')).json().run.scenario).toBe('one item, one shopper');
});
