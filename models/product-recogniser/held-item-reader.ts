import type { InferenceBackend } from '../backend/inference-backend.ts';
import { CROP_VALUES, type CropBox, cropInto, type DepthWindow, type RgbPicture } from '../picture/crop.ts';
import type { Gallery } from './gallery.ts';
import { ProductRecogniser } from './product-recogniser.ts';

/** Hands that a detector found in a picture, as flat arrays. */
export interface SeenHands {
  /** n × 2: u, v, pixels. */
  readonly handsInImagePx: Float32Array;
  /** n: metres along the optical axis. */
  readonly handDepthM: Float32Array;
  /** n: row of the head a hand belongs to, or −1. */
  readonly handOwner: Int16Array;
  readonly headsInImagePx: Float32Array;
}

/** What each hand may hold: `top` products per hand, likeliest first. */
export interface HeldItems {
  readonly top: number;
  /** n × top: place of the product in the gallery. */
  readonly productIndex: Int16Array;
  /** n × top: probability among the gallery and none of it. */
  readonly prob: Float32Array;
  /** n: probability that it is nothing of the gallery, an empty hand included. */
  readonly noneProb: Float32Array;
}

/** Products named per hand. */
export const HELD_TOP = 8;
/** What is held reaches this far from the hand, and this far towards the arm, metres. */
const REACH_M = 0.17;
const TOWARDS_ARM_M = 0.05;
/** What is held is as far away as the hand, give or take, metres. */
const DEPTH_REACH_M = 0.11;
/** Fewer pixels than this are no product. */
const LEAST_PX = 30;
const LEAST_SIDE_PX = 10;

/** Recognises what hands hold, in the pictures they were seen in; what leaves it are probabilities of products. */
export class HeldItemReader {
  private readonly recogniser: ProductRecogniser;
  private readonly gallery: Gallery;

  private constructor(recogniser: ProductRecogniser, gallery: Gallery) {
    this.recogniser = recogniser;
    this.gallery = gallery;
  }

  /** Loads the recogniser; throws `ModelError` for weights or a gallery that do not belong together. */
  static async open(backend: InferenceBackend, gallery: Gallery): Promise<HeldItemReader> {
    return new HeldItemReader(await ProductRecogniser.open(backend), gallery);
  }

  /** Reads one RGB-D picture; `depthMm` has a number per pixel, 0 = no return. Rows are those of `hands`. */
  async read(picture: RgbPicture, depthMm: Uint16Array, focalPx: number, hands: SeenHands): Promise<HeldItems> {
    const count = hands.handDepthM.length;
    const products = this.gallery.skus.length;
    const top = Math.min(HELD_TOP, products);
    const found = {
      top,
      productIndex: new Int16Array(count * top).fill(-1),
      prob: new Float32Array(count * top),
      noneProb: new Float32Array(count).fill(1),
    };
    const rows: number[] = [];
    const values = new Float32Array(count * CROP_VALUES);
    const sides: number[] = [];
    for (let row = 0; row < count; row++) {
      const depth = windowAt(depthMm, hands.handDepthM[row]);
      const box = heldBox(picture, depth, focalPx, hands, row);
      if (box === null) continue;
      cropInto(values, rows.length * CROP_VALUES, picture, box, depth);
      rows.push(row);
      sides.push(box.sidePx);
    }
    const crops = { values: values.subarray(0, rows.length * CROP_VALUES), sidePx: Float32Array.from(sides) };
    const seen = await this.recogniser.rank(crops, this.gallery, top);
    rows.forEach((row, i) => {
      found.productIndex.set(seen.productIndex.subarray(i * top, (i + 1) * top), row * top);
      found.prob.set(seen.prob.subarray(i * top, (i + 1) * top), row * top);
      found.noneProb[row] = seen.noneProb[i];
    });
    return found;
  }

  dispose(): Promise<void> {
    return this.recogniser.dispose();
  }
}

function windowAt(depthMm: Uint16Array, depthM: number): DepthWindow {
  return { depthMm, nearMm: 1000 * (depthM - DEPTH_REACH_M), farMm: 1000 * (depthM + DEPTH_REACH_M) };
}

/** Box of what is as far away as a hand and near it, less the arm's side; null when there is little. */
export function heldBox(
  { widthPx, heightPx }: RgbPicture,
  { depthMm, nearMm, farMm }: DepthWindow,
  focalPx: number,
  hands: SeenHands,
  row: number,
): CropBox | null {
  const u = hands.handsInImagePx[2 * row];
  const v = hands.handsInImagePx[2 * row + 1];
  const pxPerM = focalPx / hands.handDepthM[row];
  const reachPx = REACH_M * pxPerM;
  const [alongU, alongV] = towardsArm(hands, row, u, v);
  const mostAlongPx = TOWARDS_ARM_M * pxPerM;
  let [u0, v0, u1, v1, count] = [widthPx, heightPx, -1, -1, 0];
  const y1 = Math.min(heightPx, Math.ceil(v + reachPx));
  const x1 = Math.min(widthPx, Math.ceil(u + reachPx));
  for (let y = Math.max(0, Math.floor(v - reachPx)); y < y1; y++) {
    for (let x = Math.max(0, Math.floor(u - reachPx)); x < x1; x++) {
      const depth = depthMm[y * widthPx + x];
      if (depth < nearMm || depth > farMm) continue;
      const [du, dv] = [x + 0.5 - u, y + 0.5 - v];
      if (du * du + dv * dv > reachPx * reachPx || du * alongU + dv * alongV > mostAlongPx) continue;
      count += 1;
      if (x < u0) u0 = x;
      if (x > u1) u1 = x;
      if (y < v0) v0 = y;
      if (y > v1) v1 = y;
    }
  }
  const sidePx = Math.max(u1 - u0, v1 - v0) + 1;
  if (count < LEAST_PX || sidePx < LEAST_SIDE_PX) return null;
  return { u: (u0 + u1 + 1) / 2, v: (v0 + v1 + 1) / 2, sidePx };
}

/** Direction in the picture from a hand to where its arm comes from, of length 1; none for a hand without an owner. */
function towardsArm({ handOwner, headsInImagePx }: SeenHands, row: number, u: number, v: number): [number, number] {
  const owner = handOwner[row];
  if (owner < 0) return [0, 0];
  const [du, dv] = [headsInImagePx[2 * owner] - u, headsInImagePx[2 * owner + 1] - v];
  const length = Math.sqrt(du * du + dv * dv);
  return length < 1 ? [0, 0] : [du / length, dv / length];
}
