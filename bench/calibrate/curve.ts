import type { Outcome } from '../score/calibration.ts';
import { blocksOf, pooledAdjacent, shareOf, thinned } from './isotonic.ts';

/** Monotone and piecewise linear, from a raw to a calibrated probability; flat beyond its ends. */
export interface CalibrationCurve {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

export const IDENTITY: CalibrationCurve = { x: [0, 1], y: [0, 1] };

/** Knots of a curve, its two ends included. */
const KNOTS = 12;
/** Outcomes behind a knot at least; below it a share is mostly chance. */
const LEAST_PER_KNOT = 20;

/** Fits a curve by isotonic regression, thinned to few knots; the identity without enough outcomes. */
export function fitCurve(outcomes: readonly Outcome[]): CalibrationCurve {
  if (outcomes.length < 2 * LEAST_PER_KNOT) return IDENTITY;
  const blocks = thinned(pooledAdjacent(blocksOf(outcomes, LEAST_PER_KNOT)), KNOTS - 2);
  const x: number[] = [];
  const y: number[] = [];
  const add = (raw: number, prob: number) => {
    if (x.length > 0 && raw <= x.at(-1)! + 1e-4) return;
    x.push(round(raw));
    y.push(round(prob));
  };
  add(0, shareOf(blocks[0]!));
  for (const block of blocks) add(block.raw, shareOf(block));
  add(1, shareOf(blocks.at(-1)!));
  return { x, y };
}

const round = (value: number) => Math.round(1e4 * value) / 1e4;

/** Calibrated probability of a raw one. */
export function calibrated({ x, y }: CalibrationCurve, raw: number): number {
  if (raw <= x[0]!) return y[0]!;
  for (let i = 1; i < x.length; i++) {
    if (raw > x[i]!) continue;
    const part = (raw - x[i - 1]!) / (x[i]! - x[i - 1]!);
    return y[i - 1]! + part * (y[i]! - y[i - 1]!);
  }
  return y.at(-1)!;
}

export const throughCurve = (curve: CalibrationCurve, outcomes: readonly Outcome[]): Outcome[] =>
  outcomes.map(([raw, right]) => [calibrated(curve, raw), right]);
