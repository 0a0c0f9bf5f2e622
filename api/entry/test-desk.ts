import { orderMigrations } from '../orders/migrations.ts';
import type { HoldAnswer, HoldAsk, Till } from '../orders/till.ts';
import { derived, Vault, vaultMigrations } from '../privacy/vault.ts';
import { type Retailer, retailerSchema } from '../retailer/retailer.ts';
import type { RetailerPort } from '../retailer/retailer-port.ts';
import { Tenants } from '../retailer/tenants.ts';
import type { Database } from '../store/database.ts';
import { TestClock } from '../test-clock.ts';
import { tripMigrations } from '../trips/migrations.ts';
import { openSession } from '../trips/session.ts';
import { webhookMigrations } from '../webhooks/migrations.ts';
import { Outbox } from '../webhooks/outbox.ts';
import { aesSeal } from '../webhooks/seal.ts';
import { EntryCodes, entryCodeMigrations } from './entry-code.ts';
import { EntryDesk, type GateQuestion } from './entry-desk.ts';
import { Shoppers } from './shoppers.ts';

export const deskMigrations = [
  ...[...tripMigrations, ...orderMigrations, ...vaultMigrations, ...entryCodeMigrations, ...webhookMigrations],
];

export const testRetailer = (more: object = {}): Retailer =>
  retailerSchema.parse({ id: 'r1', name: 'R', currency: 'EUR', stores: [{ id: 's1', name: 'S' }], ...more });

/** A desk whose retailer and till answer as told, and count how often they are asked. */
export async function testDesk(database: Database, retailer = testRetailer()) {
  const clock = new TestClock();
  const asked = { identify: 0, assess: 0, hold: 0 };
  const answers = {
    exposureMinor: 0,
    identify: async (): ReturnType<RetailerPort['identify']> => ({ visitorId: 'v', visitorType: 'SHOPPER' }),
    assess: async (): ReturnType<RetailerPort['assess']> => ({ authorized: true, holdMinor: 5_000, risks: [] }),
    hold: async (ask: HoldAsk): Promise<HoldAnswer> => ({
      outcome: 'held',
      paymentId: 'p',
      heldMinor: ask.amountMinor,
      endsAtMs: null,
    }),
  };
  const counted = <T>(what: keyof typeof asked, answer: Promise<T>, signal: AbortSignal) => {
    asked[what]++;
    return orAborted(answer, signal);
  };
  const port: RetailerPort = {
    identify: (_, signal) => counted('identify', answers.identify(), signal),
    assess: (_, signal) => counted('assess', answers.assess(), signal),
    place: async () => ({ purchaseId: 'p', prices: null }),
  };
  const till: Till = {
    hold: (ask, signal) => counted('hold', answers.hold(ask), signal),
    settle: async () => ({ outcome: 'paid', capturedMinor: 0 }),
    release: async () => undefined,
    refund: async () => ({ outcome: 'refunded' }),
    openExposureMinor: async () => answers.exposureMinor,
  };
  const masterKey = Buffer.alloc(32, 1);
  const shoppers = new Shoppers(new Vault(masterKey));
  const codes = new EntryCodes(aesSeal(derived(masterKey, 'codes')));
  const tenants = new Tenants([{ retailer, port, till }]);
  const announcer = new Outbox(clock, 'http://gateway.example');
  const desk = new EntryDesk({ database, announcer, tenants, codes, shoppers, clock });
  const { session } = await database.transaction((tx) =>
    openSession(tx, { retailerId: retailer.id, storeId: 's1', source: 'test', nowMs: clock.nowMs() }),
  );
  const register = (kind: 'card' | 'shopper', value: string) =>
    database.transaction((tx) =>
      shoppers.register(tx, retailer.id, kind, value, { paymentMethod: `pm_${value}`, customer: null }, clock.nowMs()),
    );
  const ask = (credential: string, eventId: string, more: Partial<GateQuestion> = {}) =>
    desk.ask({
      ...{ eventId, retailerId: retailer.id, storeId: 's1', sessionId: session.id, gateId: 'g1', credential },
      ...{ isStaff: false, groupSize: 1, atMs: clock.nowMs(), ...more },
    });
  return { clock, asked, answers, codes, session, retailer, register, ask };
}

function orAborted<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    answer.then(resolve, reject);
  });
}
