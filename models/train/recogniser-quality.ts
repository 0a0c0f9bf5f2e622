import { type Calibration, probsInto } from '../product-recogniser/match.ts';
import type { Trial } from './recogniser-trials.ts';

/** Share of crops in a shop that show nothing of its range, which the calibration assumes. */
const STRANGERS = 0.2;
const BINS = 15;

/** Weight of a trial so that strangers are a fifth of all. */
function weightOf({ truth }: Trial, knownShare: number): number {
  return truth < 0 ? STRANGERS / (1 - knownShare) : (1 - STRANGERS) / knownShare;
}

function knownShareOf(trials: readonly Trial[]): number {
  return trials.filter(({ truth }) => truth >= 0).length / trials.length;
}

/** Finds the calibration of least mean log loss, by steps along one number at a time. */
export function calibrate(trials: readonly Trial[]): Calibration {
  const best = [20, 0, 12, 0, 0];
  const of = ([slope, slopePerOctave, none, nonePerOctave, noneBackground]: readonly number[]): Calibration => ({
    slope,
    slopePerOctave,
    none,
    nonePerOctave,
    noneBackground,
  });
  let loss = meanLogLoss(trials, of(best));
  for (let step = 4; step > 0.05; ) {
    let isBetter = false;
    for (let k = 0; k < best.length; k++) {
      for (const sign of [1, -1]) {
        const tried = best.with(k, best[k] + sign * step);
        const now = meanLogLoss(trials, of(tried));
        if (now >= loss - 1e-6) continue;
        loss = now;
        best[k] = tried[k];
        isBetter = true;
      }
    }
    if (!isBetter) step /= 2;
  }
  return of(best.map((value) => Math.round(value * 1000) / 1000));
}

function meanLogLoss(trials: readonly Trial[], calibration: Calibration): number {
  const known = knownShareOf(trials);
  const probs = new Float64Array(trials[0].cosines.length + 1);
  let sum = 0;
  for (const trial of trials) {
    probsInto(probs, trial.cosines, trial.background, trial.sidePx, calibration);
    const truth = trial.truth < 0 ? probs.length - 1 : trial.truth;
    sum -= weightOf(trial, known) * Math.log(Math.max(1e-9, probs[truth]));
  }
  return sum / trials.length;
}

/** Figures of a recogniser on trials, by condition. */
export function recogniserMetrics(trials: readonly Trial[], calibration: Calibration): Record<string, number> {
  const sizes: readonly (readonly [string, number, number])[] = [
    ['From32Px', 32, 999],
    ['16To32Px', 16, 32],
    ['Below16Px', 0, 16],
  ];
  const metrics: Record<string, number> = {};
  for (const [name, low, high] of sizes) {
    const some = trials.filter(({ sidePx }) => sidePx >= low && sidePx < high);
    const known = some.filter(({ truth }) => truth >= 0);
    metrics[`top1${name}`] = shareOf(known, isTop);
    metrics[`top1Held${name}`] = shareOf(
      known.filter(({ setting }) => setting === 'held'),
      isTop,
    );
    metrics[`top1Shelf${name}`] = shareOf(
      known.filter(({ setting }) => setting === 'shelf'),
      isTop,
    );
    metrics[`top1Covered${name}`] = shareOf(
      known.filter(({ visibleShare }) => visibleShare < 0.8),
      isTop,
    );
    metrics[`top5${name}`] = shareOf(known, (trial) => rankOf(trial) < 5);
    metrics[`lookAlike${name}`] = lookAlikeShare(known, () => true);
    metrics[`lookAlikeColour${name}`] = lookAlikeShare(known, (trial, other) => !trial.wordAlikes.includes(other));
    metrics[`lookAlikeWords${name}`] = lookAlikeShare(known, (trial, other) => trial.wordAlikes.includes(other));
    metrics[`auroc${name}`] = auroc(some, calibration);
  }
  const known = trials.filter(({ truth }) => truth >= 0);
  metrics['top1WithDepth'] = shareOf(
    known.filter(({ hasDepth }) => hasDepth),
    isTop,
  );
  metrics['top1WithoutDepth'] = shareOf(
    known.filter(({ hasDepth }) => !hasDepth),
    isTop,
  );
  metrics['auroc'] = auroc(trials, calibration);
  metrics['calibrationError'] = calibrationError(trials, calibration);
  return metrics;
}

function shareOf(trials: readonly Trial[], holds: (trial: Trial) => boolean): number {
  return trials.filter(holds).length / Math.max(1, trials.length);
}

function rankOf({ cosines, truth }: Trial): number {
  let rank = 0;
  for (const cosine of cosines) if (cosine > cosines[truth]) rank += 1;
  return rank;
}

function isTop(trial: Trial): boolean {
  return rankOf(trial) === 0;
}

/** Share of pairs of a product and one look-alike in which the product's own pictures fit better. */
function lookAlikeShare(trials: readonly Trial[], counts: (trial: Trial, other: number) => boolean): number {
  let [right, all] = [0, 0];
  for (const trial of trials) {
    const { cosines, truth, lookAlikes } = trial;
    for (const other of lookAlikes) {
      if (!counts(trial, other)) continue;
      all += 1;
      if (cosines[truth] > cosines[other]) right += 1;
    }
  }
  return right / Math.max(1, all);
}

/** Probability that a product of the gallery gets a lower "none of these" than a stranger. */
function auroc(trials: readonly Trial[], calibration: Calibration): number {
  const probs = new Float64Array(trials[0].cosines.length + 1);
  const scored = trials.map((trial) => {
    probsInto(probs, trial.cosines, trial.background, trial.sidePx, calibration);
    return { none: probs[probs.length - 1], isStranger: trial.truth < 0 };
  });
  scored.sort((a, b) => a.none - b.none);
  let [below, sum, strangers] = [0, 0, 0];
  for (const { isStranger } of scored) {
    if (isStranger) {
      strangers += 1;
      sum += below;
    } else below += 1;
  }
  return sum / Math.max(1, below * strangers);
}

/** Mean distance between the top probability ("none" included) and how often it is right, over 15 bins. */
function calibrationError(trials: readonly Trial[], calibration: Calibration): number {
  const known = knownShareOf(trials);
  const probs = new Float64Array(trials[0].cosines.length + 1);
  const bins = Array.from({ length: BINS }, () => ({ weight: 0, prob: 0, right: 0 }));
  for (const trial of trials) {
    probsInto(probs, trial.cosines, trial.background, trial.sidePx, calibration);
    const top = probs.indexOf(Math.max(...probs));
    const weight = weightOf(trial, known);
    const bin = bins[Math.min(BINS - 1, Math.floor(probs[top] * BINS))];
    bin.weight += weight;
    bin.prob += weight * probs[top];
    if (top === (trial.truth < 0 ? probs.length - 1 : trial.truth)) bin.right += weight;
  }
  return bins.reduce((sum, { prob, right }) => sum + Math.abs(prob - right), 0) / trials.length;
}
