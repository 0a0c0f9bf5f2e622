import { type Doorway, distanceToDoor } from '../geometry/doorway.ts';
import { SparseAssignment } from '../maths/sparse-assignment.ts';
import type { Track } from './track.ts';

/** A body lost for less than this is found again by where it was going. */
const SHORT_GAP_US = 8_000_000;
/** Cameras lose a body that moves suddenly one after the other: the old track may outlast the new one's birth by this. */
const OVERLAP_US = 300_000;
/** Nobody covers more ground than this in a store, metres per second. */
const SPEED_MAX_MPS = 2;
/** A head that straightens up from a low shelf appears this far from where it vanished. */
const BEND_REACH_M = 0.8;
/** A body lost for longer comes back within this of where it vanished: out of a blind corner or a back room. */
const LONG_GAP_REACH_M = 4;
const HEIGHT_SD_M = 0.03;
/** Being shorter than before never counts more than this after a short gap. */
const BENT_CHI2_MAX = 4;
/** Births this close to an entry door are new people, unless they fit a lost body very well. */
const ARRIVAL_M = 1.5;
/** 99 % of a χ² with 3 degrees of freedom. */
const GATE_CHI2 = 11.3;
const ARRIVAL_CHI2 = 2;
const ARRIVAL_AFTER_LEAVING_CHI2 = 0.5;
/** Chance that a second person of the same height turns up grows with the gap. */
const GAP_COST_PER_MINUTE = 0.5;
/** Rivals less likely than this are not named. */
const RIVAL_PROB = 0.01;
/** A body that turns sharply is lost, and born again beside it while its track still walks on for this long. */
const TURN_US = 2_000_000;
const TURN_REACH_M = 2;
const TURN_SD_M = 0.7;

/** A lost body that a new track is, and others that it may be as well, with their chances against the first. */
export interface Found {
  readonly lost: Track;
  readonly rivals: readonly { readonly lost: Track; readonly prob: number }[];
}

/** For each newly confirmed track the lost body that it is, or null; each lost body is found at most once. */
export function findAgain(
  found: readonly Track[],
  lost: readonly Track[],
  doors: readonly Doorway[],
): readonly (Found | null)[] {
  assignment.reset(found.length, lost.length);
  found.forEach((track, row) => {
    // After long gaps only one body may fit: among several, gate linking shares out the doubt instead.
    const isAmbiguous = lost.filter((gone) => isLongGap(track, gone) && costOf(track, gone) <= GATE_CHI2).length > 1;
    const isArrival = doors.some((door) => door.lets.in && distanceToDoor(door, ...track.bornOnFloorM) < ARRIVAL_M);
    lost.forEach((gone, column) => {
      const cost = isAmbiguous && isLongGap(track, gone) ? Number.POSITIVE_INFINITY : costOf(track, gone);
      const gate = !isArrival ? GATE_CHI2 : gone.state === 'left' ? ARRIVAL_AFTER_LEAVING_CHI2 : ARRIVAL_CHI2;
      if (cost <= gate) assignment.add(row, column, cost);
    });
  });
  const columnOfRow = assignment.solve(GATE_CHI2 + 1);
  return found.map((track, row) => {
    const best = columnOfRow[row]! < 0 ? null : lost[columnOfRow[row]!]!;
    return best === null ? null : { lost: best, rivals: rivalsOf(track, best, lost) };
  });
}

function rivalsOf(track: Track, best: Track, lost: readonly Track[]): Found['rivals'] {
  const bestCost = costOf(track, best);
  return lost.flatMap((other) => {
    if (other === best) return [];
    const cost = Math.min(costOf(track, other), costOfTurning(track, other));
    const prob = 1 / (1 + Math.exp((cost - bestCost) / 2));
    return prob >= RIVAL_PROB ? [{ lost: other, prob }] : [];
  });
}

function isLongGap(track: Track, gone: Track): boolean {
  return track.bornUs - gone.lastSeenUs > SHORT_GAP_US;
}

/** How badly a birth fits a lost body, as a χ²; infinite if it cannot be. */
function costOf(track: Track, gone: Track): number {
  const gapUs = track.bornUs - gone.lastSeenUs + OVERLAP_US;
  const rises = (track.knownHeightM() - gone.knownHeightM()) / HEIGHT_SD_M;
  const isShort = !isLongGap(track, gone);
  // Nobody grows, but whoever was lost while bending down is found bent.
  const mayBeBent = isShort && rises < 0;
  if (gapUs <= 0 || (Math.abs(rises) > 4 && !mayBeBent)) return Number.POSITIVE_INFINITY;
  // Whoever was seen going out is gone; one who vanished near a door may have been taken for gone by mistake.
  if (gone.state === 'left' && (gone.exit === 'seen' || !isShort)) return Number.POSITIVE_INFINITY;
  const seconds = Math.max(0, gapUs - OVERLAP_US) / 1e6;
  const dx = track.bornOnFloorM[0] - gone.motion[0]!;
  const dy = track.bornOnFloorM[1] - gone.motion[1]!;
  const distanceM = Math.sqrt(dx * dx + dy * dy);
  const reachM = isShort ? BEND_REACH_M + SPEED_MAX_MPS * seconds : LONG_GAP_REACH_M;
  if (distanceM > reachM) return Number.POSITIVE_INFINITY;
  const spreadM = Math.min(2, 0.3 + 0.5 * seconds);
  const heightChi2 = mayBeBent ? Math.min(BENT_CHI2_MAX, rises * rises) : rises * rises;
  return (distanceM / spreadM) ** 2 + heightChi2 + (GAP_COST_PER_MINUTE * seconds) / 60;
}

/** How badly a birth fits a body that has just been lost beside it, as a χ². */
function costOfTurning(track: Track, gone: Track): number {
  if (gone.state === 'left' || Math.abs(track.bornUs - gone.lastSeenUs) > TURN_US) return Number.POSITIVE_INFINITY;
  const dx = track.bornOnFloorM[0] - gone.motion[0]!;
  const dy = track.bornOnFloorM[1] - gone.motion[1]!;
  const apart2 = dx * dx + dy * dy;
  if (apart2 > TURN_REACH_M * TURN_REACH_M) return Number.POSITIVE_INFINITY;
  const rises = (track.knownHeightM() - gone.knownHeightM()) / HEIGHT_SD_M;
  return apart2 / (TURN_SD_M * TURN_SD_M) + (rises < 0 ? Math.min(BENT_CHI2_MAX, rises * rises) : rises * rises);
}

/** Whoever was lost beside another as its track went over to him was lost this near to that time and place. */
const BESIDE_US = 4_000_000;
const BESIDE_M = 2;
const BESIDE_RISE_M = 0.045;

/** The one body that was lost where and when `track` began, and is as tall; null if there is none, or more than one. */
export function lostBeside(track: Track, tracks: readonly Track[], sinceUs: number): Track | null {
  const found = tracks.filter((lost) => {
    if (lost === track || lost.trackId === 0 || lost.state === 'live' || lost.exit === 'seen') return false;
    const newest = lost.heads.count - 1;
    const dx = lost.heads.value(newest, 0) - track.heads.value(0, 0);
    const dy = lost.heads.value(newest, 1) - track.heads.value(0, 1);
    return (
      Math.abs(lost.lastSeenUs - sinceUs) <= BESIDE_US &&
      dx * dx + dy * dy <= BESIDE_M * BESIDE_M &&
      Math.abs(lost.knownHeightM() - track.knownHeightM()) <= BESIDE_RISE_M
    );
  });
  return found.length === 1 ? found[0]! : null;
}

const assignment = new SparseAssignment();
