import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../clock.ts';
import { AddressGuard } from '../webhooks/address-guard.ts';
import { Poster } from '../webhooks/post.ts';
import { newSecret } from '../webhooks/signature.ts';
import { testReceipt } from './test-receipt.ts';
import { EpcisCaptureSink, WebhookSink } from './webhook-sink.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function serve(answer: (body: string, headers: Record<string, string>, response: ServerResponse) => void) {
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    answer(body, request.headers as Record<string, string>, response);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const poster = new Poster(new AddressGuard({ allowPrivate: true }), { timeoutMs: 2_000 });
  closers.push(() => {
    poster.close();
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/orders`, poster };
}

test('posts a receipt with a signature, its own id as key, and amounts in minor units', async () => {
  const secret = newSecret();
  const seen: unknown[] = [];
  const { url, poster } = await serve((body, headers, response) => {
    seen.push(new Webhook(secret).verify(body, headers), headers['idempotency-key']);
    response.writeHead(201).end('{"id":4711}');
  });
  const sink = new WebhookSink({ url, secrets: [secret] }, poster, systemClock);
  const receipt = testReceipt();
  expect(await sink.take(receipt)).toEqual({ outcome: 'taken', externalId: '4711' });
  expect(seen).toEqual([JSON.parse(JSON.stringify(receipt)), receipt.id]);
});

test.each([
  [200, 'taken'],
  [409, 'taken'],
  [400, 'refused'],
  [404, 'refused'],
  [429, 'later'],
  [500, 'later'],
])('makes of an answer %i: %s', async (status, outcome) => {
  const { url, poster } = await serve(
    (_, __, response) => void response.writeHead(status, { 'retry-after': '3' }).end(),
  );
  const sink = new WebhookSink({ url, secrets: [newSecret()] }, poster, systemClock);
  expect(await sink.take(testReceipt())).toMatchObject({ outcome });
});

test('obeys Retry-After and takes silence for later', async () => {
  const { url, poster } = await serve((_, __, response) => void response.writeHead(503, { 'retry-after': '3' }).end());
  const sink = new WebhookSink({ url, secrets: [newSecret()] }, poster, systemClock);
  expect(await sink.take(testReceipt())).toMatchObject({ retryAfterMs: 3_000 });
  const nobody = new WebhookSink({ url: 'http://127.0.0.1:1/', secrets: [newSecret()] }, poster, systemClock);
  expect(await nobody.take(testReceipt())).toMatchObject({ outcome: 'later', reason: 'ECONNREFUSED' });
});

test('posts EPCIS to a capture interface', async () => {
  const seen: Record<string, string>[] = [];
  const { url, poster } = await serve((body, headers, response) => {
    seen.push({ ...headers, type: JSON.parse(body).type });
    response.writeHead(202, { location: '/capture/1' }).end();
  });
  const options = { url, bearer: 'token', idBase: 'https://retailer.example' };
  expect(await new EpcisCaptureSink(options, poster, systemClock).take(testReceipt())).toMatchObject({
    outcome: 'taken',
  });
  expect(seen[0]).toMatchObject({
    type: 'EPCISDocument',
    authorization: 'Bearer token',
    'content-type': 'application/ld+json',
    'gs1-epcis-capture-error-behaviour': 'rollback',
  });
});
