import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../clock.ts';
import type { Poster } from './post.ts';
import { isSigned, type SignatureHeaders } from './signature.ts';

/** What came of one delivery to a listener. */
export interface Heard {
  readonly atMs: number;
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  readonly isVerified: boolean;
  /** What the program behind answered; null where there is none or it did not answer. */
  readonly forwardedStatus: number | null;
  readonly error: string | null;
  readonly tookMs: number;
  /** What the sender was answered. */
  readonly status: number;
  readonly body: string;
}

export interface ListenerOptions {
  readonly secret: string;
  /** Where verified deliveries go on to, byte for byte; null: they end here. */
  readonly forwardTo: string | null;
  readonly clock: Clock;
  readonly poster: Poster;
  readonly onHeard: (heard: Heard) => void;
}

const MAX_BYTES = 1_000_000;
const PASSED_ON = ['content-type', 'webhook-id', 'webhook-timestamp', 'webhook-signature'] as const;

/**
 * Receives webhooks at an integrator's desk: verifies each, passes it on and answers the sender what the program behind
 * answered, so that retries can be tried out. What is not signed is refused and goes nowhere.
 */
export class Listener {
  readonly #options: ListenerOptions;
  readonly #server: Server;

  constructor(options: ListenerOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => {
      this.#take(request, response).catch(() => response.destroy());
    });
  }

  /** Listens on the loopback only; gives the URL to send to. `port` 0 takes any that is free. */
  async listen(port: number): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject).listen(port, '127.0.0.1', resolve);
    });
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { clock, secret, onHeard } = this.#options;
    const atMs = clock.nowMs();
    const body = await read(request);
    if (request.method !== 'POST' || body === null) {
      response.writeHead(request.method === 'POST' ? 413 : 405).end();
      return;
    }
    const headers = Object.fromEntries(PASSED_ON.map((name) => [name, String(request.headers[name] ?? '')]));
    const isVerified = isSigned(headers as unknown as SignatureHeaders, body, secret, atMs / 1000);
    const answer = isVerified
      ? await this.#passOn(headers, body)
      : { status: 401, forwardedStatus: null, error: 'wrong signature' };
    response.writeHead(answer.status).end();
    const { type = '', subject = '' } = envelope(body);
    onHeard({
      atMs,
      id: headers['webhook-id']!,
      type,
      subject,
      isVerified,
      tookMs: clock.nowMs() - atMs,
      body,
      ...answer,
    });
  }

  async #passOn(headers: Record<string, string>, body: string) {
    const { forwardTo, poster } = this.#options;
    if (forwardTo === null) return { status: 204, forwardedStatus: null, error: null };
    const { status, error } = await poster.post(forwardTo, headers, body);
    return { status: status ?? 502, forwardedStatus: status, error };
  }
}

/** The body, or null where it is longer than anything we send. */
async function read(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += (chunk as Buffer).length;
    if (length > MAX_BYTES) return null;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function envelope(body: string): { type?: string; subject?: string } {
  try {
    const event = JSON.parse(body) as Record<string, unknown> | null;
    return { type: String(event?.['type'] ?? ''), subject: String(event?.['subject'] ?? '') };
  } catch {
    return {};
  }
}
