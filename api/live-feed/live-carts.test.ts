import { once } from 'node:events';
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeEach, expect, test } from 'vitest';
import { LiveCarts } from './live-carts.ts';

const cart = (tripId: string, n: number, padding = '') => ({
  ...{ retailerId: 'r', storeId: 's', tripId },
  json: JSON.stringify({ tripId, n, padding }),
});

let live: LiveCarts;
beforeEach(() => {
  live = new LiveCarts();
});

async function reader(retailerId = 'r', storeId: string | null = null): Promise<IncomingMessage> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    live.attach(response, retailerId, storeId);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const [response] = (await once(get({ port, host: '127.0.0.1' }), 'response')) as [IncomingMessage];
  server.unref();
  return response;
}

/** Versions of each trip that a reader got until its feed ended. */
async function versions(response: IncomingMessage): Promise<Record<string, number[]>> {
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk;
  const got: Record<string, number[]> = {};
  for (const [, json] of text.matchAll(/^data: (.*)$/gm)) {
    const { tripId, n } = JSON.parse(json!) as { tripId: string; n: number };
    (got[tripId] ??= []).push(n);
  }
  return got;
}

test('shows carts there are and every change, of this retailer and store only', async () => {
  live.publish(cart('a', 1));
  live.publish(cart('gone', 1));
  live.forget('gone');
  const [own, other, elsewhere] = [await reader(), await reader('x'), await reader('r', 'other')];
  live.publish(cart('a', 2));
  live.publish(cart('b', 1));
  live.close();
  expect(await versions(own)).toEqual({ a: [1, 2], b: [1] });
  expect(await versions(other)).toEqual({});
  expect(await versions(elsewhere)).toEqual({});
});

test('keeps for a reader who does not read one version of each cart, the newest, and holds up nobody', async () => {
  const slow = await reader();
  const quick = await reader();
  slow.pause();
  const quickGot = versions(quick);
  const padding = 'x'.repeat(20_000);
  const rounds = 1_000;
  for (let n = 1; n <= rounds; n++) {
    for (const tripId of ['a', 'b']) live.publish(cart(tripId, n, padding));
    if (n % 4 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  slow.resume();
  const slowGot = versions(slow);
  // The newest versions come when the reader has caught up.
  await new Promise((resolve) => setTimeout(resolve, 500));
  live.close();
  const [late, soon] = [await slowGot, await quickGot];
  for (const tripId of ['a', 'b']) {
    expect(late[tripId]!.at(-1)).toBe(rounds);
    expect(late[tripId]!.length).toBeLessThan(rounds);
    expect([...late[tripId]!].sort((a, b) => a - b)).toEqual(late[tripId]);
    expect(soon[tripId]!.at(-1)).toBe(rounds);
  }
});
