import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LogShipper } from './log-shipper.ts';
import type { LogConfig } from './sink-config.ts';

const received: { path: string; headers: IncomingHttpHeaders; body: Buffer }[] = [];
let status = 200;
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  received.push({ path: request.url!, headers: request.headers, body: Buffer.concat(chunks) });
  response.writeHead(status).end('{}');
});
let url: string;
beforeEach(async () => {
  received.length = 0;
  status = 200;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

const line = (msg: string, level = 30) =>
  `${JSON.stringify({ level, time: 1_795_000_000_123, pid: 7, hostname: 'h', route: '/v1/orders', msg })}\n`;
const shipperTo = (config: object) => new LogShipper({ url, ...config } as LogConfig, 3_600_000);

test("sends Splunk's HTTP Event Collector one event after the other, time in seconds", async () => {
  const shipper = shipperTo({ kind: 'splunk', token: 't-1', index: 'shops' });
  shipper.write(line('one') + line('two').slice(0, 20));
  shipper.write(line('two').slice(20));
  await shipper.send();
  expect(received).toHaveLength(1);
  const [{ path, headers, body }] = received as [(typeof received)[0]];
  expect([path, headers.authorization]).toEqual(['/services/collector/event', 'Splunk t-1']);
  const events = body
    .toString()
    .split('\n')
    .map((text) => JSON.parse(text));
  expect(events).toMatchObject([
    { time: 1_795_000_000.123, index: 'shops', event: { msg: 'one', route: '/v1/orders', level: 30 } },
    { event: { msg: 'two' } },
  ]);
  expect(events[0].event).not.toHaveProperty('pid');
});

test("sends Datadog's intake a compressed list with its names for levels", async () => {
  const shipper = shipperTo({ kind: 'datadog', apiKey: 'k-1', service: 'shop' });
  shipper.write(`${line('bad', 50)}not a line of ours\n`);
  await shipper.send();
  const [{ path, headers, body }] = received as [(typeof received)[0]];
  expect([path, headers['dd-api-key'], headers['content-encoding']]).toEqual(['/api/v2/logs', 'k-1', 'gzip']);
  expect(JSON.parse(gunzipSync(body).toString())).toMatchObject([
    { ddsource: 'openaisle', service: 'shop', message: 'bad', status: 'error', timestamp: 1_795_000_000_123 },
  ]);
});

test('keeps lines while nobody takes them, drops the oldest beyond its bound and says how many', async () => {
  const shipper = shipperTo({ kind: 'splunk', token: 't' });
  status = 503;
  for (let i = 0; i < 10_007; i++) shipper.write(line(`n${i}`));
  await shipper.send();
  status = 200;
  received.length = 0;
  await shipper.send();
  const events = received.flatMap(({ body }) =>
    body
      .toString()
      .split('\n')
      .map((text) => JSON.parse(text).event),
  );
  expect(events[0]).toMatchObject({ msg: 'log lines were dropped', dropped: 7 });
  expect(events.slice(1).map(({ msg }) => msg)).toEqual(Array.from({ length: 10_000 }, (_, i) => `n${i + 7}`));
});

test('lets a batch go that is refused for good, and sends the rest when it ends', async () => {
  const shipper = shipperTo({ kind: 'splunk', token: 't' });
  status = 400;
  shipper.write(line('bad'));
  await shipper.send();
  status = 200;
  shipper.write(line('good'));
  await new Promise<void>((resolve) => shipper.end(() => resolve()));
  expect(received.map(({ body }) => JSON.parse(body.toString()).event.msg)).toEqual(['bad', 'good']);
});
