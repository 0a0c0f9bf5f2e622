import type { PixelBox } from '../../simulator/render/rasterise/visible-order.ts';
import { type CropBox, cropInto, type DepthWindow, type RgbPicture } from '../picture/crop.ts';
import { type CameraSettings, STUDIO } from './camera-settings.ts';
import { addBackdrop, addHand, addShelf, addSubject, type PackageLook } from './compose.ts';
import { develop, developDepth, type Motion } from './develop.ts';
import type { Dice } from './dice.ts';
import { STAGE_PX, type Stage, type StageCamera, type SubjectExtent } from './stage.ts';

/** One picture of a product with where it is. */
export interface Shot {
  readonly picture: RgbPicture;
  readonly box: CropBox;
  readonly window: DepthWindow | null;
  readonly jpegQuality: number;
  /** Longer side of the package in the picture, pixels. */
  readonly longSidePx: number;
  /** Share of its pixels that nothing covers. */
  readonly visibleShare: number;
}

/** Where the product is. */
export type Setting = 'held' | 'shelf';

/** Subjects seen less than this are no samples. */
const LEAST_VISIBLE = 0.45;
const LONGEST_PX = 96;
const STILL: Motion = { dx: 0, dy: 0 };

/** Draws a product as a camera of the shop sees it, about `sidePx` large. */
export function shopShot(
  stage: Stage,
  looks: readonly PackageLook[],
  product: number,
  settings: CameraSettings,
  setting: Setting,
  sidePx: number,
  dice: Dice,
): Shot {
  const look = looks[product];
  const reachPx = 0.95 * Math.min(LONGEST_PX, sidePx) + 10;
  for (;;) {
    const camera = aim(look, settings, setting, sidePx, dice);
    stage.scene.count = 0;
    addSubject(stage.scene, look, setting === 'held' ? 0.35 : 0.03, dice);
    stage.draw(camera, 1, settings.brightness, reachPx);
    const alone = stage.extent();
    if (alone === null || touchesRim(alone, stage.box)) continue;
    if (setting === 'shelf') addShelf(stage.scene, look, looks, dice);
    else addHand(stage.scene, camera, look, dice.chance(0.45) ? 'front' : 'behind', dice);
    addBackdrop(stage.scene, camera, looks, dice);
    stage.draw(camera, stage.scene.count, settings.brightness, reachPx);
    const visible = (stage.extent()?.pixels ?? 0) / alone.pixels;
    if (visible >= LEAST_VISIBLE) return takeShot(stage, look, camera, settings, alone, visible, dice);
  }
}

/** Draws a product alone before light grey, as in a catalogue. */
export function studioShot(
  stage: Stage,
  look: PackageLook,
  azimuthRad: number,
  elevationRad: number,
  sidePx: number,
  dice: Dice,
): Shot {
  const pxPerM = sidePx / Math.max(...look.sizeM);
  const camera = { azimuthRad, elevationRad, distanceM: STUDIO.distanceM[0], rollRad: 0, pxPerM };
  stage.scene.count = 0;
  addSubject(stage.scene, look, 0, dice);
  stage.draw(camera, 1, STUDIO.brightness);
  const extent = stage.extent();
  if (extent === null) throw new Error('a catalogue picture shows nothing, expected the product');
  const { aux, rgba } = stage.layer;
  for (let p = 0; p < STAGE_PX * STAGE_PX; p++) if (aux[p] === 0) rgba[p] = BACKDROP;
  const picture = develop(rgba, stage.box, STUDIO, STILL, dice);
  const box = boxOf(extent);
  return { picture, box, window: null, jpegQuality: 0, longSidePx: box.sidePx, visibleShare: 1 };
}

const BACKDROP = 0xff808080;

function aim(look: PackageLook, settings: CameraSettings, setting: Setting, sidePx: number, dice: Dice): StageCamera {
  const anyWay = setting === 'held' && dice.chance(0.35);
  const azimuthRad = anyWay ? dice.between(-Math.PI, Math.PI) : (setting === 'held' ? 0.7 : 0.5) * dice.normal();
  return {
    azimuthRad,
    elevationRad: dice.between(...settings.elevationRad),
    distanceM: dice.between(...settings.distanceM),
    rollRad: 0.08 * dice.normal(),
    pxPerM: Math.min(LONGEST_PX, sidePx) / Math.max(...look.sizeM),
  };
}

function touchesRim({ u0, v0, u1, v1 }: SubjectExtent, { x0, y0, x1, y1 }: PixelBox): boolean {
  return u0 < x0 + 2 || v0 < y0 + 2 || u1 > x1 - 2 || v1 > y1 - 2;
}

function boxOf({ u0, v0, u1, v1 }: SubjectExtent): CropBox {
  return { u: (u0 + u1) / 2, v: (v0 + v1) / 2, sidePx: Math.max(u1 - u0, v1 - v0) };
}

function takeShot(
  stage: Stage,
  look: PackageLook,
  camera: StageCamera,
  settings: CameraSettings,
  extent: SubjectExtent,
  visibleShare: number,
  dice: Dice,
): Shot {
  const box = boxOf(extent);
  const speed = dice.chance(0.35) ? dice.between(0, Math.min(4, 0.1 * box.sidePx)) : 0;
  const heading = dice.between(0, 2 * Math.PI);
  const motion = { dx: speed * Math.cos(heading), dy: speed * Math.sin(heading) };
  const picture = develop(stage.layer.rgba, stage.box, settings, motion, dice);
  let window: DepthWindow | null = null;
  if (settings.depthMmAt1M > 0) {
    const reachMm = 500 * Math.hypot(...look.sizeM) + dice.between(10, 120);
    window = windowAround(stage, camera, settings, reachMm, dice);
  }
  return {
    picture,
    box: jittered(box, dice),
    window,
    jpegQuality: settings.jpegQuality,
    longSidePx: box.sidePx,
    visibleShare,
  };
}

/** Depths about the origin's, which a hand's depth gives to 2 cm. */
export function windowAround(
  stage: Stage,
  camera: StageCamera,
  settings: CameraSettings,
  reachMm: number,
  dice: Dice,
): DepthWindow {
  const middleMm = 1000 * camera.distanceM + 20 * dice.normal();
  const depthMm = developDepth(stage.layer.aux, stage.box, settings.depthMmAt1M, dice);
  return { depthMm, nearMm: middleMm - reachMm, farMm: middleMm + reachMm };
}

/** A box as a detector would have it: SD of its place 5 % of its side, of its size 10 %. */
function jittered({ u, v, sidePx }: CropBox, dice: Dice): CropBox {
  const scale = Math.exp(Math.min(0.25, Math.max(-0.15, 0.1 * dice.normal())));
  return { u: u + 0.05 * sidePx * dice.normal(), v: v + 0.05 * sidePx * dice.normal(), sidePx: sidePx * scale };
}

export function cropShot(out: Float32Array, at: number, { picture, box, window }: Shot): void {
  cropInto(out, at, picture, box, window);
}
