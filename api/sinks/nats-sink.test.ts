import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { expect, test } from 'vitest';
import { NatsSink } from './nats-sink.ts';
import { testReceipt } from './test-receipt.ts';

const isInstalled = spawnSync('nats-server', ['--version']).status === 0 || process.env['CI'] === '1';
if (!isInstalled) console.info('NATS not tested: found no nats-server on this machine');

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

async function startNats(dir: string, port: number) {
  const child = spawn('nats-server', ['-js', '-a', '127.0.0.1', '-p', String(port), '-sd', dir], { stdio: 'ignore' });
  const manager = await expect
    .poll(() => connect({ servers: `127.0.0.1:${port}`, reconnect: false }).catch(() => null), { timeout: 10_000 })
    .not.toBeNull()
    .then(() => connect({ servers: `127.0.0.1:${port}`, reconnect: false }));
  const stop = async () => {
    await manager.close();
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  return { connection: manager, stop };
}

test.runIf(isInstalled)(
  'publishes each receipt once to a real NATS server, and later where there is none',
  async () => {
    const dir = mkdtempSync(join(tmpdir(), 'aisle-nats-'));
    const port = await freePort();
    const sink = new NatsSink({ servers: [`127.0.0.1:${port}`], prefix: 'orders', timeoutMs: 2_000 });
    expect(await sink.take(testReceipt())).toMatchObject({ outcome: 'later' });

    const nats = await startNats(dir, port);
    expect(await sink.take(testReceipt())).toMatchObject({ outcome: 'later' });
    const manager = await jetstreamManager(nats.connection);
    await manager.streams.add({ name: 'ORDERS', subjects: ['orders.>'] });
    expect(await sink.take(testReceipt())).toEqual({ outcome: 'taken', externalId: 'ORDERS/1' });
    expect(await sink.take(testReceipt())).toEqual({ outcome: 'taken', externalId: 'ORDERS/1' });
    expect(await sink.take(testReceipt({ id: 'another', storeId: 'a.b c' }))).toEqual({
      outcome: 'taken',
      externalId: 'ORDERS/2',
    });
    const message = await (await jetstream(nats.connection).streams.get('ORDERS')).getMessage({ seq: 1 });
    expect(message!.subject).toBe('orders.r1.s1');
    expect(message!.json()).toEqual(JSON.parse(JSON.stringify(testReceipt())));

    await nats.stop();
    expect(await sink.take(testReceipt({ id: 'third' }))).toMatchObject({ outcome: 'later' });
    const again = await startNats(dir, port);
    await expect
      .poll(async () => (await sink.take(testReceipt({ id: 'third' }))).outcome, { timeout: 15_000 })
      .toBe('taken');
    await sink.close();
    await again.stop();
    rmSync(dir, { recursive: true });
  },
);
