import type { Cart, EngineOutput } from '../../engine/index.ts';
import type { Announcer } from '../announcer.ts';
import { isoTime } from '../clock.ts';
import { idFrom } from '../ids.ts';
import type { Database, Row } from '../store/database.ts';
import { eventLines, itemsOf, wallMs } from '../trips/cart-items.ts';
import type { Session } from '../trips/session.ts';
import type { LiveCarts } from './live-carts.ts';

export interface LiveParts {
  readonly database: Database;
  readonly announcer: Announcer;
  readonly live: LiveCarts;
  readonly restrictions: ReadonlyMap<string, string>;
  readonly session: Session;
  readonly drafts: () => readonly Cart[];
}

/** Shows carts while they fill, and calls an attendant as soon as a restricted product is in one. */
export class LiveProjection {
  readonly #parts: LiveParts;
  readonly #shown = new Map<string, string>();
  /** Trips that hold something restricted now, and what. */
  readonly #restricted = new Map<string, string>();
  #turn: Promise<void> = Promise.resolve();

  constructor(parts: LiveParts) {
    this.#parts = parts;
  }

  /** Takes what left the engine; carts are looked at only when something was booked. */
  see(outputs: readonly EngineOutput[]): void {
    for (const output of outputs) if (output.kind === 'cart') this.#show(output.cart);
    if (!outputs.some(({ kind }) => kind === 'entry' || kind === 'claim')) return;
    for (const cart of this.#parts.drafts()) {
      this.#show(cart);
      if (cart.credential !== null) this.#watch(cart.credential, cart);
    }
  }

  /** Settles when everything seen so far is on record. */
  async settled(): Promise<void> {
    await this.#turn;
  }

  #show(cart: Cart): void {
    const { live, session } = this.#parts;
    const tripId = cart.credential ?? idFrom('trip', session.id, cart.tripId);
    const lines = eventLines(itemsOf(cart, session.startedAtMs));
    const json = JSON.stringify({
      ...{ tripId, storeId: session.storeId, status: cart.status, confidence: cart.confidence, lines },
      enteredAt: isoTime(wallMs(session.startedAtMs, cart.enteredAtUs)),
    });
    if (this.#shown.get(tripId) === json) return;
    this.#shown.set(tripId, json);
    live.publish({ retailerId: session.retailerId, storeId: session.storeId, tripId, json });
    if (cart.status === 'draft') return;
    live.forget(tripId);
    this.#shown.delete(tripId);
  }

  #watch(tripId: string, cart: Cart): void {
    const sku = cart.lines.find((line) => this.#parts.restrictions.has(line.sku))?.sku;
    if (this.#restricted.get(tripId) === sku) return;
    if (sku === undefined) this.#restricted.delete(tripId);
    else this.#restricted.set(tripId, sku);
    this.#turn = this.#turn.then(() => this.#note(tripId, sku)).catch(() => undefined);
  }

  /** What an attendant decided stays decided; a product put back clears the call. */
  async #note(tripId: string, sku: string | undefined): Promise<void> {
    const { database, announcer, session, restrictions } = this.#parts;
    await database.transaction(async (tx) => {
      const [from, to] = sku === undefined ? ['required', 'none'] : ['none', 'required'];
      const changed = await tx.query<Row>(
        'UPDATE trips SET attendant = ? WHERE id = ? AND attendant = ? RETURNING id',
        [...[to!, tripId, from!]],
      );
      if (changed.length === 0 || sku === undefined) return;
      const data = { storeId: session.storeId, tripId, sku, reason: restrictions.get(sku)! };
      await announcer.append(tx, { type: 'attendant.required', retailerId: session.retailerId, tripId, data });
    });
  }
}
