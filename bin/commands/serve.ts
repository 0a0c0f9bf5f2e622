import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { parse } from 'yaml';
import { DeviceDoor } from '../../api/intake/device-door.ts';
import { openMqttDoor } from '../../api/intake/mqtt-door.ts';
import { openStore } from '../../api/intake/open-store.ts';
import type { RunningGateway } from '../../api/open-gateway.ts';
import type { App } from '../../api/server.ts';
import { parseStore, type Store } from '../../engine/index.ts';
import { openRecording } from '../../engine/recording/replay.ts';
import { commission } from '../../simulator/commission.ts';
import { withGuests } from '../../simulator/world/guests.ts';
import { viewerBundle } from '../live/viewer-bundle.ts';
import { addOneRunOptions, type OneRunOptions, resolveOne } from '../one-run.ts';
import { openBrowser } from '../open-browser.ts';
import { demoConfig, readConfig, soleStore } from '../serve/gateway-config.ts';
import { deskKey, parseSpeed, type Serving, serveGateway, sourceOf } from '../serve/serve-gateway.ts';
import { ServedStore } from '../serve/served-store.ts';
import { issueCards, stockCatalogue, withoutPictures } from '../serve/simulated-store.ts';
import { viewerScope } from '../serve/viewer-scope.ts';
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
  readonly viewer: boolean;
  readonly open?: boolean;
  readonly fresh?: boolean;
}

/** Shoppers that watchers may send in during one run. */
const GUESTS = 40;

export function serveCommand(): Command {
  const command = new Command('serve')
    .description(
      'Run a store live: simulator, engine, gateway and viewer in one process; orders, payments and webhooks come out',
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
    .option('--port <port>', 'port to listen on, the next free one when it is taken; 0 for any', '4700')
    .option('--data <folder>', 'database, journals and keys; a run that was killed goes on from here', 'out/gateway')
    .option('--fresh', 'keep the data in a folder of this run alone, removed at the end')
    .option('--no-viewer', 'no page, only the API')
    .option('--open', 'open the page in a browser')
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
  // Both signals may come twice, from the terminal and through the process that started this one.
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  process.on('SIGINT', stop).on('SIGTERM', stop);
  const data = options.fresh ? mkdtempSync(join(tmpdir(), 'aisle-serve-')) : options.data;
  try {
    await (scenario === undefined
      ? serveSensors(options, data, stopping.signal)
      : serveSimulated(scenario, options, data, stopping.signal));
  } finally {
    if (options.fresh) rmSync(data, { recursive: true, force: true });
  }
}

/** A simulated store, its gateway and its page. */
async function serveSimulated(
  scenario: string,
  options: ServeCommandOptions,
  data: string,
  signal: AbortSignal,
): Promise<void> {
  const run = withGuests(withoutPictures(resolveOne(scenario, options)), GUESTS);
  const { config, retailer, storeId } = configOf(options, commission(run));
  const speed = parseSpeed(options.speed);
  const bundle = options.viewer ? await viewerBundle((text) => console.log(text)) : null;
  mkdirSync(join(data, 'journals'), { recursive: true });
  const source = sourceOf('simulation', JSON.stringify(run));
  const live = new ServedStore(run);
  live.setPace(speed, false);
  const frontPage = (bundle: string) => (running: RunningGateway) => async (app: App) => {
    await app.register(viewerScope, { live, bundle, running, retailerId: retailer.id, storeId });
  };
  const serving = await serveGateway({
    ...gatewayOptions(options, data),
    config,
    ...(bundle === null ? {} : { frontPage: frontPage(bundle) }),
  });
  const { gateway } = serving;
  gateway.outbox.follow(async (_, { type, tripId, data: about }) => live.feed.business(type, { ...about, tripId }));
  await untilStopped(serving, signal, async () => {
    aborted(signal).then(() => live.stop());
    await begin(serving, options, data, retailer.id, live.store);
    if (bundle) {
      console.log(`viewer    ${serving.address}/   Ctrl-C ends it`);
      if (options.open) openBrowser(`${serving.address}/`);
    }
    await issueCards(gateway, retailer.id, run, options.card);
    const { session, sessionId, isResumed } = await openStore(gateway, {
      ...{
        retailerId: retailer.id,
        storeId,
        store: live.store,
        source,
        journalPath: fileIn(data, 'journals', storeId),
      },
      watch: (outputs) => live.see(outputs),
      onAnswer: (credential, tripId) => live.answered(credential, tripId),
    });
    console.log(`${isResumed ? 'resumes  ' : 'plays    '} ${run.scenario} (seed ${run.seed})`);
    live.open(session, join(data, 'journals', `${sessionId}.watchers.ndjson`));
    await live.play();
    if (!signal.aborted) console.log('over      the run has ended; the gateway goes on until Ctrl-C');
  });
}

/** A real store, whose sensors send their readings here. */
async function serveSensors(options: ServeCommandOptions, data: string, signal: AbortSignal): Promise<void> {
  const store = await readStore(options.store!);
  const { config, retailer, storeId } = configOf(options, store);
  const serving = await serveGateway({ ...gatewayOptions(options, data), config });
  await untilStopped(serving, signal, async () => {
    await begin(serving, options, data, retailer.id, store);
    for (const folder of ['journals', 'readings']) mkdirSync(join(data, folder), { recursive: true });
    const { session, isResumed } = await openStore(serving.gateway, {
      ...{ retailerId: retailer.id, storeId, store, source: sourceOf('sensors', JSON.stringify(store)) },
      ...{ journalPath: fileIn(data, 'journals', storeId), logPath: fileIn(data, 'readings', storeId) },
    });
    const door = new DeviceDoor(session, serving.gateway.clock, options.trustStamps);
    serving.gateway.doors.set(`${retailer.id}/${storeId}`, door);
    const broker = options.mqtt ? await openMqttDoor(options.mqtt, storeId, door) : null;
    console.log(`${isResumed ? 'resumes  ' : 'opens    '} ${store.name}: readings at /v1/stores/${storeId}/readings`);
    await aborted(signal);
    await broker?.close();
  });
}

function configOf(options: ServeCommandOptions, store: Store) {
  const config = options.config
    ? readConfig(options.config)
    : demoConfig(store.products[0]?.currency ?? 'EUR', store.name);
  return { config, ...soleStore(config, options.storeId) };
}

function gatewayOptions({ host, port, log }: ServeCommandOptions, data: string) {
  return { data, host, port: parsePort(port), logLevel: log };
}

const fileIn = (data: string, folder: string, storeId: string) => (number: number) =>
  join(data, folder, `${storeId}-${number}.ndjson`);

/** Stocks the catalogue and says where everything is. */
async function begin(
  serving: Serving,
  options: ServeCommandOptions,
  data: string,
  retailerId: string,
  store: Store,
): Promise<void> {
  await stockCatalogue(serving.gateway, retailerId, store);
  const isMoved = options.port !== '0' && !serving.address.endsWith(`:${options.port}`);
  const note = isMoved ? `   (port ${options.port} is taken)` : '';
  console.log(`gateway   ${serving.address}   docs ${serving.address}/docs${note}`);
  console.log(`key       ${await deskKey(serving, data, retailerId)}`);
  if (options.webhook) console.log(await webhookLine(serving, retailerId, options.webhook, options.webhookSecret));
}

/** Works until Ctrl-C, then lets what is under way end. */
async function untilStopped(serving: Serving, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  try {
    await work();
    await aborted(signal);
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
