import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

export interface PostgresServer {
  /** URL of a new, empty database. */
  newDatabase(): Promise<string>;
  /** Ends the server as a power cut would. */
  kill(): Promise<void>;
  /** Starts it again on the same files and port. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const PLACES = ['/usr/local/bin', '/usr/bin', '/opt/homebrew/bin'];

/** Folder with `initdb` and `postgres`, or null; PostgreSQL refuses to run as root, so its user must exist there. */
function findBinaries(): string | null {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).map((version) => join(debian, version, 'bin')) : [];
  return (
    [...PLACES, ...versions].find((dir) => existsSync(join(dir, 'initdb')) && existsSync(join(dir, 'postgres'))) ?? null
  );
}

/** Why there is no PostgreSQL to test with, or null; where CI=1 it must be there, so nothing is skipped. */
export function postgresMissing(): string | null {
  if (process.env['CI'] === '1' || findBinaries() !== null) return null;
  return 'found no initdb and postgres on this machine';
}

/** Starts a server of its own with durable commits switched on, on a free port of the loopback. */
export async function startPostgres(): Promise<PostgresServer> {
  const binaries = findBinaries();
  if (binaries === null) throw new Error('postgres: found no initdb and postgres, expected an installed PostgreSQL');
  const dir = mkdtempSync(join(tmpdir(), 'aisle-postgres-'));
  const owner = process.getuid?.() === 0 ? serverUser() : null;
  if (owner) chownSync(dir, owner.uid, owner.gid);
  const user = owner ?? {};
  const data = join(dir, 'data');
  const init = spawnSync(
    join(binaries, 'initdb'),
    ['-D', data, '-U', 'test', '-A', 'trust', '--no-sync', '-E', 'UTF8', '--locale=C'],
    {
      ...user,
      cwd: dir,
      encoding: 'utf8',
    },
  );
  if (init.status !== 0) throw new Error(`initdb: ${init.stderr}`);
  const port = await freePort();
  const url = (name: string) => `postgres://test@127.0.0.1:${port}/${name}`;
  const start = async () => {
    const server = spawn(
      join(binaries, 'postgres'),
      [
        '-D',
        data,
        '-p',
        String(port),
        '-h',
        '127.0.0.1',
        '-k',
        '',
        '-c',
        'shared_buffers=16MB',
        '-c',
        'max_connections=60',
      ],
      { ...user, cwd: dir, stdio: 'ignore' },
    );
    await answering(url('postgres'));
    return server;
  };
  let server = await start();
  let count = 0;
  const end = async (signal: NodeJS.Signals) => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.kill(signal);
    await ended;
  };
  return {
    async newDatabase() {
      const name = `t${++count}`;
      await withClient(url('postgres'), (client) => client.query(`CREATE DATABASE ${name}`));
      return url(name);
    },
    kill: () => end('SIGKILL'),
    async restart() {
      // A killed server leaves its lock behind, and children that let go only a moment later.
      rmSync(join(data, 'postmaster.pid'), { force: true });
      await sleep(300);
      server = await start();
    },
    async stop() {
      await end('SIGQUIT');
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function serverUser(): { uid: number; gid: number } {
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, 'close');
  return port;
}

async function answering(url: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await withClient(url, (client) => client.query('SELECT 1'));
      return;
    } catch (error) {
      if (attempt === 200) throw error;
      await sleep(50);
    }
  }
}

async function withClient(url: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}
