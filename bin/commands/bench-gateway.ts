import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, Option } from 'commander';
import type { Database } from '../../api/store/database.ts';
import { openPostgres } from '../../api/store/postgres.ts';
import { openSqlite } from '../../api/store/sqlite.ts';
import { postgresMissing, startPostgres } from '../../api/store/test-postgres.ts';
import { playFaults } from '../../bench/gateway/faults.ts';
import { type Limits, measureLimits } from '../../bench/gateway/limits.ts';
import { measureReaders } from '../../bench/gateway/live-readers.ts';
import { type LoadFigures, measureLoad } from '../../bench/gateway/load.ts';
import { TightDisk } from '../../bench/gateway/tight-disk.ts';
import { machine, parseCount } from './bench-options.ts';

type DatabaseName = 'sqlite' | 'postgres';

interface GatewayFlags {
  readonly faults?: boolean;
  readonly kills: number;
  readonly seed: number;
  readonly database: DatabaseName | 'both';
  readonly carts: number;
  readonly stores: number;
  readonly rounds: number;
  readonly readers: number;
}

const OPEN_DAY = fileURLToPath(new URL('../../scenarios/open-day.yaml', import.meta.url));
/** Arrivals that make some two hundred visits of the hour. */
const VISITS = 200;

export function gatewayCommand(): Command {
  return new Command('gateway')
    .description(
      'Finished carts per second, latencies and live readers; with --faults: exactly once, however it is hit',
    )
    .option('--faults', 'play two hundred visits through a gateway that is killed, starved and lied to')
    .option('--kills <n>', 'with --faults: times that the server is killed', parseCount, 30)
    .option('--seed <n>', 'with --faults: other faults at other moments', parseCount, 1)
    .addOption(new Option('--database <which>').choices(['sqlite', 'postgres', 'both']).default('both'))
    .option('--carts <n>', 'carts of a round', parseCount, 400)
    .option('--stores <n>', 'stores that finish carts at the same time', parseCount, 8)
    .option('--rounds <n>', 'rounds, of which the median is told', parseCount, 3)
    .option('--readers <n>', 'live readers', parseCount, 10_000)
    .action(async (flags: GatewayFlags) => {
      console.log(`${machine()}, load ${loadavg()[0]!.toFixed(1)}`);
      const databases: DatabaseName[] = flags.database === 'both' ? ['sqlite', 'postgres'] : [flags.database];
      for (const database of databases) {
        const missing = database === 'postgres' ? postgresMissing() : null;
        if (missing !== null) console.log(`postgres  left out: ${missing}`);
        else if (flags.faults) await benchFaults(database, flags);
        else await benchLoad(database, flags);
      }
      if (!flags.faults) await benchReaders(flags.readers);
    });
}

async function benchFaults(database: DatabaseName, { kills, seed }: GatewayFlags): Promise<void> {
  const missing = TightDisk.missing();
  if (missing !== null) console.log(`no disk is filled: ${missing}`);
  const folder = mkdtempSync(join(tmpdir(), 'aisle-faults-'));
  const { problems, counts, done } = await playFaults({
    scenario: [OPEN_DAY, '--set', `shoppers.noon.arrive.poisson=${VISITS}/h`],
    ...{ speed: 'max', database, kills, seed, hasDiskFaults: missing === null, folder: join(folder, 'run') },
    ordersPerKill: Math.max(1, Math.round((VISITS * 0.8) / (kills + 1))),
    log: (text) => console.log(`  ${text}`),
  });
  rmSync(folder, { recursive: true, force: true });
  console.log(`${database}: ${[...done].map(([what, n]) => `${n} × ${what}`).join(', ')}`);
  console.log(
    Object.entries(counts)
      .map(([name, n]) => `${name} ${n}`)
      .join(', '),
  );
  console.log(problems.length === 0 ? 'nothing is wrong' : problems.join('\n'));
  if (problems.length > 0) process.exitCode = 1;
}

async function benchLoad(name: DatabaseName, { carts, stores, rounds }: GatewayFlags): Promise<void> {
  const server = name === 'postgres' ? await startPostgres() : null;
  const rows: (Limits & LoadFigures)[] = [];
  for (let round = 0; round < rounds; round++) {
    const folder = mkdtempSync(join(tmpdir(), 'aisle-load-'));
    const open = async (file: string): Promise<Database> =>
      server ? openPostgres(await server.newDatabase()) : openSqlite(join(folder, file));
    const bare = await open('bare.sqlite');
    const limits = await measureLimits(folder, bare, 2 * stores);
    await bare.close();
    rows.push({ ...limits, ...(await measureLoad({ open: () => open('gateway.sqlite'), carts, stores, folder })) });
    rmSync(folder, { recursive: true, force: true });
  }
  await server?.stop();
  const median = (of: (row: Limits & LoadFigures) => number) =>
    rows.map(of).sort((a, b) => a - b)[Math.floor(rows.length / 2)]!;
  const figure = (text: string, value: number) => console.log(`  ${text.padEnd(52)}${value.toFixed(1).padStart(9)}`);
  console.log(
    `${name}: median of ${rounds} rounds, ${carts} carts of ${stores} stores, load ${loadavg()[0]!.toFixed(1)}`,
  );
  figure(
    'syncs of the bare disk per second',
    median(({ syncsPerSecond }) => syncsPerSecond),
  );
  figure(
    'inserts of a bare route per second',
    median(({ insertsPerSecond }) => insertsPerSecond),
  );
  figure(
    'gates answered, with a hold, per second',
    median(({ gatesPerSecond }) => gatesPerSecond),
  );
  figure(
    'carts to paid order and webhooks per second',
    median(({ cartsPerSecond }) => cartsPerSecond),
  );
  figure(
    'events delivered per second',
    median((row) => row.cartsPerSecond * row.eventsPerCart),
  );
  figure(
    'one cart at a time, p50 ms',
    median(({ p50Ms }) => p50Ms),
  );
  figure(
    'one cart at a time, p99 ms',
    median(({ p99Ms }) => p99Ms),
  );
}

async function benchReaders(readers: number): Promise<void> {
  const figures = await measureReaders(readers);
  const { bytesPerReader, rssBytes, publishMs, received, sent } = figures;
  console.log(
    `${readers} live readers: ${(bytesPerReader / 1024).toFixed(1)} KiB each, ${(rssBytes / 2 ** 20).toFixed(0)} MiB in all; one cart to all of them in ${publishMs.toFixed(0)} ms; ${received} of ${sent} events came`,
  );
}
