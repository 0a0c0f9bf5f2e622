import { randomUUID } from 'node:crypto';
import { isoTime } from '../../clock.ts';
import {
  bad,
  type ConformanceCase,
  type ConformanceTarget,
  changed,
  type Json,
  long,
  type Reply,
  type Send,
  status,
  unsigned,
  without,
} from './conformance-case.ts';
import { PATHS, purchasesAnswerSchema } from './outbound-wire.ts';

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

const accepts = (reply: Reply) =>
  status(reply, 201) ??
  (purchasesAnswerSchema.required().safeParse(reply.body).success ? null : 'found no purchaseId in the answer');

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
/** Whether a cart becomes one purchase, and nothing else does. */
export const orderCases: ConformanceCase[] = [
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

function sameId(first: Reply, second: Reply): string | null {
  const [a, b] = [first, second].map(({ body }) => (body as { purchaseId?: string }).purchaseId);
  return a === b ? null : `found purchases ${a} and ${b}, expected one`;
}
