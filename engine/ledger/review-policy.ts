import type { Cart, Evidence } from '../cart.ts';

/** What mistakes and reviews cost a store; a cart whose expected mistakes cost more than a review goes to a person. */
export interface ReviewPolicy {
  /** Cost of a person's look at one cart, minor units. */
  readonly reviewMinor: number;
  /** What an overcharged unit costs against its price: refund, complaint, a customer who stays away. */
  readonly overchargeFactor: number;
  /** The same of a unit that left unbilled. */
  readonly underchargeFactor: number;
}

/** Ours: a minute's work at 36.00 an hour; an overcharge hurts three times as much as a loss. */
export const REVIEW_POLICY: ReviewPolicy = { reviewMinor: 60, overchargeFactor: 3, underchargeFactor: 1 };

/** How likely a line only has the wrong one of two names that cost the same: no money is lost by that, and no person can tell. */
function sameMoneyProb(sku: string, evidence: readonly Evidence[], priceOf: (sku: string) => number): number {
  let most = 0;
  for (const { products } of evidence) {
    const own = products.find((one) => one.sku === sku);
    if (own === undefined) continue;
    let prob = 0;
    for (const other of products) {
      if (other.sku !== sku && other.count === own.count && priceOf(other.sku) === priceOf(sku)) prob += other.prob;
    }
    // Where two products moved at once, one is no other name of the other.
    most = Math.max(most, Math.min(prob, 1 - own.prob));
  }
  return most;
}

/**
 * Expected cost of billing a cart as it is, minor units: each line may be too much of its product, and what no line accounts
 * for may be a missing one, at the mean price of the cart (or of the store, for an empty cart).
 */
export function expectedLossMinor(
  { lines, confidence }: Pick<Cart, 'lines' | 'confidence'>,
  priceOf: (sku: string) => number,
  meanPriceMinor: number,
  { overchargeFactor, underchargeFactor }: ReviewPolicy,
): number {
  let over = 0;
  let allRightProb = 1;
  let priced = 0;
  for (const { sku, quantity, confidence: prob, evidence } of lines) {
    const price = priceOf(sku) * (quantity.unit === 'g' ? quantity.value / 1000 : 1);
    over += Math.max(0, 1 - prob - sameMoneyProb(sku, evidence, priceOf)) * price;
    allRightProb *= prob;
    priced += price;
  }
  const missingProb = Math.max(0, allRightProb - confidence);
  const missing = missingProb * (lines.length > 0 ? priced / lines.length : meanPriceMinor);
  return overchargeFactor * over + underchargeFactor * (over + missing);
}
