import type { ShelfChange } from '../cart.ts';
import type { Candidate } from './attribution.ts';
import { type AttributionView, PublishedAttribution } from './published/published-attribution.ts';

/**
 * Comparator without eyes: the product of the shelf whose weight fits; whoever is in the store did it, all alike likely.
 * What is put back goes first to who holds something of that weight.
 */
export function weightOnly(view: AttributionView): PublishedAttribution {
  return new PublishedAttribution(view, {
    arrangement: false,
    hands: false,
    eventSplitting: false,
    dynamicPlanogram: false,
    owners: presentBodies,
  });
}

function presentBodies(view: AttributionView, change: ShelfChange, timeUs: number): Candidate[] {
  const trackIds = view.history.idsBetween(timeUs, timeUs);
  if (trackIds.length === 0) return [{ trackId: -1, prob: 1, handDistanceM: null }];
  const misfits = trackIds.map((trackId) =>
    change.deltaGrams > 0 ? misfitGrams(view, trackId, change.deltaGrams) : 0,
  );
  return trackIds
    .map((trackId, i) => ({ trackId, misfit: misfits[i]! }))
    .sort((a, b) => a.misfit - b.misfit || a.trackId - b.trackId)
    .map(({ trackId }) => ({ trackId, prob: 1 / trackIds.length, handDistanceM: null }));
}

/** How far what a body's trip holds is from a weight that was put down, grams; of whole items of one product. */
function misfitGrams({ link, holdings, store }: AttributionView, trackId: number, grams: number): number {
  const [likeliest] = [...link.sharesOf(trackId)].sort((a, b) => b.prob - a.prob);
  if (likeliest?.tripId == null) return Number.MAX_VALUE;
  let least = Number.MAX_VALUE;
  for (const { sku, quantity } of holdings.heldBy(likeliest.tripId)) {
    const product = store.products.find((one) => one.sku === sku);
    if (!product) continue;
    const one = product.weightGrams.mean;
    const count = Math.min(quantity, Math.max(1, Math.round(grams / one)));
    least = Math.min(least, product.sellBy === 'weighed' ? 0 : Math.abs(grams - count * one));
  }
  return least;
}
