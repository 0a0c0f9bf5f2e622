import { systemClock } from './clock.ts';
import { openGateway } from './open-gateway.ts';
import { TestStripe } from './payments/test-provider/stripe-server.ts';
import { DEMO_LIMITS } from './privacy/test-limits.ts';
import { retailerSchema } from './retailer/retailer.ts';
import { allRoutes } from './routes/all-routes.ts';
import { SCOPES, type Scope } from './server/api-keys.ts';
import { type App, buildServer } from './server.ts';
import type { Database } from './store/database.ts';
import { openSqlite } from './store/sqlite.ts';

/** A whole gateway with two retailers and a provider of its own, everything real, nothing listening. */
export async function testGateway(database: Database = openSqlite(':memory:'), more: object = {}) {
  const secrets = { apiKey: 'sk_test', webhookSecret: 'whsec_t' };
  const provider = new TestStripe({ clock: systemClock, ...secrets, webhookUrl: null });
  const { port } = new URL(await provider.server.listen());
  const retailers = ['north', 'south'].map((id) =>
    retailerSchema.parse({
      ...{ id, name: `${id} shops`, currency: 'EUR', ...more },
      stores: ['a', 'b'].map((store) => ({ id: `${id}-${store}`, name: store, alternative: 'till' })),
      payment: {
        ...{ kind: 'stripe', apiKey: 'sk_test', webhookSecrets: ['whsec_t'], host: '127.0.0.1' },
        ...{ port: Number(port), protocol: 'http' },
      },
    }),
  );
  const running = await openGateway({
    ...{ database, clock: systemClock, retailers, masterKey: Buffer.alloc(32, 3), retention: DEMO_LIMITS },
    ...{ publicUrl: 'http://gateway.example', allowPrivateWebhooks: true, log: () => undefined },
  });
  const { gateway } = running;
  const app: App = await buildServer({
    ...{ keys: gateway.keys, metrics: gateway.metrics, logLevel: 'silent', requestsPerMinute: 1_000_000 },
    isReady: async () => true,
    routes: allRoutes(running),
  });
  await app.ready();
  const keyOf = async (retailerId: string, storeId: string | null = null, scopes: readonly Scope[] = SCOPES) =>
    (await gateway.keys.create({ retailerId, storeId, name: 'test', scopes })).key;
  return {
    ...{ ...running, app, provider, keyOf, database },
    async close() {
      await app.close();
      await running.stop();
      await provider.server.close();
      await database.close();
    },
  };
}

export type TestGateway = Awaited<ReturnType<typeof testGateway>>;

/** Puts a trip with an order into the store of record as the projection would, and lets it run to its receipt. */
export async function completedOrder({ gateway, database }: TestGateway, retailerId: string, storeId: string) {
  const { clock, desk, shoppers, orders, runner } = gateway;
  const sku = 'cola';
  const session = `session-${storeId}`;
  const card = `card-${storeId}-${Math.random()}`;
  const subjectId = await database.transaction(async (tx) => {
    await tx.query(
      `INSERT INTO sessions (id, retailer_id, store_id, number, source, started_at_ms, position)
       VALUES (?, ?, ?, 1, 'test', ?, 0) ON CONFLICT DO NOTHING`,
      [session, retailerId, storeId, clock.nowMs()],
    );
    await tx.query(
      'INSERT INTO catalogue (retailer_id, sku, item) VALUES (?, ?, ?) ON CONFLICT (retailer_id, sku) DO NOTHING',
      [
        retailerId,
        sku,
        JSON.stringify({ sku, name: 'Cola', priceMinor: 120, sellBy: 'each', depositMinor: 25, taxPpm: 70_000 }),
      ],
    );
    const wallet = { paymentMethod: 'pm_card_visa', customer: null };
    return shoppers.register(tx, retailerId, 'card', card, wallet, clock.nowMs());
  });
  const eventId = crypto.randomUUID();
  const answer = await desk.ask({
    ...{ eventId, retailerId, storeId, sessionId: session, gateId: 'gate', credential: card },
    ...{ isStaff: false, groupSize: 1, atMs: clock.nowMs() },
  });
  const tripId = answer.tripId!;
  const items = [
    { lineId: sku, sku, quantity: { value: 3, unit: 'each' as const }, confidence: 0.99, takenAtMs: [clock.nowMs()] },
  ];
  const order = await database.transaction((tx) =>
    orders.create(tx, { tripId, retailerId, storeId, items, attendantReason: null }),
  );
  runner.wake();
  for (let i = 0; i < 200; i++) {
    const [row] = await database.query('SELECT state FROM orders WHERE id = ?', [order.id]);
    if (row!['state'] === 'completed') return { orderId: order.id, tripId, card, subjectId, eventId };
    await clock.delay(20);
  }
  throw new Error('the order was not completed');
}
