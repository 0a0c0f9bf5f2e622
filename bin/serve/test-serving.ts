import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const entry = fileURLToPath(new URL('../aisle.ts', import.meta.url));

export interface ServeProcess {
  readonly address: string;
  readonly key: string;
  /** Everything it printed so far. */
  readonly output: () => string;
  get(path: string): Promise<unknown>;
  /** The body of an answer that needs no key. */
  text(path: string): Promise<string>;
  post(path: string, body?: unknown): Promise<unknown>;
  hasEnded(): boolean;
  kill(): Promise<void>;
  /** Ctrl-C; gives the exit code. */
  stop(): Promise<number | null>;
}

/** Starts `aisle serve` as a process of its own and waits until it listens. */
export async function startServe(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  hasViewer = false,
): Promise<ServeProcess> {
  const child = spawn(process.execPath, [entry, 'serve', ...(hasViewer ? [] : ['--no-viewer']), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
  const found = (pattern: RegExp) => pattern.exec(printed)?.[1];
  await until(() => found(/^key +(ak_\S+)$/m) !== undefined || child.exitCode !== null);
  const [address, key] = [found(/^gateway +(\S+)/m), found(/^key +(ak_\S+)$/m)];
  if (address === undefined || key === undefined) throw new Error(`aisle serve did not start:\n${printed}`);
  return {
    address,
    key,
    output: () => printed,
    async get(path) {
      const response = await fetch(`${address}${path}`, { headers: { authorization: `Bearer ${key}` } });
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
      return response.json();
    },
    async text(path) {
      return (await fetch(`${address}${path}`)).text();
    },
    async post(path, body = {}) {
      const response = await fetch(`${address}${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
      return response.status === 204 ? null : response.json();
    },
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    kill: async () => {
      await ended(child, 'SIGKILL');
    },
    stop: () => ended(child, 'SIGINT'),
  };
}

/** Runs another command to its end; throws with what it printed unless it ends well. */
export async function aisle(...args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [entry, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
  const [code] = await once(child, 'exit');
  // A scenario's own verdict is not what is asked here.
  if (code !== 0 && code !== 1) throw new Error(`aisle ${args.join(' ')} ended with ${code}:\n${printed}`);
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const exit = once(child, 'exit');
  child.kill(signal);
  await exit;
  return child.exitCode;
}

/** Waits until something holds; throws after a minute. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 1200; attempt++) {
    if (await holds()) return;
    await sleep(50);
  }
  throw new Error('waited a minute in vain');
}

/** A port of the loopback that nobody listens on. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A retailer's endpoint that takes every webhook. */
export async function startReceiver(): Promise<{ url: string; received: Received[]; close(): void }> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    received.push({ headers: request.headers, body });
    response.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/hook`, received, close: () => server.close() };
}
