import type { ServerResponse } from 'node:http';

/** A cart as live feeds show it: newer versions of the same trip replace older ones that a slow reader has not got yet. */
export interface LiveCart {
  readonly retailerId: string;
  readonly storeId: string;
  readonly tripId: string;
  readonly json: string;
}

/** Bytes a reader may be behind before its carts wait; then only the newest of each trip is kept for it. */
const MAX_BUFFERED_BYTES = 64 * 1024;

interface Reader {
  readonly retailerId: string;
  readonly storeId: string | null;
  readonly response: ServerResponse;
  readonly waiting: Map<string, string>;
}

/** Readers of live carts over server-sent events: a slow one costs at most one cart per trip, and holds nobody up. */
export class LiveCarts {
  readonly #readers = new Set<Reader>();
  readonly #latest = new Map<string, LiveCart>();

  get readers(): number {
    return this.#readers.size;
  }

  publish(cart: LiveCart): void {
    this.#latest.set(cart.tripId, cart);
    for (const reader of this.#readers) if (isFor(reader, cart)) this.#send(reader, cart);
  }

  /** The trip is over: whoever comes later does not see its cart. */
  forget(tripId: string): void {
    this.#latest.delete(tripId);
  }

  /** Answers a request with the carts there are, then with every change until the reader goes. */
  attach(response: ServerResponse, retailerId: string, storeId: string | null): void {
    const reader: Reader = { retailerId, storeId, response, waiting: new Map() };
    response.on('close', () => this.#readers.delete(reader));
    response.on('drain', () => this.#flush(reader));
    this.#readers.add(reader);
    response.write(': carts as they are now, then every change\n\n');
    for (const cart of this.#latest.values()) if (isFor(reader, cart)) this.#send(reader, cart);
  }

  /** Ends every feed. */
  close(): void {
    for (const { response } of this.#readers) response.end();
    this.#readers.clear();
  }

  #send(reader: Reader, { tripId, json }: LiveCart): void {
    if (reader.response.writableLength > MAX_BUFFERED_BYTES) {
      reader.waiting.set(tripId, json);
      return;
    }
    // A version that still waits is older than this one.
    reader.waiting.delete(tripId);
    write(reader.response, tripId, json);
  }

  #flush({ response, waiting }: Reader): void {
    for (const [tripId, json] of waiting) {
      if (response.writableLength > MAX_BUFFERED_BYTES) return;
      waiting.delete(tripId);
      write(response, tripId, json);
    }
  }
}

function isFor({ retailerId, storeId }: Reader, cart: LiveCart): boolean {
  return cart.retailerId === retailerId && (storeId === null || cart.storeId === storeId);
}

function write(response: ServerResponse, tripId: string, json: string): void {
  response.write(`event: cart\nid: ${tripId}\ndata: ${json}\n\n`);
}
