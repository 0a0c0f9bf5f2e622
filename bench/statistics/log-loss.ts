import type { Outcome } from '../score/calibration.ts';

/** Probabilities are held this far from 0 and 1, so that one certain mistake costs 6.9 nats and not infinitely many. */
export const CLIP = 1e-3;

/** Mean −log of the probability that came true; null without outcomes. */
export function logLoss(outcomes: readonly Outcome[]): number | null {
  if (outcomes.length === 0) return null;
  let sum = 0;
  for (const [prob, right] of outcomes) {
    const kept = Math.min(1 - CLIP, Math.max(CLIP, prob));
    sum -= Math.log(right === 1 ? kept : 1 - kept);
  }
  return sum / outcomes.length;
}

/**
 * 1 − log loss over that of always promising the share that came true: 1 is perfect, 0 says no more than the share, below
 * 0 misleads. Null without outcomes, or where all came out alike and a constant is already perfect.
 */
export function logLossSkill(outcomes: readonly Outcome[]): number | null {
  const loss = logLoss(outcomes);
  if (loss === null) return null;
  const share = outcomes.reduce((sum, [, right]) => sum + right, 0) / outcomes.length;
  if (share === 0 || share === 1) return null;
  return 1 - loss / logLoss(outcomes.map(([, right]): Outcome => [share, right]))!;
}
