import type { Clock } from '../clock.ts';
import type { Receipt } from '../orders/order.ts';
import type { Poster } from '../webhooks/post.ts';
import { signatureHeaders } from '../webhooks/signature.ts';
import { checkReceipt } from './check-receipt.ts';
import { type EpcisOptions, epcisDocument } from './epcis.ts';
import { httpResult } from './http-result.ts';
import type { OrderSink, SinkResult } from './order-sink.ts';

export interface WebhookSinkOptions {
  readonly url: string;
  /** Signs as Standard Webhooks; several while one replaces another. */
  readonly secrets: readonly string[];
}

/** Posts a receipt as JSON, signed as Standard Webhooks, its id also as `Idempotency-Key`. */
export class WebhookSink implements OrderSink {
  readonly name = 'webhook';
  readonly #options: WebhookSinkOptions;
  readonly #poster: Poster;
  readonly #clock: Clock;

  constructor(options: WebhookSinkOptions, poster: Poster, clock: Clock) {
    this.#options = options;
    this.#poster = poster;
    this.#clock = clock;
  }

  async take(receipt: Receipt): Promise<SinkResult> {
    checkReceipt(receipt);
    const body = JSON.stringify(receipt);
    const signed = signatureHeaders(receipt.id, Math.floor(this.#clock.nowMs() / 1000), body, this.#options.secrets);
    const headers = { ...signed, 'content-type': 'application/json', 'idempotency-key': receipt.id };
    return httpResult(await this.#poster.post(this.#options.url, headers, body), this.#clock.nowMs());
  }

  async close(): Promise<void> {}
}

export interface EpcisCaptureOptions extends EpcisOptions {
  /** The repository's capture resource, such as `https://epcis.example/capture`. */
  readonly url: string;
  readonly bearer?: string;
}

/** Posts EPCIS documents to a repository's capture interface (EPCIS 2.0, section 12.6). */
export class EpcisCaptureSink implements OrderSink {
  readonly name = 'epcis';
  readonly #options: EpcisCaptureOptions;
  readonly #poster: Poster;
  readonly #clock: Clock;

  constructor(options: EpcisCaptureOptions, poster: Poster, clock: Clock) {
    this.#options = options;
    this.#poster = poster;
    this.#clock = clock;
  }

  async take(receipt: Receipt): Promise<SinkResult> {
    const { url, bearer } = this.#options;
    const headers = {
      'content-type': 'application/ld+json',
      'gs1-epcis-version': '2.0.0',
      'gs1-cbv-version': '2.0.0',
      // All of a receipt or nothing of it.
      'gs1-epcis-capture-error-behaviour': 'rollback',
      'idempotency-key': receipt.id,
      ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
    };
    const body = JSON.stringify(epcisDocument(receipt, this.#options));
    return httpResult(await this.#poster.post(url, headers, body), this.#clock.nowMs());
  }

  async close(): Promise<void> {}
}
