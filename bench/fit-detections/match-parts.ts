import type { Detections } from '../../engine/readings.ts';
import type { TruePart } from './true-parts.ts';

/** A row further than this from any true part, across or in depth, is a false alarm, metres. */
const HEAD_GATE_M = 0.4;
const HAND_GATE_M = 0.25;

/** What a picture shows of one true part. */
export interface Shown {
  readonly u: number;
  readonly v: number;
  readonly depthM: number;
  readonly score: number;
  /** Body of the head that a hand was given to, −1 for none or one nobody has. */
  readonly owner: number;
}

export interface MatchedPicture {
  /** Of each true part in order: where it was seen, or null. */
  readonly shown: readonly (Shown | null)[];
  readonly falseHeads: number;
  readonly falseHands: number;
}

interface Pair {
  readonly part: number;
  readonly row: number;
  readonly cost: number;
}

/** Pairs what was seen in a picture with what is there, nearest first, the hidden only after all others. */
export function matchParts(parts: readonly TruePart[], seen: Detections, focalPx: number): MatchedPicture {
  const shown: (Shown | null)[] = parts.map(() => null);
  const heads = pairUp(parts, (part) => part === 0, seen.headsInImagePx, seen.headDepthM, focalPx, HEAD_GATE_M);
  const bodyOfHead = new Int32Array(seen.headDepthM.length).fill(-1);
  for (const { part, row } of heads) {
    bodyOfHead[row] = parts[part].body;
    shown[part] = shownAt(seen.headsInImagePx, seen.headDepthM, seen.headScore, row, -1);
  }
  const hands = pairUp(parts, (part) => part > 0, seen.handsInImagePx, seen.handDepthM, focalPx, HAND_GATE_M);
  for (const { part, row } of hands) {
    const owner = seen.handOwner[row] < 0 ? -1 : bodyOfHead[seen.handOwner[row]];
    shown[part] = shownAt(seen.handsInImagePx, seen.handDepthM, seen.handScore, row, owner);
  }
  return {
    shown,
    falseHeads: seen.headDepthM.length - heads.length,
    falseHands: seen.handDepthM.length - hands.length,
  };
}

function shownAt(
  inImagePx: Float32Array,
  depthsM: Float32Array,
  scores: Float32Array,
  row: number,
  owner: number,
): Shown {
  return { u: inImagePx[2 * row], v: inImagePx[2 * row + 1], depthM: depthsM[row], score: scores[row], owner };
}

function pairUp(
  parts: readonly TruePart[],
  isMeant: (part: number) => boolean,
  inImagePx: Float32Array,
  depthsM: Float32Array,
  focalPx: number,
  gateM: number,
): Pair[] {
  const pairs: Pair[] = [];
  parts.forEach(({ part, u, v, depthM, isHidden }, i) => {
    if (!isMeant(part)) return;
    for (let row = 0; row < depthsM.length; row++) {
      const acrossM = (Math.hypot(inImagePx[2 * row] - u, inImagePx[2 * row + 1] - v) * depthM) / focalPx;
      const offM = Math.hypot(acrossM, depthsM[row] - depthM);
      if (offM < gateM) pairs.push({ part: i, row, cost: offM + (isHidden ? gateM : 0) });
    }
  });
  const [usedParts, usedRows] = [new Set<number>(), new Set<number>()];
  return pairs
    .sort((a, b) => a.cost - b.cost || a.part - b.part || a.row - b.row)
    .filter(({ part, row }) => {
      if (usedParts.has(part) || usedRows.has(row)) return false;
      usedParts.add(part);
      usedRows.add(row);
      return true;
    });
}
