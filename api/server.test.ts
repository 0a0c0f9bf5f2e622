import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from './clock.ts';
import { JwoRetailer, jwoSettingsSchema } from './connectors/jwo/jwo-retailer.ts';
import { RetailerTrouble } from './retailer/retailer-port.ts';
import { allRoutes } from './routes/all-routes.ts';
import { SCOPES } from './server/api-keys.ts';
import { buildServer } from './server.ts';
import { completedOrder, type TestGateway, testGateway } from './test-gateway.ts';
import { AddressGuard } from './webhooks/address-guard.ts';

let running: TestGateway;
let north: { orderId: string; tripId: string; card: string; subjectId: string; eventId: string };
let northKey: string;
let southKey: string;

beforeAll(async () => {
  running = await testGateway();
  north = await completedOrder(running, 'north', 'north-a');
  northKey = await running.keyOf('north');
  southKey = await running.keyOf('south');
});
afterAll(() => running.close());

type Body = Record<string, unknown> | unknown[] | string;
async function call(
  method: string,
  url: string,
  key: string | null,
  body?: Body,
  headers: Record<string, string> = {},
) {
  const response = await running.app.inject({
    ...{ method: method as 'GET', url },
    headers: { ...(key === null ? {} : { authorization: `Bearer ${key}` }), ...headers },
    ...(body === undefined ? {} : { payload: body as object }),
  });
  const isJson = String(response.headers['content-type']).includes('json');
  return { status: response.statusCode, headers: response.headers, body: isJson ? response.json() : response.body };
}

/** What everybody may read: nothing here is about anybody. */
const PUBLIC = ['/transparency', '/v1/event-schemas/{file}', '/v1/reading-schema'];

interface Operation {
  readonly summary?: string;
  readonly security?: readonly unknown[];
  readonly isPublic: boolean;
  readonly path: string;
  readonly method: string;
}

/** Every operation that is documented; the public ones need no key. */
async function operations(): Promise<Operation[]> {
  const { body } = await call('GET', '/docs/openapi.json', null);
  const paths = body.paths as Record<string, Record<string, { security?: unknown[]; summary?: string }>>;
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      ...operation,
      ...{ path, method: method.toUpperCase(), isPublic: operation.security?.length === 0 },
    })),
  );
}

describe('the documentation', () => {
  test('is OpenAPI 3.1 and describes every route and every event that is sent', async () => {
    const { body } = await call('GET', '/docs/openapi.json', null);
    expect(body.openapi).toBe('3.1.0');
    expect(Object.keys(body.webhooks)).toContain('order.completed');
    expect((await operations()).length).toBeGreaterThan(20);
    expect((await call('GET', '/docs/', null)).status).toBe(200);
  });

  test('says what is wrong in the words of RFC 9457', async () => {
    const { status, headers, body } = await call('POST', '/v1/entry-codes', northKey, { storeId: 7 });
    expect(status).toBe(400);
    expect(headers['content-type']).toContain('application/problem+json');
    expect(body).toMatchObject({ status: 400, type: '/docs/problems#invalid-request' });
    expect(body.errors.map(({ at }: { at: string }) => at)).toEqual(['body/shopperId', 'body/storeId']);
  });
});

/** owasp.org/API-Security/editions/2023 */
describe('OWASP API security top ten', () => {
  test('API1: shows one retailer nothing of another, and one store nothing of another', async () => {
    const otherStore = await running.keyOf('north', 'north-b');
    const reads = [`/v1/orders/${north.orderId}`, `/v1/orders/${north.orderId}/receipts`, `/v1/trips/${north.tripId}`];
    for (const path of reads) {
      expect((await call('GET', path, northKey)).status).toBe(200);
      for (const key of [southKey, otherStore]) expect((await call('GET', path, key)).status).toBe(404);
    }
    for (const key of [southKey, otherStore]) {
      expect((await call('GET', '/v1/orders', key)).body).toEqual({ orders: [] });
      const refund = { reason: 'other', lines: [{ lineId: 'cola', quantity: 1 }] };
      const idempotent = { 'idempotency-key': 'stealing-1' };
      expect((await call('POST', `/v1/orders/${north.orderId}/refunds`, key, refund, idempotent)).status).toBe(404);
      expect((await call('POST', `/v1/orders/${north.orderId}/cancel`, key, {})).status).toBe(404);
    }
    expect((await call('GET', `/v1/cards/${north.card}/export`, southKey)).status).toBe(404);
    expect((await call('GET', '/v1/orders?storeId=north-a', otherStore)).status).toBe(404);
  });

  test('API2: refuses every route without a valid key, in the same words', async () => {
    const { key } = await running.gateway.keys.create({
      ...{ retailerId: 'north', storeId: null, name: 'old', scopes: SCOPES, expiresAtMs: 1 },
    });
    const bad = [null, '', 'x', `ak_AAAAAAAAAAAA_${'A'.repeat(43)}`, `${northKey}x`, northKey.slice(0, -1), key];
    for (const { path, method, isPublic } of await operations()) {
      if (isPublic) continue;
      for (const one of bad) {
        const { status, body } = await call(method, path.replace(/\{\w+\}/g, 'x'), one);
        expect([method, path, one, status]).toEqual([method, path, one, 401]);
        expect(body.detail).toBeUndefined();
      }
    }
  });

  test('API2: forgets a key the moment it is revoked', async () => {
    const made = await call('POST', '/v1/keys', northKey, { name: 'short', scopes: ['orders:read'] });
    expect((await call('GET', '/v1/orders', made.body.key)).status).toBe(200);
    expect((await call('DELETE', `/v1/keys/${made.body.id}`, southKey)).status).toBe(404);
    expect((await call('DELETE', `/v1/keys/${made.body.id}`, northKey)).status).toBe(204);
    expect((await call('GET', '/v1/orders', made.body.key)).status).toBe(401);
  });

  test('API3: takes no field it does not know, and gives out no key again', async () => {
    const body = { items: [{ sku: 'x', name: 'x', priceMinor: 1, retailerId: 'south' }] };
    expect((await call('PUT', '/v1/catalogue', northKey, body)).status).toBe(400);
    const { keys } = (await call('GET', '/v1/keys', northKey)).body;
    expect(JSON.stringify(keys)).not.toContain('ak_');
  });

  test('API4: bounds size, depth, page length and rate', async () => {
    const deep = `${'['.repeat(100)}${']'.repeat(100)}`;
    const json = { 'content-type': 'application/json' };
    expect((await call('PUT', '/v1/catalogue', northKey, deep, json)).status).toBe(413);
    expect((await call('PUT', '/v1/catalogue', northKey, `"${'x'.repeat(1_100_000)}"`, json)).status).toBe(413);
    expect((await call('GET', '/v1/orders?limit=100000', northKey)).status).toBe(400);
    const limits = (await call('GET', '/v1/orders', northKey)).headers;
    expect(Number(limits['x-ratelimit-remaining'])).toBeLessThan(Number(limits['x-ratelimit-limit']));
  });

  test('API5: lets a key do only what its scopes say, and give away no more than it has', async () => {
    const reader = await running.keyOf('north', null, ['orders:read']);
    const allowed = [
      ...['/v1/orders', '/v1/orders/{id}', '/v1/orders/{id}/receipts', '/v1/receipts/{id}/{file}'],
      ...['/v1/disputes', '/v1/disputes/{id}', '/v1/recalls/{sku}/orders'],
    ];
    for (const { path, method, isPublic } of await operations()) {
      if (isPublic || (method === 'GET' && allowed.includes(path)) || path === '/v1/analytics/products') continue;
      expect([path, (await call(method, path.replace(/\{\w+\}/g, 'x'), reader)).status]).toEqual([path, 403]);
    }
    const maker = await running.keyOf('north', 'north-a', ['keys:write']);
    expect((await call('POST', '/v1/keys', maker, { name: 'n', scopes: ['orders:write'] })).status).toBe(403);
    const elsewhere = { name: 'n', scopes: ['keys:write'], storeId: 'north-b' };
    expect((await call('POST', '/v1/keys', maker, elsewhere)).status).toBe(404);
  });

  test('API6: lets nobody take money back twice, or more than was paid', async () => {
    const path = `/v1/orders/${north.orderId}/refunds`;
    const refund = (quantity: number, key: string) =>
      call(
        'POST',
        path,
        northKey,
        { reason: 'unwanted_item', lines: [{ lineId: 'cola', quantity }] },
        { 'idempotency-key': key },
      );
    const first = await refund(1, 'refund-0001');
    expect(first).toMatchObject({ status: 201, body: { amountMinor: 145, currency: 'EUR' } });
    expect((await refund(1, 'refund-0001')).body).toEqual(first.body);
    expect((await refund(2, 'refund-0001')).status).toBe(422);
    expect((await refund(3, 'refund-0002')).status).toBe(409);
    expect((await refund(2, 'refund-0003')).body).toMatchObject({ amountMinor: 290 });
    expect((await refund(1, 'refund-0004')).status).toBe(409);
    const [payment] = [...running.provider.bank.payments.values()].filter(({ refundedMinor }) => refundedMinor > 0);
    expect([payment!.capturedMinor, payment!.refundedMinor]).toEqual([435, 435]);
    const { receipts } = (await call('GET', `/v1/orders/${north.orderId}/receipts`, northKey)).body;
    expect(receipts.map(({ kind }: { kind: string }) => kind)).toEqual(['receipt', 'credit-note', 'credit-note']);
  });

  // More of API7, redirects and names that resolve to private addresses: webhooks/post.test.ts.
  test('API7: fetches nothing from inside on behalf of a caller', () => {
    const guard = new AddressGuard({ allowPrivate: false });
    const inside = ['http://shop.example/', 'https://127.0.0.1/', 'https://[::1]/', 'https://169.254.169.254/latest'];
    for (const url of [...inside, 'https://10.0.0.7/', 'https://2130706433/', 'file:///etc/passwd', 'gopher://x/'])
      expect(() => guard.checkUrl(url)).toThrow();
    expect(guard.checkUrl('https://shop.example/hook').host).toBe('shop.example');
  });

  test('API8: sends strict headers, answers no foreign origin, and tells nothing of its errors', async () => {
    const { headers } = await call('GET', '/v1/orders', northKey, undefined, { origin: 'https://evil.example' });
    expect(headers['access-control-allow-origin']).toBeUndefined();
    expect(headers['content-security-policy']).toContain("default-src 'self'");
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['server'] ?? headers['x-powered-by']).toBeUndefined();
  });

  test('API9: has no route without a scope, a summary and a place in the documentation', async () => {
    const all = await operations();
    for (const { summary } of all) expect(summary?.length).toBeGreaterThan(5);
    expect(
      all
        .filter(({ isPublic }) => isPublic)
        .map(({ path }) => path)
        .sort(),
    ).toEqual(PUBLIC);
  });

  test("API10: believes no retailer's answer that is not in its schema, or is too long", async () => {
    const bodies = ['<html>', '{"identityKey":7}', '[]', 'null', `{"identityKey":"${'x'.repeat(2_000_000)}"}`];
    const server = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(bodies[0]);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const auth = { kind: 'bearer', token: 'sixteen-or-more-characters' };
    const settings = jwoSettingsSchema.parse({ kind: 'jwo', baseUrl: `http://127.0.0.1:${port}`, auth });
    const retailer = new JwoRetailer(settings, systemClock, new AddressGuard({ allowPrivate: true }));
    const shown = {
      requestId: 'r',
      eventId: 'e',
      storeId: 's',
      atMs: 0,
      credential: { by: 'code', value: 'c' },
    } as const;
    for (; bodies.length > 0; bodies.shift())
      await expect(retailer.identify(shown, AbortSignal.timeout(5_000))).rejects.toBeInstanceOf(RetailerTrouble);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
});

test('answers thousands of strange requests without a fault of its own and without leaking', {
  timeout: 120_000,
}, async () => {
  const all = await operations();
  const hostile = fc.oneof(
    fc.string({ maxLength: 40 }),
    fc.constantFrom(
      "'; DROP TABLE orders; --",
      '../../etc/passwd',
      '%00',
      '{{7*7}}',
      '\u0000',
      'A'.repeat(300),
      '-1',
      '1e309',
    ),
  );
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { depthSize: 'small' },
      hostile,
      fc.double(),
      fc.boolean(),
      fc.constant(null),
      tie('list'),
      tie('record'),
    ),
    list: fc.array(tie('any'), { maxLength: 4 }),
    record: fc.dictionary(
      fc.constantFrom('storeId', 'shopperId', 'lines', 'sku', 'items', 'reason', '__proto__', 'x'),
      tie('any'),
      { maxKeys: 5 },
    ),
  })).any;
  const request = fc.record({ at: fc.nat(1_000_000), part: hostile, query: hostile, body: value, keyed: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(request, async ({ at, part, query, body, keyed }) => {
      const { path, method } = all[at % all.length]!;
      if (path === '/v1/live/carts') return;
      const url = `${path.replace(/\{\w+\}/g, encodeURIComponent(part))}?storeId=${encodeURIComponent(query)}`;
      const payload = method === 'GET' ? undefined : JSON.stringify(body ?? null);
      const headers = { 'content-type': 'application/json', 'idempotency-key': 'fuzz-fuzz' };
      const { status, body: answer } = await call(method, url, keyed ? southKey : null, payload, headers);
      expect([url, status < 500]).toEqual([url, true]);
      const text = JSON.stringify(answer);
      for (const secret of ['SQLITE', 'SELECT ', 'node_modules', 'at async', north.orderId, north.tripId])
        expect(text.includes(secret)).toBe(false);
    }),
    { numRuns: Number(process.env['FUZZ_RUNS'] ?? (process.env['CI'] === '1' ? 10_000 : 1_500)) },
  );
});

test('opens the gate for a code from a phone, once, and names the visit to be told to the engine', async () => {
  const wallet = { paymentMethod: 'pm_card_visa', customer: null };
  expect((await call('PUT', '/v1/shoppers/ana', northKey, wallet)).status).toBe(204);
  const asked = { shopperId: 'ana', storeId: 'north-a', groupSize: 2 };
  const { status, body } = await call('POST', '/v1/entry-codes', northKey, asked);
  expect(status).toBe(201);
  expect(body.qrSvg).toContain('<svg');
  const picture = await call('GET', `/v1/entry-codes/${body.handle}/qr.png`, northKey);
  expect(picture.headers['content-type']).toBe('image/png');
  const show = (code: string, eventId: string) =>
    call('POST', '/v1/gates/gate/interactions', northKey, { eventId, storeId: 'north-a', credential: code });
  const eventId = '7b0c8a52-4f0e-4b8e-9a55-0c8a2f6f9d01';
  const opened = (await show(body.code, eventId)).body;
  expect(opened).toMatchObject({ open: true, groupSize: 2, reason: null, standIn: false });
  expect((await show(body.code, eventId)).body).toEqual(opened);
  const replayed = await show(body.code, '7b0c8a52-4f0e-4b8e-9a55-0c8a2f6f9d02');
  expect(replayed.body).toMatchObject({ open: false, reason: 'credential', tripId: null });
  const { desk } = running.gateway;
  expect(await desk.hasAdmitted('north', 'session-north-a', opened.tripId)).toBe(true);
  expect(await desk.hasAdmitted('south', 'session-north-a', opened.tripId)).toBe(false);
  expect((await call('POST', '/v1/entry-codes', northKey, { ...asked, shopperId: 'nobody' })).status).toBe(404);
  expect((await call('POST', '/v1/entry-codes', southKey, asked)).status).toBe(404);
});

test('lets an order of a restricted product go on when an attendant has seen the shopper', async () => {
  const { database, gateway } = running;
  const tripId = 'restricted-trip';
  await database.transaction(async (tx) => {
    await tx.query(
      `INSERT INTO trips (id, retailer_id, store_id, session_id, started_at_ms, cart_status, cart_version, attendant)
       VALUES (?, 'north', 'north-a', 'session-north-a', 0, 'final', 1, 'required')`,
      [tripId],
    );
    const waiting = { tripId, retailerId: 'north', storeId: 'north-a', items: [], attendantReason: 'beer: alcohol' };
    await gateway.orders.create(tx, waiting);
  });
  const attendant = (key: string) => call('POST', `/v1/trips/${tripId}/attendant`, key, { decision: 'approved' });
  expect((await attendant(southKey)).status).toBe(404);
  expect((await attendant(northKey)).body).toMatchObject({ attendant: 'approved' });
  const [row] = await database.query('SELECT state FROM orders WHERE trip_id = ?', [tripId]);
  expect(row!['state']).not.toBe('attendant_required');
  expect((await attendant(northKey)).status).toBe(409);
});

test('settles a visit that was let in while nobody answered, once the order is priced', async () => {
  const { database, gateway } = running;
  const { clock, shoppers, orders, runner } = gateway;
  const tripId = 'stand-in-trip';
  const wallet = { paymentMethod: 'pm_card_visa', customer: null };
  await database.transaction(async (tx) => {
    const subject = await shoppers.register(tx, 'north', 'card', 'stand-in', wallet, clock.nowMs());
    await tx.query(
      `INSERT INTO trips (id, retailer_id, store_id, session_id, subject_id, started_at_ms, cart_status, cart_version, attendant)
       VALUES (?, 'north', 'north-a', 'session-north-a', ?, ?, 'final', 1, 'none')`,
      [tripId, subject, clock.nowMs()],
    );
    const quantity = { value: 1, unit: 'each' as const };
    const items = [{ lineId: 'cola', sku: 'cola', quantity, confidence: 1, takenAtMs: [] }];
    await orders.create(tx, { tripId, retailerId: 'north', storeId: 'north-a', items, attendantReason: null });
  });
  runner.wake();
  const orderNow = async () => (await call('GET', `/v1/orders?tripId=${tripId}`, northKey)).body.orders[0];
  for (let i = 0; i < 200 && (await orderNow()).state !== 'completed'; i++) await clock.delay(20);
  expect(await orderNow()).toMatchObject({ state: 'completed', prices: { totalMinor: 145 } });
  const captured = [...running.provider.bank.payments.values()].filter(({ capturedMinor }) => capturedMinor === 145);
  expect(captured.length).toBe(1);
});

test('logs routes and states, never a key, an id of a visit or what was asked', async () => {
  let written = '';
  const sink = new Writable({
    write(chunk, _encoding, done) {
      written += String(chunk);
      done();
    },
  });
  const { gateway } = running;
  const app = await buildServer({
    ...{ keys: gateway.keys, metrics: gateway.metrics, logLevel: 'trace', logTo: sink },
    isReady: async () => true,
    routes: allRoutes(running),
  });
  const headers = { authorization: `Bearer ${northKey}` };
  await app.inject({ method: 'GET', url: `/v1/trips/${north.tripId}`, headers });
  await app.inject({ method: 'GET', url: '/v1/orders?tripId=secret-trip', headers });
  await app.inject({ method: 'PUT', url: `/v1/cards/${north.card}`, headers, payload: { paymentMethod: 1 } });
  await app.close();
  expect(written).toContain('/v1/trips/:id');
  for (const secret of [north.tripId, north.card, 'secret-trip', northKey.slice(16), '127.0.0.1'])
    expect(written).not.toContain(secret);
});
