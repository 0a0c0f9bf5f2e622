import type { OpenActivity } from '../shelves/shelf-watch.ts';
import type { TrackHistory, TripLink } from '../tracking/track-view.ts';
import { MIN_SHARE } from './claim-book.ts';

/** A head farther than this from a shelf's cells (world metres, 3D) does not reach into it; arm, bend and doubt. */
const REACH_M = 2.5;
/** Step along a path when looking how close it came. */
const PATH_STEP_US = 500_000;

const head = new Float64Array(3);

/** Whether a body that may belong to the trip came near an activity while that was going on. */
export function isNearOpen(
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
      .some((trackId) => comesNear(history, trackId, fromUs, exitedAtUs, layout.cellsInWorldM));
  });
}

function comesNear(
  history: TrackHistory,
  trackId: number,
  fromUs: number,
  toUs: number,
  cellsInWorldM: Float64Array,
): boolean {
  for (let timeUs = fromUs; timeUs <= toUs; timeUs += PATH_STEP_US) {
    if (!history.headInWorldInto(head, trackId, timeUs)) continue;
    for (let at = 0; at < cellsInWorldM.length; at += 3) {
      const dx = head[0] - cellsInWorldM[at];
      const dy = head[1] - cellsInWorldM[at + 1];
      const dz = head[2] - cellsInWorldM[at + 2];
      if (dx * dx + dy * dy + dz * dz < REACH_M * REACH_M) return true;
    }
  }
  return false;
}
