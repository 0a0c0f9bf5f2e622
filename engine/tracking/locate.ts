import { Lens, worldFromImageInto } from '../geometry/lens.ts';
import type { DetectionReading, Detections, PoseReading, Reading } from '../readings.ts';
import type { Store } from '../store.ts';
import { Views } from './views.ts';

/**
 * Errors of a single view, one SD each. Detector: 3 px; depth: 5 mm at 1 m growing with the square of distance, on top
 * of 11 mm (Tölgyessy et al. 2021, Sensors 21:413, Azure Kinect); camera poses: 1 cm and 0.3° after commissioning.
 */
export const VIEW_ERRORS = {
  pixelPx: 3,
  depthAt1M: 0.005,
  depthFloorM: 0.011,
  cameraPlaceM: 0.01,
  cameraAngleRad: 0.0052,
  /** A foreign tracker's head and hand: views spread over up to 175 ms of walking. */
  poseM: 0.05,
} as const;

/** Heads of standing, bending and carried people; higher or lower things are no heads. */
const HEAD_LOW_M = 0.25;
const HEAD_HIGH_M = 2.5;
/** How far outside the store's outline people may still be seen. */
const OUTSIDE_M = 2.5;
const SCORE_MIN = 0.05;

/** Turns what cameras and foreign trackers saw into views in world space. */
export class Locator {
  #lenses = new Map<string, Lens>();
  /** Cameras and foreign trackers by number, in the store's order. */
  #numbers = new Map<string, number>();
  #sizeM: readonly [number, number];
  #views = new Views();
  /** Row of each head of the current reading in the views, −1 if it was dropped. */
  #rowOfHead = new Int32Array(64);

  constructor(store: Store) {
    for (const camera of store.cameras) this.#lenses.set(camera.id, new Lens(camera));
    for (const { id } of [...store.cameras, ...store.poseSources]) this.#numbers.set(id, this.#numbers.size);
    this.#sizeM = store.sizeM;
  }

  /** Views of one moment's readings (others than detections and poses are passed over); borrowed until the next call. */
  locate(readings: readonly Reading[]): Views {
    const views = this.#views;
    views.clear();
    for (const seen of orderedPictures(readings)) {
      const number = this.#numbers.get(seen.reading.sensorId);
      if (number === undefined) continue;
      if (seen.reading.kind === 'pose') this.#addPose(seen.reading, seen.order);
      else {
        const lens = this.#lenses.get(seen.reading.sensorId);
        if (lens === undefined) continue;
        this.#addHeads(seen.reading, seen.order, lens);
        this.#addHands(seen.reading, seen.handOrder, lens);
      }
      views.endSource(number, seen.reading.timeUs);
    }
    return views;
  }

  #addHeads(reading: DetectionReading, order: Int32Array, lens: Lens): void {
    const { headsInImagePx, headDepthM, headScore } = reading.detections;
    const views = this.#views;
    views.reserveHeads(views.headCount + order.length);
    if (order.length > this.#rowOfHead.length) this.#rowOfHead = new Int32Array(2 * order.length);
    for (let k = 0; k < order.length; k++) {
      const i = order[k]!;
      this.#rowOfHead[i] = -1;
      const depthM = headDepthM[i]!;
      if (headScore[i]! < SCORE_MIN) continue;
      if (!worldFromImageInto(point, lens, headsInImagePx[2 * i]!, headsInImagePx[2 * i + 1]!, depthM)) continue;
      if (!this.#mayBeHead(point[0]!, point[1]!, point[2]!)) continue;
      const row = views.headCount++;
      this.#rowOfHead[i] = row;
      views.headSource[row] = views.sourceCount;
      views.headTimeUs[row] = reading.timeUs;
      views.headScore[row] = headScore[i]!;
      views.headCameras[row] = 1;
      views.headInWorldM.set(point, 3 * row);
      covarianceInto(views.headCovM2, 3 * row, lens, depthM);
    }
  }

  #addHands(reading: DetectionReading, order: Int32Array, lens: Lens): void {
    const { handsInImagePx, handDepthM, handScore, handOwner } = reading.detections;
    const views = this.#views;
    views.reserveHands(views.handCount + order.length);
    for (let k = 0; k < order.length; k++) {
      const i = order[k]!;
      const depthM = handDepthM[i]!;
      if (handScore[i]! < SCORE_MIN) continue;
      if (!worldFromImageInto(point, lens, handsInImagePx[2 * i]!, handsInImagePx[2 * i + 1]!, depthM)) continue;
      const row = views.handCount++;
      views.handSource[row] = views.sourceCount;
      views.handTimeUs[row] = reading.timeUs;
      views.handScore[row] = handScore[i]!;
      views.handInWorldM.set(point, 3 * row);
      const across = acrossVarM2(lens, depthM);
      views.handVarM2[row] = (2 * across + alongVarM2(depthM)) / 3;
      views.handOwner[row] = handOwner[i]! < 0 ? -1 : this.#rowOfHead[handOwner[i]!]!;
    }
  }

  /** A foreign tracker's ids are not used: its people are views like any camera's. */
  #addPose(reading: PoseReading, order: Int32Array): void {
    const views = this.#views;
    const varM2 = VIEW_ERRORS.poseM * VIEW_ERRORS.poseM;
    views.reserveHeads(views.headCount + order.length);
    for (const i of order) {
      const { head, hands } = reading.people[i]!;
      const [x, y, z] = head.inWorldM;
      if (head.score < SCORE_MIN || !this.#mayBeHead(x, y, z)) continue;
      const row = views.headCount++;
      views.headSource[row] = views.sourceCount;
      views.headTimeUs[row] = reading.timeUs;
      views.headScore[row] = head.score;
      views.headCameras[row] = 2;
      views.headInWorldM.set(head.inWorldM, 3 * row);
      views.headCovM2[3 * row] = varM2;
      views.headCovM2[3 * row + 1] = 0;
      views.headCovM2[3 * row + 2] = varM2;
      views.reserveHands(views.handCount + hands.length);
      for (const hand of hands) {
        if (hand.score < SCORE_MIN) continue;
        const at = views.handCount++;
        views.handSource[at] = views.sourceCount;
        views.handTimeUs[at] = reading.timeUs;
        views.handScore[at] = hand.score;
        views.handInWorldM.set(hand.inWorldM, 3 * at);
        views.handVarM2[at] = varM2;
        views.handOwner[at] = row;
      }
    }
  }

  #mayBeHead(x: number, y: number, z: number): boolean {
    const [width, depth] = this.#sizeM;
    const inX = x > -OUTSIDE_M && x < width + OUTSIDE_M;
    const inY = y > -OUTSIDE_M && y < depth + OUTSIDE_M;
    return inX && inY && z > HEAD_LOW_M && z < HEAD_HIGH_M;
  }
}

const point = new Float64Array(3);

function acrossVarM2(lens: Lens, depthM: number): number {
  const pixel = (VIEW_ERRORS.pixelPx * depthM) / lens.fx;
  const angle = VIEW_ERRORS.cameraAngleRad * depthM;
  return pixel * pixel + angle * angle + VIEW_ERRORS.cameraPlaceM * VIEW_ERRORS.cameraPlaceM;
}

function alongVarM2(depthM: number): number {
  const growing = VIEW_ERRORS.depthAt1M * depthM * depthM;
  return growing * growing + VIEW_ERRORS.depthFloorM ** 2 + VIEW_ERRORS.cameraPlaceM ** 2;
}

/** Floor block of L·(I − d dᵀ) + D·d dᵀ, d the ray from the lens to `point`. */
function covarianceInto(out: Float64Array, at: number, lens: Lens, depthM: number): void {
  const dx = point[0]! - lens.centreInWorldM[0]!;
  const dy = point[1]! - lens.centreInWorldM[1]!;
  const dz = point[2]! - lens.centreInWorldM[2]!;
  const across = acrossVarM2(lens, depthM);
  const more = (alongVarM2(depthM) - across) / (dx * dx + dy * dy + dz * dz);
  out[at] = across + more * dx * dx;
  out[at + 1] = more * dx * dy;
  out[at + 2] = across + more * dy * dy;
}

interface Picture {
  readonly reading: DetectionReading | PoseReading;
  /** Rows of heads (or people) in an order of their own. */
  readonly order: Int32Array;
  readonly handOrder: Int32Array;
}

/**
 * Pictures by time, those of equal time by what they show, rows by depth and place in the image: an order that stays
 * when sensors are renamed or listed differently, rows are shuffled or the store is turned.
 */
function orderedPictures(readings: readonly Reading[]): Picture[] {
  const pictures: Picture[] = [];
  for (const reading of readings) {
    if (reading.kind === 'detection') {
      const { headDepthM, headsInImagePx, handDepthM, handsInImagePx } = reading.detections;
      const order = orderOf(headDepthM, headsInImagePx);
      pictures.push({ reading, order, handOrder: orderOf(handDepthM, handsInImagePx) });
    } else if (reading.kind === 'pose') {
      pictures.push({ reading, order: orderOfPeople(reading), handOrder: EMPTY });
    }
  }
  return pictures.sort((a, b) => a.reading.timeUs - b.reading.timeUs || compareContent(a, b));
}

const EMPTY = new Int32Array(0);

/** Insertion sort: a picture has tens of rows at most, and no closure is made. */
function orderOf(depthM: Float32Array, inImagePx: Float32Array): Int32Array {
  const order = new Int32Array(depthM.length);
  for (let i = 0; i < order.length; i++) {
    let at = i;
    while (at > 0 && rowComesBefore(depthM, inImagePx, i, order[at - 1]!)) {
      order[at] = order[at - 1]!;
      at--;
    }
    order[at] = i;
  }
  return order;
}

function rowComesBefore(depthM: Float32Array, inImagePx: Float32Array, a: number, b: number): boolean {
  if (depthM[a] !== depthM[b]) return depthM[a]! < depthM[b]!;
  if (inImagePx[2 * a] !== inImagePx[2 * b]) return inImagePx[2 * a]! < inImagePx[2 * b]!;
  return inImagePx[2 * a + 1]! < inImagePx[2 * b + 1]!;
}

function orderOfPeople(reading: PoseReading): Int32Array {
  const rows = reading.people.map((_, i) => i);
  rows.sort((a, b) => {
    const one = reading.people[a]!.head;
    const other = reading.people[b]!.head;
    const [x1, y1, z1] = one.inWorldM;
    const [x2, y2, z2] = other.inWorldM;
    return z1 - z2 || one.score - other.score || x1 - x2 || y1 - y2;
  });
  return Int32Array.from(rows);
}

function compareContent(a: Picture, b: Picture): number {
  if (a.reading.kind !== b.reading.kind) return a.reading.kind === 'pose' ? 1 : -1;
  if (a.order.length !== b.order.length) return a.order.length - b.order.length;
  if (a.reading.kind === 'detection' && b.reading.kind === 'detection')
    return compareDetections(a.reading.detections, a.order, b.reading.detections, b.order);
  if (a.reading.kind === 'pose' && b.reading.kind === 'pose') {
    for (let k = 0; k < a.order.length; k++) {
      const one = a.reading.people[a.order[k]!]!.head.inWorldM;
      const other = b.reading.people[b.order[k]!]!.head.inWorldM;
      const difference = one[2] - other[2] || one[0] - other[0] || one[1] - other[1];
      if (difference !== 0) return difference;
    }
  }
  return 0;
}

function compareDetections(a: Detections, orderA: Int32Array, b: Detections, orderB: Int32Array): number {
  for (let k = 0; k < orderA.length; k++) {
    const i = orderA[k]!;
    const j = orderB[k]!;
    const difference =
      a.headDepthM[i]! - b.headDepthM[j]! ||
      a.headsInImagePx[2 * i]! - b.headsInImagePx[2 * j]! ||
      a.headsInImagePx[2 * i + 1]! - b.headsInImagePx[2 * j + 1]!;
    if (difference !== 0) return difference;
  }
  return a.handDepthM.length - b.handDepthM.length;
}
