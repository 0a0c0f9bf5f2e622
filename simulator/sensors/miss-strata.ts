import { hypot3 } from '../maths.ts';

/** Ends of the bins of distance from the camera, metres; the last bin is open. */
const BIN_ENDS_M = [2, 3, 4.5];
/** Another body this near makes a crowd, metres. */
export const CROWD_M = 0.8;
/** A head's centre lower than this share of stature belongs to somebody who bends. */
const BENT = 0.8;

/** Number of strata of one part of a body. */
export const STRATA = 4 * (BIN_ENDS_M.length + 1);

/** What detection is conditioned on, all of it known from truth alone. */
export interface Circumstances {
  readonly distanceM: number;
  /** Another body is within `CROWD_M`. */
  readonly isCrowded: boolean;
  /** A head: its owner bends. A hand: it is inside a fixture. */
  readonly isAwkward: boolean;
}

/** Number of the stratum: distance, then crowd, then pose. */
export function stratumOf({ distanceM, isCrowded, isAwkward }: Circumstances): number {
  let bin = 0;
  while (bin < BIN_ENDS_M.length && distanceM >= BIN_ENDS_M[bin]) bin++;
  return 4 * bin + (isCrowded ? 2 : 0) + (isAwkward ? 1 : 0);
}

/** A stratum in words. */
export function stratumText(stratum: number, isHead: boolean): string {
  const bin = stratum >> 2;
  const ends = [0, ...BIN_ENDS_M].map(String);
  const distance = bin === BIN_ENDS_M.length ? `from ${ends[bin]} m` : `${ends[bin]} to ${BIN_ENDS_M[bin]} m`;
  const pose = (stratum & 1) === 0 ? (isHead ? 'upright' : 'free') : isHead ? 'bending' : 'in a shelf';
  return `${distance}, ${(stratum & 2) === 0 ? 'alone' : 'crowded'}, ${pose}`;
}

export function isBent(headZM: number, heightM: number): boolean {
  return headZM < BENT * heightM;
}

export function distanceM(cameraM: readonly [number, number, number], x: number, y: number, z: number): number {
  return hypot3(x - cameraM[0], y - cameraM[1], z - cameraM[2]);
}
