/** What both faces of the test provider share: a server with idempotency keys, mischief and notifications. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Mischief } from './magic.ts';

export interface WireRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface WireAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One wire format over the bank. */
export interface WireFace {
  /** Null where the caller's key is right. */
  refuse(request: WireRequest): WireAnswer | null;
  mischief(request: WireRequest): Mischief;
  answer(request: WireRequest): WireAnswer;
  trouble(status: number, code: string, message: string): WireAnswer;
}

interface Kept {
  readonly fingerprint: string;
  answer: WireAnswer | null;
}

export interface WireServerOptions {
  readonly host?: string;
  readonly port?: number;
  /** How long the slow answers take. */
  readonly slowMs?: number;
}

const MAX_BODY_BYTES = 1_000_000;

export class WireServer {
  readonly #face: WireFace;
  readonly #slowMs: number;
  readonly #kept = new Map<string, Kept>();
  /** Requests that have met their mischief: a repeat under a fresh key gets through. */
  readonly #mischiefDone = new Set<string>();
  readonly #server: Server;
  #notified: Promise<unknown> = Promise.resolve();
  /** Requests that were answered from memory. */
  replayCount = 0;
  requestCount = 0;

  constructor(face: WireFace, options: WireServerOptions = {}) {
    this.#face = face;
    this.#slowMs = options.slowMs ?? 60_000;
    this.#server = createServer((incoming, outgoing) => {
      this.#serve(incoming)
        .then((answer) => {
          if (answer === 'cut') return incoming.socket.destroy();
          const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
          outgoing.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
          return outgoing.end(text);
        })
        .catch((error: Error) => {
          outgoing.writeHead(500, { 'content-type': 'text/plain' });
          outgoing.end(error.message);
        });
    });
  }

  async listen(port = 0, host = '127.0.0.1'): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, resolve);
    });
    return `http://${host}:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    await this.#notified;
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Sends a notification after those before it; a receiver that is not there is not waited for. */
  notify(url: string, headers: Readonly<Record<string, string>>, body: string): void {
    this.#notified = this.#notified.then(() =>
      fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(5_000) })
        .then((answer) => answer.arrayBuffer())
        .catch(() => undefined),
    );
  }

  /** Settles when every notification so far has been sent. */
  async notified(): Promise<void> {
    await this.#notified;
  }

  async #serve(incoming: IncomingMessage): Promise<WireAnswer | 'cut'> {
    this.requestCount++;
    const url = new URL(incoming.url ?? '/', 'http://test');
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of incoming) {
      length += (chunk as Buffer).length;
      if (length > MAX_BODY_BYTES) return this.#face.trouble(413, 'too_large', 'The body is too large.');
      chunks.push(chunk as Buffer);
    }
    const request: WireRequest = {
      method: incoming.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      headers: incoming.headers,
      body: Buffer.concat(chunks).toString('utf8'),
    };
    const refusal = this.#face.refuse(request);
    if (refusal) return refusal;
    return request.method === 'POST' ? this.#keyed(request) : this.#face.answer(request);
  }

  async #keyed(request: WireRequest): Promise<WireAnswer | 'cut'> {
    const key = request.headers['idempotency-key'];
    const fingerprint = createHash('sha256').update(`${request.path}\n${request.body}`).digest('hex');
    const kept = (typeof key === 'string' && this.#kept.get(key)) || { fingerprint, answer: null };
    if (typeof key === 'string') this.#kept.set(key, kept);
    if (kept.fingerprint !== fingerprint)
      return this.#face.trouble(400, 'idempotency_error', 'The key was used with other parameters.');
    if (kept.answer) {
      this.replayCount++;
      return { ...kept.answer, headers: { ...kept.answer.headers, 'idempotent-replayed': 'true' } };
    }
    const mischief = this.#mischiefDone.has(fingerprint) ? 'none' : this.#face.mischief(request);
    this.#mischiefDone.add(fingerprint);
    if (mischief === 'too_many')
      return { ...this.#face.trouble(429, 'rate_limit', 'Too many requests.'), headers: { 'retry-after': '1' } };
    if (mischief === 'error_before') return this.#face.trouble(500, 'api_error', 'Something went wrong, before.');
    if (mischief === 'error_burned')
      return (kept.answer = this.#face.trouble(500, 'api_error', 'Something went wrong for good.'));
    kept.answer = this.#face.answer(request);
    if (mischief === 'error_after') return this.#face.trouble(500, 'api_error', 'Something went wrong, after.');
    if (mischief === 'cut') return 'cut';
    if (mischief === 'slow') await new Promise((resolve) => setTimeout(resolve, this.#slowMs).unref());
    return kept.answer;
  }
}
