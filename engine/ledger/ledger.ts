import type { Store } from '../store.ts';

/** Where an item can be. A place on a shelf that has no slot goes by the shelf's id. */
export type Account =
  | { readonly kind: 'slot'; readonly id: string }
  | { readonly kind: 'trip'; readonly id: string }
  | { readonly kind: 'elsewhere' };

export type EntryReason =
  | 'pick'
  | 'put-back'
  | 'restock'
  /** A slot held more than the books said: opening stock is counted by people. */
  | 'stock-correction'
  /** Moved by nobody the engine knows, or by someone whose cart is closed. */
  | 'unattributed'
  /** Sold by weight on a scale that is not approved for it: on nobody's cart. */
  | 'refused'
  /** It became clearer which body belongs to which trip. */
  | 'reassigned'
  | 'reviewed';

/** One ledger line: `quantity` > 0 of a SKU (items, or grams where sold by weight) moved from one account to another. */
export interface Entry {
  readonly seq: number;
  readonly timeUs: number;
  readonly changeId: string;
  readonly sku: string;
  readonly quantity: number;
  readonly from: Account;
  readonly to: Account;
  readonly reason: EntryReason;
}

export type Movement = Omit<Entry, 'seq'>;

export const ELSEWHERE: Account = { kind: 'elsewhere' };

/**
 * Append-only double entry between slots, trips and elsewhere; corrections are new entries, stock never is negative.
 * Keeps balances, and entries only until they are taken: from then on they live in the journal.
 */
export class Ledger {
  #entries: Entry[] = [];
  #count = 0;
  readonly #balances = new Map<string, Map<string, number>>();

  /** Opens the books with the store's counted stock (grams for products sold by weight). */
  constructor(store: Store) {
    const gramsEach = new Map(
      store.products.filter((product) => product.sellBy === 'weighed').map((p) => [p.sku, p.weightGrams.mean]),
    );
    for (const slot of store.slots) {
      for (const [sku, count] of Object.entries(slot.stock)) {
        this.#change({ kind: 'slot', id: slot.id }, sku, Math.round(count * (gramsEach.get(sku) ?? 1)));
      }
    }
  }

  /** Entries booked since the last call, in order; each is given once. */
  takeEntries(): Entry[] {
    const entries = this.#entries;
    if (entries.length > 0) this.#entries = [];
    return entries;
  }

  balance(account: Account, sku: string): number {
    return this.#balances.get(keyOf(account))?.get(sku) ?? 0;
  }

  /** What a trip holds, quantities > 0, sorted by SKU. */
  heldBy(tripId: string): { sku: string; quantity: number }[] {
    const balance = this.#balances.get(keyOf({ kind: 'trip', id: tripId })) ?? new Map<string, number>();
    return [...balance]
      .map(([sku, quantity]) => ({ sku, quantity }))
      .filter(({ quantity }) => quantity > 0)
      .sort((a, b) => (a.sku < b.sku ? -1 : 1));
  }

  /**
   * Books one movement. A slot short of stock is first filled from elsewhere by an entry of its own (how many is
   * returned); a trip short of it is a bug of ours and throws.
   */
  book(movement: Movement): number {
    const { timeUs, changeId, sku, quantity, from, to } = movement;
    if (!(Number.isInteger(quantity) && quantity > 0)) throw new Error(`ledger: quantity ${quantity} of ${sku}`);
    const shortfall = from.kind === 'elsewhere' ? 0 : Math.max(0, quantity - this.balance(from, sku));
    if (shortfall > 0) {
      if (from.kind === 'trip') throw new Error(`ledger: trip ${from.id} is ${shortfall} short of ${sku}`);
      this.#append({
        timeUs,
        changeId,
        sku,
        quantity: shortfall,
        from: ELSEWHERE,
        to: from,
        reason: 'stock-correction',
      });
    }
    this.#append({ timeUs, changeId, sku, quantity, from, to, reason: movement.reason });
    return shortfall;
  }

  /** Forgets the account of a trip long settled; its entries stay. */
  forget(tripId: string): void {
    this.#balances.delete(keyOf({ kind: 'trip', id: tripId }));
  }

  #append(movement: Movement): void {
    this.#entries.push({ seq: ++this.#count, ...movement });
    this.#change(movement.from, movement.sku, -movement.quantity);
    this.#change(movement.to, movement.sku, movement.quantity);
  }

  #change(account: Account, sku: string, by: number): void {
    const key = keyOf(account);
    let balance = this.#balances.get(key);
    if (!balance) this.#balances.set(key, (balance = new Map()));
    const quantity = (balance.get(sku) ?? 0) + by;
    if (quantity === 0 && account.kind === 'trip') balance.delete(sku);
    else balance.set(sku, quantity);
  }
}

function keyOf(account: Account): string {
  return account.kind === 'elsewhere' ? 'elsewhere' : `${account.kind}:${account.id}`;
}
