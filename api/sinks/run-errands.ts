import type { Clock } from '../clock.ts';
import { idFrom } from '../ids.ts';
import { findReceipt } from '../orders/make-receipt.ts';
import type { Receipt } from '../orders/order.ts';
import type { Vault } from '../privacy/vault.ts';
import { Kiosk } from '../receipts/kiosk.ts';
import { Mailer, MailRefused } from '../receipts/receipt-mailer.ts';
import { receiptStyle } from '../receipts/receipt-routes.ts';
import type { Language } from '../receipts/receipt-words.ts';
import type { Tenants } from '../retailer/tenants.ts';
import type { Database, Row, Transaction } from '../store/database.ts';
import type { NewEvent } from '../webhooks/event.ts';
import type { Outbox } from '../webhooks/outbox.ts';
import type { Alert, AlertChannel } from './alert.ts';
import { addErrand, type Doer, type Errand, ErrandRunner } from './errands.ts';
import { defined, openAlerts, openSink, type SinkTools } from './open-sink.ts';
import { later, type OrderSink, refused, type SinkResult, taken } from './order-sink.ts';
import { byName, type MailConfig } from './sink-config.ts';

export interface ErrandsOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly outbox: Outbox;
  readonly tenants: Tenants;
  /** By retailer, each under the name it keeps over restarts. */
  readonly sinks: ReadonlyMap<string, ReadonlyMap<string, OrderSink>>;
  readonly alerts: ReadonlyMap<string, ReadonlyMap<string, AlertChannel>>;
  /** Null where no mail server is configured: then no receipts are mailed. */
  readonly mail: { readonly mailer: Mailer; readonly kiosk: Kiosk; readonly language: Language } | null;
  readonly onTrouble?: (error: unknown) => void;
}

const MAIL = 'receipt-mail';

/**
 * Lets receipts go to sinks and into the mail, and stuck orders to whoever is on duty. Errands are written in the
 * transaction of the event they follow, so nothing is forgotten and nothing is done for what did not happen.
 */
export class Errands {
  readonly #options: ErrandsOptions;
  readonly #runner: ErrandRunner;

  constructor(options: ErrandsOptions) {
    this.#options = options;
    const doers = new Map<string, Doer>();
    for (const [retailerId, sinks] of options.sinks) {
      for (const [name, sink] of sinks)
        doers.set(`sink/${retailerId}/${name}`, (errand, signal) => this.#hand(errand, sink, signal));
    }
    for (const [retailerId, channels] of options.alerts) {
      for (const [name, channel] of channels)
        doers.set(`alert/${retailerId}/${name}`, (errand) => channel.send(alertOf(errand)));
    }
    if (options.mail !== null) doers.set(MAIL, (errand) => this.#mail(errand));
    this.#runner = new ErrandRunner({
      ...{ database: options.database, clock: options.clock, doers },
      onStuck: (tx, errand, reason) => this.#stuck(tx, errand, reason),
      ...(options.onTrouble === undefined ? {} : { onTrouble: options.onTrouble }),
    });
    options.outbox.follow((tx, event) => this.#follow(tx, event));
  }

  start(alone = false): void {
    this.#runner.start(alone);
  }

  /** Tries what is due once; gives how much it was. */
  runOnce(): Promise<number> {
    return this.#runner.runOnce();
  }

  async stop(): Promise<void> {
    await this.#runner.stop();
    const sinks = [...this.#options.sinks.values()].flatMap((some) => [...some.values()]);
    await Promise.all(sinks.map((sink) => sink.close()));
    this.#options.mail?.mailer.close();
  }

  async #follow(tx: Transaction, { type, retailerId, data }: NewEvent): Promise<void> {
    if (type === 'receipt.issued') await this.#issued(tx, retailerId, data as NewEvent<'receipt.issued'>['data']);
    if (type === 'order.stuck') {
      const { orderId, reason } = data as NewEvent<'order.stuck'>['data'];
      await this.#alert(tx, retailerId, 'order.stuck', orderId, `Order ${orderId} is stuck: ${reason}`);
    }
    if (type === 'payment.evidence_due') {
      const { paymentId, evidenceDueAt } = data as NewEvent<'payment.evidence_due'>['data'];
      const text = `Payment ${paymentId} is disputed: evidence is due by ${evidenceDueAt}`;
      await this.#alert(tx, retailerId, type, paymentId, text);
    }
  }

  async #issued(tx: Transaction, retailerId: string, data: NewEvent<'receipt.issued'>['data']): Promise<void> {
    const { clock, sinks, mail } = this.#options;
    const [row] = await tx.query<Row & { id: string }>(
      'SELECT id FROM receipts WHERE retailer_id = ? AND store_id = ? AND number = ?',
      [retailerId, data.storeId, data.receiptNumber],
    );
    if (row === undefined) throw new Error(`receipt ${data.receiptNumber} was announced before it was written`);
    for (const name of sinks.get(retailerId)?.keys() ?? []) {
      await addErrand(tx, clock, { retailerId, kind: `sink/${retailerId}/${name}`, about: row.id });
    }
    if (mail === null) return;
    // Whose trip it was is forgotten when this transaction ends; the note keeps it until the mail is gone.
    const [trip] = await tx.query<Row & { subject_id: string | null }>('SELECT subject_id FROM trips WHERE id = ?', [
      data.tripId,
    ]);
    const subjectId = trip?.subject_id ?? null;
    if (subjectId !== null && (await mail.kiosk.addressOf(tx, subjectId)) !== null) {
      await addErrand(tx, clock, { retailerId, kind: MAIL, about: row.id, note: subjectId });
    }
  }

  async #hand({ retailerId, about }: Errand, sink: OrderSink, signal: AbortSignal): Promise<SinkResult> {
    return sink.take(await this.#receipt(retailerId, about), signal);
  }

  async #mail({ retailerId, about, note }: Errand): Promise<SinkResult> {
    const { database, tenants, mail } = this.#options;
    const address = note === null ? null : await mail!.kiosk.addressOf(database, note);
    if (address === null) return refused('the address is gone');
    const receipt = await this.#receipt(retailerId, about);
    try {
      await mail!.mailer.sendReceipt(address, receipt, await receiptStyle(database, tenants, receipt, mail!.language));
      return taken();
    } catch (error) {
      // A mail server's words may hold the address.
      return error instanceof MailRefused
        ? refused(error.message)
        : later((error as { code?: string }).code ?? 'mail failed');
    }
  }

  async #receipt(retailerId: string, id: string): Promise<Receipt> {
    const receipt = await findReceipt(this.#options.database, retailerId, id);
    if (receipt === null) throw new Error(`receipt ${id} is not there`);
    return receipt;
  }

  async #stuck(tx: Transaction, { id, retailerId, kind, about }: Errand, reason: string): Promise<void> {
    // A mail that cannot be sent is nobody's any more: the link to its person goes with it.
    if (kind === MAIL) await tx.query('UPDATE errands SET note = NULL WHERE id = ?', [id]);
    // An alert that nobody takes must not make another alert, and a wrong mail address is the shopper's own.
    if (kind.startsWith('sink/'))
      await this.#alert(tx, retailerId, 'sink.stuck', id, `${kind}: receipt ${about} is stuck: ${reason}`);
  }

  async #alert(tx: Transaction, retailerId: string, kind: string, about: string, text: string): Promise<void> {
    const { alerts, clock } = this.#options;
    // Stuck again after a replay is news, so the moment is part of the name.
    const atMs = clock.nowMs();
    const alert: Alert = {
      id: idFrom('alert', about, String(atMs)),
      retailerId,
      atMs,
      kind,
      subject: `${kind}: ${about}`,
      text,
    };
    for (const name of alerts.get(retailerId)?.keys() ?? []) {
      await addErrand(tx, clock, {
        retailerId,
        kind: `alert/${retailerId}/${name}`,
        about: alert.id,
        note: JSON.stringify(alert),
      });
    }
  }
}

function alertOf({ note }: Errand): Alert {
  return JSON.parse(note!) as Alert;
}

export interface ErrandSetup extends Omit<ErrandsOptions, 'sinks' | 'alerts' | 'mail'>, Pick<SinkTools, 'poster'> {
  readonly vault: Vault;
  readonly mail: MailConfig | null;
}

/** Everything that the retailers' configurations ask for. Throws where its parts do not go together. */
export function openErrands({ vault, mail, poster, ...rest }: ErrandSetup): Errands {
  const { clock, tenants } = rest;
  const mailer = mail === null ? null : new Mailer(defined(mail));
  const tools: SinkTools = { clock, poster, mailer };
  const opened = <C extends { readonly kind: string; readonly name?: string | undefined }, T>(
    configs: readonly C[],
    open: (config: C) => T,
  ) => new Map([...byName(configs)].map(([name, config]) => [name, open(config)]));
  const retailers = tenants.all.map(({ retailer }) => retailer);
  return new Errands({
    ...rest,
    sinks: new Map(retailers.map(({ id, sinks }) => [id, opened(sinks, (config) => openSink(config, tools))])),
    alerts: new Map(retailers.map(({ id, alerts }) => [id, opened(alerts, (config) => openAlerts(config, tools))])),
    mail: mailer === null || mail === null ? null : { mailer, kiosk: new Kiosk(vault, clock), language: mail.language },
  });
}
