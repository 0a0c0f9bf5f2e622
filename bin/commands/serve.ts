import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { openStore } from '../../api/intake/open-store.ts';
import { commission } from '../../simulator/commission.ts';
import { addOneRunOptions, type OneRunOptions, resolveOne } from '../one-run.ts';
import { demoConfig, readConfig, soleStore } from '../serve/gateway-config.ts';
import { deskKey, parseSpeed, type Serving, serveGateway, sourceOf } from '../serve/serve-gateway.ts';
import { issueCards, playRun, stockCatalogue, withoutPictures } from '../serve/simulated-store.ts';
import { UserError } from '../user-error.ts';

interface ServeCommandOptions extends OneRunOptions {
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
    .argument('<scenario>', 'scenario file')
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

async function serve(scenario: string, options: ServeCommandOptions): Promise<void> {
  const run = withoutPictures(resolveOne(scenario, options));
  const store = commission(run);
  const config = options.config
    ? readConfig(options.config)
    : demoConfig(store.products[0]?.currency ?? 'EUR', store.name);
  const { retailer, storeId } = soleStore(config, options.storeId);
  const { data, host, log: logLevel } = options;
  const serving = await serveGateway({ data, host, port: parsePort(options.port), config, logLevel });
  const { gateway, address } = serving;
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    await stockCatalogue(gateway, retailer.id, store);
    await issueCards(gateway, retailer.id, run, options.card);
    console.log(`gateway   ${address}   docs ${address}/docs`);
    console.log(`key       ${await deskKey(serving, data, retailer.id)}`);
    if (options.webhook) console.log(await webhookLine(serving, retailer.id, options.webhook, options.webhookSecret));
    mkdirSync(join(data, 'journals'), { recursive: true });
    const { session, isResumed } = await openStore(gateway, {
      ...{ retailerId: retailer.id, storeId, store },
      source: sourceOf('simulation', JSON.stringify(run)),
      journalPath: (number) => join(data, 'journals', `${storeId}-${number}.ndjson`),
    });
    console.log(`${isResumed ? 'resumes  ' : 'plays    '} ${run.scenario} (seed ${run.seed})`);
    await playRun(run, session, parseSpeed(options.speed), stopping.signal);
    if (!stopping.signal.aborted) console.log('over      the run has ended; the gateway goes on until Ctrl-C');
    await aborted(stopping.signal);
  } finally {
    await serving.stop();
  }
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
