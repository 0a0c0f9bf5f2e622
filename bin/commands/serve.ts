import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { parse } from 'yaml';
import { DeviceDoor } from '../../api/intake/device-door.ts';
import { openMqttDoor } from '../../api/intake/mqtt-door.ts';
import { openStore } from '../../api/intake/open-store.ts';
import { parseStore, type Store } from '../../engine/index.ts';
import { openRecording } from '../../engine/recording/replay.ts';
import { commission } from '../../simulator/commission.ts';
import { addOneRunOptions, type OneRunOptions, resolveOne } from '../one-run.ts';
import { demoConfig, readConfig, soleStore } from '../serve/gateway-config.ts';
import { deskKey, parseSpeed, type Serving, serveGateway, sourceOf } from '../serve/serve-gateway.ts';
import { issueCards, playRun, stockCatalogue, withoutPictures } from '../serve/simulated-store.ts';
import { UserError } from '../user-error.ts';

interface ServeCommandOptions extends OneRunOptions {
  readonly store?: string;
  readonly mqtt?: string;
  readonly trustStamps?: boolean;
  readonly speed: string;
  readonly host: string;
  readonly port: string;
  readonly data: string;
  readonly config?: string;
  readonly storeId?: string;
  readonly webhook?: string;
  readonly webhookSecret?: string;
  readonly card: Record<string, string>;
  readonly log: string;
}

export function serveCommand(): Command {
  const command = new Command('serve')
    .description(
      'Run a store live: simulator, engine and gateway in one process; orders, payments and webhooks come out',
    )
    .argument('[scenario]', 'scenario file to simulate')
    .option('--store <file>', 'a real store instead: its description as YAML or JSON, or a recording that holds one')
    .option('--mqtt <url>', 'with --store: also take readings from this broker')
    .option(
      '--trust-stamps',
      'with --store: time is what devices say, for recordings played faster than they were made',
    )
    .option('--speed <factor>', 'simulated seconds per second (1x, 10x), or max', '1x')
    .option('--host <host>', 'address to listen on', '127.0.0.1')
    .option('--port <port>', 'port to listen on, 0 for a free one', '4700')
    .option('--data <folder>', 'database, journals and keys; a run that was killed goes on from here', 'out/gateway')
    .option('--config <file>', 'retailers and their settings, as YAML')
    .option('--store-id <id>', 'which store of the configuration this is')
    .option('--webhook <url>', 'send every event there')
    .option('--webhook-secret <secret>', 'secret to sign them with, whsec_…; one is made without')
    .option('--card <party=token>', "a party's card at the test provider; may be repeated", collectCard, {})
    .option('--log <level>', 'silent, warn or info', 'warn');
  return addOneRunOptions(command).action(serve);
}

async function serve(scenario: string | undefined, options: ServeCommandOptions): Promise<void> {
  if ((scenario === undefined) === (options.store === undefined))
    throw new UserError('serve: expected either a scenario or --store');
  const run = scenario === undefined ? null : withoutPictures(resolveOne(scenario, options));
  const store = run === null ? await readStore(options.store!) : commission(run);
  const config = options.config
    ? readConfig(options.config)
    : demoConfig(store.products[0]?.currency ?? 'EUR', store.name);
  const { retailer, storeId } = soleStore(config, options.storeId);
  const { data, host, log: logLevel } = options;
  const serving = await serveGateway({ data, host, port: parsePort(options.port), config, logLevel });
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    await stockCatalogue(serving.gateway, retailer.id, store);
    console.log(`gateway   ${serving.address}   docs ${serving.address}/docs`);
    console.log(`key       ${await deskKey(serving, data, retailer.id)}`);
    if (options.webhook) console.log(await webhookLine(serving, retailer.id, options.webhook, options.webhookSecret));
    for (const folder of ['journals', 'readings']) mkdirSync(join(data, folder), { recursive: true });
    const at = { retailerId: retailer.id, storeId, store };
    const path = (folder: string) => (number: number) => join(data, folder, `${storeId}-${number}.ndjson`);
    if (run !== null) {
      await issueCards(serving.gateway, retailer.id, run, options.card);
      const source = sourceOf('simulation', JSON.stringify(run));
      const { session, isResumed } = await openStore(serving.gateway, { ...at, source, journalPath: path('journals') });
      console.log(`${isResumed ? 'resumes  ' : 'plays    '} ${run.scenario} (seed ${run.seed})`);
      await playRun(run, session, parseSpeed(options.speed), stopping.signal);
      if (!stopping.signal.aborted) console.log('over      the run has ended; the gateway goes on until Ctrl-C');
      await aborted(stopping.signal);
    } else {
      const source = sourceOf('sensors', JSON.stringify(store));
      const paths = { journalPath: path('journals'), logPath: path('readings') };
      const { session, isResumed } = await openStore(serving.gateway, { ...at, source, ...paths });
      const door = new DeviceDoor(session, serving.gateway.clock, options.trustStamps);
      serving.gateway.doors.set(`${retailer.id}/${storeId}`, door);
      const broker = options.mqtt ? await openMqttDoor(options.mqtt, storeId, door) : null;
      console.log(`${isResumed ? 'resumes  ' : 'opens    '} ${store.name}: readings at /v1/stores/${storeId}/readings`);
      await aborted(stopping.signal);
      await broker?.close();
    }
  } finally {
    await serving.stop();
  }
}

/** A store's own description, from its file or from a recording made there. */
async function readStore(path: string): Promise<Store> {
  if (path.endsWith('.mcap')) return (await openRecording(path)).store;
  return parseStore(parse(readFileSync(path, 'utf8')), path);
}

/** Registers an endpoint once, however often the gateway starts, and says how to verify what it gets. */
async function webhookLine(
  { endpoints }: Serving,
  retailerId: string,
  url: string,
  secret: string | undefined,
): Promise<string> {
  const known = (await endpoints.list(retailerId)).find((endpoint) => endpoint.url === new URL(url).href);
  if (known) return `webhook   ${url}   (its secret was shown when it was added)`;
  const made = await endpoints.create(retailerId, { url, ...(secret ? { secret } : {}) });
  return `webhook   ${url}   secret ${made.secret}`;
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new UserError(`--port: found ${text}, expected 0 to 65535`);
  return port;
}

function collectCard(text: string, cards: Record<string, string>): Record<string, string> {
  const [party, token] = text.split('=');
  if (!party || !token) throw new UserError(`--card: found ${text}, expected party=token`);
  return { ...cards, [party]: token };
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
