import type { BookedClaim } from './claim-book.ts';

/**
 * Probability that exactly `quantity` of a SKU left with a trip: the distribution of the sum over all claims the trip
 * may have a part in, its own and its rivals', taken as independent of each other.
 */
export function lineConfidence(claims: readonly BookedClaim[], tripId: string, sku: string, quantity: number): number {
  let sums = new Map([[0, 1]]);
  for (const row of claims) {
    if (row.claim.purpose !== 'trade') continue;
    const shareProb = shareOf(row, tripId);
    const steps = stepsOf(row, sku).map(([by, prob]) => [by, prob * shareProb] as const);
    const moved = steps.reduce((sum, [, prob]) => sum + prob, 0);
    if (moved > 0) sums = convolve(sums, [[0, 1 - moved], ...steps]);
  }
  return clamp(sums.get(quantity) ?? 0);
}

/**
 * Probability that the whole cart is exact. Claims are grouped by the SKU they were booked as; a group is right if
 * its sum is and no other product of it went with the trip; groups are taken as independent.
 */
export function cartConfidence(
  claims: readonly BookedClaim[],
  tripId: string,
  lines: readonly { readonly sku: string; readonly quantity: number }[],
): number {
  const wanted = new Map(lines.map(({ sku, quantity }) => [sku, quantity]));
  let confidence = 1;
  for (const sku of new Set([...wanted.keys(), ...claims.map((row) => row.claim.sku)])) {
    let sums = new Map([[0, 1]]);
    for (const row of claims) {
      if (row.claim.sku !== sku) continue;
      const shareProb = shareOf(row, tripId);
      // What was refused is on no cart: right only if somebody else took it.
      const steps = row.claim.purpose === 'refused' ? [] : stepsOf(row, sku);
      sums = convolve(sums, [[0, 1 - shareProb], ...steps.map(([by, prob]) => [by, prob * shareProb] as const)]);
    }
    confidence *= sums.get(wanted.get(sku) ?? 0) ?? 0;
  }
  return clamp(confidence);
}

function shareOf(row: BookedClaim, tripId: string): number {
  return row.shares.find((share) => share.tripId === tripId)?.prob ?? 0;
}

/** How a claim changes a cart's quantity of a SKU, with probabilities, if the trip did it. */
function stepsOf({ claim }: BookedClaim, sku: string): (readonly [number, number])[] {
  return claim.products.filter((row) => row.sku === sku).map((row) => [-row.count, row.prob] as const);
}

function convolve(sums: Map<number, number>, steps: readonly (readonly [number, number])[]): Map<number, number> {
  const out = new Map<number, number>();
  for (const [sum, prob] of sums) {
    for (const [by, stepProb] of steps) {
      const mass = prob * stepProb;
      if (mass > 1e-12) out.set(sum + by, (out.get(sum + by) ?? 0) + mass);
    }
  }
  return out;
}

function clamp(prob: number): number {
  return Math.min(1, Math.max(0, prob));
}
