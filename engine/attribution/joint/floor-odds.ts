import type { Bend } from './bend-watch.ts';

/** Of all low bends, so many leave something on the floor (seen: 16 of 80). */
const DROP_PROB = 0.2;
/** Head heights, shares of standing: who reaches for the floor, and who reaches for a bottom shelf (seen), with their SDs. */
const FLOOR_BEND = { mean: 0.518, sd: 0.02 } as const;
const SHELF_BEND = { mean: 0.62, sd: 0.035 } as const;
/** Heads lost from sight or taken for another seem to be anywhere between these heights, in so many of the other bends. */
const LOST_PROB = 0.2;
const LOST_SPREAD = 0.4;
/** Who reaches for the floor is up again within this (seen: 1.4 to 2.7 s, of other bends 8 of 15); log. */
const QUICK_US = 3_000_000;
const QUICK_BEND_LOG = 0.5;
const SLOW_BEND_LOG = -1.4;
/** Log odds no single figure may pass. */
const MOST_LOG = 3;
/** Who drops something carries it before (seen: 13 of 14, of other bends 12 of 60), and rarely more after than before. */
const CARRIES_SHARE = 0.22;
const CARRIES_LOG = 1.5;
const EMPTY_LOG = -2.7;
const LOST_CHANGE = 0.25;
const LOST_LOG = 1;
/** A load that changed low down beside the body is what it bent for. */
const EXPLAINED_LOG = -3;

/** Probability that a body that bent low left something on the floor, by what was seen alone. */
export function dropProbOf(bend: Bend, before: number | null, after: number | null, isExplained: boolean): number {
  let log = Math.log(DROP_PROB / (1 - DROP_PROB)) + bendLogOf(bend);
  if (before !== null) log += before >= CARRIES_SHARE ? CARRIES_LOG : EMPTY_LOG;
  if (before !== null && after !== null) {
    if (after - before <= -LOST_CHANGE) log += LOST_LOG;
    if (after - before >= LOST_CHANGE) log -= LOST_LOG;
  }
  if (isExplained) log += EXPLAINED_LOG;
  return 1 / (1 + Math.exp(-log));
}

/** Log odds by the bend alone that a hand went down to the floor. */
export function bendLogOf({ lowestShare, fromUs, toUs }: Bend): number {
  const at = ({ mean, sd }: { readonly mean: number; readonly sd: number }) =>
    Math.exp(-0.5 * ((lowestShare - mean) / sd) ** 2) / (sd * Math.sqrt(2 * Math.PI));
  const other = (1 - LOST_PROB) * at(SHELF_BEND) + LOST_PROB / LOST_SPREAD;
  const log = Math.log(Math.max(1e-9, at(FLOOR_BEND)) / other);
  const timeLog = toUs - fromUs > QUICK_US ? SLOW_BEND_LOG : QUICK_BEND_LOG;
  return Math.max(-MOST_LOG, Math.min(MOST_LOG, log)) + timeLog;
}
