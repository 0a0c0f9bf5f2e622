import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../api/clock.ts';
import type { Bank } from '../../api/payments/test-provider/bank.ts';
import { TestStripe } from '../../api/payments/test-provider/stripe-server.ts';
import type { RandomStream } from '../../simulator/random.ts';

/** What a network and a provider do to a call. */
type Trouble = 'twice' | 'answer lost' | 'error after' | 'error before' | 'nonsense' | 'slow' | 'none';

/** Shares of calls in trouble; every one of them ends well when it is made again. */
const SHARES: readonly (readonly [Trouble, number])[] = [
  ['twice', 0.12],
  ['answer lost', 0.06],
  ['error after', 0.06],
  ['error before', 0.04],
  ['nonsense', 0.03],
  ['slow', 0.08],
];
const SLOW_MS = [200, 2_500] as const;

export interface UnrulyProvider {
  readonly port: number;
  readonly apiKey: string;
  readonly webhookSecret: string;
  readonly bank: Bank;
  /** How often each trouble was made, notices sent again or out of order included. */
  readonly counts: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

/**
 * The test provider behind a network that doubles calls, loses answers and tells lies about what it did; its notices to
 * `noticeUrl` come several times, late and in another order.
 */
export async function startUnrulyProvider(draw: RandomStream, noticeUrl: string): Promise<UnrulyProvider> {
  const secrets = { apiKey: 'sk_test', webhookSecret: 'whsec_t' };
  const counts = new Map<string, number>();
  const count = (what: string) => counts.set(what, (counts.get(what) ?? 0) + 1);
  const relay = createServer((request, response) => void relayNotice(request, response, noticeUrl, draw, count));
  const relayUrl = `http://127.0.0.1:${await listening(relay)}/`;
  const provider = new TestStripe({ clock: systemClock, ...secrets, webhookUrl: relayUrl });
  const target = await provider.server.listen();
  const proxy = createServer((request, response) => {
    serve(request, response, target, draw, count).catch(() => response.destroy());
  });
  const port = await listening(proxy);
  return {
    ...{ port, ...secrets, bank: provider.bank, counts },
    async close() {
      for (const server of [proxy, relay]) {
        server.closeAllConnections();
        server.close();
      }
      await provider.server.close();
    },
  };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  target: string,
  draw: RandomStream,
  count: (what: string) => void,
): Promise<void> {
  const body = await textOf(request);
  const trouble = request.method === 'POST' ? troubleOf(draw.uniform()) : 'none';
  if (trouble !== 'none') count(trouble);
  const { host: _, connection: __, 'content-length': ___, ...headers } = request.headers as Record<string, string>;
  const call = async () => {
    const answer = await fetch(`${target}${request.url}`, {
      method: request.method!,
      headers,
      ...(request.method === 'POST' ? { body } : {}),
    });
    return { status: answer.status, text: await answer.text() };
  };
  if (trouble === 'error before') {
    response.writeHead(503, { 'content-type': 'text/html' }).end('<h1>try later</h1>');
    return;
  }
  if (trouble === 'slow') await sleep(SLOW_MS[0] + draw.uniform() * (SLOW_MS[1] - SLOW_MS[0]));
  const answers = await Promise.all(trouble === 'twice' ? [call(), call()] : [call()]);
  const { status, text } = answers.at(-1)!;
  if (trouble === 'answer lost') response.destroy();
  else if (trouble === 'error after') response.writeHead(500).end('{"error":{"type":"api_error"}}');
  else if (trouble === 'nonsense') response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  else response.writeHead(status, { 'content-type': 'application/json' }).end(text);
}

/** Takes a notice at once and passes it on one to three times, each after a while of its own. */
async function relayNotice(
  request: IncomingMessage,
  response: ServerResponse,
  url: string,
  draw: RandomStream,
  count: (what: string) => void,
): Promise<void> {
  const body = await textOf(request);
  response.end();
  const signature = String(request.headers['stripe-signature']);
  const times = 1 + Math.floor(draw.uniform() * 3);
  for (let i = 0; i < times; i++) {
    count('notice');
    void sleep(draw.uniform() * 1_500)
      .then(() =>
        fetch(url, {
          method: 'POST',
          headers: { 'stripe-signature': signature, 'content-type': 'application/json' },
          body,
          signal: AbortSignal.timeout(5_000),
        }),
      )
      .then((answer) => answer.arrayBuffer())
      .catch(() => undefined);
  }
}

function troubleOf(drawn: number): Trouble {
  let sum = 0;
  for (const [trouble, share] of SHARES) {
    sum += share;
    if (drawn < sum) return trouble;
  }
  return 'none';
}

export async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  return text;
}

/** Listens on a free port of the loopback and gives it. */
export async function listening(server: ReturnType<typeof createServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
