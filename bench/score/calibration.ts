/** How far probabilities can be trusted: reliability, calibration error, risk against coverage. */

/** One probability and whether what it promised came true (1) or not (0). */
export type Outcome = readonly [prob: number, right: 0 | 1];

export interface ReliabilityBin {
  readonly count: number;
  /** Mean probability and share that came true. */
  readonly meanProb: number;
  readonly rightShare: number;
}

/** Number of equal-mass bins of the calibration error. */
export const RELIABILITY_BINS = 10;

const byProb = (a: Outcome, b: Outcome) => a[0] - b[0] || a[1] - b[1];

/**
 * Equal-mass bins in order of probability: each holds about 1/10 of the outcomes, and equal probabilities stay in one
 * bin, so the order of the input changes nothing (Nguyen & O'Connor, EMNLP 2015; equal mass is the less biased
 * choice, Roelofs et al., AISTATS 2022).
 */
export function reliabilityBins(outcomes: readonly Outcome[], bins = RELIABILITY_BINS): ReliabilityBin[] {
  const sorted = outcomes.toSorted(byProb);
  const found: ReliabilityBin[] = [];
  let from = 0;
  for (let bin = 0; bin < bins && from < sorted.length; bin++) {
    let to = Math.max(from + 1, Math.round(((bin + 1) * sorted.length) / bins));
    while (to < sorted.length && sorted[to][0] === sorted[to - 1][0]) to++;
    const part = sorted.slice(from, to);
    found.push({
      count: part.length,
      meanProb: part.reduce((sum, [prob]) => sum + prob, 0) / part.length,
      rightShare: part.reduce((sum, [, right]) => sum + right, 0) / part.length,
    });
    from = to;
  }
  return found;
}

/** Expected calibration error: Σ over bins of share × |right share − mean probability| (Naeini et al., AAAI 2015); null without outcomes. */
export function calibrationError(outcomes: readonly Outcome[]): number | null {
  if (outcomes.length === 0) return null;
  const gaps = reliabilityBins(outcomes).map((bin) => bin.count * Math.abs(bin.rightShare - bin.meanProb));
  return gaps.reduce((sum, gap) => sum + gap, 0) / outcomes.length;
}

export interface RiskPoint {
  /** Lowest probability still trusted. */
  readonly threshold: number;
  /** Share of outcomes trusted, and share of those that are wrong. */
  readonly coverage: number;
  readonly risk: number;
}

/** Error among the most confident outcomes as ever more are trusted; one point per distinct probability (Geifman & El-Yaniv, NeurIPS 2017). */
export function riskCoverage(outcomes: readonly Outcome[]): RiskPoint[] {
  const sorted = outcomes.toSorted((a, b) => byProb(b, a));
  const points: RiskPoint[] = [];
  let wrong = 0;
  sorted.forEach(([prob, right], i) => {
    wrong += 1 - right;
    if (i + 1 < sorted.length && sorted[i + 1][0] === prob) return;
    points.push({ threshold: prob, coverage: (i + 1) / sorted.length, risk: wrong / (i + 1) });
  });
  return points;
}

/** Area under risk–coverage, each point's risk held over the coverage it adds; null without outcomes. */
export function riskArea(outcomes: readonly Outcome[]): number | null {
  if (outcomes.length === 0) return null;
  let area = 0;
  let before = 0;
  for (const { coverage, risk } of riskCoverage(outcomes)) {
    area += risk * (coverage - before);
    before = coverage;
  }
  return area;
}

/** Exact-cart rate that carts passed without review must keep when the review rate is quoted. */
const EXACT_SHARE = 0.99;

/**
 * Carts per 1,000 a person must see, least confident first, so that 99 % of the rest are exact (the industry quotes
 * review rates this way: 700 reported, 50 wanted); null without carts.
 */
export function reviewsPer1000(outcomes: readonly Outcome[]): number | null {
  if (outcomes.length === 0) return null;
  const good = riskCoverage(outcomes).filter((point) => 1 - point.risk >= EXACT_SHARE);
  return 1000 * (1 - Math.max(0, ...good.map((point) => point.coverage)));
}

/** Percentile by linear interpolation between order statistics (Hyndman & Fan 1996, type 7); null without values. */
export function percentile(values: readonly number[], share: number): number | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const low = Math.floor(at);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low] + (at - low) * (sorted[high] - sorted[low]);
}
