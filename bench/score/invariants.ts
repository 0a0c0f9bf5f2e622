import type { Run } from '../../simulator/scenario/run.ts';
import { unitsOf } from './count-carts.ts';
import type { ReportedChange } from './match-changes.ts';
import type { TripMatch } from './match-trips.ts';

export type InvariantName = 'negative-stock' | 'item-in-two-carts' | 'receipt-before-exit';

export interface Violation {
  readonly invariant: InvariantName;
  /** What was found, in words. */
  readonly text: string;
}

export interface RunRecord {
  readonly run: Pick<Run, 'products' | 'store' | 'shoppers'>;
  readonly trips: readonly TripMatch[];
  readonly reported: readonly ReportedChange[];
  /** Items per SKU that came into the store during the run. */
  readonly restocked: ReadonlyMap<string, number>;
}

/** What must never happen, whatever the noise; settled carts only. */
export function findViolations(record: RunRecord): Violation[] {
  return [...negativeStock(record), ...itemsInTwoCarts(record), ...receiptsBeforeExit(record)];
}

const settled = ({ trips }: RunRecord) => trips.flatMap(({ cart }) => (cart && cart.status !== 'draft' ? [cart] : []));

/** More items charged, over all carts, than ever stood in the store. */
function negativeStock(record: RunRecord): Violation[] {
  const stock = new Map(record.restocked);
  for (const { contents } of record.run.store.slots) {
    for (const { sku, count } of contents) stock.set(sku, (stock.get(sku) ?? 0) + count);
  }
  for (const { sku, count } of record.run.shoppers.flatMap((shopper) => shopper.brings)) {
    stock.set(sku, (stock.get(sku) ?? 0) + count);
  }
  // An opened multipack turns into single items.
  for (const { sku, multipack } of record.run.products) {
    if (multipack) stock.set(multipack.of, (stock.get(multipack.of) ?? 0) + multipack.count * (stock.get(sku) ?? 0));
  }
  const charged = new Map<string, number>();
  for (const line of settled(record).flatMap((cart) => cart.lines)) {
    charged.set(line.sku, (charged.get(line.sku) ?? 0) + unitsOf(record.run, line));
  }
  return [...charged].flatMap(([sku, units]) => {
    const had = stock.get(sku) ?? 0;
    if (units <= had) return [];
    return [{ invariant: 'negative-stock' as const, text: `${sku}: ${units} charged, ${had} ever in the store` }];
  });
}

/** More items of one change in carts, as evidence, than the change moved in all its claims. */
function itemsInTwoCarts(record: RunRecord): Violation[] {
  const moved = new Map<string, number>();
  for (const { change, claims } of record.reported) {
    for (const { sku, quantity } of claims.values()) moved.set(`${change.changeId} ${sku}`, Math.max(0, quantity));
  }
  const credited = new Map<string, number>();
  for (const { sku, evidence } of settled(record).flatMap((cart) => cart.lines)) {
    for (const { changeId, quantity } of evidence) {
      const key = `${changeId} ${sku}`;
      credited.set(key, (credited.get(key) ?? 0) + Math.max(0, quantity));
    }
  }
  return [...credited].flatMap(([key, units]) => {
    const really = moved.get(key);
    if (really === undefined || units <= really) return [];
    return [{ invariant: 'item-in-two-carts' as const, text: `change ${key}: ${units} in carts, ${really} moved` }];
  });
}

/** A cart settled while its people were still inside. */
function receiptsBeforeExit({ trips }: RunRecord): Violation[] {
  return trips.flatMap(({ truth, cart }) => {
    if (!truth || !cart || cart.status === 'draft' || cart.finalAtUs === null) return [];
    if (truth.exitedAtUs !== null && cart.finalAtUs >= truth.exitedAtUs) return [];
    const exit = truth.exitedAtUs === null ? 'never left' : `left at ${truth.exitedAtUs / 1e6} s`;
    const text = `${truth.shopper}: receipt at ${cart.finalAtUs / 1e6} s, ${exit}`;
    return [{ invariant: 'receipt-before-exit' as const, text }];
  });
}
