import { type Doorway, depthInside, distanceToDoor, offsetAlong } from '../geometry/doorway.ts';
import type { Track } from './track.ts';

/** So far beyond the line of a door a body is outside, whatever the errors. */
const OUTSIDE_M = 0.15;
/** Only a body that has been this far inside can leave. */
const INSIDE_M = 0.4;
/** Doors' frames and bodies have a width: crossings this far beside the opening still count. */
const FRAME_M = 0.4;

/** When a body unseen for `afterUs`, last seen within `withinM` of a door, has left by it. */
const VANISHING = [
  // On its way out at the door: misses of up to 2 s are common, being at the door and turning round is not.
  { afterUs: 2_000_000, withinM: 1, mustHead: true },
  { afterUs: 3_000_000, withinM: 1.2, mustHead: false },
  { afterUs: 10_000_000, withinM: 3, mustHead: false },
] as const;

/** Whoever walked towards a door's line and should be outside by now may still have stopped short, unseen. */
const CROSSED_UNSEEN_US = 1_000_000;

/** True once a body that was inside is outside the line of a door; unseen for `unseenUs`, it gets a second more. */
export function hasCrossedOut(doors: readonly Doorway[], track: Track, unseenUs: number): boolean {
  if (track.deepestM < INSIDE_M || (unseenUs > 0 && unseenUs < CROSSED_UNSEEN_US)) return false;
  const x = track.motion[0]!;
  const y = track.motion[1]!;
  for (const door of doors)
    if (depthInside(door, x, y) < -OUTSIDE_M && offsetAlong(door, x, y) < door.halfWidthM + FRAME_M) return true;
  return false;
}

/** Last seen walking out this near to a door's line, a body that is not seen again has left. */
const AT_DOOR_M = 1;
/** Who walks on by this much while unseen was walking. */
const ON_ITS_WAY_M = 0.1;

/** True if the body was last seen at a door that lets out, on its way out: as good as seen outside. */
export function wasSeenWalkingOut(doors: readonly Doorway[], track: Track): boolean {
  const newest = track.heads.count - 1;
  const x = track.heads.value(newest, 0);
  const y = track.heads.value(newest, 1);
  return doors.some((door) => {
    const walkedM = depthInside(door, x, y) - depthInside(door, track.motion[0]!, track.motion[1]!);
    return door.lets.out && distanceToDoor(door, x, y) <= AT_DOOR_M && walkedM >= ON_ITS_WAY_M;
  });
}

/** True if a body unseen for `unseenUs` must have gone out by the door it was last seen beside. */
export function hasVanishedAtDoor(doors: readonly Doorway[], track: Track, unseenUs: number): boolean {
  if (unseenUs < VANISHING[0].afterUs) return false;
  const newest = track.heads.count - 1;
  const x = track.heads.value(newest, 0);
  const y = track.heads.value(newest, 1);
  const wasInside = track.deepestM >= INSIDE_M;
  for (const door of doors) {
    // Who came in by an entry and was never deep inside has turned round.
    if (!door.lets.out && wasInside && unseenUs < VANISHING[2].afterUs) continue;
    const distanceM = distanceToDoor(door, x, y);
    const outwards = depthInside(door, track.motion[0]!, track.motion[1]!) < depthInside(door, x, y) - ON_ITS_WAY_M;
    for (const rule of VANISHING) {
      if (!door.lets.out && wasInside && rule.withinM > 1.2) continue;
      if (unseenUs >= rule.afterUs && distanceM <= rule.withinM && (outwards || !rule.mustHead)) return true;
    }
  }
  return false;
}

/** Distance to the nearest door of that use, metres; infinite without one. */
export function nearestDoorM(doors: readonly Doorway[], use: 'in' | 'out', x: number, y: number): number {
  let nearest = Number.POSITIVE_INFINITY;
  for (const door of doors) if (door.lets[use]) nearest = Math.min(nearest, distanceToDoor(door, x, y));
  return nearest;
}

/** True outside the line of any entry door. */
export function isBornOutside(doors: readonly Doorway[], x: number, y: number): boolean {
  return doors.some((door) => door.lets.in && depthInside(door, x, y) < 0);
}
