import type { OpenClaim } from '../attribution/attribution.ts';
import type { TripLink } from '../tracking/track-view.ts';

/** How likely a trip is behind a claim, and through which body most likely. */
export interface TripShare {
  readonly tripId: string | null;
  readonly prob: number;
  readonly trackId: number;
  readonly handDistanceM: number | null;
}

/** A claim's candidates mapped to trips by what is known now about who is who; likeliest first, sums to 1. */
export function tripShares(claim: OpenClaim, link: Pick<TripLink, 'sharesOf'>): TripShare[] {
  const byTrip = new Map<
    string | null,
    { prob: number; best: number; trackId: number; handDistanceM: number | null }
  >();
  const add = (tripId: string | null, prob: number, trackId: number, handDistanceM: number | null) => {
    const row = byTrip.get(tripId);
    if (!row) {
      byTrip.set(tripId, { prob, best: prob, trackId, handDistanceM });
      return;
    }
    row.prob += prob;
    if (prob > row.best) Object.assign(row, { best: prob, trackId, handDistanceM });
  };
  for (const { trackId, prob, handDistanceM } of claim.candidates) {
    let left = prob;
    if (trackId >= 0) {
      for (const rival of link.sharesOf(trackId, claim.timeUs)) {
        if (!(rival.prob > 0)) continue;
        add(rival.tripId, prob * rival.prob, rival.tripId === null ? -1 : trackId, handDistanceM);
        left -= prob * rival.prob;
      }
    }
    // A body that no trip accounts for is as good as nobody.
    if (left > 1e-12) add(null, left, -1, null);
  }
  if (!byTrip.has(null)) add(null, 0, -1, null);
  // The sort is stable: equal shares keep the order of the candidates, nearest first.
  return [...byTrip]
    .map(([tripId, { prob, trackId, handDistanceM }]) => ({ tripId, prob, trackId, handDistanceM }))
    .sort((a, b) => b.prob - a.prob);
}
