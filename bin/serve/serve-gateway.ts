import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { systemClock } from '../../api/clock.ts';
import { openGateway, type RunningGateway } from '../../api/open-gateway.ts';
import { allRoutes } from '../../api/routes/all-routes.ts';
import { SCOPES } from '../../api/server/api-keys.ts';
import { type App, buildServer } from '../../api/server.ts';
import { logStream } from '../../api/sinks/log-shipper.ts';
import type { Database } from '../../api/store/database.ts';
import { openPostgres } from '../../api/store/postgres.ts';
import { openSqlite } from '../../api/store/sqlite.ts';
import { WEBHOOK_PAGE } from '../../api/webhooks/routes.ts';
import { UserError } from '../user-error.ts';
import { freePort } from './free-port.ts';
import type { GatewayConfig } from './gateway-config.ts';
import { startTestProvider } from './kept-bank.ts';
import { isLoopback, masterKey } from './master-key.ts';
import { sweepSessionFiles } from './session-files.ts';

export interface ServeOptions {
  /** Folder of the database, the journals and the development key. */
  readonly data: string;
  readonly host: string;
  readonly port: number;
  readonly config: GatewayConfig;
  readonly logLevel: string;
  /** Adds a page at `/` and what belongs to it. */
  readonly frontPage?: (running: RunningGateway) => (app: App) => void | Promise<void>;
}

/** A gateway that listens. */
export interface Serving extends RunningGateway {
  readonly app: App;
  readonly address: string;
  readonly database: Database;
}

/** Opens the store of record, starts the gateway and listens; the test provider runs in this process where asked for. */
export async function serveGateway(options: ServeOptions): Promise<Serving> {
  const { data, host, config, logLevel } = options;
  const port = await freePort(host, options.port);
  mkdirSync(data, { recursive: true });
  const key = masterKey(data, host);
  const url = process.env['DATABASE_URL'];
  const database = url ? openPostgres(url) : openSqlite(join(data, 'gateway.sqlite'));
  const provider = config.retailers.some(({ payment }) => payment.kind === 'test')
    ? await startTestProvider(join(data, 'test-provider.json'), systemClock)
    : null;
  const retailers = config.retailers.map((retailer) => {
    if (retailer.payment.kind !== 'test' || provider === null) return retailer;
    const { port, apiKey, webhookSecret } = provider;
    const at = { host: '127.0.0.1', port, protocol: 'http' as const };
    return { ...retailer, payment: { kind: 'stripe', apiKey, webhookSecrets: [webhookSecret], ...at } };
  });
  for (const { id, stores } of retailers)
    for (const store of stores)
      if (store.alternative === undefined)
        console.error(`${id}/${store.id} names no alternative for people who object to being tracked.`);
  let log: App['log'] | null = null;
  const logs = logStream(config.logs);
  const running = await openGateway({
    ...{ database, clock: systemClock, retailers, masterKey: key, retention: config.retention },
    sweepFiles: async (beforeMs) => void (await sweepSessionFiles(database, data, beforeMs)),
    // One gateway to a folder of data.
    instance: sourceOf('gateway', hostname(), resolve(data)),
    publicUrl: `http://${host}:${port}`,
    allowPrivateWebhooks: isLoopback(host),
    ...(config.mail === undefined ? {} : { mail: config.mail }),
    log: (message, about) => log?.warn(about, message),
  });
  const { gateway } = running;
  const app = await buildServer({
    keys: gateway.keys,
    metrics: gateway.metrics,
    isReady: async () => (await database.query('SELECT 1 AS one')).length === 1,
    routes: [...allRoutes(running), ...(options.frontPage ? [options.frontPage(running)] : [])],
    hasFrontPage: options.frontPage !== undefined,
    origins: config.origins,
    logLevel,
    ...(logs === null ? {} : { logTo: logs }),
    pages: [{ prefix: '/webhooks/', folder: WEBHOOK_PAGE }],
  });
  log = app.log;
  const address = await app.listen({ host, port });
  return {
    ...running,
    ...{ app, address, database },
    async stop() {
      gateway.live.close();
      await app.close();
      for (const session of gateway.sessions.values()) await session.close();
      await running.stop();
      await provider?.stop();
      await database.close();
      if (logs !== null) await new Promise<void>((resolve) => logs.end(() => resolve()));
    },
  };
}

/** A key that may do everything for a retailer, kept beside the data of a gateway on a desk; elsewhere it is shown once. */
export async function deskKey({ gateway }: RunningGateway, data: string, retailerId: string): Promise<string> {
  const path = join(data, `${retailerId}.api-key`);
  if (existsSync(path)) {
    const known = readFileSync(path, 'utf8').trim();
    if ((await gateway.keys.verify(known)) !== null) return known;
  }
  const { key } = await gateway.keys.create({ retailerId, storeId: null, name: 'desk', scopes: SCOPES });
  writeFileSync(path, `${key}\n`, { mode: 0o600 });
  return key;
}

/** Names a source of readings: the same text means the same readings. */
export function sourceOf(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

/** Parses `--speed`: `1x`, `10`, `max`. */
export function parseSpeed(text: string): number {
  const speed = text === 'max' ? Number.POSITIVE_INFINITY : Number(text.replace(/x$/, ''));
  if (!(speed > 0)) throw new UserError(`--speed: found ${text}, expected a number such as 1x or 10x, or max`);
  return speed;
}
