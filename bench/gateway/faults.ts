import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Database, Row } from '../../api/store/database.ts';
import { openPostgres } from '../../api/store/postgres.ts';
import { openSqlite } from '../../api/store/sqlite.ts';
import { type PostgresServer, startPostgres } from '../../api/store/test-postgres.ts';
import { DEMO_RETENTION } from '../../bin/serve/gateway-config.ts';
import { freePort, type ServeProcess, startServe } from '../../bin/serve/test-serving.ts';
import { RandomStream } from '../../simulator/random.ts';
import { checkFaults, type FaultCounts } from './check-faults.ts';
import { JUMP_FILE } from './jumping-clock.ts';
import { TightDisk } from './tight-disk.ts';
import { type Endpoint, startEndpoint } from './unruly-endpoint.ts';
import { startUnrulyProvider, type UnrulyProvider } from './unruly-provider.ts';

export interface FaultPlan {
  /** Arguments of `aisle serve`: the scenario and what changes it. */
  readonly scenario: readonly string[];
  readonly speed: string;
  readonly database: 'sqlite' | 'postgres';
  /** Times that the server is killed before it is let end. */
  readonly kills: number;
  /** Orders between two kills, on average. */
  readonly ordersPerKill: number;
  readonly seed: number;
  /** Folder for everything; must not exist. */
  readonly folder: string;
  readonly hasDiskFaults: boolean;
  readonly log?: (text: string) => void;
}

export interface FaultReport {
  readonly counts: FaultCounts;
  /** How often what was done to the gateway. */
  readonly done: ReadonlyMap<string, number>;
  /** Everything that is not as it must be; empty is the only good answer. */
  readonly problems: readonly string[];
}

const JUMPING_CLOCK = fileURLToPath(new URL('./jumping-clock.ts', import.meta.url));
const STORE = 'corner';
/** Clocks are set by this much, either way; holds live longer. */
const JUMPS_MS = [-3 * 3_600_000, -90_000, -500, 90_000, 3 * 3_600_000] as const;
/** A gateway must be done this soon after the last kill. */
const PATIENCE_MS = 15 * 60_000;

/** Plays a store through a gateway that is killed, starved and lied to, lets it end, and looks at what came of it. */
export async function playFaults(plan: FaultPlan): Promise<FaultReport> {
  const rig = await FaultRig.open(plan);
  try {
    await rig.harass();
    const serving = await rig.end();
    return await rig.report(serving);
  } finally {
    await rig.close();
  }
}

class FaultRig {
  readonly #plan: FaultPlan;
  readonly #draw: RandomStream;
  readonly #provider: UnrulyProvider;
  readonly #endpoints: readonly Endpoint[];
  readonly #disk: TightDisk | null;
  readonly #postgres: PostgresServer | null;
  readonly #databaseUrl: string | null;
  readonly #done = new Map<string, number>();
  readonly #problems: string[] = [];
  readonly #data: string;
  readonly #args: readonly string[];

  private constructor(
    plan: FaultPlan,
    parts: {
      provider: UnrulyProvider;
      endpoints: readonly Endpoint[];
      disk: TightDisk | null;
      postgres: PostgresServer | null;
      databaseUrl: string | null;
      port: number;
    },
  ) {
    this.#plan = plan;
    this.#draw = new RandomStream(plan.seed, 'faults');
    this.#provider = parts.provider;
    this.#endpoints = parts.endpoints;
    this.#disk = parts.disk;
    this.#postgres = parts.postgres;
    this.#databaseUrl = parts.databaseUrl;
    this.#data = join(plan.folder, 'data');
    const config = join(plan.folder, 'config.json');
    writeFileSync(config, JSON.stringify(configOf(parts.provider)));
    writeFileSync(this.#clockFile, '0');
    const at = ['--port', String(parts.port), '--data', this.#data, '--config', config];
    this.#args = [...plan.scenario, '--speed', plan.speed, ...at, '--log', 'silent'];
  }

  static async open(plan: FaultPlan): Promise<FaultRig> {
    mkdirSync(join(plan.folder, 'data'), { recursive: true });
    const port = await freePort();
    const draw = (what: string) => new RandomStream(plan.seed, what);
    const provider = await startUnrulyProvider(draw('provider'), `http://127.0.0.1:${port}/v1/payment-notices/shop`);
    const endpoints = [];
    for (const manner of ['fair', 'slow', 'lying'] as const) endpoints.push(await startEndpoint(manner, draw(manner)));
    const postgres = plan.database === 'postgres' ? await startPostgres() : null;
    const databaseUrl = (await postgres?.newDatabase()) ?? null;
    const disk = plan.hasDiskFaults ? TightDisk.mount(join(plan.folder, 'data')) : null;
    return new FaultRig(plan, { provider, endpoints, disk, postgres, databaseUrl, port });
  }

  get #clockFile(): string {
    return join(this.#plan.folder, 'clock');
  }

  get #env(): NodeJS.ProcessEnv {
    const url = this.#databaseUrl === null ? {} : { DATABASE_URL: this.#databaseUrl };
    return { ...url, [JUMP_FILE]: this.#clockFile, NODE_OPTIONS: `--import=${JUMPING_CLOCK}` };
  }

  /** Kills the server at some moment of its start, while it catches up, or a little into new work. */
  async harass(): Promise<void> {
    let most = 0;
    for (let kill = 0; kill < this.#plan.kills; kill++) {
      const isEarly = kill > 0 && this.#draw.uniform() < 0.3;
      const started = await this.#start();
      if (started === null) continue;
      if (kill === 0) await this.#subscribe(started);
      if (isEarly) await sleep(this.#draw.between(0, 2_000));
      else {
        await this.#untilMore(started, most + Math.floor(this.#draw.between(0, 2 * this.#plan.ordersPerKill)));
        await this.#trouble();
        await sleep(this.#draw.between(0, 1_200));
      }
      if (started.hasEnded()) this.#problem(`the server ended by itself:\n${started.output().slice(-1_500)}`);
      most = Math.max(most, await orderCount(started));
      await started.kill();
      this.#count('kill -9 of the server');
      this.#plan.log?.(`killed ${kill + 1} of ${this.#plan.kills} times, ${most} orders so far`);
      this.#disk?.release();
      // The first time at least, then now and again.
      if (this.#postgres && (kill === 0 || this.#draw.uniform() < 0.3)) await this.#killPostgres();
    }
  }

  /** Lets everything come to its end. */
  async end(): Promise<ServeProcess> {
    const serving = await startServe(this.#args, this.#env);
    const endMs = performance.now() + PATIENCE_MS;
    const endpoint = await endpointIds(serving);
    while (performance.now() < endMs && !serving.hasEnded()) {
      if (/^over/m.test(serving.output()) && (await isQuiet(serving))) return serving;
      // The lying one gets itself disabled; a retailer would look into it.
      for (const id of endpoint) await serving.post(`/v1/webhook-endpoints/${id}/enable`).catch(() => undefined);
      await sleep(1_000);
    }
    this.#problem(`the gateway did not come to its end:\n${serving.output().slice(-1_500)}`);
    return serving;
  }

  async report(serving: ServeProcess): Promise<FaultReport> {
    await this.#delivered(serving);
    await serving.stop();
    const database = this.#openDatabase();
    const journal = join(this.#data, 'journals', `${STORE}-1.ndjson`);
    const [fair] = this.#endpoints;
    const found = await checkFaults({ database, journal, bank: this.#provider.bank, fair: fair! });
    await database.close();
    for (const { forged, url } of this.#endpoints)
      if (forged > 0) this.#problem(`${forged} deliveries to ${url} do not verify`);
    const done = new Map([...this.#done, ...this.#provider.counts]);
    for (const { url, taken } of this.#endpoints) done.set(`post to ${url.replace(/.*\//, '')} endpoint`, taken.length);
    return { counts: found.counts, done, problems: [...this.#problems, ...found.problems] };
  }

  async close(): Promise<void> {
    for (const endpoint of this.#endpoints) endpoint.close();
    await this.#provider.close();
    await this.#postgres?.stop();
    this.#disk?.unmount();
    rmSync(this.#plan.folder, { recursive: true, force: true });
  }

  async #start(): Promise<ServeProcess | null> {
    try {
      return await startServe(this.#args, this.#env);
    } catch (error) {
      this.#problem(String(error).slice(0, 1_500));
      return null;
    }
  }

  async #subscribe(serving: ServeProcess): Promise<void> {
    for (const { url, secret } of this.#endpoints) await serving.post('/v1/webhook-endpoints', { url, secret });
  }

  /** What strikes a server that runs: its clock, its disk, its database. */
  async #trouble(): Promise<void> {
    const drawn = this.#draw.uniform();
    if (drawn < 0.35) {
      writeFileSync(this.#clockFile, String(JUMPS_MS[this.#draw.uint32() % JUMPS_MS.length]));
      this.#count('clock set');
    } else if (drawn < 0.7 && this.#disk) {
      this.#disk.fill();
      this.#count('disk full');
      await sleep(this.#draw.between(300, 1_500));
      // Sometimes it is killed while the disk is full.
      if (this.#draw.uniform() < 0.6) this.#disk.release();
    } else if (this.#postgres) await this.#killPostgres();
  }

  async #killPostgres(): Promise<void> {
    await this.#postgres!.kill();
    this.#count('kill -9 of PostgreSQL');
    await sleep(this.#draw.between(0, 1_500));
    await this.#postgres!.restart();
  }

  /** Waits until the server is past where it was killed. */
  async #untilMore(serving: ServeProcess, most: number): Promise<void> {
    for (let i = 0; i < 1_200 && !serving.hasEnded(); i++) {
      if ((await orderCount(serving)) > most || /^over/m.test(serving.output())) return;
      await sleep(100);
    }
  }

  /** Waits until nothing is left for the fair endpoint. */
  async #delivered(serving: ServeProcess): Promise<void> {
    const database = this.#openDatabase();
    for (let i = 0; i < 600 && !serving.hasEnded(); i++) {
      const [row] = await database.query<Row & { n: number }>(
        `SELECT COUNT(*) AS n FROM webhook_deliveries WHERE state = 'pending' AND endpoint_id IN
           (SELECT id FROM webhook_endpoints WHERE url = ?)`,
        [this.#endpoints[0]!.url],
      );
      if (row!.n === 0) break;
      await sleep(200);
    }
    await database.close();
  }

  #openDatabase(): Database {
    return this.#databaseUrl === null
      ? openSqlite(join(this.#data, 'gateway.sqlite'))
      : openPostgres(this.#databaseUrl, { connections: 2 });
  }

  #count(what: string): void {
    this.#done.set(what, (this.#done.get(what) ?? 0) + 1);
  }

  #problem(text: string): void {
    this.#problems.push(text);
    this.#plan.log?.(text);
  }
}

function configOf({ port, apiKey, webhookSecret }: UnrulyProvider) {
  const at = { host: '127.0.0.1', port, protocol: 'http' };
  const stores = [{ id: STORE, name: 'Corner', alternative: 'till' }];
  const payment = { kind: 'stripe', apiKey, webhookSecrets: [webhookSecret], ...at };
  return {
    retention: DEMO_RETENTION,
    retailers: [{ id: 'shop', name: 'Shop', currency: 'EUR', stores, payment }],
  };
}

async function orderCount(serving: ServeProcess): Promise<number> {
  const text = await serving.text('/metrics').catch(() => '');
  return [...text.matchAll(/^aisle_orders\{.*\} (\d+)$/gm)].reduce((sum, [, n]) => sum + Number(n), 0);
}

/** No order is on its way: each is done, or waits for a person. */
async function isQuiet(serving: ServeProcess): Promise<boolean> {
  const text = await serving.text('/metrics').catch(() => '');
  const moving = [...text.matchAll(/^aisle_orders\{state="(received|placed|priced|paid)"\} (\d+)$/gm)];
  return text !== '' && moving.every(([, , n]) => Number(n) === 0);
}

async function endpointIds(serving: ServeProcess): Promise<string[]> {
  const { endpoints } = (await serving.get('/v1/webhook-endpoints')) as { endpoints: { id: string }[] };
  return endpoints.map(({ id }) => id);
}
