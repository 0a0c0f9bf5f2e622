import type { CameraMemory } from './camera-memory.ts';
import { MERGED } from './pair-judge.ts';
import type { Anchors, Sightings } from './sightings.ts';
import type { Views } from './views.ts';

/** Score of a body that is seen only as one with another: it keeps a track alive and starts none. */
const MIDDLE_SCORE = 0.4;

/** Detectors join two heads roughly in the middle, and all cameras alike: twice the error of so many views. */
const MIDDLE_FACTOR = 4;

/** A pair of anchors seen as one: the middle between them and its variance. */
interface Middle {
  readonly a: number;
  readonly b: number;
  readonly x: number;
  readonly y: number;
  readonly varM2: number;
}

/** What heads that stand for two bodies say of where each is: as far beyond the middle as the other is before it. */
export class Middles {
  #memory: CameraMemory;
  #found: Middle[] = [];
  #isTaken = new Uint8Array(64);

  constructor(memory: CameraMemory) {
    this.#memory = memory;
  }

  clear(headCount: number): void {
    this.#found.length = 0;
    if (headCount > this.#isTaken.length) this.#isTaken = new Uint8Array(2 * headCount);
    this.#isTaken.fill(0, 0, headCount);
  }

  /** Takes the heads newly labelled as merged for the middle of `a` and `b`, and notes which cameras showed them so. */
  take(views: Views, anchors: Anchors, placeM: Float64Array, groupOfHead: Int32Array, a: number, b: number): void {
    let weights = 0;
    let x = 0;
    let y = 0;
    for (let head = 0; head < views.headCount; head++) {
      if (groupOfHead[head] !== MERGED || this.#isTaken[head] === 1) continue;
      this.#isTaken[head] = 1;
      const camera = views.sourceCamera[views.headSource[head]!]!;
      this.#memory.note(camera, anchors.key[a]!, true);
      this.#memory.note(camera, anchors.key[b]!, true);
      const weight = 2 / (views.headCovM2[3 * head]! + views.headCovM2[3 * head + 2]!);
      x += weight * placeM[2 * head]!;
      y += weight * placeM[2 * head + 1]!;
      weights += weight;
    }
    this.#found.push({ a, b, x: x / weights, y: y / weights, varM2: MIDDLE_FACTOR / weights });
  }

  /** Adds inferred sightings of merged bodies, and corrects those that were also seen by themselves. */
  use(anchors: Anchors, sightings: Sightings, sightingOfGroup: Int32Array): void {
    for (const { a, b, x, y, varM2 } of this.#found) {
      placeInto(placeOfA, anchors, sightings, sightingOfGroup, a);
      placeInto(placeOfB, anchors, sightings, sightingOfGroup, b);
      beyondInto(beyond, placeOfB, x, y, varM2);
      takeBeyond(anchors, sightings, sightingOfGroup, a);
      beyondInto(beyond, placeOfA, x, y, varM2);
      takeBeyond(anchors, sightings, sightingOfGroup, b);
    }
  }
}

/** x, y, xx, xy, yy. */
const placeOfA = new Float64Array(5);
const placeOfB = new Float64Array(5);
const beyond = new Float64Array(5);

/** Where a body is by what was expected and by its sighting, if it has one. */
function placeInto(
  out: Float64Array,
  anchors: Anchors,
  sightings: Sightings,
  sightingOfGroup: Int32Array,
  anchor: number,
): void {
  for (let k = 0; k < 2; k++) out[k] = anchors.onFloorM[2 * anchor + k]!;
  for (let k = 0; k < 3; k++) out[2 + k] = anchors.covM2[3 * anchor + k]!;
  if (sightingOfGroup[anchor]! >= 0) combineSighting(out, sightings, sightingOfGroup[anchor]!);
}

function beyondInto(out: Float64Array, other: Float64Array, x: number, y: number, varM2: number): void {
  out[0] = 2 * x - other[0]!;
  out[1] = 2 * y - other[1]!;
  out[2] = 4 * varM2 + other[2]!;
  out[3] = other[3]!;
  out[4] = 4 * varM2 + other[4]!;
}

/** Joins `beyond` to the anchor's sighting, or makes it one. */
function takeBeyond(anchors: Anchors, sightings: Sightings, sightingOfGroup: Int32Array, anchor: number): void {
  let at = sightingOfGroup[anchor]!;
  if (at >= 0) combineSighting(beyond, sightings, at);
  else {
    sightings.reserve(sightings.count + 1);
    at = sightings.count++;
    sightingOfGroup[anchor] = at;
    sightings.headInWorldM[3 * at + 2] = anchors.headZM[anchor]!;
    sightings.isInferred[at] = 1;
    sightings.viewCount[at] = 1;
    sightings.score[at] = MIDDLE_SCORE;
  }
  for (let k = 0; k < 2; k++) sightings.headInWorldM[3 * at + k] = beyond[k]!;
  for (let k = 0; k < 3; k++) sightings.covM2[3 * at + k] = beyond[2 + k]!;
}

/** Information-weighted mean of a place and a sighting, into the place. */
function combineSighting(place: Float64Array, sightings: Sightings, at: number): void {
  const { headInWorldM, covM2 } = sightings;
  const pxx = place[2]!;
  const pxy = place[3]!;
  const pyy = place[4]!;
  const sxx = pxx + covM2[3 * at]!;
  const sxy = pxy + covM2[3 * at + 1]!;
  const syy = pyy + covM2[3 * at + 2]!;
  const det = sxx * syy - sxy * sxy;
  const gxx = (pxx * syy - pxy * sxy) / det;
  const gxy = (pxy * sxx - pxx * sxy) / det;
  const gyx = (pxy * syy - pyy * sxy) / det;
  const gyy = (pyy * sxx - pxy * sxy) / det;
  const dx = headInWorldM[3 * at]! - place[0]!;
  const dy = headInWorldM[3 * at + 1]! - place[1]!;
  place[0] = place[0]! + gxx * dx + gxy * dy;
  place[1] = place[1]! + gyx * dx + gyy * dy;
  place[2] = pxx - gxx * pxx - gxy * pxy;
  place[3] = pxy - gxx * pxy - gxy * pyy;
  place[4] = pyy - gyx * pxy - gyy * pyy;
}
