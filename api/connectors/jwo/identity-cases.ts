import { randomUUID } from 'node:crypto';
import { isoTime } from '../../clock.ts';
import {
  bad,
  base64,
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
import { identityKeysAnswerSchema, PATHS } from './outbound-wire.ts';

function identityBody({ storeId, validCode, clock }: ConformanceTarget): Json & { authEvent: Json } {
  const authEvent = { id: randomUUID(), timestamp: isoTime(clock.nowMs()), location: 'ENTRY' };
  return { requestId: randomUUID(), identityKey: base64(validCode), storeId, authEvent, keyChannel: 'OPTICAL' };
}

const admits = (reply: Reply) =>
  status(reply, 200) ??
  (identityKeysAnswerSchema.safeParse(reply.body).success
    ? null
    : 'found another body, expected {"visitorDetails": {"id": …, "type": "SHOPPER" or "ASSOCIATE"}}');

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
/** Whether the gate opens for whom it should. */
export const identityCases: ConformanceCase[] = [
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
