import type { CameraNoise, Distribution } from '../../simulator/scenario/run.ts';
import { STRATA } from '../../simulator/sensors/miss-strata.ts';
import { LATER_S } from './detection-meter.ts';
import { type DetectionSums, MERGE_M, type PartSums } from './detection-sums.ts';
import { quantile, type SplitError, splitError } from './spread.ts';

/** A stratum's rate leans on the rate of all as if it had this many more views. */
const LEAN_VIEWS = 50;
/** Lengths of events are fitted from at least so many. */
const EVENTS_MIN = 20;
/** An error that lasts for longer is one for as long as a hand is anywhere, seconds. */
const WANDER_TAU_MAX_S = 30;
/** Mean of the absolute value of a standard normal. */
const MEAN_ABS = 0.7979;
/** Confusions of `detections` cameras reach half of the cameras. */
const REACH = 0.5;

/** What is fitted; the rest of a camera's noise is the default set's. */
export type FittedCamera = Omit<CameraNoise, 'latencyUs' | 'missUs' | 'mergeUs' | 'ownerSwapUs'> &
  Partial<Pick<CameraNoise, 'missUs' | 'mergeUs' | 'ownerSwapUs'>>;

export interface Fit {
  readonly camera: FittedCamera;
  readonly headError: SplitError;
  readonly handError: SplitError;
}

/** The noise of a `detections` camera that misses, errs and imagines as the pictures did. */
export function fittedNoise(sums: DetectionSums): Fit {
  const { heads, hands } = sums;
  const headError = splitError(heads.errorsPx, heads.nextPx, heads.laterPx, LATER_S);
  const handError = splitError(hands.errorsPx, hands.nextPx, hands.laterPx, LATER_S);
  const [headMiss, handMiss] = [missOf(heads), missOf(hands)];
  // Alarms are imagined anywhere in the store, and seen where the camera looks.
  const falseHeads = sums.falseHeads / Math.max(1e-9, sums.alarmHeadPictures);
  const falseHands = sums.falseHands / Math.max(1e-9, sums.alarmHandPictures);
  const camera: FittedCamera = {
    // A head has no slow part in `detections`, so all of its error is in every picture.
    headPx: rounded(headError.total),
    handPx: rounded(handError.white),
    depthM: rounded(quantile(heads.depthErrorsPerM.map(Math.abs), 0.5) / 0.6745),
    handWanderM: rounded((handError.slow * hands.mPerPx) / Math.max(1, hands.scores)),
    handWanderTauUs: Math.round(Math.min(WANDER_TAU_MAX_S, Math.max(0.05, handError.tauS)) * 1e6),
    headMiss: rounded(headMiss),
    handMiss: rounded(handMiss),
    missStrata: { head: strataOf(heads, headMiss), hand: strataOf(hands, handMiss) },
    ...lengths('missUs', sums.missesUs),
    ...missBounds(sums.missesUs),
    missShared: rounded(sharedOf(sums, headMiss, handMiss)),
    falsePerFrame: rounded(falseHeads + falseHands),
    falseHandShare: rounded(falseHands / Math.max(1e-9, falseHeads + falseHands)),
    mergeM: MERGE_M,
    mergePerSecond: perSecond(sums.mergesUs.length, sums.togetherUs),
    ...lengths('mergeUs', sums.mergesUs),
    ownerSwapPerSecond: perSecond(sums.swapsUs.length, sums.besideUs),
    ...lengths('ownerSwapUs', sums.swapsUs),
    headScoreSd: rounded(heads.scoreLoss / Math.max(1, heads.scores) / MEAN_ABS),
    handScoreSd: rounded(hands.scoreLoss / Math.max(1, hands.scores) / MEAN_ABS),
  };
  return { camera, headError, handError };
}

const sum = (values: Float64Array) => values.reduce((all, one) => all + one, 0);

/** Share of all views that missed. */
export function missOf({ seen, all }: PartSums): number {
  return 1 - sum(seen) / Math.max(1, sum(all));
}

function strataOf({ seen, all }: PartSums, miss: number): number[] {
  return Array.from({ length: STRATA }, (_, s) =>
    rounded((all[s] - seen[s] + LEAN_VIEWS * miss) / (all[s] + LEAN_VIEWS)),
  );
}

/** Share of misses that hit every camera at once, beyond what chance lets coincide. */
function sharedOf({ heads, hands }: DetectionSums, headMiss: number, handMiss: number): number {
  let [beyond, misses] = [0, 0];
  for (const [sums, miss] of [[heads, headMiss] as const, [hands, handMiss] as const]) {
    let chance = 0;
    for (const [views, moments] of sums.viewCounts) chance += moments * miss ** views;
    beyond += Math.max(0, sums.allMissed - chance);
    misses += sums.moments * miss;
  }
  return misses > 0 ? Math.min(1, beyond / misses) : 0;
}

function perSecond(events: number, us: number): number {
  return us > 0 ? rounded(events / (us / 1e6) / REACH) : 0;
}

function lengths<K extends string>(key: K, lengthsUs: readonly number[]): { [key in K]?: Distribution } {
  if (lengthsUs.length < EVENTS_MIN) return {};
  const [median, p95] = [quantile(lengthsUs, 0.5), quantile(lengthsUs, 0.95)].map(Math.round);
  return { [key]: { lognormal: { median, p95: Math.max(median + 1, p95) } } } as { [key in K]?: Distribution };
}

/** No shorter and no longer than any that was seen. */
function missBounds(lengthsUs: readonly number[]): Pick<CameraNoise, 'missShortestUs' | 'missLongestUs'> {
  if (lengthsUs.length < EVENTS_MIN) return {};
  return { missShortestUs: Math.round(quantile(lengthsUs, 0)), missLongestUs: Math.round(quantile(lengthsUs, 1)) };
}

/** Four digits: more would only be noise of the fit. */
function rounded(value: number): number {
  return Number.isFinite(value) ? Number(value.toPrecision(4)) : 0;
}
