import { hostname } from 'node:os';
import { Writable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import type { LogConfig } from './sink-config.ts';

/** Lines that wait while a collector does not answer; the oldest go first. */
const MAX_WAITING = 10_000;
/** Datadog takes 1 000 entries and 5 MB at once, Splunk what its server is set to. */
const MAX_BATCH = 500;
const MAX_LINE_BYTES = 256 * 1024;
const EVERY_MS = 1_000;
const TIMEOUT_MS = 10_000;

interface LogLine {
  readonly time: number;
  readonly level: number;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** Sends the lines of a structured log to a collector, in batches and beside the work: a slow collector slows nothing. */
export class LogShipper extends Writable {
  readonly #config: LogConfig;
  readonly #waiting: LogLine[] = [];
  readonly #timer: NodeJS.Timeout;
  #dropped = 0;
  #rest = '';
  #sending: Promise<void> | null = null;

  constructor(config: LogConfig, everyMs = EVERY_MS) {
    super({ decodeStrings: false });
    this.#config = config;
    this.#timer = setInterval(() => void this.send(), everyMs);
    this.#timer.unref();
  }

  override _write(chunk: string | Buffer, _encoding: string, done: () => void): void {
    const lines = (this.#rest + String(chunk)).split('\n');
    this.#rest = lines.pop()!.slice(-MAX_LINE_BYTES);
    for (const line of lines) this.#keep(line);
    done();
  }

  override _final(done: () => void): void {
    clearInterval(this.#timer);
    void this.send().then(done);
  }

  /** Sends what waits now; what is not taken waits on. Never throws. */
  send(): Promise<void> {
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = null;
    });
    return this.#sending;
  }

  #keep(line: string): void {
    const read = line.length > MAX_LINE_BYTES ? null : parsed(line);
    if (read === null) return;
    this.#waiting.push(read);
    if (this.#waiting.length <= MAX_WAITING) return;
    this.#waiting.shift();
    this.#dropped++;
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.slice(0, MAX_BATCH);
      const dropped = this.#dropped;
      const lost: LogLine[] =
        dropped === 0 ? [] : [{ time: batch[0]!.time, level: 40, msg: 'log lines were dropped', dropped }];
      if (!(await post(this.#config, [...lost, ...batch]))) return;
      this.#waiting.splice(0, batch.length);
      this.#dropped -= dropped;
    }
  }
}

function parsed(line: string): LogLine | null {
  try {
    const read = JSON.parse(line) as Partial<LogLine> | null;
    return typeof read?.time === 'number' && typeof read.level === 'number'
      ? { ...(read as LogLine), msg: read.msg ?? '' }
      : null;
  } catch {
    return null;
  }
}

async function post(config: LogConfig, lines: readonly LogLine[]): Promise<boolean> {
  const { path, headers, body } = config.kind === 'splunk' ? splunkBody(config, lines) : datadogBody(config, lines);
  try {
    const response = await fetch(new URL(path, config.url), {
      ...{ method: 'POST', body, redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) },
      headers: { ...headers, 'content-type': 'application/json' },
    });
    await response.body?.cancel();
    // What a collector refuses for good would block all that comes after it.
    return (
      response.ok ||
      (response.status >= 400 && response.status < 500 && ![401, 403, 408, 429].includes(response.status))
    );
  } catch {
    return false;
  }
}

/** One event object after the other, as the HTTP Event Collector takes them. */
function splunkBody({ token, index }: Extract<LogConfig, { kind: 'splunk' }>, lines: readonly LogLine[]) {
  const events = lines.map(({ time, pid: _pid, hostname: _host, ...event }) => ({
    ...{ time: time / 1000, host: hostname(), source: 'openaisle', sourcetype: '_json', event },
    ...(index === undefined ? {} : { index }),
  }));
  const body = events.map((event) => JSON.stringify(event)).join('\n');
  return { path: '/services/collector/event', headers: { authorization: `Splunk ${token}` }, body };
}

const STATUSES: readonly (readonly [number, string])[] = [
  [50, 'error'],
  [40, 'warn'],
  [30, 'info'],
  [0, 'debug'],
];

function datadogBody({ apiKey, service }: Extract<LogConfig, { kind: 'datadog' }>, lines: readonly LogLine[]) {
  const entries = lines.map(({ time, level, msg, pid: _pid, hostname: _host, ...rest }) => ({
    ...{ ddsource: 'openaisle', service, hostname: hostname(), message: msg, timestamp: time, ...rest },
    status: STATUSES.find(([from]) => level >= from)![1],
  }));
  const headers = { 'dd-api-key': apiKey, 'content-encoding': 'gzip' };
  return { path: '/api/v2/logs', headers, body: new Uint8Array(gzipSync(JSON.stringify(entries))) };
}

/** Standard output and every collector of the configuration as one stream; null without a collector. */
export function logStream(configs: readonly LogConfig[]): Writable | null {
  if (configs.length === 0) return null;
  const shippers = configs.map((config) => new LogShipper(config));
  return new Writable({
    decodeStrings: false,
    write(chunk, encoding, done) {
      process.stdout.write(chunk);
      for (const shipper of shippers) shipper.write(chunk, encoding);
      done();
    },
    final(done) {
      void Promise.all(shippers.map((shipper) => new Promise<void>((resolve) => shipper.end(() => resolve())))).then(
        () => done(),
      );
    },
  });
}
