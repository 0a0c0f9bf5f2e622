import { AuditLog, auditMigrations } from './audit/audit-log.ts';
import type { Clock } from './clock.ts';
import { jwoMigrations } from './connectors/jwo/migrations.ts';
import { reportedDebtMinor } from './connectors/jwo/payment-reports.ts';
import { Disputes, disputeMigrations } from './disputes/disputes.ts';
import { EntryCodes, entryCodeMigrations } from './entry/entry-code.ts';
import { EntryDesk } from './entry/entry-desk.ts';
import { Shoppers } from './entry/shoppers.ts';
import type { DeviceDoor } from './intake/device-door.ts';
import type { StoreSession } from './intake/store-session.ts';
import { LiveCarts } from './live-feed/live-carts.ts';
import { exponentOf } from './money.ts';
import { correctionMigrations } from './orders/corrections.ts';
import type { Fiscalize } from './orders/make-receipt.ts';
import { orderMigrations } from './orders/migrations.ts';
import { OrderBook } from './orders/order-book.ts';
import { OrderRunner } from './orders/order-runner.ts';
import { refundMigrations } from './orders/refunds.ts';
import { paymentMigrations } from './payments/migrations.ts';
import { budgetMigrations } from './privacy/noisy-counts.ts';
import { derived, Vault, vaultMigrations } from './privacy/vault.ts';
import { catalogueMigrations } from './reference-retailer/catalogue.ts';
import { Loyalty } from './reference-retailer/loyalty.ts';
import type { Tenants } from './retailer/tenants.ts';
import { ApiKeys, apiKeyMigrations } from './server/api-keys.ts';
import { Metrics } from './server/metrics.ts';
import { errandMigrations } from './sinks/errands.ts';
import type { Database, Transaction } from './store/database.ts';
import type { Migration } from './store/migrate.ts';
import { tripMigrations } from './trips/migrations.ts';
import type { NewEvent } from './webhooks/event.ts';
import { webhookMigrations } from './webhooks/migrations.ts';
import type { Outbox } from './webhooks/outbox.ts';
import { aesSeal } from './webhooks/seal.ts';

/** Every noun's schema, in the order in which they refer to each other. */
export const migrations: readonly Migration[] = [
  ...tripMigrations,
  ...orderMigrations,
  ...refundMigrations,
  ...correctionMigrations,
  ...catalogueMigrations,
  ...vaultMigrations,
  ...entryCodeMigrations,
  ...paymentMigrations,
  ...webhookMigrations,
  ...errandMigrations,
  ...jwoMigrations,
  ...disputeMigrations,
  ...budgetMigrations,
  ...apiKeyMigrations,
  ...auditMigrations,
];

export interface GatewayParts {
  /** With all `migrations` applied. */
  readonly database: Database;
  readonly clock: Clock;
  readonly tenants: Tenants;
  readonly outbox: Outbox;
  /** 32 bytes; everything sealed hangs on it. */
  readonly masterKey: Buffer;
  readonly fiscalize?: Fiscalize;
  readonly log?: (message: string, about: Readonly<Record<string, unknown>>) => void;
}

/** The nouns of one gateway process, wired. */
export class Gateway {
  readonly database: Database;
  readonly clock: Clock;
  readonly tenants: Tenants;
  readonly outbox: Outbox;
  readonly orders: OrderBook;
  readonly runner: OrderRunner;
  readonly vault: Vault;
  readonly shoppers: Shoppers;
  readonly disputes: Disputes;
  readonly loyalty: Loyalty;
  readonly codes: EntryCodes;
  readonly desk: EntryDesk;
  readonly keys: ApiKeys;
  readonly audit: AuditLog;
  readonly metrics: Metrics;
  readonly live = new LiveCarts();
  /** Stores whose engine runs in this process, by session. */
  readonly sessions = new Map<string, StoreSession>();
  /** Where sensors of a store of this process send to, by `retailer/store`. */
  readonly doors = new Map<string, DeviceDoor>();
  /** Signs receipts of erasure; made from the master key, so that any process of this gateway can verify them. */
  readonly signingKey: Buffer;

  constructor(parts: GatewayParts) {
    const { database, clock, tenants, outbox, masterKey } = parts;
    this.database = database;
    this.clock = clock;
    this.tenants = tenants;
    this.outbox = outbox;
    this.orders = new OrderBook(outbox, clock);
    this.vault = new Vault(masterKey);
    this.shoppers = new Shoppers(this.vault);
    this.disputes = new Disputes(outbox, clock);
    this.loyalty = new Loyalty(this.vault);
    outbox.follow(async (tx, event) => {
      await this.#countPoints(tx, event);
      if (event.type === 'order.completed') await this.shoppers.forgetTapped(tx, event.retailerId, event.tripId!);
    });
    this.runner = new OrderRunner({
      walletOf: (subjectId) => this.shoppers.walletOf(database, subjectId, 'settlement'),
      ...{ database, clock, tenants, announcer: outbox, orders: this.orders },
      ...(parts.fiscalize ? { fiscalize: parts.fiscalize } : {}),
      ...(parts.log ? { log: parts.log } : {}),
    });
    this.codes = new EntryCodes(aesSeal(derived(masterKey, 'entry codes')));
    this.desk = new EntryDesk({
      ...{ database, clock, tenants, announcer: outbox, codes: this.codes, shoppers: this.shoppers },
      reportedDebtMinor,
      onAnswer: ({ admitted, standIn, reason }) =>
        this.metrics.gates.inc({ answer: admitted ? (standIn ? 'stand-in' : 'admitted') : (reason ?? 'denied') }),
    });
    this.keys = new ApiKeys(database, clock);
    this.audit = new AuditLog(clock);
    this.metrics = new Metrics(database);
    this.signingKey = derived(masterKey, 'receipts of erasure');
  }

  /** While the visit still knows its person: the link is cut in the same transaction. */
  async #countPoints(tx: Transaction, { type, retailerId, tripId, data }: NewEvent): Promise<void> {
    const { loyalty } = this.tenants.find(retailerId)?.retailer ?? {};
    if (type !== 'order.completed' || loyalty === undefined || tripId === null) return;
    const { total } = data as NewEvent<'order.completed'>['data'];
    const majorUnits = Math.floor(total.amountMinor / 10 ** exponentOf(total.currency));
    await this.loyalty.earn(tx, tripId, majorUnits * loyalty.pointsPerMajorUnit, this.clock.nowMs());
  }
}
