import type { TrackHistory } from '../../tracking/track-view.ts';

/** Arms hang to 0.47 of the head's height; a forearm that carries something is held at 0.66 of it. */
const HANGING_SHARE = 0.36;
const CARRIED_SHARE = 0.56;
const RAISED_SHARE = 0.76;
/** Hands farther from the head than this on the floor reach for something, metres. */
const BESIDE_M = 0.45;
/** Fewer sightings say nothing. */
const LEAST_SIGHTINGS = 6;

const head = new Float64Array(3);

/** Share of a body's hands that were held up as if they carried something, in a stretch of time; null if too few were seen. */
export function carryingShare(history: TrackHistory, trackId: number, fromUs: number, toUs: number): number | null {
  if (!history.headInWorldInto(head, trackId, (fromUs + toUs) / 2)) return null;
  const [x, y, z] = [head[0]!, head[1]!, head[2]!];
  const rows = history.handsBetween(trackId, fromUs, toUs);
  let seen = 0;
  let up = 0;
  for (let at = 0; at + 4 < rows.length; at += 5) {
    const share = rows[at + 3]! / z;
    if (share < HANGING_SHARE || share > RAISED_SHARE) continue;
    if ((rows[at + 1]! - x) ** 2 + (rows[at + 2]! - y) ** 2 > BESIDE_M * BESIDE_M) continue;
    seen++;
    if (share > CARRIED_SHARE) up++;
  }
  return seen < LEAST_SIGHTINGS ? null : up / seen;
}

/** One hand more or less is half of a body's hands; SD of what was seen about that. */
const ONE_HAND = 0.5;
const SHARE_SD = 0.18;
/** How often giving frees a hand and getting fills one (else it holds more, or goes into a bag), or it seems the other way. */
const CHANGES_PROB = 0.6;
const STAYS_PROB = 0.35;

/** Log density of a change of the share, by how many hands more should be full: −1 gave, 0 neither or both, 1 got. */
export function carryingLog(change: number | null, hands: -1 | 0 | 1): number {
  if (change === null) return 0;
  const at = (middle: number) => Math.exp(-0.5 * ((change - middle) / SHARE_SD) ** 2);
  const rest = 1 - CHANGES_PROB - STAYS_PROB;
  if (hands === 0) return Math.log((1 - 2 * rest) * at(0) + rest * at(ONE_HAND) + rest * at(-ONE_HAND) + 1e-3);
  const wanted = hands * ONE_HAND;
  return Math.log(CHANGES_PROB * at(wanted) + STAYS_PROB * at(0) + rest * at(-wanted) + 1e-3);
}
