import { Command } from 'commander';
import { withGuests } from '../../simulator/world/guests.ts';
import { LiveStore } from '../live/live-store.ts';
import { RecordedStore } from '../live/recorded-store.ts';
import { viewerBundle } from '../live/viewer-bundle.ts';
import { serveViewer } from '../live/viewer-server.ts';
import { addOneRunOptions, type OneRunOptions, resolveOne } from '../one-run.ts';
import { openBrowser } from '../open-browser.ts';
import { UserError } from '../user-error.ts';

/** Shoppers that watchers may send in during one run. */
const GUESTS = 40;

interface ViewOptions extends OneRunOptions {
  readonly port: string;
  readonly speed: string;
  readonly open: boolean;
}

export function viewCommand(): Command {
  const command = new Command('view')
    .description(
      'Show a store or a recording in the browser: people, carts over their heads, and why each line stands there',
    )
    .argument('<file>', 'scenario file, or an MCAP recording')
    .option('--port <port>', 'port to serve the page on; the next free one when it is taken', '4600')
    .option('--speed <factor>', 'simulated seconds per second, or max', '1')
    .option('--no-open', 'do not open a browser');
  return addOneRunOptions(command).action(view);
}

async function view(file: string, options: ViewOptions): Promise<void> {
  const live = file.endsWith('.mcap')
    ? await openRecorded(file, options)
    : new LiveStore(withGuests(resolveOne(file, options), GUESTS));
  live.setPace(parseSpeed(options.speed), false);
  const bundle = await viewerBundle((text) => console.log(text));
  const { server, address } = await serveViewer(live, bundle, Number(options.port));
  const taken = address.endsWith(`:${options.port}`) ? '' : ` (port ${options.port} is taken)`;
  console.log(`${live.run.scenario}: ${address}${taken}   Ctrl-C ends it`);
  if (options.open) openBrowser(address);
  process.once('SIGINT', () => {
    live.stop();
    void server.close().then(() => process.exit(0));
  });
  await live.play();
  if (live.isOver) console.log('The run is over; the page stays to look around.');
}

async function openRecorded(file: string, { seed, set }: ViewOptions): Promise<RecordedStore> {
  if (seed !== undefined || Object.keys(set).length > 0)
    throw new UserError('--seed, --set: found a recording, expected a scenario: what was recorded stays as it was');
  return RecordedStore.open(file);
}

function parseSpeed(text: string): number {
  const speed = text === 'max' ? Number.POSITIVE_INFINITY : Number(text.replace(/x$/, ''));
  if (!(speed > 0)) throw new UserError(`--speed: found ${text}, expected a number such as 1, 10x, or max`);
  return speed;
}
