import { sharpened } from '../hand-state/hand-state.ts';
import { HAND_STATES } from '../hand-state/net.ts';

/** What a net said of one crop, and what was so. */
export interface Judged {
  readonly output: Float32Array;
  readonly truth: number;
  readonly sidePx: number;
}

const BINS = 15;

/** The power of least mean log loss. */
export function bestSharpness(judged: readonly Judged[]): number {
  let best = 1;
  let least = Number.POSITIVE_INFINITY;
  for (let sharpness = 0.3; sharpness < 2; sharpness += 0.02) {
    let loss = 0;
    for (const { output, truth } of judged) loss -= Math.log(sharpened(output, 0, sharpness)[HAND_STATES[truth]]);
    if (loss < least) [least, best] = [loss, sharpness];
  }
  return Math.round(best * 100) / 100;
}

/** Accuracy, F1 per state and their mean, by size, and the calibration error. */
export function stateMetrics(judged: readonly Judged[], sharpness: number): Record<string, number> {
  const metrics: Record<string, number> = { accuracy: accuracy(judged) };
  let sum = 0;
  HAND_STATES.forEach((state, k) => {
    const f1 = f1Of(judged, k);
    metrics[`f1/${state}`] = f1;
    sum += f1;
  });
  metrics['macroF1'] = sum / HAND_STATES.length;
  metrics['accuracyFrom48Px'] = accuracy(judged.filter(({ sidePx }) => sidePx >= 48));
  metrics['accuracyBelow48Px'] = accuracy(judged.filter(({ sidePx }) => sidePx < 48));
  metrics['calibrationError'] = calibrationError(judged, sharpness);
  return metrics;
}

function topOf({ output }: Judged): number {
  return output.indexOf(Math.max(...output));
}

function accuracy(judged: readonly Judged[]): number {
  return judged.filter((one) => topOf(one) === one.truth).length / Math.max(1, judged.length);
}

function f1Of(judged: readonly Judged[], k: number): number {
  const said = judged.filter((one) => topOf(one) === k);
  const hits = said.filter((one) => one.truth === k).length;
  const were = judged.filter((one) => one.truth === k).length;
  return (2 * hits) / Math.max(1, said.length + were);
}

function calibrationError(judged: readonly Judged[], sharpness: number): number {
  const bins = Array.from({ length: BINS }, () => ({ prob: 0, right: 0 }));
  for (const one of judged) {
    const top = topOf(one);
    const prob = sharpened(one.output, 0, sharpness)[HAND_STATES[top]];
    const bin = bins[Math.min(BINS - 1, Math.floor(prob * BINS))];
    bin.prob += prob;
    if (top === one.truth) bin.right += 1;
  }
  return bins.reduce((sum, { prob, right }) => sum + Math.abs(prob - right), 0) / judged.length;
}
