import type { Store } from '../../store.ts';
import { HAND_MISSED_LOG, HAND_SD_M } from './joint-constants.ts';

/** How well a store's cameras show whose hands move something. */
export interface HandSight {
  /** SD of a doer's nearest hand about the package: along, into and above the shelf, metres. */
  readonly sdM: readonly [number, number, number];
  /** A doer's hands are not seen on the package this often. */
  readonly missedProb: number;
  /** Log odds of a body none of whose hands was seen. */
  readonly unseenLog: number;
  /** A hand right on a package of somebody who did not move it is this rare. */
  readonly idleThere: number;
  /** The doer's nearer hand is on the package in at least this share of the sightings of both hands. */
  readonly onItShare: number;
  /** Where a doer's head stands is weighed as well, not only bounded. */
  readonly isStandWeighed: boolean;
}

/** Detectors that see both hands nearly always (seen in `detections`: none idle there in a hundred). */
const BY_DETECTOR: HandSight = {
  sdM: HAND_SD_M,
  missedProb: Math.exp(HAND_MISSED_LOG),
  unseenLog: HAND_MISSED_LOG + 1,
  idleThere: 0.03,
  onItShare: 0.3,
  isStandWeighed: true,
};

/**
 * The engine's own perception: a shelf hides the hand from most cameras while the other hand is seen all the time (seen in
 * pictures of a lunch rush, 49 changes: on the package in some sighting in 38, in a third of them in 12, elsewhere only or
 * not at all in 11).
 */
const BY_PERCEPTION: HandSight = {
  sdM: [0.05, 0.06, 0.06],
  missedProb: 0.15,
  unseenLog: Math.log(0.15),
  idleThere: 0.05,
  onItShare: 0.08,
  isStandWeighed: true,
};

/** The sight of the cameras of a store; where some are looked at by the engine itself, as poor as theirs. */
export function handSightOf(store: Store): HandSight {
  return store.cameras.some(({ seenBy }) => seenBy === 'perception') ? BY_PERCEPTION : BY_DETECTOR;
}
