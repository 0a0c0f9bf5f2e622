import type { Cart } from '../../engine/cart.ts';
import { poolScores, type ScoreCounts, type Scores } from './score-counts.ts';

export interface Speed {
  readonly simulatedSeconds: number;
  readonly wallSeconds: number;
  readonly realTimeFactor: number;
  readonly frames: number;
  readonly framesPerSecond: number;
  readonly scaleSamples: number;
  readonly peakMemoryBytes: number;
  /** Pictures lost with a worker that crashed or hung; only where cameras send pixels. */
  readonly lostPictures?: number;
}

/** A truth trip beside the cart that was made for it. */
export interface TripResult {
  /** Key of the trip's first member; null for a cart that no trip explains. */
  readonly shopper: string | null;
  readonly members: readonly string[];
  readonly role: 'shopper' | 'staff';
  /** Cart made for this trip, if any. */
  readonly tripId: string | null;
  /** False for drafts, for who is still inside at the end, and for empty carts that no trip explains. */
  readonly scored: boolean;
  readonly exact: boolean;
  readonly exitedAtUs: number | null;
  /** What was really carried out, sorted by SKU. */
  readonly lines: readonly { readonly sku: string; readonly count: number }[];
}

/** An action of a script that could not be done, or not in full: the scenario was not played as written. */
export interface SkippedAction {
  readonly timeUs: number;
  readonly shopper: string;
  /** Place in the shopper's script, from 0. */
  readonly action: number;
  readonly verb: string;
  readonly reason: string;
}

/** One run as `--json` prints it; `counts`, `trips` and `skipped` come on top of the agreed keys. */
export interface RunResult {
  readonly scenario: string;
  readonly file: string;
  readonly seed: number;
  readonly cameras: 'detections' | 'pixels';
  readonly attribution: string;
  readonly verdict: 'pass' | 'fail';
  readonly failures: readonly string[];
  /** As the engine made them, but `credential` is the shopper's key; null for a body without one. */
  readonly carts: readonly Cart[];
  readonly scores: Scores;
  readonly speed: Speed;
  readonly hashes: { readonly readings: string; readonly carts: string };
  readonly trips: readonly TripResult[];
  readonly skipped: readonly SkippedAction[];
  /** Sums behind the scores, so that runs can be pooled. */
  readonly counts: ScoreCounts;
}

export interface Summary {
  readonly summary: { readonly runs: number; readonly passed: number; readonly scores: Scores };
}

/** The last line of `--json` for several runs: scores from pooled counts, `caseF1` the mean over cases. */
export function summary(results: readonly Pick<RunResult, 'verdict' | 'counts'>[]): Summary {
  return {
    summary: {
      runs: results.length,
      passed: results.filter((result) => result.verdict === 'pass').length,
      scores: poolScores(results.map((result) => result.counts)),
    },
  };
}

/**
 * Throughput as shoppers × cameras × pictures per second of wall time, the figure cross-view trackers publish
 * (Chen et al., CVPR 2020: 154 fps at 12 cameras); null without wall time.
 */
export function shopperCameraFramesPerSecond(shoppers: number, speed: Speed): number | null {
  return speed.wallSeconds > 0 ? (shoppers * speed.frames) / speed.wallSeconds : null;
}
