import { type Doorway, depthInside, distanceToDoor } from '../geometry/doorway.ts';
import type { Body } from './body.ts';

/** Whoever is this far past a door's line has come in; a refused shopper turns round before. */
export const ENTERED_M = 0.6;
/** SD of how far from its door a body is first seen, metres; people fan out as they walk on. */
const DOOR_SD_M = 0.3;
/** Usual walking speed through a gate. */
const GATE_SPEED_MPS = 0.9;

/** A body that came in: where and about when it crossed a door's line. */
export interface Arrival {
  readonly body: Body;
  readonly crossedUs: number;
  /** SD of `crossedUs`. */
  readonly crossedSdUs: number;
  readonly suspect: boolean;
}

/** The arrival of a body, once it is inside; null before. */
export function arrivalOf(body: Body, doors: readonly Doorway[], timeUs: number): Arrival | null {
  const [bornX, bornY] = body.bornOnFloorM;
  const [x, y] = body.onFloorM;
  const door = nearestDoor(doors, bornX, bornY);
  const isInside = Math.max(depthInside(door, bornX, bornY), depthInside(door, x, y)) >= ENTERED_M;
  if (!isInside) return null;
  const bornDepth = depthInside(door, bornX, bornY);
  if (bornDepth < 0) {
    const crossedUs = timeUs - (depthInside(door, x, y) / GATE_SPEED_MPS) * 1e6;
    return { body, crossedUs, crossedSdUs: 300_000, suspect: body.suspect };
  }
  const walkedM = distanceToDoor(door, bornX, bornY);
  const crossedUs = body.bornUs - (walkedM / GATE_SPEED_MPS) * 1e6;
  return { body, crossedUs, crossedSdUs: 300_000 + 500_000 * walkedM, suspect: body.suspect };
}

/** Ties go to the door listed first; doors do not stand on each other. */
function nearestDoor(doors: readonly Doorway[], x: number, y: number): Doorway {
  let nearest = doors[0]!;
  for (const door of doors) if (distanceToDoor(door, x, y) < distanceToDoor(nearest, x, y)) nearest = door;
  return nearest;
}

/** How much further from the given door than from the nearest one a body was first seen, in SDs. */
export function detourSds(doors: readonly Doorway[], door: Doorway, body: Body): number {
  const [x, y] = body.bornOnFloorM;
  let nearestM = Number.POSITIVE_INFINITY;
  for (const other of doors) nearestM = Math.min(nearestM, distanceToDoor(other, x, y));
  return (distanceToDoor(door, x, y) - nearestM) / (DOOR_SD_M + 0.3 * nearestM);
}
