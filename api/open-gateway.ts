import type { Clock } from './clock.ts';
import { JwoRetailer, jwoSettingsSchema } from './connectors/jwo/jwo-retailer.ts';
import { Gateway, migrations } from './gateway.ts';
import { announcePayments, tellEvidenceDue } from './orders/announce-payment.ts';
import { OrderBook } from './orders/order-book.ts';
import { AdyenPayments, adyenSettingsSchema } from './payments/adyen.ts';
import { KeptWallets } from './payments/kept-wallets.ts';
import { PaymentBook } from './payments/payment-book.ts';
import { PaymentDesk } from './payments/payment-desk.ts';
import type { PaymentPort } from './payments/payment-port.ts';
import { settleOrders } from './payments/settle-orders.ts';
import { StripePayments, stripeSettingsSchema } from './payments/stripe.ts';
import { checkRetention, type RetentionHours, sweep } from './privacy/retention.ts';
import { derived, Vault } from './privacy/vault.ts';
import { Loyalty } from './reference-retailer/loyalty.ts';
import { ReferenceRetailer } from './reference-retailer/reference-retailer.ts';
import type { Retailer } from './retailer/retailer.ts';
import type { RetailerPort } from './retailer/retailer-port.ts';
import { Tenants } from './retailer/tenants.ts';
import { type Errands, openErrands } from './sinks/run-errands.ts';
import type { MailConfig } from './sinks/sink-config.ts';
import { ClockSteps } from './store/clock-steps.ts';
import type { Database } from './store/database.ts';
import { migrate } from './store/migrate.ts';
import { AddressGuard } from './webhooks/address-guard.ts';
import { Dispatcher } from './webhooks/dispatcher.ts';
import { Endpoints } from './webhooks/endpoints.ts';
import { Outbox } from './webhooks/outbox.ts';
import { Poster } from './webhooks/post.ts';
import { aesSeal } from './webhooks/seal.ts';

/** How often calls without an answer and holds at their end are looked at. */
const RECONCILE_MS = 5_000;
/** Somebody is told of evidence that is due this long before its deadline. */
const EVIDENCE_WARNING_MS = 72 * 3_600_000;

export interface GatewayOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly retailers: readonly Retailer[];
  readonly masterKey: Buffer;
  /** Public address of this gateway, the `source` of its events. */
  readonly publicUrl: string;
  /** How long each class of data is kept; a class without a limit stops the start. */
  readonly retention: Partial<RetentionHours>;
  /** Lets webhooks go to private addresses: for a gateway on a desk. */
  readonly allowPrivateWebhooks: boolean;
  /** A name that no other gateway on this database has and that stays over restarts: work under way is taken up at once. */
  readonly instance?: string;
  /** Removes what is kept outside of the database (journals, logs of readings) of visits that ended before `beforeMs`. */
  readonly sweepFiles?: (beforeMs: number) => Promise<void>;
  /** Where receipts and alerts are mailed through; without it none are. */
  readonly mail?: MailConfig;
  readonly log: (message: string, about: Readonly<Record<string, unknown>>) => void;
}

/** A gateway at work: orders move, webhooks go out, lost calls are found again. */
export interface RunningGateway {
  readonly gateway: Gateway;
  readonly endpoints: Endpoints;
  readonly dispatcher: Dispatcher;
  readonly errands: Errands;
  readonly payments: PaymentDesk;
  readonly retention: RetentionHours;
  readonly paymentPortOf: (retailerId: string) => PaymentPort;
  /** Lets what is under way end; the database stays open. */
  stop(): Promise<void>;
}

/** Migrates the store of record and starts the gateway on it. Throws for a configuration that cannot be. */
export async function openGateway(options: GatewayOptions): Promise<RunningGateway> {
  const { database, clock, masterKey, retailers, log } = options;
  await migrate(database, migrations, clock);
  const retention = await checkRetention(database, options.retention);
  const guard = new AddressGuard({ allowPrivate: options.allowPrivateWebhooks });
  const outbox = new Outbox(clock, options.publicUrl);
  const ports = new Map(retailers.map((retailer) => [retailer.id, paymentPort(retailer, clock)]));
  const paymentPortOf = (retailerId: string) => {
    const port = ports.get(retailerId);
    if (port === undefined) throw new Error(`retailer ${retailerId} has payments but no configuration`);
    return port;
  };
  const vault = new Vault(masterKey);
  const loyalty = new Loyalty(vault);
  const wallets = new KeptWallets(vault, masterKey);
  const book = new PaymentBook(wallets, announcePayments(outbox), settleOrders(new OrderBook(outbox, clock)));
  const onAnomaly = (paymentId: string, text: string) => log('payments: nothing covers this', { paymentId, text });
  const payments = new PaymentDesk({ database, book, clock, portOf: paymentPortOf, onAnomaly });
  const tenants = new Tenants(
    retailers.map((retailer) => ({
      retailer,
      port: retailerPort(retailer, { database, clock, guard, loyalty }),
      till: payments,
    })),
  );
  const gateway = new Gateway({ database, clock, tenants, outbox, masterKey, log });
  const endpoints = new Endpoints({ database, clock, guard, seal: aesSeal(derived(masterKey, 'webhook secrets')) });
  const poster = new Poster(guard);
  const owner = options.instance === undefined ? {} : { owner: options.instance };
  const dispatcher = new Dispatcher(
    {
      ...{ database, clock, endpoints, outbox, poster },
      onAttempt: (record) => gateway.metrics.attempted(record),
      onTrouble: (error) => log('webhooks: the store of record refused', { error: String(error) }),
    },
    owner,
  );
  const errands = openErrands({
    ...{ database, clock, outbox, tenants, poster, vault: gateway.vault, mail: options.mail ?? null },
    onTrouble: (error) => log('errands: the store of record refused', { error: String(error) }),
  });
  const steps = new ClockSteps(database, clock);
  await steps.atStart();
  for (const { id, stores } of retailers)
    for (const store of stores)
      if (store.alternative === undefined)
        log('privacy: a store names no way to shop for who objects to being tracked', {
          retailerId: id,
          storeId: store.id,
        });
  dispatcher.start();
  errands.start(database.dialect === 'sqlite');
  gateway.runner.start();
  const stopping = new AbortController();
  const watching = steps.watch(stopping.signal, (stepMs, error) =>
    log('the clock was set back', { stepMs, ...(error === null ? {} : { error: String(error) }) }),
  );
  const reconciling = reconcile(payments, outbox, clock, stopping.signal, log);
  const sweepAll = async () => {
    await sweep(database, outbox, retention, clock.nowMs());
    await options.sweepFiles?.(clock.nowMs() - retention.visit! * 3_600_000);
  };
  const sweeping = sweepHourly(sweepAll, clock, stopping.signal, log);
  return {
    ...{ gateway, endpoints, dispatcher, errands, payments, retention, paymentPortOf },
    async stop() {
      stopping.abort();
      gateway.live.close();
      await Promise.all([gateway.runner.stop(), dispatcher.stop(), errands.stop(), watching, reconciling, sweeping]);
      poster.close();
    },
  };
}

async function reconcile(
  payments: PaymentDesk,
  outbox: Outbox,
  clock: Clock,
  signal: AbortSignal,
  log: GatewayOptions['log'],
): Promise<void> {
  while (!signal.aborted) {
    try {
      await payments.calls.reconcile();
      await payments.expireHolds();
      await payments.warnOfEvidence(EVIDENCE_WARNING_MS, (tx, record) => tellEvidenceDue(outbox, tx, record));
    } catch (error) {
      log('payments: could not be reconciled', { error: String(error) });
    }
    await clock.delay(RECONCILE_MS, signal);
  }
}

async function sweepHourly(
  work: () => Promise<void>,
  clock: Clock,
  signal: AbortSignal,
  log: GatewayOptions['log'],
): Promise<void> {
  while (!signal.aborted) {
    await work().catch((error: unknown) => log('retention: could not sweep', { error: String(error) }));
    await clock.delay(3_600_000, signal);
  }
}

function paymentPort(retailer: Retailer, clock: Clock): PaymentPort {
  const { payment } = retailer;
  if (payment.kind === 'stripe') return new StripePayments(stripeSettingsSchema.parse(payment), clock);
  if (payment.kind === 'adyen') return new AdyenPayments(adyenSettingsSchema.parse(payment), clock);
  throw new Error(`retailer ${retailer.id}: payment.kind: found ${payment.kind}, expected stripe or adyen`);
}

function retailerPort(
  retailer: Retailer,
  { database, clock, guard, loyalty }: { database: Database; clock: Clock; guard: AddressGuard; loyalty: Loyalty },
): RetailerPort {
  const { connector } = retailer;
  if (connector.kind === 'reference') return new ReferenceRetailer(database, retailer, loyalty);
  if (connector.kind === 'jwo') return new JwoRetailer(jwoSettingsSchema.parse(connector), clock, guard);
  throw new Error(`retailer ${retailer.id}: connector.kind: found ${connector.kind}, expected reference or jwo`);
}
