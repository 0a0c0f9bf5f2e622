import { relative } from 'node:path';
import { ABLATIONS } from '../../engine/index.ts';
import { plainJob } from '../accuracy/case-job.ts';
import type { CaseRow } from '../accuracy/case-row.ts';
import { cartOutcomes, contestedOutcomes, lineOutcomes } from '../accuracy/figures.ts';
import type { Method } from '../accuracy/method.ts';
import { type PlayOptions, playJobs } from '../accuracy/play-jobs.ts';
import { calibrationError, type Outcome } from '../score/calibration.ts';
import { readSplit, SCENARIOS, seedsOf } from '../splits.ts';
import { logLossSkill } from '../statistics/log-loss.ts';
import { type CalibrationCurve, fitCurve, throughCurve } from './curve.ts';
import { type ReviewThreshold, reviewThreshold } from './threshold.ts';

/** Carts approved without a person must be exact this often. */
export const AUTO_EXACT = 0.995;

/** How well probabilities keep their word. */
export interface Trust {
  readonly count: number;
  readonly ece: number | null;
  readonly skill: number | null;
}

export interface Fitted {
  readonly method: string;
  readonly date: string;
  readonly seeds: readonly number[];
  readonly files: readonly string[];
  /** Raw, and through curves fitted on the other half of the seeds: what to expect on runs not seen. */
  readonly lines: { readonly before: Trust; readonly after: Trust };
  readonly contested: { readonly before: Trust; readonly after: Trust };
  readonly carts: { readonly before: Trust; readonly after: Trust };
}

/** What the engine loads. */
export interface Calibration {
  readonly line: CalibrationCurve;
  readonly cart: CalibrationCurve;
  readonly review: ReviewThreshold;
  readonly fitted: Fitted;
}

/** Parts to switch off so that a method gives its probabilities as they are before any curve. */
function rawParts({ attribution, ablate }: Method): readonly string[] {
  const part = 'calibration';
  const known = (ABLATIONS as readonly string[]).includes(part);
  return attribution === 'joint' && known ? [...ablate, part] : ablate;
}

/** Plays the calibration split and fits; null after an interruption. */
export async function calibrate(method: Method, seedCount: number, options: PlayOptions): Promise<Calibration | null> {
  const split = readSplit('calibration');
  const seeds = seedsOf(split, seedCount);
  const ablate = rawParts(method);
  const jobs = split.files.flatMap((file) =>
    seeds.map((seed) => ({ ...plainJob(file, seed, [method.name]), options: { ablate } })),
  );
  const played = await playJobs(jobs, options);
  if (played.interrupted) return null;
  return fitCalibration(played.rows.flat(), {
    method: method.name,
    date: new Date().toISOString().slice(0, 10),
    seeds,
    files: split.files.map((file) => relative(SCENARIOS, file).replaceAll('\\', '/')),
  });
}

/** Fits both curves and the review threshold on rows of raw probabilities. */
export function fitCalibration(
  rows: readonly CaseRow[],
  about: Pick<Fitted, 'method' | 'date' | 'seeds' | 'files'>,
): Calibration {
  const line = fitCurve(lineOutcomes(rows));
  const cart = fitCurve(cartOutcomes(rows));
  const crossed = (outcomesOf: (rows: readonly CaseRow[]) => Outcome[], fitOn = outcomesOf) => ({
    before: trustOf(outcomesOf(rows)),
    after: trustOf(crossFitted(rows, outcomesOf, fitOn)),
  });
  return {
    line,
    cart,
    review: reviewThreshold(throughCurve(cart, cartOutcomes(rows)), AUTO_EXACT),
    fitted: {
      ...about,
      lines: crossed(lineOutcomes),
      contested: crossed(contestedOutcomes, lineOutcomes),
      carts: crossed(cartOutcomes),
    },
  };
}

/** Outcomes of each half of the seeds through a curve fitted on the other half. */
function crossFitted(
  rows: readonly CaseRow[],
  outcomesOf: (rows: readonly CaseRow[]) => Outcome[],
  fitOn: (rows: readonly CaseRow[]) => Outcome[],
): Outcome[] {
  return [0, 1].flatMap((half) => {
    const [own, other] = [0, 1].map((side) => rows.filter(({ seed }) => (seed + side) % 2 === half));
    return throughCurve(fitCurve(fitOn(other!)), outcomesOf(own!));
  });
}

const trustOf = (outcomes: readonly Outcome[]): Trust => ({
  count: outcomes.length,
  ece: calibrationError(outcomes),
  skill: logLossSkill(outcomes),
});

/** The fit in words. */
export function calibrationText({ line, cart, review, fitted }: Calibration): string {
  const three = (value: number | null) => (value === null ? '–' : value.toFixed(3));
  const row = (name: string, { before, after }: Fitted['lines']) =>
    `${name.padEnd(18)}${String(before.count).padStart(7)}${three(before.ece).padStart(12)}${three(after.ece).padStart(12)}${three(before.skill).padStart(12)}${three(after.skill).padStart(12)}`;
  const knots = ({ x, y }: CalibrationCurve) => x.map((raw, i) => `${raw}→${y[i]}`).join('  ');
  const threshold =
    review.finalFromProb === null
      ? `no threshold keeps ${review.target} exact carts among those approved: every cart goes to a person`
      : `final from ${review.finalFromProb} on: ${(100 * review.coverage).toFixed(1)} % of carts, ${three(review.exact)} of them exact (target ${review.target})`;
  return [
    `${fitted.method}: ${fitted.files.length} scenarios × ${fitted.seeds.length} seeds; "after" is through curves fitted on the other half of the seeds`,
    `${''.padEnd(18)}${'count'.padStart(7)}${'ECE raw'.padStart(12)}${'after'.padStart(12)}${'skill raw'.padStart(12)}${'after'.padStart(12)}`,
    row('lines', fitted.lines),
    row('contested lines', fitted.contested),
    row('carts', fitted.carts),
    `line  ${knots(line)}`,
    `cart  ${knots(cart)}`,
    threshold,
  ].join('\n');
}
