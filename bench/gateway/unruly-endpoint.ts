import { createServer, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import type { RandomStream } from '../../simulator/random.ts';
import { listening, textOf } from './unruly-provider.ts';

export type EndpointManner = 'fair' | 'slow' | 'lying';

/** An event as an endpoint took it. */
export interface TakenEvent {
  readonly id: string;
  readonly type: string;
  readonly tripId: string | null;
}

export interface Endpoint {
  readonly url: string;
  readonly secret: string;
  /** Everything that came, repeats included. */
  readonly taken: readonly TakenEvent[];
  /** Signatures that did not verify. */
  readonly forged: number;
  close(): void;
}

/**
 * A retailer's webhook endpoint: a fair one takes and answers, a slow one takes its time, a lying one answers errors for
 * what it took, success for what it did not keep, and hangs up.
 */
export async function startEndpoint(manner: EndpointManner, draw: RandomStream): Promise<Endpoint> {
  const secret = `whsec_${Buffer.from(`${manner}-endpoint-of-the-fault-bench`).toString('base64')}`;
  const verifier = new Webhook(secret);
  const taken: TakenEvent[] = [];
  const state = { forged: 0 };
  const server = createServer(async (request, response) => {
    const body = await textOf(request).catch(() => null);
    if (body === null) return;
    // A signature stands for some minutes of its own clock, which jumps here: only its bytes are looked at.
    const expected = verifier.sign(
      String(request.headers['webhook-id']),
      new Date(Number(request.headers['webhook-timestamp']) * 1000),
      body,
    );
    if (!String(request.headers['webhook-signature']).split(' ').includes(expected)) state.forged++;
    const { id, type, data } = JSON.parse(body) as { id: string; type: string; data: { tripId?: string } };
    taken.push({ id, type, tripId: data.tripId ?? null });
    if (manner === 'slow') await sleep(300 + draw.uniform() * 2_000);
    if (manner === 'lying') lie(response, draw.uniform());
    else response.writeHead(204).end();
  });
  const url = `http://127.0.0.1:${await listening(server)}/${manner}`;
  return {
    ...{ url, secret, taken },
    get forged() {
      return state.forged;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function lie(response: ServerResponse, drawn: number): void {
  if (drawn < 0.1) response.destroy();
  else if (drawn < 0.2) response.writeHead(500).end('it was not me');
  else if (drawn < 0.3) response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end();
  else if (drawn < 0.35) response.writeHead(200).write('never ends');
  else response.writeHead(200, { 'content-type': 'text/html' }).end('<p>sure</p>');
}
