import type { LiveTruth } from '../../../api/live.ts';
import type { Cart } from '../../../engine/index.ts';

/** What one party really has, by SKU. */
export type TrueCart = ReadonlyMap<string, number>;

/** Where people's goods really are, folded from the truth's events; times may be asked in any order. */
export class TrueCarts {
  readonly #events: readonly LiveTruth[];
  #cached: { readonly count: number; readonly timeUs: number; readonly carts: ReadonlyMap<string, TrueCart> } | null =
    null;

  /** `events`: grows as truth comes in. */
  constructor(events: readonly LiveTruth[]) {
    this.#events = events;
  }

  /** What the party behind a credential has at a time; null when nobody showed it. */
  of({ credential }: Pick<Cart, 'credential'>, timeUs: number): TrueCart | null {
    if (credential === null) return null;
    return this.#at(timeUs).get(credential) ?? null;
  }

  #at(timeUs: number): ReadonlyMap<string, TrueCart> {
    const count = this.#events.length;
    if (this.#cached?.count === count && this.#cached.timeUs === timeUs) return this.#cached.carts;
    const partyOf = new Map<string, string>();
    const carts = new Map<string, Map<string, number>>();
    for (const event of this.#events) {
      if (event.timeUs > timeUs) continue;
      if (event.kind === 'entered' && typeof event.credential === 'string') {
        partyOf.set(String(event.shopper), event.credential);
        if (!carts.has(event.credential)) carts.set(event.credential, new Map());
      } else if (event.kind === 'moved') {
        count1(carts.get(partyOf.get(String(event.from)) ?? ''), String(event.sku), -1);
        count1(carts.get(partyOf.get(String(event.to)) ?? ''), String(event.sku), 1);
      }
    }
    this.#cached = { count, timeUs, carts };
    return carts;
  }
}

/** What is put down without having been taken here was brought along. */
function count1(cart: Map<string, number> | undefined, sku: string, by: number): void {
  if (!cart) return;
  const next = (cart.get(sku) ?? 0) + by;
  if (next > 0) cart.set(sku, next);
  else cart.delete(sku);
}

/** Units by which a cart and the truth differ: too many in the cart, too few. */
export function differenceOf(cart: Cart, truth: TrueCart): { readonly over: number; readonly under: number } {
  let over = 0;
  let under = 0;
  const billed = new Map(cart.lines.map((line) => [line.sku, line.quantity.unit === 'g' ? 1 : line.quantity.value]));
  for (const sku of new Set([...billed.keys(), ...truth.keys()])) {
    const by = (billed.get(sku) ?? 0) - (truth.get(sku) ?? 0);
    if (by > 0) over += by;
    else under -= by;
  }
  return { over, under };
}
