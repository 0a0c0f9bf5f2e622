import type { Cart, CartLine } from '../../engine/cart.ts';
import { meanOf } from '../../simulator/random.ts';
import type { ProductPlan, Run } from '../../simulator/scenario/run.ts';
import type { Outcome } from './calibration.ts';
import type { TripMatch } from './match-trips.ts';
import type { TripResult } from './run-result.ts';
import { f1Of, noCounts, type ScoreCounts, type SkuCounts } from './score-counts.ts';

/** Items a line stands for: its count, or for a weighed line its grams over the product's mean weight, rounded. */
export function unitsOf(run: Pick<Run, 'products'>, { sku, quantity }: Pick<CartLine, 'sku' | 'quantity'>): number {
  if (quantity.unit === 'each') return quantity.value;
  const product = run.products.find((one) => one.sku === sku);
  return product ? Math.round(quantity.value / meanOf(product.weightGrams)) : 0;
}

/** Predicted and true units of one trip, per SKU in either. */
export function unitsPerSku(
  run: Pick<Run, 'products'>,
  { truth, cart }: TripMatch,
): Map<string, [pred: number, truth: number]> {
  const units = new Map<string, [number, number]>();
  const at = (sku: string) => {
    if (!units.has(sku)) units.set(sku, [0, 0]);
    return units.get(sku)!;
  };
  for (const line of cart?.lines ?? []) at(line.sku)[0] += unitsOf(run, line);
  for (const { sku, count } of truth?.lines ?? []) at(sku)[1] += count;
  return units;
}

const isDraft = (cart: Cart | null) => cart?.status === 'draft';

/**
 * A draft this long after its shopper left is no receipt. Less than the 15 s that a run of scripts goes on after the last
 * shopper, so that a cart never settled cannot drop out of the scores.
 */
export const OVERDUE_US = 10_000_000;

/** Drafts of people who left long before `endUs` become no cart at all: the engine let them go unbilled. */
export function withoutOverdue(trips: readonly TripMatch[], endUs: number): TripMatch[] {
  return trips.map((trip) => {
    const { truth, cart } = trip;
    const overdue = isDraft(cart) && truth?.exitedAtUs != null && endUs - truth.exitedAtUs > OVERDUE_US;
    return overdue ? { ...trip, cart: null } : trip;
  });
}

/**
 * Whether a trip counts. Out: people still inside at the end, drafts, and empty carts that no trip explains (nobody
 * gets a receipt of nothing by mistake and is the poorer for it). In: staff, who are scored on what they carried out,
 * and trips that no cart was made for, as an empty cart.
 */
export function isScored({ truth, cart }: TripMatch): boolean {
  if (isDraft(cart)) return false;
  return truth ? truth.exitedAtUs !== null : (cart?.lines.length ?? 0) > 0;
}

type CartCounts = Omit<
  ScoreCounts,
  'truthChanges' | 'changes' | 'matchedChanges' | 'productRight' | 'ownerRight' | 'hota' | 'clear' | 'identity'
>;

/** Sums over the carts of one run, and one row per trip for people to read. */
export function countCarts(
  run: Pick<Run, 'products'>,
  trips: readonly TripMatch[],
): { counts: CartCounts; trips: TripResult[] } {
  const tally = new CartTally(run);
  const rows = trips.map((trip) => tally.add(trip));
  return { counts: tally.counts(trips), trips: rows };
}

/** Price of one item; of a weighed product, whose price is per kilogram, of one item of mean weight. */
function itemPriceMinor({ sellBy, priceMinor, weightGrams }: ProductPlan): number {
  return sellBy === 'weighed' ? Math.round((priceMinor * meanOf(weightGrams)) / 1000) : priceMinor;
}

class CartTally {
  readonly #price: ReadonlyMap<string, number>;
  readonly #run: Pick<Run, 'products'>;
  readonly #sums = { tp: 0, predicted: 0, truth: 0, overMinor: 0, underMinor: 0, listed: 0, listedFound: 0 };
  readonly #carts = { carts: 0, exact: 0, review: 0, final: 0, exactFinal: 0 };
  readonly #skus = new Map<string, [number, number, number, number]>();
  /** True minus charged units per SKU. */
  readonly #balance = new Map<string, number>();
  readonly #lineOutcomes: Outcome[] = [];
  readonly #cartOutcomes: Outcome[] = [];
  readonly #delaySeconds: number[] = [];

  constructor(run: Pick<Run, 'products'>) {
    this.#run = run;
    this.#price = new Map(run.products.map((product) => [product.sku, itemPriceMinor(product)]));
  }

  add(trip: TripMatch): TripResult {
    const { truth, cart } = trip;
    const units = unitsPerSku(this.#run, trip);
    const exact = [...units.values()].every(([pred, really]) => pred === really);
    const scored = isScored(trip);
    if (scored) {
      for (const [sku, [pred, really]] of units) this.#addUnits(sku, pred, really);
      this.#addCart(trip, units, exact);
    }
    return {
      shopper: truth?.shopper ?? null,
      members: truth?.members ?? [],
      role: truth?.role ?? 'shopper',
      tripId: cart?.tripId ?? null,
      scored,
      exact,
      exitedAtUs: truth?.exitedAtUs ?? null,
      lines: truth?.lines ?? [],
    };
  }

  #addUnits(sku: string, pred: number, truth: number): void {
    const [least, most] = [Math.min(pred, truth), Math.max(pred, truth)];
    const sums = this.#sums;
    sums.tp += least;
    sums.predicted += pred;
    sums.truth += truth;
    const price = this.#price.get(sku) ?? 0;
    sums.overMinor += (pred - least) * price;
    sums.underMinor += (truth - least) * price;
    if (truth > 0) sums.listed++;
    if (least > 0) sums.listedFound++;
    const [a, b, c, d] = this.#skus.get(sku) ?? [0, 0, 0, 0];
    this.#skus.set(sku, [a + truth, b + most - least, c + least, d + most]);
    this.#balance.set(sku, (this.#balance.get(sku) ?? 0) + truth - pred);
  }

  #addCart({ truth, cart }: TripMatch, units: Map<string, [number, number]>, exact: boolean): void {
    const sums = this.#carts;
    sums.carts++;
    if (exact) sums.exact++;
    if (!cart) return;
    if (cart.status === 'final') {
      sums.final++;
      if (exact) sums.exactFinal++;
    } else sums.review++;
    this.#cartOutcomes.push([cart.confidence, exact ? 1 : 0]);
    for (const { sku, confidence } of cart.lines) {
      const [pred, really] = units.get(sku)!;
      this.#lineOutcomes.push([confidence, pred === really ? 1 : 0]);
    }
    if (truth?.exitedAtUs != null && cart.finalAtUs !== null) {
      this.#delaySeconds.push((cart.finalAtUs - truth.exitedAtUs) / 1e6);
    }
  }

  counts(trips: readonly TripMatch[]): CartCounts {
    const { tp, predicted, truth } = this.#sums;
    const bySku = [...this.#skus].sort(([a], [b]) => (a < b ? -1 : 1));
    return {
      ...noCounts(),
      ...this.#sums,
      ...this.#carts,
      caseF1: this.#carts.carts > 0 ? [f1Of(tp, predicted, truth) ?? 1] : [],
      missing: trips.filter((trip) => trip.truth && !trip.cart && isScored(trip)).length,
      phantom: trips.filter((trip) => !trip.truth && isScored(trip)).length,
      unsettled: trips.filter(({ truth: left, cart }) => left !== null && left.exitedAtUs !== null && isDraft(cart))
        .length,
      leaked: [...this.#balance.values()].reduce((sum, units) => sum + Math.max(0, units), 0),
      skus: Object.fromEntries<SkuCounts>(bySku),
      lineOutcomes: this.#lineOutcomes,
      cartOutcomes: this.#cartOutcomes,
      delaySeconds: this.#delaySeconds,
    };
  }
}
