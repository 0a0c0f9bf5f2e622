import type { CartStatus, Evidence } from '../../engine/cart.ts';
import type { Run } from '../../simulator/scenario/run.ts';
import { isScored, unitsPerSku } from './count-carts.ts';
import type { ChangeOutcome } from './match-changes.ts';
import type { TripMatch } from './match-trips.ts';

/** One SKU of one cart that is not what was carried out, with all that may explain it. */
export interface WrongLine {
  /** Key of the trip's first member; null for a cart that no trip explains. */
  readonly shopper: string | null;
  readonly tripId: string | null;
  readonly status: CartStatus | null;
  readonly sku: string;
  readonly expected: number;
  readonly got: number;
  /** Confidence of the line; null where the cart has no such line. */
  readonly confidence: number | null;
  readonly evidence: readonly Evidence[];
  /** What really happened with this SKU in this trip's hands. */
  readonly changes: readonly ChangeOutcome[];
}

/** Every wrong line of the scored trips, in order of trip and SKU. */
export function findWrongLines(
  run: Pick<Run, 'products'>,
  trips: readonly TripMatch[],
  changes: readonly ChangeOutcome[],
): WrongLine[] {
  const byShopper = Map.groupBy(changes, (change) => change.by);
  return trips.filter(isScored).flatMap((trip) => {
    const wrong = [...unitsPerSku(run, trip)].filter(([, [pred, truth]]) => pred !== truth);
    const theirs = (trip.truth?.members ?? []).flatMap((member) => byShopper.get(member) ?? []);
    return wrong
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([sku, [got, expected]]): WrongLine => {
        const line = trip.cart?.lines.find((one) => one.sku === sku);
        return {
          shopper: trip.truth?.shopper ?? null,
          tripId: trip.cart?.tripId ?? null,
          status: trip.cart?.status ?? null,
          sku,
          expected,
          got,
          confidence: line?.confidence ?? null,
          evidence: line?.evidence ?? [],
          changes: theirs.filter((change) => sku in change.skus).sort((a, b) => a.timeUs - b.timeUs),
        };
      });
  });
}
