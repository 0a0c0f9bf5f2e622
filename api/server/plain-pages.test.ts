import { afterAll, beforeAll, expect, test } from 'vitest';
import { completedOrder, type TestGateway, testGateway } from '../test-gateway.ts';
import { PROBLEMS } from './problem.ts';

let running: TestGateway;
beforeAll(async () => {
  running = await testGateway();
});
afterAll(() => running.close());

const get = (url: string, key?: string) =>
  running.app.inject({ method: 'GET', url, ...(key ? { headers: { authorization: `Bearer ${key}` } } : {}) });

test('leads from its address to everything there is, with nothing from elsewhere', async () => {
  const { body } = await get('/');
  const links = [...body.matchAll(/href="([^"]+)"/g)].map(([, href]) => href!);
  expect(links).toContain('/docs/');
  for (const link of links) expect([link, (await get(link)).statusCode]).toEqual([link, 200]);
  expect(body).not.toMatch(/https?:|style=|onclick|<script/);
  expect((await get('/favicon.ico')).statusCode).toBe(204);
});

test('has a place for every type of problem, where the problem says', async () => {
  const { body, headers } = await get('/docs/problems');
  expect(headers['content-type']).toContain('text/html');
  for (const kind of Object.keys(PROBLEMS)) expect(body).toContain(`<section id="${kind}">`);
  const { type } = (await get('/v1/orders')).json();
  expect(type).toBe('/docs/problems#unauthenticated');
});

test('shows a reference that offers nothing to anybody else', async () => {
  const { body } = await get('/docs/');
  for (const part of ['"telemetry": false', '"agent": {\n', '"mcp": {\n', '"showDeveloperTools": "never"'])
    expect(body.replaceAll(/ +"/g, ' "')).toContain(part);
});

test('lists trips, payments and the catalogue to their own retailer, page by page', async () => {
  const [first, second] = [
    await completedOrder(running, 'north', 'north-a'),
    await completedOrder(running, 'north', 'north-a'),
  ];
  const key = await running.keyOf('north');
  for (const [path, list] of [
    ['trips', 'trips'],
    ['payments', 'payments'],
  ] as const) {
    const all = (await get(`/v1/${path}`, key)).json()[list] as { id: string }[];
    expect(all).toHaveLength(2);
    const page = (await get(`/v1/${path}?limit=1&before=${all[0]!.id}`, key)).json()[list];
    expect(page.map(({ id }: { id: string }) => id)).toEqual([all[1]!.id]);
    expect((await get(`/v1/${path}`, await running.keyOf('south'))).json()[list]).toEqual([]);
    expect((await get(`/v1/${path}?before=${all[0]!.id}`, await running.keyOf('south'))).statusCode).toBe(404);
    expect((await get(`/v1/${path}`, await running.keyOf('north', 'north-b'))).json()[list]).toEqual([]);
  }
  const [mine] = (await get(`/v1/payments?tripId=${first.tripId}`, key)).json().payments;
  expect(mine).toMatchObject({ tripId: first.tripId, status: 'captured', orderId: first.orderId });
  expect((await get('/v1/payments?owing=true', key)).json().payments).toEqual([]);
  expect(second.tripId).not.toBe(first.tripId);
  expect((await get('/v1/catalogue', key)).json().items).toMatchObject([{ sku: 'cola' }]);
  expect((await get('/v1/catalogue?after=cola', key)).json().items).toEqual([]);
});
