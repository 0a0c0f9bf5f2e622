/** Normal quantile of the median of absolute values. */
const MEDIAN_ABS = 0.6745;

/** The value below which a share of all lies; NaN of nothing. */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

/** SD of a normal around 0 with the same median of absolute values: tails hardly count. */
export function robustSd(values: readonly number[]): number {
  return quantile(values.map(Math.abs), 0.5) / MEDIAN_ABS;
}

/** Quick and slow part of an error, and how long the slow part lasts. */
export interface SplitError {
  readonly total: number;
  readonly white: number;
  readonly slow: number;
  readonly tauS: number;
}

/**
 * Splits an error by how fast it changes: neighbouring samples share the slow part, samples `laterS` apart less of it
 * (Ornstein–Uhlenbeck). `next` and `later`: differences to the next sample, and to the one so much later.
 */
export function splitError(
  errors: readonly number[],
  next: readonly number[],
  later: readonly number[],
  laterS: number,
): SplitError {
  const total = robustSd(errors);
  const white = Math.min(total, robustSd(next) / Math.SQRT2);
  const slow = Math.sqrt(Math.max(0, total * total - white * white));
  const apart = robustSd(later) / Math.SQRT2;
  const kept = slow > 0 ? 1 - (apart * apart - white * white) / (slow * slow) : 0;
  const tauS = kept >= 0.99 ? 100 * laterS : kept <= 0.01 ? laterS / 5 : -laterS / Math.log(kept);
  return { total, white, slow, tauS };
}
