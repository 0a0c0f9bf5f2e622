import fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrate } from '../store/migrate.ts';
import { openSqlite } from '../store/sqlite.ts';
import { paymentMigrations } from './migrations.ts';
import { paymentNoticeRoutes } from './notice-routes.ts';
import { PaymentBook } from './payment-book.ts';
import { PaymentDesk } from './payment-desk.ts';
import { adyenRig, type Rig, stripeRig } from './test-rig.ts';
import { testWallets } from './test-wallets.ts';

describe.each([
  { provider: 'stripe', make: stripeRig },
  { provider: 'adyen', make: adyenRig },
])('notices of $provider over HTTP', ({ make }) => {
  let rig: Rig;
  let app: FastifyInstance;
  let url: string;
  const database = openSqlite(':memory:');
  const book = new PaymentBook(testWallets);

  beforeAll(async () => {
    rig = await make();
    await migrate(database, paymentMigrations, rig.clock);
    const parts = { database, book, clock: rig.clock, portOf: () => rig.port, onAnomaly: () => undefined };
    const desk = new PaymentDesk(parts);
    app = fastify();
    const { notices } = desk;
    await paymentNoticeRoutes({ notices, isRetailer: (id) => id === 'r' })(app);
    url = await app.listen({ port: 0, host: '127.0.0.1' });
    const ids = { retailerId: 'r', storeId: 's', tripKey: 't', eventId: 'e', customer: null, currency: 'EUR' };
    const ask = { ...ids, paymentMethod: 'pm_card_createDispute', amountMinor: 5000, capMinor: 5000 };
    await desk.hold(ask, new AbortController().signal);
    const settle = { retailerId: 'r', storeId: 's', tripKey: 't', orderId: 'o', dueMinor: 3000, currency: 'EUR' };
    await desk.settle(settle, new AbortController().signal);
    await rig.told();
  });
  afterAll(async () => {
    await app.close();
    await database.close();
    await rig.close();
  });

  const send = (retailerId: string, body: string, headers: Readonly<Record<string, string | undefined>>) => {
    const kept = Object.entries(headers).filter(([name]) => /^(content-type|stripe-signature)$/.test(name));
    const sent = Object.fromEntries(kept) as Record<string, string>;
    return fetch(`${url}/v1/payment-notices/${retailerId}`, { method: 'POST', body, headers: sent });
  };

  test('are taken in as they came, once each', async () => {
    for (let time = 0; time < 2; time++) {
      for (const { body, headers } of rig.received) expect((await send('r', body, headers)).status).toBe(200);
    }
    const { payment } = (await book.byTrip(database, 'r', 't'))!;
    expect(payment).toMatchObject({ status: 'chargeback_open', capturedMinor: 3000 });
    const opened = (await book.steps(database, payment.paymentId)).filter(
      ({ event }) => event.kind === 'chargeback_opened',
    );
    expect(opened).toHaveLength(1);
  });

  test('are refused where forged, and for retailers that do not exist', async () => {
    const { body, headers } = rig.received.at(-1)!;
    expect((await send('r', body.replace('3000', '3001'), headers)).status).toBe(400);
    expect((await send('r', 'rubbish', headers)).status).toBe(400);
    expect((await send('who', body, headers)).status).toBe(404);
  });
});
