import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../clock.ts';
import type { PlaceRequest, RetailerTrouble, RiskRequest } from '../../retailer/retailer-port.ts';
import { AddressGuard } from '../../webhooks/address-guard.ts';
import type { ConnectorAuth } from '../connector-auth.ts';
import { JwoRetailer, jwoSettingsSchema, quantityText } from './jwo-retailer.ts';
import { PATHS } from './outbound-wire.ts';
import { requestProblem, TestConnector } from './test-connector.ts';

const AUTHS: readonly ConnectorAuth[] = [
  {
    ...{ kind: 'sigv4', accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' },
    ...{ region: 'eu-central-1', service: 'execute-api' },
  },
  { kind: 'hmac', secrets: [`whsec_${Buffer.alloc(32, 7).toString('base64')}`] },
  { kind: 'bearer', token: 'a-token-of-some-length' },
];
const never = new AbortController().signal;
const guard = new AddressGuard({ allowPrivate: true });
const AT_MS = Date.UTC(2026, 2, 1, 12);

const identity = (by: 'card' | 'code' | 'associate', value: string, storeId = 'store-1') => ({
  ...{ requestId: randomUUID(), eventId: randomUUID(), storeId, atMs: AT_MS, credential: { by, value } },
});
const place = (more: Partial<PlaceRequest> = {}): PlaceRequest => ({
  ...{ requestId: randomUUID(), tripId: randomUUID(), orderId: 'o', storeId: 'store-1' },
  ...{ startedAtMs: AT_MS, endedAtMs: AT_MS + 60_000 },
  entries: [{ eventId: randomUUID(), atMs: AT_MS, by: 'card', visitorId: 'card-1', visitorType: 'SHOPPER' }],
  items: [
    { lineId: 'l1', sku: 'cola-330', quantity: { value: 2, unit: 'each' }, confidence: 0.99, takenAtMs: [AT_MS] },
    { lineId: 'l2', sku: 'nuts', quantity: { value: 350, unit: 'g' }, confidence: 0.9, takenAtMs: [AT_MS] },
  ],
  ...more,
});
const risk = (amountMinor: number): RiskRequest => ({
  ...{ tripId: randomUUID(), eventId: randomUUID(), storeId: 'store-1', atMs: AT_MS, by: 'card', visitorId: 'card-1' },
  hold: { amountMinor, currency: 'EUR' },
});

describe.each(AUTHS)('a retailer behind the connector format, by $kind', (auth) => {
  let connector: TestConnector;
  let retailer: JwoRetailer;
  beforeAll(async () => {
    connector = new TestConnector(auth, systemClock);
    const baseUrl = await connector.listen();
    const settings = jwoSettingsSchema.parse({
      kind: 'jwo',
      baseUrl: `${baseUrl}/`,
      auth,
      assesses: true,
      timeoutMs: 400,
    });
    retailer = new JwoRetailer(settings, systemClock, guard);
  });
  afterEach(() => {
    // Whatever a test sent, the separately written description accepts it.
    expect(connector.requests.filter(({ problem }) => problem !== null)).toEqual([]);
  });
  afterAll(async () => {
    retailer.close();
    await connector.close();
  });

  test('identifies shoppers and associates, and keeps the gate shut for others', async () => {
    expect(await retailer.identify(identity('code', 'code-1'), never)).toEqual({
      visitorId: 'of-code-1',
      visitorType: 'SHOPPER',
    });
    expect(await retailer.identify(identity('associate', 'badge-1'), never)).toMatchObject({
      visitorType: 'ASSOCIATE',
    });
    expect(await retailer.identify(identity('code', 'who'), never)).toBeNull();
  });

  test('asks nobody about a card, and gives it the same name each time without telling its token', async () => {
    const before = connector.requests.length;
    const first = await retailer.identify(identity('card', 'pm_secret'), never);
    expect(await retailer.identify(identity('card', 'pm_secret'), never)).toEqual(first);
    expect(JSON.stringify(first)).not.toContain('secret');
    expect(connector.requests.length).toBe(before);
  });

  test('resolves loyalty scans, their promotions and shoppers to be helped', async () => {
    expect(await retailer.resolveScan(identity('code', 'club-7'), never)).toEqual({
      visitorId: 'loyal-1',
      visitorType: 'LOYALTY',
    });
    expect(await retailer.scanDetails('store-1', 'loyal-1', 'LOYALTY', never)).toEqual({
      provider: 'club',
      promotionIds: ['p1'],
    });
    expect(await retailer.findShopper('store-1', '+49151', 'PHONE_NUMBER', never)).toEqual({ id: 'shopper-1' });
  });

  test('lets the retailer deny and lower a hold, never raise it', async () => {
    const condition = (value: number) => ({ type: 'ADJUST', amount: { value, currencyCode: 'EUR' } });
    const answers = [
      [
        { shopperAuthorized: true, authorizationConditions: [condition(15.5)] },
        { authorized: true, holdMinor: 1550 },
      ],
      [{ recommendation: { shopperAuthorized: true, authorizationConditions: [condition(80)] } }, { holdMinor: 5000 }],
      [
        { shopperAuthorized: false, shopperRisks: ['BadDebt'] },
        { authorized: false, risks: ['BadDebt'] },
      ],
    ] as const;
    for (const [answer, expected] of answers) {
      connector.fraudAnswer = answer;
      expect(await retailer.assess(risk(5000), never)).toMatchObject(expected);
    }
    const sent = connector.requests.at(-1)!.body as { authorizedAmount: unknown };
    expect(sent.authorizedAmount).toEqual({ value: 50, currencyCode: 'EUR' });
  });

  test('hands a cart over once and hears the same purchase on a repeat', async () => {
    const request = place();
    const first = await retailer.place(request, never);
    expect(first).toEqual({ purchaseId: expect.stringContaining('purchase-'), prices: null });
    expect(await retailer.place({ ...request, requestId: randomUUID() }, never)).toEqual(first);
    const body = connector.requests.at(-1)!.body as { cartItems: { quantity: unknown }[] };
    expect(body.cartItems.map(({ quantity }) => quantity)).toEqual([
      { value: '2.0', unit: 'unit' },
      { value: '350.0', unit: 'gram' },
    ]);
  });

  test('hands over empty carts, groups, and trips that nobody opened', async () => {
    const code = { eventId: randomUUID(), atMs: AT_MS, by: 'code', visitorId: 'v', visitorType: 'SHOPPER' } as const;
    for (const request of [
      place({ items: [] }),
      place({ entries: [] }),
      place({ entries: [code, { ...code, eventId: randomUUID() }] }),
    ])
      expect((await retailer.place(request, never)).purchaseId).toContain('purchase-');
  });

  const trouble = (isTemporary: boolean) => expect.objectContaining({ name: 'RetailerTrouble', isTemporary });
  test.each([
    [400, false],
    [403, true],
    [404, true],
    [429, true],
    [500, true],
    [503, true],
    [302, true],
  ])('tells a %i apart: temporary is %s', async (status, isTemporary) => {
    connector.scripted.push((_, response) => {
      response
        .writeHead(status, { 'content-type': 'application/json', location: 'http://127.0.0.1:1/' })
        .end('{"errorMsg":"no"}');
    });
    await expect(retailer.place(place(), never)).rejects.toEqual(trouble(isTemporary));
  });

  test('hears Retry-After, in seconds', async () => {
    connector.scripted.push((_, response) => void response.writeHead(429, { 'retry-after': '600' }).end());
    const failure = await retailer.place(place(), never).catch((error: RetailerTrouble) => error);
    expect(failure).toMatchObject({ retryAfterMs: 600_000 });
  });

  test('gives up on endpoints that are silent, cut the line, lie or talk without end', async () => {
    const faults: ((response: import('node:http').ServerResponse) => void)[] = [
      () => undefined,
      (response) => response.destroy(),
      (response) => void response.writeHead(201).end('not json'),
      (response) => void response.writeHead(201).end('{"purchaseId":7}'),
      (response) => void response.writeHead(201).end(`{"purchaseId":"${'x'.repeat(2_000_000)}"}`),
    ];
    for (const fault of faults) {
      connector.scripted.push((_, response) => fault(response));
      await expect(retailer.place(place(), never)).rejects.toEqual(trouble(true));
    }
  });

  test('takes the trip for the purchase where the answer names none, as was once allowed', async () => {
    connector.scripted.push((_, response) => void response.writeHead(201).end());
    const request = place();
    expect(await retailer.place(request, never)).toEqual({ purchaseId: request.tripId, prices: null });
  });

  test('stops waiting when told to', async () => {
    connector.scripted.push(() => undefined);
    await expect(retailer.identify(identity('code', 'code-1'), AbortSignal.timeout(20))).rejects.toEqual(trouble(true));
  });
});

test('keeps connections to private addresses out unless they are allowed', async () => {
  const settings = jwoSettingsSchema.parse({ kind: 'jwo', baseUrl: 'https://127.0.0.1:9/', auth: AUTHS[2] });
  const retailer = new JwoRetailer(settings, systemClock, new AddressGuard());
  await expect(retailer.place(place(), never)).rejects.toThrow(/private address/);
  retailer.close();
});

test('refuses by the separate description what is not in the format', () => {
  const bad = {
    requestId: 'abc',
    identityKey: 'QQ==',
    storeId: 's',
    authEvent: { id: 'x', timestamp: 'y', location: 'ROOF' },
  };
  expect(requestProblem(PATHS.identityKeys, bad)).toMatch(/requestId.*pattern/);
  expect(requestProblem(PATHS.identityKeys, bad)).toMatch(/location/);
  expect(requestProblem(PATHS.purchases, {})).toMatch(/cartItems/);
});

test('writes quantities as decimal text of at most ten characters', () => {
  expect([1, 350, 0.25, 12.5].map(quantityText)).toEqual(['1.0', '350.0', '0.25', '12.5']);
  for (const value of [Number.NaN, -1, 1e21, 0.123456789123]) expect(() => quantityText(value)).toThrow(RangeError);
});
