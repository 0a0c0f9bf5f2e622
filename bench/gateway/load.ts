import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../api/clock.ts';
import { openGateway, type RunningGateway } from '../../api/open-gateway.ts';
import { putItems } from '../../api/reference-retailer/catalogue.ts';
import { retailerSchema } from '../../api/retailer/retailer.ts';
import type { Database } from '../../api/store/database.ts';
import { Projection } from '../../api/trips/projection.ts';
import { openSession, type Session } from '../../api/trips/session.ts';
import { DEMO_RETENTION } from '../../bin/serve/gateway-config.ts';
import { type Cart, Journal } from '../../engine/index.ts';
import type { CompletedMessage, PeersMessage } from './load-peers.ts';

export interface LoadPlan {
  readonly open: () => Promise<Database>;
  readonly carts: number;
  /** Stores that finish carts at the same time. */
  readonly stores: number;
  /** Folder for the journals. */
  readonly folder: string;
}

export interface LoadFigures {
  readonly gatesPerSecond: number;
  /** From final cart to an order completed and told, all of them together. */
  readonly cartsPerSecond: number;
  /** From one final cart to the arrival of its last webhook where nothing else goes on, milliseconds. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly eventsPerCart: number;
}

const PEERS = fileURLToPath(new URL('./load-peers.ts', import.meta.url));
const RETAILER = 'load';
/** Carts that come one at a time, for the latency. */
const CALM_CARTS = 40;
const SKUS = ['cola', 'bread', 'milk'];

/** Lets `stores` stores finish `carts` carts as fast as the gateway takes them, each on disk before the next of its store. */
export async function measureLoad(plan: LoadPlan): Promise<LoadFigures> {
  mkdirSync(plan.folder, { recursive: true });
  const peers = fork(PEERS, { stdio: 'inherit' });
  const [{ providerPort, hookUrl }] = (await once(peers, 'message')) as [PeersMessage];
  const arrivals = new Map<string, number>();
  peers.on('message', (came: CompletedMessage) => {
    for (const [tripId, atMs] of came) if (!arrivals.has(tripId)) arrivals.set(tripId, atMs);
  });
  const database = await plan.open();
  const running = await openGateway({
    ...{ database, clock: systemClock, retailers: [retailerOf(plan.stores, providerPort)] },
    ...{ masterKey: Buffer.alloc(32, 3), retention: DEMO_RETENTION, publicUrl: 'http://gateway.example' },
    ...{ allowPrivateWebhooks: true, log: (message, about) => console.error(message, about) },
  });
  try {
    await prepare(running, hookUrl);
    const stores = await Promise.all(
      Array.from({ length: plan.stores }, (_, i) => StoreLoad.open(running, `s${i}`, plan.folder)),
    );
    const each = Math.ceil(plan.carts / plan.stores);
    const gatesStartMs = now();
    await Promise.all(stores.map((store) => store.admit(each)));
    const gatesMs = now() - gatesStartMs;
    const startMs = now();
    await Promise.all(stores.map((store) => store.finish()));
    const carts = each * plan.stores;
    while (arrivals.size < carts) await systemClock.delay(10);
    const cartsPerSecond = (carts / (Math.max(...arrivals.values()) - startMs)) * 1000;
    const [first] = stores;
    await first!.admit(CALM_CARTS);
    const waits: number[] = [];
    for (let i = 0; i < CALM_CARTS; i++) {
      const [visit, atMs] = await first!.finishOne();
      while (!arrivals.has(visit)) await systemClock.delay(2);
      waits.push(arrivals.get(visit)! - atMs);
    }
    waits.sort((a, b) => a - b);
    for (const store of stores) store.close();
    const [row] = await database.query<{ n: number }>('SELECT COUNT(*) AS n FROM webhook_events');
    return {
      gatesPerSecond: (carts / gatesMs) * 1000,
      cartsPerSecond,
      p50Ms: waits[Math.floor(waits.length / 2)]!,
      p99Ms: waits[Math.floor(waits.length * 0.99)]!,
      eventsPerCart: row!.n / (carts + CALM_CARTS),
    };
  } finally {
    await running.stop();
    await database.close();
    peers.disconnect();
  }
}

/** One store's side: a session with its journal, its gate and its carts. */
class StoreLoad {
  readonly #running: RunningGateway;
  readonly #session: Session;
  readonly #journal: Journal;
  readonly #projection: Projection;
  readonly #visits: string[] = [];
  /** Visits that are finished. */
  #finished = 0;

  private constructor(running: RunningGateway, session: Session, folder: string) {
    const { database, outbox: announcer, orders, clock } = running.gateway;
    this.#running = running;
    this.#session = session;
    this.#journal = Journal.open(join(folder, `${session.storeId}.ndjson`));
    this.#projection = new Projection(session, { database, announcer, orders, clock, restrictions: new Map() });
  }

  static async open(running: RunningGateway, storeId: string, folder: string): Promise<StoreLoad> {
    const { database, clock } = running.gateway;
    const at = { retailerId: RETAILER, storeId, source: 'load', nowMs: clock.nowMs() };
    const { session } = await database.transaction((tx) => openSession(tx, at));
    return new StoreLoad(running, session, folder);
  }

  async admit(visits: number): Promise<void> {
    const { desk, clock } = this.#running.gateway;
    const { id: sessionId, storeId } = this.#session;
    const first = this.#visits.length;
    for (let i = first; i < first + visits; i++) {
      const answer = await desk.ask({
        ...{ eventId: `${storeId}-${i}`, retailerId: RETAILER, storeId, sessionId, gateId: 'gate', groupSize: 1 },
        ...{ credential: `pm_card_visa_${storeId}_${i}`, isStaff: false, atMs: clock.nowMs() },
      });
      if (answer.tripId === null) throw new Error(`the gate stayed shut: ${answer.reason}`);
      this.#visits.push(answer.tripId);
    }
  }

  async finish(): Promise<void> {
    while (this.#finished < this.#visits.length) await this.finishOne();
  }

  /** Gives the visit and when its cart became final. */
  async finishOne(): Promise<readonly [visit: string, atMs: number]> {
    const visit = this.#visits[this.#finished]!;
    const record = { kind: 'cart' as const, cart: cartOf(visit, this.#finished++) };
    const atMs = now();
    this.#journal.add(record);
    this.#journal.sync();
    await this.#projection.project([record]);
    this.#running.gateway.runner.wake();
    return [visit, atMs];
  }

  close(): void {
    this.#journal.close();
  }
}

function cartOf(visit: string, i: number): Cart {
  const lines = SKUS.map((sku) => ({
    ...{ sku, quantity: { value: 1 + (i % 3), unit: 'each' as const }, confidence: 0.99, evidence: [] },
  }));
  const times = { enteredAtUs: 0, exitedAtUs: 60_000_000, finalAtUs: 61_000_000 };
  return { tripId: `trip-${i}`, credential: visit, status: 'final', confidence: 0.99, ...times, lines };
}

async function prepare({ gateway, endpoints }: RunningGateway, hookUrl: string): Promise<void> {
  await gateway.database.transaction((tx) =>
    putItems(
      tx,
      RETAILER,
      SKUS.map((sku) => ({ sku, name: sku, priceMinor: 120, sellBy: 'each', depositMinor: 0, taxPpm: 70_000 })),
    ),
  );
  await endpoints.create(RETAILER, { url: hookUrl });
}

function retailerOf(stores: number, port: number) {
  return retailerSchema.parse({
    ...{ id: RETAILER, name: 'Load', currency: 'EUR' },
    stores: Array.from({ length: stores }, (_, i) => ({ id: `s${i}`, name: `s${i}`, alternative: 'till' })),
    payment: {
      ...{ kind: 'stripe', apiKey: 'sk_test', webhookSecrets: ['whsec_t'] },
      ...{ host: '127.0.0.1', port, protocol: 'http' },
    },
  });
}

const now = () => performance.timeOrigin + performance.now();
