/**
 * What a retailer's connector is checked for before a store is connected to it: cases in our words after the headings
 * of the published test pages. Each runs against a URL and touches nothing but the trips it makes up itself.
 */
import { randomUUID } from 'node:crypto';
import { type Clock, isoTime } from '../../clock.ts';
import { type ConnectorAuth, signedHeaders } from '../connector-auth.ts';
import { errorAnswerSchema, identityKeysAnswerSchema, PATHS, purchasesAnswerSchema } from './outbound-wire.ts';

export interface ConformanceTarget {
  readonly baseUrl: string;
  readonly auth: ConnectorAuth;
  readonly clock: Clock;
  /** A store and a code that the retailer's test system knows. */
  readonly storeId: string;
  readonly validCode: string;
  readonly validSku: string;
  readonly timeoutMs?: number;
}

export interface CaseResult {
  readonly id: string;
  readonly name: string;
  readonly passed: boolean;
  /** What was found and what was expected, where it failed. */
  readonly found: string | null;
  readonly ms: number;
}

type Json = Record<string, unknown>;
interface Reply {
  readonly status: number;
  readonly body: unknown;
}
type Send = (path: string, body: unknown, more?: { readonly unsigned?: boolean }) => Promise<Reply>;

export interface ConformanceCase {
  readonly id: string;
  readonly name: string;
  /** Null: passed; else what was found and expected. */
  run(target: ConformanceTarget, send: Send): Promise<string | null>;
}

const base64 = (text: string) => Buffer.from(text, 'utf8').toString('base64');

function identityBody({ storeId, validCode, clock }: ConformanceTarget): Json & { authEvent: Json } {
  const authEvent = { id: randomUUID(), timestamp: isoTime(clock.nowMs()), location: 'ENTRY' };
  return { requestId: randomUUID(), identityKey: base64(validCode), storeId, authEvent, keyChannel: 'OPTICAL' };
}

type Purchase = Json & { shoppingTrip: Json & { authEvents: Json[] }; cartItems: (Json & { quantity: Json })[] };

function purchaseBody({ storeId, validSku, clock }: ConformanceTarget): Purchase {
  const nowMs = clock.nowMs();
  return {
    requestId: randomUUID(),
    idempotentShoppingTripId: randomUUID(),
    storeId,
    shoppingTrip: {
      startTime: isoTime(nowMs - 300_000),
      endTime: isoTime(nowMs - 1000),
      authEvents: [authEvent(nowMs - 300_000, 'FINANCIAL')],
    },
    cartItems: [item(validSku, '1.0', 'line-1')],
    shopperIdentity: { id: randomUUID() },
  };
}

const authEvent = (atMs: number, payloadType: string, more: Json = {}): Json => ({
  ...{ id: randomUUID(), timestamp: isoTime(atMs), location: 'ENTRY', payloadType, ...more },
});
const item = (id: string, value: string, lineItemId: string, unit = 'unit') => ({
  ...{ id, type: 'SKU', quantity: { value, unit }, lineItemId },
});

const without = (body: Json, path: string): Json => changed(body, path, undefined);

/** A copy with one member replaced, or left out where the value is undefined; `a.0.b` leads into arrays. */
function changed(body: Json, path: string, value: unknown): Json {
  const copy = structuredClone(body);
  const parts = path.split('.');
  let at = copy as Record<string, unknown>;
  for (const part of parts.slice(0, -1)) at = at[part] as Record<string, unknown>;
  if (value === undefined) delete at[parts.at(-1)!];
  else at[parts.at(-1)!] = value;
  return copy;
}

const status = (reply: Reply, ...expected: number[]) =>
  expected.includes(reply.status) ? null : `found status ${reply.status}, expected ${expected.join(' or ')}`;

const refused = (reply: Reply, ...expected: number[]) =>
  status(reply, ...expected) ??
  (errorAnswerSchema.safeParse(reply.body).success
    ? null
    : 'found no errorMsg in the answer, expected {"errorMsg": …}');

const admits = (reply: Reply) =>
  status(reply, 200) ??
  (identityKeysAnswerSchema.safeParse(reply.body).success
    ? null
    : 'found another body, expected {"visitorDetails": {"id": …, "type": "SHOPPER" or "ASSOCIATE"}}');

const accepts = (reply: Reply) =>
  status(reply, 201) ??
  (purchasesAnswerSchema.required().safeParse(reply.body).success ? null : 'found no purchaseId in the answer');

const identity = (
  id: string,
  name: string,
  body: (target: ConformanceTarget) => unknown,
  expect: (reply: Reply) => string | null,
) => ({
  ...{
    id: `identity.${id}`,
    name,
    run: async (target: ConformanceTarget, send: Send) => expect(await send(PATHS.identityKeys, body(target))),
  },
});
const order = (
  id: string,
  name: string,
  body: (target: ConformanceTarget) => unknown,
  expect: (reply: Reply) => string | null = accepts,
) => ({
  ...{
    id: `order.${id}`,
    name,
    run: async (target: ConformanceTarget, send: Send) => expect(await send(PATHS.purchases, body(target))),
  },
});
const bad = (reply: Reply) => refused(reply, 400);
const long = 'x'.repeat(256);

const identityCases: ConformanceCase[] = [
  identity('valid', 'lets a known code in', identityBody, admits),
  identity(
    'unknown',
    'keeps the gate shut for an unknown code',
    (t) => changed(identityBody(t), 'identityKey', base64(`no-${randomUUID()}`)),
    (r) => status(r, 401),
  ),
  identity(
    'extra-field',
    'ignores fields it does not know',
    (t) => ({ ...identityBody(t), later: { version: 2 } }),
    admits,
  ),
  identity('no-channel', 'takes a scan without its channel', (t) => without(identityBody(t), 'keyChannel'), admits),
  identity(
    'bad-channel',
    'refuses a channel that does not exist',
    (t) => changed(identityBody(t), 'keyChannel', 'TELEPATHY'),
    bad,
  ),
  ...[
    'requestId',
    'identityKey',
    'storeId',
    'authEvent',
    'authEvent.id',
    'authEvent.timestamp',
    'authEvent.location',
  ].map((path) =>
    identity(`missing-${path}`, `refuses a request without ${path}`, (t) => without(identityBody(t), path), bad),
  ),
  identity(
    'bad-requestId',
    'refuses a requestId that is no UUID',
    (t) => changed(identityBody(t), 'requestId', 'abc'),
    bad,
  ),
  identity(
    'bad-event-id',
    'refuses an event id that is no UUID',
    (t) => changed(identityBody(t), 'authEvent.id', 'abc'),
    bad,
  ),
  identity(
    'bad-timestamp',
    'refuses a time that is none',
    (t) => changed(identityBody(t), 'authEvent.timestamp', 'yesterday'),
    bad,
  ),
  identity(
    'bad-location',
    'refuses a gate that is neither way in nor out',
    (t) => changed(identityBody(t), 'authEvent.location', 'ROOF'),
    bad,
  ),
  identity(
    'long-key',
    'refuses a key above 1000 characters',
    (t) => changed(identityBody(t), 'identityKey', base64('x'.repeat(900))),
    bad,
  ),
  identity(
    'plain-key',
    'refuses a key that is not Base64',
    (t) => changed(identityBody(t), 'identityKey', '!!not base64!!'),
    bad,
  ),
  identity(
    'long-store',
    'refuses a store name above 255 characters',
    (t) => changed(identityBody(t), 'storeId', long),
    bad,
  ),
  identity(
    'unknown-store',
    'refuses a store that is not its own',
    (t) => changed(identityBody(t), 'storeId', `no-${randomUUID()}`),
    bad,
  ),
  identity('empty', 'refuses an empty body', () => ({}), bad),
  {
    id: 'identity.repeat',
    name: 'answers a repeated request as it did before',
    async run(target, send) {
      const body = identityBody(target);
      const [first, second] = [await send(PATHS.identityKeys, body), await send(PATHS.identityKeys, body)];
      return JSON.stringify(first) === JSON.stringify(second)
        ? admits(first)
        : 'found another answer to the same request';
    },
  },
  unsigned('identity.unsigned', 'refuses a caller who does not sign', PATHS.identityKeys, identityBody),
];

const orderCases: ConformanceCase[] = [
  order('single', 'takes a cart of one item', purchaseBody),
  order('several', 'takes several items and quantities', (t) => ({
    ...purchaseBody(t),
    cartItems: [item(t.validSku, '2.0', 'a'), item(t.validSku, '1.0', 'b')],
  })),
  order('empty-cart', 'takes an empty cart as a purchase', (t) => ({ ...purchaseBody(t), cartItems: [] })),
  order('app-entry', 'takes a trip that a code opened', (t) => {
    const scanResult = { id: 'shopper-1', type: 'SHOPPER' };
    return changed(purchaseBody(t), 'shoppingTrip.authEvents', [
      authEvent(t.clock.nowMs(), 'SCAN_CODE', { scanResult }),
    ]);
  }),
  ...(['ASSOCIATE', 'CASH', 'LOYALTY'] as const).map((type) =>
    order(`scan-${type.toLowerCase()}`, `takes the trip of a visitor of type ${type}`, (t) => {
      const scanResult = { id: 'visitor-1', type };
      return changed(purchaseBody(t), 'shoppingTrip.authEvents', [
        authEvent(t.clock.nowMs(), 'SCAN_CODE', { scanResult }),
      ]);
    }),
  ),
  order('group', 'takes a group trip with several entries', (t) =>
    changed(purchaseBody(t), 'shoppingTrip.authEvents', [
      authEvent(t.clock.nowMs() - 2000, 'FINANCIAL'),
      authEvent(t.clock.nowMs() - 1000, 'FINANCIAL'),
    ]),
  ),
  order('manual', 'takes a trip that staff opened in the store', (t) =>
    changed(purchaseBody(t), 'shoppingTrip.authEvents.0.location', 'MANUAL_IN_STORE'),
  ),
  order('weight', 'takes a fractional quantity', (t) => changed(purchaseBody(t), 'cartItems.0.quantity.value', '0.25')),
  order('barcodes', 'takes barcodes beside the SKU', (t) =>
    changed(purchaseBody(t), 'cartItems.0.externalIdentifiers', [{ id: '4006381333931', type: 'EAN' }]),
  ),
  order('no-optional', 'takes a cart without its optional fields', (t) =>
    without(without(purchaseBody(t), 'shopperIdentity'), 'cartItems.0.lineItemId'),
  ),
  order('extra-field', 'ignores fields it does not know', (t) => ({ ...purchaseBody(t), later: [1] })),
  {
    id: 'order.repeat',
    name: 'makes one purchase of a repeated trip and answers alike',
    async run(target, send) {
      const body = purchaseBody(target);
      const first = await send(PATHS.purchases, body);
      const second = await send(PATHS.purchases, { ...body, requestId: randomUUID() });
      return accepts(first) ?? accepts(second) ?? sameId(first, second);
    },
  },
  {
    id: 'order.parallel',
    name: 'makes one purchase of a trip that is sent twice at once',
    async run(target, send) {
      const body = purchaseBody(target);
      const [first, second] = await Promise.all([send(PATHS.purchases, body), send(PATHS.purchases, body)]);
      return accepts(first) ?? accepts(second) ?? sameId(first, second);
    },
  },
  {
    id: 'order.distinct',
    name: 'tells two trips apart that bought the same',
    async run(target, send) {
      const [first, second] = [
        await send(PATHS.purchases, purchaseBody(target)),
        await send(PATHS.purchases, purchaseBody(target)),
      ];
      return (
        accepts(first) ??
        accepts(second) ??
        (sameId(first, second) === null ? 'found one purchase for two trips' : null)
      );
    },
  },
  ...[
    'requestId',
    'idempotentShoppingTripId',
    'storeId',
    'shoppingTrip',
    'shoppingTrip.startTime',
    'shoppingTrip.endTime',
    'shoppingTrip.authEvents',
    'shoppingTrip.authEvents.0.id',
    'shoppingTrip.authEvents.0.payloadType',
    'cartItems',
    'cartItems.0.id',
    'cartItems.0.type',
    'cartItems.0.quantity',
    'cartItems.0.quantity.value',
    'cartItems.0.quantity.unit',
  ].map((path) =>
    order(`missing-${path}`, `refuses a cart without ${path}`, (t) => without(purchaseBody(t), path), bad),
  ),
  order(
    'bad-requestId',
    'refuses a requestId that is no UUID',
    (t) => changed(purchaseBody(t), 'requestId', 'abc'),
    bad,
  ),
  order(
    'bad-trip',
    'refuses a trip id that is no UUID',
    (t) => changed(purchaseBody(t), 'idempotentShoppingTripId', 'abc'),
    bad,
  ),
  order(
    'long-store',
    'refuses a store name above 255 characters',
    (t) => changed(purchaseBody(t), 'storeId', long),
    bad,
  ),
  order(
    'unknown-store',
    'refuses a store that is not its own',
    (t) => changed(purchaseBody(t), 'storeId', `no-${randomUUID()}`),
    bad,
  ),
  order(
    'bad-start',
    'refuses a start that is no time',
    (t) => changed(purchaseBody(t), 'shoppingTrip.startTime', 'noon'),
    bad,
  ),
  order(
    'end-first',
    'refuses a trip that ends before it starts',
    (t) => changed(purchaseBody(t), 'shoppingTrip.endTime', isoTime(t.clock.nowMs() - 600_000)),
    bad,
  ),
  order(
    'no-events',
    'refuses a trip that nobody entered',
    (t) => changed(purchaseBody(t), 'shoppingTrip.authEvents', []),
    bad,
  ),
  order(
    'bad-event-id',
    'refuses an event id that is no UUID',
    (t) => changed(purchaseBody(t), 'shoppingTrip.authEvents.0.id', 'abc'),
    bad,
  ),
  order(
    'bad-location',
    'refuses a place that does not exist',
    (t) => changed(purchaseBody(t), 'shoppingTrip.authEvents.0.location', 'ROOF'),
    bad,
  ),
  order(
    'bad-payload',
    'refuses a kind of entry that does not exist',
    (t) => changed(purchaseBody(t), 'shoppingTrip.authEvents.0.payloadType', 'COIN'),
    bad,
  ),
  order(
    'bad-item-type',
    'refuses a kind of item that does not exist',
    (t) => changed(purchaseBody(t), 'cartItems.0.type', 'SMELL'),
    bad,
  ),
  order(
    'long-item',
    'refuses an item name above 255 characters',
    (t) => changed(purchaseBody(t), 'cartItems.0.id', long),
    bad,
  ),
  order(
    'number-quantity',
    'refuses a quantity that is a number instead of text',
    (t) => changed(purchaseBody(t), 'cartItems.0.quantity.value', 1),
    bad,
  ),
  order(
    'long-quantity',
    'refuses a quantity above ten characters',
    (t) => changed(purchaseBody(t), 'cartItems.0.quantity.value', '1.0000000000'),
    bad,
  ),
  order(
    'bad-barcode',
    'refuses a kind of barcode that does not exist',
    (t) => changed(purchaseBody(t), 'cartItems.0.externalIdentifiers', [{ id: '1', type: 'MORSE' }]),
    bad,
  ),
  order(
    'same-line',
    'refuses two lines of one id',
    (t) => ({
      ...purchaseBody(t),
      cartItems: [item(t.validSku, '1.0', 'a'), item(t.validSku, '1.0', 'a')],
    }),
    bad,
  ),
  order('empty', 'refuses an empty body', () => ({}), bad),
  unsigned('order.unsigned', 'refuses a caller who does not sign', PATHS.purchases, purchaseBody),
];

/** All cases, in the order in which they run. */
export const CONFORMANCE_CASES: readonly ConformanceCase[] = [...identityCases, ...orderCases];

function unsigned(id: string, name: string, path: string, body: (target: ConformanceTarget) => Json): ConformanceCase {
  return {
    id,
    name,
    run: async (target, send) => status(await send(path, body(target), { unsigned: true }), 401, 403),
  };
}

function sameId(first: Reply, second: Reply): string | null {
  const [a, b] = [first, second].map(({ body }) => (body as { purchaseId?: string }).purchaseId);
  return a === b ? null : `found purchases ${a} and ${b}, expected one`;
}

/** Runs the cases one after another; a case whose endpoint does not answer has failed. */
export async function* runConformance(
  target: ConformanceTarget,
  cases: readonly ConformanceCase[] = CONFORMANCE_CASES,
): AsyncGenerator<CaseResult> {
  const send: Send = async (path, body, more) => {
    const text = JSON.stringify(body);
    const url = new URL(target.baseUrl.replace(/\/$/, '') + path);
    const json = { 'content-type': 'application/json' };
    const headers = more?.unsigned ? json : signedHeaders(target.auth, url, text, target.clock.nowMs());
    const { host: _, ...sendable } = headers as Record<string, string>;
    const signal = AbortSignal.timeout(target.timeoutMs ?? 10_000);
    const answer = await fetch(url, { method: 'POST', headers: sendable, body: text, redirect: 'manual', signal });
    const answered = await answer.text();
    return { status: answer.status, body: parsed(answered) };
  };
  for (const { id, name, run } of cases) {
    const startedMs = target.clock.nowMs();
    const found = await run(target, send).catch((error: Error) => `no answer: ${error.message}`);
    yield { id, name, passed: found === null, found, ms: target.clock.nowMs() - startedMs };
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
