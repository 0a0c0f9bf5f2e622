import type { Anchors } from './sightings.ts';

/** Detectors join two heads nearer than about this into one, halfway between them. */
const MERGE_REACH_M = 0.9;
/** Part of the way from one body to the other in which a head is neither's. */
const MIDDLE_FROM = 0.28;
const MIDDLE_TO = 1 - MIDDLE_FROM;
/** How far beside the line between them it may lie, metres. */
const BESIDE_M = 0.2;
/** Bodies unseen for longer are not where they are expected anyway. */
const UNSEEN_US_MAX = 300_000;

/** True if a head at (x, y) lies so much between two bodies, both seen just before, that it may be the two in one. */
export function isBetween(anchors: Anchors, a: number, b: number, x: number, y: number): boolean {
  const { onFloorM, unseenUs } = anchors;
  if (unseenUs[a]! > UNSEEN_US_MAX || unseenUs[b]! > UNSEEN_US_MAX) return false;
  const ax = onFloorM[2 * a]!;
  const ay = onFloorM[2 * a + 1]!;
  const bx = onFloorM[2 * b]! - ax;
  const by = onFloorM[2 * b + 1]! - ay;
  const apart2 = bx * bx + by * by;
  if (apart2 > MERGE_REACH_M * MERGE_REACH_M || apart2 === 0) return false;
  const share = ((x - ax) * bx + (y - ay) * by) / apart2;
  const beside = Math.abs((x - ax) * by - (y - ay) * bx) / Math.sqrt(apart2);
  return share > MIDDLE_FROM && share < MIDDLE_TO && beside < BESIDE_M;
}
