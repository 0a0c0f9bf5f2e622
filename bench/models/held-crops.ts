import type { CropBox, DepthWindow, RgbPicture } from '../../models/picture/crop.ts';
import { pictureModel } from '../../simulator/render/picture-model.ts';
import { PictureSource } from '../../simulator/render/picture-source.ts';
import { productId } from '../../simulator/render/scene/ids.ts';
import {
  BODY,
  bodiesAt,
  CARRIED,
  CARRY,
  carriedAt,
  HANDS_AT,
  IN_BASKET,
  IN_RIGHT_HAND,
} from '../../simulator/render/scene/snapshot-layout.ts';
import { SnapshotWriter } from '../../simulator/render/scene/snapshot-writer.ts';
import type { Run } from '../../simulator/scenario/run.ts';
import { type TrueCamera, trueCamera } from '../../simulator/sensors/true-camera.ts';
import { World } from '../../simulator/world/world.ts';

/** A held product in a picture of a shop's camera. */
export interface HeldCrop {
  readonly product: number;
  readonly picture: RgbPicture;
  readonly box: CropBox;
  /** What is as far away as the hand. */
  readonly window: DepthWindow;
  readonly sidePx: number;
}

/** Fewer pixels say nothing. */
const LEAST_PX = 40;
const LEAST_SIDE_PX = 10;
/** A held package reaches this far from the hand, times its longest edge. */
const REACH = 1.2;

/** Plays a run with pixel cameras and calls `take` with every product in a hand, every `everyUs`, by its true outline. */
export async function heldCrops(run: Run, everyUs: number, take: (crop: HeldCrop) => void): Promise<void> {
  const world = new World(run);
  const writer = new SnapshotWriter(run);
  writer.take(world);
  const cameras = run.cameras.map(trueCamera);
  let source: PictureSource | null = null;
  let nextUs = run.warmupUs;
  for (let frame = 0; !world.isOver && world.timeUs < run.durationUs; ) {
    world.step();
    writer.watch(world);
    if (world.timeUs < nextUs) continue;
    nextUs = world.timeUs + everyUs;
    const snapshot = Float32Array.from(writer.take(world));
    if (snapshot[CARRIED] === 0) continue;
    source ??= new PictureSource(await pictureModel(run, writer.log));
    for (let camera = 0; camera < cameras.length; camera++)
      takeFrom(run, source, snapshot, camera, cameras[camera], frame, world.timeUs, take);
    frame += 1;
  }
}

function takeFrom(
  run: Run,
  source: PictureSource,
  snapshot: Float32Array,
  camera: number,
  seen: TrueCamera,
  frame: number,
  timeUs: number,
  take: (crop: HeldCrop) => void,
): void {
  const { widthPx, heightPx } = run.cameras[camera];
  const pixels = widthPx * heightPx;
  const drawn = { rgb: new Uint8Array(3 * pixels), depthMm: new Uint16Array(pixels), ids: new Uint16Array(pixels) };
  let isDrawn = false;
  for (let i = 0; i < snapshot[CARRIED]; i++) {
    const at = carriedAt(snapshot) + i * CARRY;
    const where = snapshot[at + 2];
    if (where === IN_BASKET) continue;
    const hand = bodiesAt(snapshot) + snapshot[at] * BODY + HANDS_AT + (where === IN_RIGHT_HAND ? 3 : 0);
    if (!seen.project(snapshot[hand], snapshot[hand + 1], snapshot[hand + 2])) continue;
    const product = snapshot[at + 1];
    const longestM = Math.max(...run.products[product].sizeM);
    const reachPx = Math.ceil((REACH * longestM * seen.focalPx) / seen.depthM);
    if (!isDrawn) source.drawInto(drawn, snapshot, camera, frame, timeUs);
    isDrawn = true;
    const place = { u: seen.u, v: seen.v, reachPx, depthMm: 1000 * seen.depthM };
    const box = outline(drawn.ids, widthPx, heightPx, productId(product), place, drawn.depthMm, 1000 * longestM);
    if (box === null) continue;
    const reachMm = 1000 * longestM + 60;
    const window = { depthMm: drawn.depthMm, nearMm: place.depthMm - reachMm, farMm: place.depthMm + reachMm };
    take({ product, picture: { widthPx, heightPx, rgb: drawn.rgb }, box, window, sidePx: box.sidePx });
  }
}

/** Box of the pixels of one product near a hand, and about as far away; null when there are too few. */
function outline(
  ids: Uint16Array,
  widthPx: number,
  heightPx: number,
  id: number,
  place: { readonly u: number; readonly v: number; readonly reachPx: number; readonly depthMm: number },
  depthMm: Uint16Array,
  reachMm: number,
): CropBox | null {
  let [u0, v0, u1, v1, count] = [widthPx, heightPx, -1, -1, 0];
  const from = (value: number) => Math.max(0, Math.floor(value - place.reachPx));
  const to = (value: number, most: number) => Math.min(most, Math.ceil(value + place.reachPx));
  for (let y = from(place.v); y < to(place.v, heightPx); y++) {
    for (let x = from(place.u); x < to(place.u, widthPx); x++) {
      const p = y * widthPx + x;
      if (ids[p] !== id || Math.abs(depthMm[p] - place.depthMm) > reachMm) continue;
      count += 1;
      u0 = Math.min(u0, x);
      u1 = Math.max(u1, x);
      v0 = Math.min(v0, y);
      v1 = Math.max(v1, y);
    }
  }
  const sidePx = Math.max(u1 - u0, v1 - v0) + 1;
  if (count < LEAST_PX || sidePx < LEAST_SIDE_PX) return null;
  return { u: (u0 + u1 + 1) / 2, v: (v0 + v1 + 1) / 2, sidePx };
}
