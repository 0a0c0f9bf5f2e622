import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type ServeProcess, startServe, until } from './test-serving.ts';

const scenario = new URL('../../scenarios/behaviours/42-door-held.yaml', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'aisle-review-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Review {
  readonly id: string;
  readonly tripId: string;
  readonly reason: string;
}
const reviewsOf = async (serving: ServeProcess, decided: boolean) =>
  ((await serving.get(`/v1/reviews?decided=${decided}`)) as { reviews: Review[] }).reviews;
const ordersOf = async (serving: ServeProcess) =>
  ((await serving.get('/v1/orders')) as { orders: { tripId: string; state: string; reason: string | null }[] }).orders;

async function decide(serving: ServeProcess, reviewId: string, sku: string): Promise<number> {
  const response = await fetch(`${serving.address}/v1/reviews/${reviewId}/decision`, {
    method: 'POST',
    headers: { authorization: `Bearer ${serving.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ lines: [{ sku, quantity: 1 }] }),
  });
  return response.status;
}

test('books what a person decides in the engine, keeps it over a kill, and charges nobody who showed no card', async () => {
  const args = [scenario, '--speed', 'max', '--port', '0', '--data', folder];
  const first = await startServe(args);
  await until(() => /^over/m.test(first.output()));
  const stranger = (await reviewsOf(first, false)).find(({ reason }) => reason.includes('credential'))!;
  expect(await decide(first, stranger.id, 'no-such-sku')).toBe(409);
  expect(await decide(first, stranger.id, 'razor-blades')).toBe(202);
  expect(await decide(first, stranger.id, 'cola-can')).toBe(409);
  const order = (await ordersOf(first)).find(({ tripId }) => tripId === stranger.tripId);
  expect(order).toMatchObject({ state: 'attendant_required', reason: 'nobody to charge' });
  await first.kill();

  const second = await startServe(args);
  await until(() => /^over/m.test(second.output()));
  expect((await reviewsOf(second, true)).map(({ id }) => id)).toContain(stranger.id);
  expect((await ordersOf(second)).filter(({ tripId }) => tripId === stranger.tripId)).toEqual([order]);
  expect(await decide(second, stranger.id, 'cola-can')).toBe(409);
  const trip = (await second.get(`/v1/trips/${stranger.tripId}`)) as { lines: { sku: string }[] };
  expect(trip.lines.map(({ sku }) => sku)).toEqual(['razor-blades']);
  await second.stop();
});
