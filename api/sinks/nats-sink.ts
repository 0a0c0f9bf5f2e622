import { type JetStreamClient, jetstream } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { Receipt } from '../orders/order.ts';
import { checkReceipt } from './check-receipt.ts';
import { later, type OrderSink, type SinkResult, taken } from './order-sink.ts';

export interface NatsOptions {
  readonly servers: readonly string[];
  /** Receipts go to `PREFIX.RETAILER.STORE`; a stream of the retailer's must hold that subject. */
  readonly prefix: string;
  readonly token?: string;
  readonly timeoutMs?: number;
}

/** Publishes receipts to a JetStream subject; `Nats-Msg-Id` is the receipt's id, by which streams drop repeats. */
export class NatsSink implements OrderSink {
  readonly name = 'nats';
  readonly #options: NatsOptions;
  #connection: Promise<NatsConnection> | null = null;

  constructor(options: NatsOptions) {
    this.#options = options;
  }

  async take(receipt: Receipt): Promise<SinkResult> {
    checkReceipt(receipt);
    try {
      const client = await this.#client();
      const subject = [this.#options.prefix, token(receipt.retailerId), token(receipt.storeId)].join('.');
      const ack = await client.publish(subject, JSON.stringify(receipt), {
        msgID: receipt.id,
        timeout: this.#timeoutMs,
      });
      return taken(`${ack.stream}/${ack.seq}`);
    } catch (error) {
      // No stream, no server, no acknowledgement: all of them may be mended by an operator without a new receipt.
      return later((error as Error).message);
    }
  }

  async close(): Promise<void> {
    const connection = await this.#connection?.catch(() => null);
    this.#connection = null;
    await connection?.close();
  }

  get #timeoutMs(): number {
    return this.#options.timeoutMs ?? 5_000;
  }

  async #client(): Promise<JetStreamClient> {
    this.#connection ??= this.#connect().catch((error) => {
      this.#connection = null;
      throw error;
    });
    return jetstream(await this.#connection);
  }

  async #connect(): Promise<NatsConnection> {
    const { servers, token: secret } = this.#options;
    const connection = await connect({
      servers: [...servers],
      timeout: this.#timeoutMs,
      ...(secret === undefined ? {} : { token: secret }),
    });
    // A connection that ended for good is opened anew by the next receipt.
    void connection.closed().then(() => {
      this.#connection = null;
    });
    return connection;
  }
}

/** Dots, spaces and wildcards mean something in subjects. */
function token(text: string): string {
  return text.replaceAll(/[\s.*>]/g, '_');
}
