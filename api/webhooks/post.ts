import { Agent as HttpAgent, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { type AddressGuard, AddressRefused, hostOf } from './address-guard.ts';

/** What came of one attempt to post: a status when there was one, else why there was none. */
export interface PostOutcome {
  readonly status: number | null;
  readonly error: string | null;
  readonly retryAfter: string | undefined;
  /** The beginning of the answer, for the attempt log. */
  readonly excerpt: string;
}

export interface PostOptions {
  /** Everything, from resolving to the answer's last byte, must be done in this time. */
  readonly timeoutMs: number;
  /** Bytes of the answer that are read before the connection is closed. */
  readonly maxAnswerBytes: number;
}

export const POST_DEFAULTS: PostOptions = { timeoutMs: 15_000, maxAnswerBytes: 1_024 };

/** Sends webhooks: never follows a redirect, connects only to addresses the guard passed, and gives up in bounded time and memory. */
export class Poster {
  readonly #guard: AddressGuard;
  readonly #options: PostOptions;
  readonly #agents: { readonly 'http:': HttpAgent; readonly 'https:': HttpsAgent };

  constructor(guard: AddressGuard, options: Partial<PostOptions> = {}) {
    this.#guard = guard;
    this.#options = { ...POST_DEFAULTS, ...options };
    const keep = { keepAlive: true, maxFreeSockets: 8, lookup: pinnedLookup(guard) };
    this.#agents = { 'http:': new HttpAgent(keep), 'https:': new HttpsAgent(keep) };
  }

  /** Never throws: whatever goes wrong is an outcome. */
  async post(to: string, headers: Readonly<Record<string, string>>, body: string): Promise<PostOutcome> {
    const deadline = AbortSignal.timeout(this.#options.timeoutMs);
    try {
      return await this.#exchange(this.#guard.checkUrl(to), headers, body, deadline);
    } catch (error) {
      return { status: null, error: reasonOf(error, deadline), retryAfter: undefined, excerpt: '' };
    }
  }

  close(): void {
    this.#agents['http:'].destroy();
    this.#agents['https:'].destroy();
  }

  #exchange(
    url: URL,
    headers: Readonly<Record<string, string>>,
    body: string,
    signal: AbortSignal,
  ): Promise<PostOutcome> {
    const secure = url.protocol === 'https:';
    const bytes = Buffer.from(body);
    const host = hostOf(url);
    const options: RequestOptions = {
      method: 'POST',
      agent: secure ? this.#agents['https:'] : this.#agents['http:'],
      headers: { ...headers, 'content-length': String(bytes.length) },
      signal,
      ...(secure && isIP(host) === 0 ? { servername: host } : {}),
    };
    return new Promise((resolve, reject) => {
      let answered = false;
      const sent = (secure ? httpsRequest : httpRequest)(url, options, (answer) => {
        answered = true;
        void this.#read(answer).then((excerpt) => {
          // A receiver that talks on is cut off: its status has been read, its words are not needed.
          if (!answer.complete) answer.destroy();
          const retryAfter = answer.headers['retry-after'];
          resolve({ status: answer.statusCode ?? null, error: null, retryAfter, excerpt });
        });
      });
      // Once a status has arrived, the line breaking afterwards is the reader's matter.
      sent.on('error', (error) => {
        if (answered) return;
        // The receiver closed a kept connection just as it was used again: nobody read the request, so another line takes it.
        const wasStale = sent.reusedSocket && (error as NodeJS.ErrnoException).code === 'ECONNRESET';
        if (wasStale) resolve(this.#exchange(url, headers, body, signal));
        else reject(error);
      });
      sent.end(bytes);
    });
  }

  async #read(answer: IncomingMessage): Promise<string> {
    const chunks: Buffer[] = [];
    let length = 0;
    try {
      for await (const chunk of answer) {
        chunks.push(chunk as Buffer);
        length += (chunk as Buffer).length;
        if (length >= this.#options.maxAnswerBytes) break;
      }
    } catch {
      // The status decides, and it has arrived; an answer that breaks off changes nothing.
    }
    return Buffer.concat(chunks).subarray(0, this.#options.maxAnswerBytes).toString('utf8').replaceAll('\0', '');
  }
}

/** A lookup that resolves and checks in one step, so that what was checked is what is connected to. */
function pinnedLookup(guard: AddressGuard): LookupFunction {
  return (host, options, done) => {
    guard.addressesOf(host).then(
      (addresses) => {
        const found = addresses.map((address) => ({ address, family: isIP(address) }));
        if (options.all) done(null, found);
        else done(null, found[0]!.address, found[0]!.family);
      },
      (error) => done(error as NodeJS.ErrnoException, '', 0),
    );
  };
}

function reasonOf(error: unknown, deadline: AbortSignal): string {
  if (deadline.aborted) return 'timeout';
  if (error instanceof AddressRefused) return `refused: ${error.message}`;
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
}
