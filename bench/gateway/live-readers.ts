import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { testGateway } from '../../api/test-gateway.ts';

export interface ReaderFigures {
  readonly readers: number;
  /** Resident memory that each open reader adds to the gateway, after some events. */
  readonly bytesPerReader: number;
  readonly rssBytes: number;
  /** From publishing one cart to the last reader's socket having it in its buffer, milliseconds. */
  readonly publishMs: number;
  /** Events that the clients counted, of those sent to them. */
  readonly received: number;
  readonly sent: number;
}

const CLIENTS = fileURLToPath(new URL('./sse-clients.ts', import.meta.url));
/** Ports of one address would run short beyond this, and so would file handles. */
const PER_PROCESS = 5_000;
const EVENTS = 5;

/** Opens live feeds from processes beside the gateway's and looks at what they cost it. */
export async function measureReaders(readers: number): Promise<ReaderFigures> {
  const { gateway, app, keyOf, close } = await testGateway();
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  const key = await keyOf('north');
  globalThis.gc?.();
  const beforeBytes = process.memoryUsage().rss;
  const clients = [];
  for (let left = readers; left > 0; left -= PER_PROCESS) {
    const args = [`${address}/v1/live/carts`, key, String(Math.min(left, PER_PROCESS))];
    const child = fork(CLIENTS, args);
    await once(child, 'message');
    clients.push(child);
  }
  let publishMs = 0;
  for (let i = 0; i < EVENTS; i++) {
    const json = JSON.stringify({ tripId: `t${i}`, lines: [{ sku: 'cola', quantity: { value: i, unit: 'each' } }] });
    const startMs = performance.now();
    gateway.live.publish({ retailerId: 'north', storeId: 'north-a', tripId: `t${i}`, json });
    publishMs = Math.max(publishMs, performance.now() - startMs);
    await gateway.clock.delay(1_000);
  }
  globalThis.gc?.();
  const rssBytes = process.memoryUsage().rss;
  let received = 0;
  for (const child of clients) {
    child.send('count');
    const [{ events }] = (await once(child, 'message')) as [{ events: number }];
    received += events;
    child.disconnect();
  }
  gateway.live.close();
  await close();
  const bytesPerReader = (rssBytes - beforeBytes) / readers;
  return { readers, bytesPerReader, rssBytes, publishMs, received, sent: readers * EVENTS };
}
