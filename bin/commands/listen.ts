import { once } from 'node:events';
import { Command, InvalidArgumentError } from 'commander';
import { systemClock } from '../../api/clock.ts';
import { AddressGuard } from '../../api/webhooks/address-guard.ts';
import { type Heard, Listener } from '../../api/webhooks/listener.ts';
import { Poster } from '../../api/webhooks/post.ts';
import { deskSecret } from '../desk-secret.ts';
import { UserError } from '../user-error.ts';

interface Options {
  readonly forwardTo?: string;
  readonly port: number;
  readonly secret?: string;
  readonly gateway?: string;
  readonly key?: string;
  readonly json?: true;
  readonly bodies?: true;
}

export function listenCommand(): Command {
  return new Command('listen')
    .description('Receive webhooks at your desk: show each, verify it, pass it on to your program')
    .option('--forward-to <url>', 'your program; without it deliveries are shown and answered 204')
    .option('--port <n>', 'port on 127.0.0.1', port, 4242)
    .option('--secret <whsec>', 'signing secret; default: AISLE_WEBHOOK_SECRET, else one kept for this user')
    .option('--gateway <url>', 'gateway to register at while listening')
    .option('--key <key>', 'API key for the gateway; default: AISLE_API_KEY')
    .option('--bodies', 'show the bodies too')
    .option('--json', 'one JSON object per delivery')
    .action(listen);
}

async function listen(options: Options): Promise<void> {
  const secret = deskSecret(options.secret);
  const poster = new Poster(new AddressGuard({ allowPrivate: true }));
  const onHeard = (heard: Heard) => console.log(options.json ? JSON.stringify(heard) : lines(heard, options));
  const listener = new Listener({ secret, forwardTo: options.forwardTo ?? null, clock: systemClock, poster, onHeard });
  const url = await listener.listen(options.port).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EADDRINUSE'
      ? new UserError(`--port ${options.port}: found it in use, expected a free one`)
      : error;
  });
  const leave = await register(options, url, secret);
  if (options.json) console.log(JSON.stringify({ url, secret }));
  else console.log(`Listening on ${url}\nSigning secret: ${secret}\nTry: aisle trigger cart.finalized --url ${url}\n`);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await leave();
  poster.close();
  await listener.close();
}

/** Tells the gateway to send here; gives what takes that back. */
async function register({ gateway, key }: Options, url: string, secret: string): Promise<() => Promise<void>> {
  if (gateway === undefined) return async () => {};
  const bearer = key ?? process.env['AISLE_API_KEY'];
  if (bearer === undefined) throw new UserError('--key: found none, expected an API key with the scope webhooks:write');
  const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' };
  const endpoints = new URL('/v1/webhook-endpoints', gateway);
  const answer = await fetch(endpoints, { method: 'POST', headers, body: JSON.stringify({ url, secret }) }).catch(
    (error) => {
      throw new UserError(`--gateway ${gateway}: ${(error as Error).message}`);
    },
  );
  if (!answer.ok) throw new UserError(`--gateway ${gateway}: answered ${answer.status} ${await answer.text()}`);
  const { id } = (await answer.json()) as { id: string };
  return async () => {
    await fetch(`${endpoints}/${id}`, { method: 'DELETE', headers: { authorization: headers.authorization } }).catch(
      () => {},
    );
  };
}

function lines(heard: Heard, { forwardTo, bodies }: Options): string {
  const time = new Date(heard.atMs).toISOString().slice(11, 19);
  const mark = heard.isVerified ? 'verified' : 'NOT VERIFIED';
  const onward =
    forwardTo === undefined || !heard.isVerified
      ? ''
      : ` → ${heard.forwardedStatus ?? heard.error} in ${heard.tookMs} ms`;
  const line = `${time}  ${(heard.type || '?').padEnd(24)} ${heard.id}  ${heard.subject}  ${mark}${onward}`;
  return bodies ? `${line}\n${heard.body}` : line;
}

function port(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 0 || number > 65_535)
    throw new InvalidArgumentError('expected a port from 0 to 65535');
  return number;
}
