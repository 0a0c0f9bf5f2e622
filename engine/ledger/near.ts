import type { OpenActivity } from '../shelves/shelf-watch.ts';
import type { TrackHistory, TripLink } from '../tracking/track-view.ts';
import { MIN_SHARE } from './claim-book.ts';

/** How near a head must come to a shelf's cells (world metres, 3D), and for how long, to have a part in it; ours. */
export interface Nearness {
  readonly reachM: number;
  readonly forUs: number;
}

/** Whoever passes an open change may have made it: arm, bend and doubt. */
export const NEAR_OPEN: Nearness = { reachM: 2.5, forUs: 0 };
/** Only who stood at a blind scale may have taken something unseen. */
export const NEAR_BLIND: Nearness = { reachM: 1.5, forUs: 2_000_000 };

/** Step along a path when looking how close it came. */
const PATH_STEP_US = 500_000;
const MAX_PATH_US = 120_000_000;

const head = new Float64Array(3);

/** Whether a body that may belong to the trip came near a unit while it was active or blind. */
export function isNear(
  nearness: Nearness,
  tripId: string,
  exitedAtUs: number,
  open: readonly OpenActivity[],
  history: TrackHistory,
  link: TripLink,
): boolean {
  return open.some(({ layout, sinceUs }) => {
    // The mass may have moved up to a window before the activity showed.
    const fromUs = sinceUs - 2 * PATH_STEP_US;
    return history
      .idsBetween(fromUs, exitedAtUs)
      .filter((trackId) => link.sharesOf(trackId).some((share) => share.tripId === tripId && share.prob >= MIN_SHARE))
      .some(
        (trackId) =>
          timeNearUs(history, trackId, fromUs, exitedAtUs, layout.cellsInWorldM, nearness.reachM) > nearness.forUs,
      );
  });
}

function timeNearUs(
  history: TrackHistory,
  trackId: number,
  fromUs: number,
  toUs: number,
  cellsInWorldM: Float64Array,
  reachM: number,
): number {
  let nearUs = 0;
  // Tracks are kept for two minutes only.
  for (let timeUs = Math.max(fromUs, toUs - MAX_PATH_US); timeUs <= toUs; timeUs += PATH_STEP_US) {
    if (!history.headInWorldInto(head, trackId, timeUs)) continue;
    if (isWithin(cellsInWorldM, reachM)) nearUs += PATH_STEP_US;
  }
  return nearUs;
}

function isWithin(cellsInWorldM: Float64Array, reachM: number): boolean {
  for (let at = 0; at < cellsInWorldM.length; at += 3) {
    const dx = head[0] - cellsInWorldM[at];
    const dy = head[1] - cellsInWorldM[at + 1];
    const dz = head[2] - cellsInWorldM[at + 2];
    if (dx * dx + dy * dy + dz * dz < reachM * reachM) return true;
  }
  return false;
}
