import type { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { Mailer } from '../receipts/receipt-mailer.ts';
import type { Poster } from '../webhooks/post.ts';
import { type AlertChannel, MailAlerts, WebhookAlerts } from './alert.ts';
import { csvFormat } from './csv.ts';
import { type Drop, DropSink, type FileFormat, LocalDrop } from './drop.ts';
import { epcisFormat } from './epcis.ts';
import { MedusaSink } from './medusa-sink.ts';
import { NatsSink } from './nats-sink.ts';
import type { OrderSink } from './order-sink.ts';
import { poslogFormat } from './poslog.ts';
import { SftpDrop } from './sftp-drop.ts';
import type { AlertConfig, SinkConfig, sftpSchema } from './sink-config.ts';
import { VendureSink } from './vendure-sink.ts';
import { EpcisCaptureSink, WebhookSink } from './webhook-sink.ts';

export interface SinkTools {
  readonly clock: Clock;
  readonly poster: Poster;
  /** Null where no mail server is configured. */
  readonly mailer: Mailer | null;
}

/** The sink a configuration describes. Throws where the parts do not go together. */
export function openSink(config: SinkConfig, { poster, clock }: SinkTools): OrderSink {
  switch (config.kind) {
    case 'webhook':
      return new WebhookSink(config, poster, clock);
    case 'csv':
      return dropSink(config, csvFormat);
    case 'poslog':
      return dropSink(config, poslogFormat);
    case 'epcis':
      return dropSink(config, epcisFormat(config));
    case 'epcis-capture':
      return new EpcisCaptureSink(defined(config), poster, clock);
    case 'nats':
      return new NatsSink(defined(config));
    case 'vendure':
      return new VendureSink(defined(config));
    case 'medusa':
      return new MedusaSink(defined(config));
  }
}

/** The alert channel a configuration describes. Throws where it wants mail and no mail server is configured. */
export function openAlerts(config: AlertConfig, { poster, clock, mailer }: SinkTools): AlertChannel {
  if (config.kind === 'webhook') return new WebhookAlerts(config, poster, clock);
  if (mailer === null)
    throw new Error(`alerts to ${config.to}: found no mail server, expected one in the configuration`);
  return new MailAlerts(config.to, mailer);
}

function dropSink(
  {
    kind,
    dir,
    sftp: server,
  }: { kind: string; dir?: string | undefined; sftp?: z.infer<typeof sftpSchema> | undefined },
  format: FileFormat,
): OrderSink {
  if ((dir === undefined) === (server === undefined)) throw new Error(`sink ${kind}: expected one of dir and sftp`);
  const target: Drop = dir === undefined ? new SftpDrop(defined(server!)) : new LocalDrop(dir);
  return new DropSink(kind, target, format);
}

type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** The same without the keys that are undefined. */
export function defined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as Defined<T>;
}
