import {
  BODIES,
  BODY,
  bodiesAt,
  carriedAt,
  FACING,
  MOVING,
  SHOPPER,
  STRIDE,
  TIME_HIGH,
  TIME_LOW,
  TIME_UNIT,
  timeOf,
} from '../../render/scene/snapshot-layout.ts';

/** A body further away than this in the next scene has not walked there. */
const JUMP_M = 1;
/** Paths are sent within so many metres. */
const PATH_M = 13;

/** What lies between two snapshots, `share` of the way: everybody of the first, moved towards where the second has them. */
export function blendSnapshots(from: Float32Array, to: Float32Array, share: number): Float32Array {
  const out = from.slice();
  const timeUs = timeOf(from) + (timeOf(to) - timeOf(from)) * share;
  out[TIME_HIGH] = Math.floor(timeUs / TIME_UNIT);
  out[TIME_LOW] = timeUs - out[TIME_HIGH] * TIME_UNIT;
  const rows = rowsByShopper(to);
  for (let at = bodiesAt(out), end = carriedAt(out); at < end; at += BODY) {
    const next = rows.get(out[at + SHOPPER]);
    if (next !== undefined) blendBody(out, at, to, next, share);
  }
  return out;
}

function rowsByShopper(snapshot: Float32Array): Map<number, number> {
  const rows = new Map<number, number>();
  for (let row = 0; row < snapshot[BODIES]; row++) {
    const at = bodiesAt(snapshot) + row * BODY;
    rows.set(snapshot[at + SHOPPER], at);
  }
  return rows;
}

function blendBody(out: Float32Array, at: number, to: Float32Array, next: number, share: number): void {
  if (Math.abs(to[next + 1] - out[at + 1]) + Math.abs(to[next + 2] - out[at + 2]) > JUMP_M) return;
  for (let k = 1; k < BODY; k++) {
    if (k === MOVING) continue;
    let step = to[next + k] - out[at + k];
    if (k === STRIDE && step < 0) step += PATH_M;
    out[at + k] += step * share;
  }
  const length = Math.hypot(out[at + FACING], out[at + FACING + 1]) || 1;
  out[at + FACING] /= length;
  out[at + FACING + 1] /= length;
}
