import { type Clock, isoTime } from '../clock.ts';
import { type Mailer, MailRefused } from '../receipts/receipt-mailer.ts';
import type { Poster } from '../webhooks/post.ts';
import { signatureHeaders } from '../webhooks/signature.ts';
import { httpResult } from './http-result.ts';
import { later, refused, type SinkResult, taken } from './order-sink.ts';

/** Something a person must look at; it names orders, never people. */
export interface Alert {
  readonly id: string;
  readonly retailerId: string;
  readonly atMs: number;
  /** `order.stuck`, `sink.stuck`, `payment.evidence_due` */
  readonly kind: string;
  readonly subject: string;
  readonly text: string;
}

/** A way to reach whoever is on duty. Sending an alert twice is one alert: its id is the idempotency key. */
export interface AlertChannel {
  readonly name: string;
  send(alert: Alert): Promise<SinkResult>;
}

/** Posts alerts as JSON, signed as Standard Webhooks: for pagers and chat rooms. */
export class WebhookAlerts implements AlertChannel {
  readonly name = 'webhook';
  readonly #options: { readonly url: string; readonly secrets: readonly string[] };
  readonly #poster: Poster;
  readonly #clock: Clock;

  constructor(options: { readonly url: string; readonly secrets: readonly string[] }, poster: Poster, clock: Clock) {
    this.#options = options;
    this.#poster = poster;
    this.#clock = clock;
  }

  async send({ atMs, ...alert }: Alert): Promise<SinkResult> {
    const body = JSON.stringify({ ...alert, at: isoTime(atMs) });
    const signed = signatureHeaders(alert.id, Math.floor(this.#clock.nowMs() / 1000), body, this.#options.secrets);
    const headers = { ...signed, 'content-type': 'application/json' };
    return httpResult(await this.#poster.post(this.#options.url, headers, body), this.#clock.nowMs());
  }
}

/** Mails alerts. */
export class MailAlerts implements AlertChannel {
  readonly name = 'mail';
  readonly #to: string;
  readonly #mailer: Mailer;

  constructor(to: string, mailer: Mailer) {
    this.#to = to;
    this.#mailer = mailer;
  }

  async send({ id, atMs, kind, subject, text }: Alert): Promise<SinkResult> {
    try {
      await this.#mailer.sendNote(this.#to, id, subject, `${text}\n\n${kind}, ${isoTime(atMs)}\n`);
      return taken();
    } catch (error) {
      return error instanceof MailRefused ? refused(error.message) : later((error as Error).message);
    }
  }
}
