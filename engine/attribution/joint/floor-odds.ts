import type { Bend } from './bend-watch.ts';

/** Of all low bends, so many leave something on the floor (seen: 16 of 80). */
const DROP_PROB = 0.2;
/** Head heights, shares of standing: who reaches for the floor, and who reaches for a bottom shelf (seen), with their SDs. */
const FLOOR_BEND = { mean: 0.545, sd: 0.03 } as const;
const SHELF_BEND = { mean: 0.62, sd: 0.035 } as const;
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
  let log = Math.log(DROP_PROB / (1 - DROP_PROB)) + bendLog(bend.lowestShare);
  if (before !== null) log += before >= CARRIES_SHARE ? CARRIES_LOG : EMPTY_LOG;
  if (before !== null && after !== null) {
    if (after - before <= -LOST_CHANGE) log += LOST_LOG;
    if (after - before >= LOST_CHANGE) log -= LOST_LOG;
  }
  if (isExplained) log += EXPLAINED_LOG;
  return 1 / (1 + Math.exp(-log));
}

function bendLog(share: number): number {
  const off = ({ mean, sd }: { readonly mean: number; readonly sd: number }) => ((share - mean) / sd) ** 2;
  // Lower than the floor needs is no sign against it.
  const floor = share < FLOOR_BEND.mean ? 0 : off(FLOOR_BEND);
  const log = (off(SHELF_BEND) - floor) / 2 + Math.log(SHELF_BEND.sd / FLOOR_BEND.sd);
  return Math.max(-MOST_LOG, Math.min(MOST_LOG, log));
}
