import { Command } from 'commander';
import { systemClock } from '../../api/clock.ts';
import { AddressGuard } from '../../api/webhooks/address-guard.ts';
import { CATALOGUE, EVENT_TYPES, isEventType } from '../../api/webhooks/catalogue.ts';
import { EventError } from '../../api/webhooks/event.ts';
import { Poster } from '../../api/webhooks/post.ts';
import { triggerEvent } from '../../api/webhooks/trigger-event.ts';
import { deskSecret } from '../desk-secret.ts';
import { UserError } from '../user-error.ts';

interface Options {
  readonly url: string;
  readonly secret?: string;
  readonly data?: string;
  readonly list?: true;
}

export function triggerCommand(): Command {
  return new Command('trigger')
    .description('Send a sample event, signed like a real one, to a webhook endpoint')
    .argument('[event]', 'kind of event, such as cart.finalized')
    .option('--url <url>', 'where to send it; default: where `aisle listen` listens', 'http://127.0.0.1:4242/')
    .option('--secret <whsec>', 'signing secret; default: AISLE_WEBHOOK_SECRET, else the one `aisle listen` uses')
    .option('--data <json>', 'replaces parts of the sample')
    .option('--list', 'print the kinds of events')
    .action(async (type: string | undefined, options: Options) => {
      if (options.list) {
        for (const kind of EVENT_TYPES) console.log(`${kind.padEnd(28)}${CATALOGUE[kind].says}`);
        return;
      }
      if (type === undefined || !isEventType(type)) {
        throw new UserError(`found ${type ?? 'no event'}, expected one of ${EVENT_TYPES.join(', ')}`);
      }
      await send(type, options);
    });
}

async function send(type: (typeof EVENT_TYPES)[number], { url, secret, data }: Options): Promise<void> {
  const poster = new Poster(new AddressGuard({ allowPrivate: true }));
  const ask = { type, url, secret: deskSecret(secret), ...(data === undefined ? {} : { data: parsed(data) }) };
  const { event, outcome } = await triggerEvent(ask, systemClock, poster)
    .catch((error) => {
      throw error instanceof EventError ? new UserError(error.message) : error;
    })
    .finally(() => poster.close());
  console.log(JSON.stringify(event, null, 2));
  const isTaken = outcome.status !== null && outcome.status >= 200 && outcome.status < 300;
  console.log(`${url} answered ${outcome.status ?? `nothing: ${outcome.error}`}`);
  if (!isTaken) process.exitCode = 1;
}

function parsed(text: string): Record<string, unknown> {
  try {
    const data: unknown = JSON.parse(text);
    if (typeof data === 'object' && data !== null && !Array.isArray(data)) return data as Record<string, unknown>;
  } catch {}
  throw new UserError('--data: expected a JSON object');
}
