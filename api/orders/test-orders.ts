import type { Cart, JournalRecord } from '../../engine/index.ts';
import { paymentMigrations } from '../payments/migrations.ts';
import { catalogueMigrations } from '../reference-retailer/catalogue.ts';
import { retailerSchema } from '../retailer/retailer.ts';
import { type RetailerPort, RetailerTrouble } from '../retailer/retailer-port.ts';
import { Tenants } from '../retailer/tenants.ts';
import type { Database } from '../store/database.ts';
import { TestClock } from '../test-clock.ts';
import { tripMigrations } from '../trips/migrations.ts';
import { Projection } from '../trips/projection.ts';
import { openSession } from '../trips/session.ts';
import { webhookMigrations } from '../webhooks/migrations.ts';
import { Outbox } from '../webhooks/outbox.ts';
import { correctionMigrations } from './corrections.ts';
import { orderMigrations } from './migrations.ts';
import type { Prices } from './order.ts';
import { OrderBook } from './order-book.ts';
import { OrderRunner } from './order-runner.ts';
import { refundMigrations } from './refunds.ts';
import type { SettleAnswer, Till } from './till.ts';

export const pathMigrations = [
  ...tripMigrations,
  ...orderMigrations,
  ...refundMigrations,
  ...correctionMigrations,
  ...catalogueMigrations,
  ...paymentMigrations,
  ...webhookMigrations,
];

export const cart = (engineTripId: string, more: Partial<Cart> = {}): Cart => ({
  tripId: engineTripId,
  credential: `visit-${engineTripId}`,
  status: 'final',
  confidence: 0.99,
  enteredAtUs: 0,
  exitedAtUs: 60_000_000,
  finalAtUs: 61_000_000,
  lines: [{ sku: 'cola', quantity: { value: 2, unit: 'each' }, confidence: 0.99, evidence: [] }],
  ...more,
});
export const record = (one: Cart): JournalRecord => ({ kind: 'cart', cart: one });

export const pricesOf = (totalMinor: number): Prices => ({
  ...{ currency: 'EUR', lines: [], discountMinor: 0, taxMinor: 0, totalMinor },
});

/** The path from journal to receipt with a retailer and a till that answer as told and count how often they are asked. */
export async function testPath(database: Database, restrictions: ReadonlyMap<string, string> = new Map()) {
  const clock = new TestClock();
  const announcer = new Outbox(clock, 'http://gateway.example');
  const asked = { place: 0, settle: 0, refundedMinor: 0 };
  const answers = {
    place: async (): ReturnType<RetailerPort['place']> => ({ purchaseId: 'po-1', prices: pricesOf(240) }),
    settle: async (): Promise<SettleAnswer> => ({ outcome: 'paid', capturedMinor: 240 }),
  };
  const port: RetailerPort = {
    identify: async () => null,
    assess: async () => ({ authorized: true, holdMinor: 0, risks: [] }),
    place: () => {
      asked.place++;
      return answers.place();
    },
  };
  const till: Till = {
    hold: async () => ({ outcome: 'declined', reason: 'test' }),
    settle: () => {
      asked.settle++;
      return answers.settle();
    },
    release: async () => undefined,
    refund: async ({ amountMinor }) => {
      asked.refundedMinor += amountMinor;
      return { outcome: 'refunded' };
    },
    openExposureMinor: async () => 0,
  };
  const retailer = retailerSchema.parse({ id: 'r', name: 'R', currency: 'EUR', stores: [{ id: 's', name: 'S' }] });
  const tenants = new Tenants([{ retailer, port, till }]);
  const orders = new OrderBook(announcer, clock);
  const runner = new OrderRunner({ database, announcer, orders, tenants, clock, random: () => 0 });
  const open = async () =>
    (
      await database.transaction((tx) =>
        openSession(tx, { retailerId: 'r', storeId: 's', source: 'test', nowMs: clock.nowMs() }),
      )
    ).session;
  const session = await open();
  const projectionOf = () => new Projection(session, { database, announcer, orders, clock, restrictions });
  const admit = (engineTripId: string) =>
    database.query(
      `INSERT INTO trips (id, retailer_id, store_id, session_id, subject_id, started_at_ms, cart_status, cart_version, attendant)
       VALUES (?, 'r', 's', ?, 'someone', ?, 'open', 0, 'none')`,
      [`visit-${engineTripId}`, session.id, clock.nowMs()],
    );
  const stateOf = async (tripId: string) =>
    (await database.query('SELECT state FROM orders WHERE trip_id = ?', [tripId]))[0]?.['state'];
  const events = async () =>
    (await database.query('SELECT event FROM webhook_events')).map(
      (row) => (JSON.parse(String(row['event'])) as { type: string }).type,
    );
  const down = () => Promise.reject(new RetailerTrouble('down', true));
  const corrections = { database, announcer, tenants, clock };
  return { corrections, clock, asked, answers, orders, runner, session, projectionOf, admit, stateOf, events, down };
}
