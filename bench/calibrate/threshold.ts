import type { Outcome } from '../score/calibration.ts';

/** From which confidence on carts need no person. */
export interface ReviewThreshold {
  /** Null: no threshold keeps the promise, every cart goes to a person. */
  readonly finalFromProb: number | null;
  /** Share of exact carts that is promised among those approved. */
  readonly target: number;
  /** Share of carts approved, and share of those that were exact, on the calibration runs. */
  readonly coverage: number;
  readonly exact: number | null;
}

/**
 * The lowest confidence from which on (wrong + 1) / (approved + 1) stays within what the target allows: conformal risk
 * control of the share of wrong carts among those approved, the next cart counted as wrong beforehand (Angelopoulos et
 * al. 2022). Holds in expectation for carts of runs like those it was fitted on.
 */
export function reviewThreshold(carts: readonly Outcome[], target: number): ReviewThreshold {
  const sorted = carts.toSorted((a, b) => b[0] - a[0]);
  let best: { finalFromProb: number; approved: number; wrong: number } | null = null;
  let wrong = 0;
  sorted.forEach(([prob, right], i) => {
    wrong += 1 - right;
    if (i + 1 < sorted.length && sorted[i + 1]![0] === prob) return;
    if ((wrong + 1) / (i + 2) <= 1 - target) best = { finalFromProb: prob, approved: i + 1, wrong };
  });
  const found = best as { finalFromProb: number; approved: number; wrong: number } | null;
  if (found === null) return { finalFromProb: null, target, coverage: 0, exact: null };
  return {
    finalFromProb: found.finalFromProb,
    target,
    coverage: found.approved / carts.length,
    exact: 1 - found.wrong / found.approved,
  };
}
