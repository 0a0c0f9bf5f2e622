import { PLAIN } from '../../simulator/render/scene/instances.ts';
import { SHAPE } from '../../simulator/render/scene/shapes.ts';
import type { CropBox, RgbPicture } from '../picture/crop.ts';
import type { CameraSettings } from './camera-settings.ts';
import { addBackdrop, addPackage, anyColour, OTHER, type PackageLook } from './compose.ts';
import { develop } from './develop.ts';
import type { Dice } from './dice.ts';
import { STAGE_PX, type Stage, type StageCamera, SUBJECT } from './stage.ts';

/** A picture of a slot: a box where each facing of the expected product is or would be, and which are stocked. */
export interface SlotShot {
  readonly picture: RgbPicture;
  readonly facings: readonly CropBox[];
  readonly isStocked: readonly boolean[];
  readonly jpegQuality: number;
}

/** What to draw: products by their place in the looks; `actual` null = nothing stands there. */
export interface SlotWish {
  readonly expected: number;
  readonly actual: number | null;
  readonly facings: number;
  readonly settings: CameraSettings;
  /** Longest edge of the expected product, pixels. */
  readonly sidePx: number;
}

/** Draws a slot with its neighbours as a camera of the shop sees it. */
export function slotShot(stage: Stage, looks: readonly PackageLook[], wish: SlotWish, dice: Dice): SlotShot {
  const { settings } = wish;
  const expected = looks[wish.expected];
  for (;;) {
    const camera: StageCamera = {
      azimuthRad: 0.4 * dice.normal(),
      elevationRad: dice.between(...settings.elevationRad),
      distanceM: dice.between(...settings.distanceM),
      rollRad: 0.05 * dice.normal(),
      pxPerM: wish.sidePx / Math.max(...expected.sizeM),
    };
    const boxes = facingBoxes(stage, expected, wish.facings, camera);
    if (boxes === null) continue;
    const isStocked = buildSlot(stage, looks, wish, dice);
    addBackdrop(stage.scene, camera, looks, dice);
    stage.draw(camera, stage.scene.count, settings.brightness);
    const picture = develop(stage.layer.rgba, stage.box, settings, { dx: 0, dy: 0 }, dice);
    const facings = boxes.map(({ u, v, sidePx }) => ({
      u: u + 0.03 * sidePx * dice.normal(),
      v: v + 0.03 * sidePx * dice.normal(),
      sidePx: sidePx * Math.exp(0.05 * dice.normal()),
    }));
    return { picture, facings, isStocked, jpegQuality: settings.jpegQuality };
  }
}

/** Middle of facing `k` of `n` along the shelf. */
function facingX(look: PackageLook, k: number, n: number): number {
  return (k - (n - 1) / 2) * (look.sizeM[0] + GAP_M);
}

const GAP_M = 0.006;

/** Boxes of the facings when they are stocked; null when one is not wholly in the picture. */
function facingBoxes(stage: Stage, look: PackageLook, facings: number, camera: StageCamera): CropBox[] | null {
  const boxes: CropBox[] = [];
  for (let k = 0; k < facings; k++) {
    stage.scene.count = 0;
    addPackage(stage.scene, look, SUBJECT, [facingX(look, k, facings), 0, 0]);
    stage.draw(camera, 1, 1);
    const extent = stage.extent();
    if (extent === null) return null;
    const { u0, v0, u1, v1 } = extent;
    if (u0 < 1 || v0 < 1 || u1 >= STAGE_PX || v1 >= STAGE_PX) return null;
    boxes.push({ u: (u0 + u1) / 2, v: (v0 + v1) / 2, sidePx: Math.max(u1 - u0, v1 - v0) });
  }
  stage.scene.count = 0;
  return boxes;
}

/** Builds the slot and its neighbours; says which facings hold something. */
function buildSlot(stage: Stage, looks: readonly PackageLook[], wish: SlotWish, dice: Dice): boolean[] {
  const { scene } = stage;
  const expected = looks[wish.expected];
  const floor = -expected.sizeM[2] / 2;
  const board = scene.add(SHAPE.box, OTHER, PLAIN, anyColour(dice, 90, 240));
  scene.place(board, 0, 0.22, floor - 0.031, 1, 0, 3, 0.6, 0.03);
  const back = scene.add(SHAPE.box, OTHER, PLAIN, anyColour(dice, 60, 230));
  scene.place(back, 0, 0.5, floor - 0.5, 1, 0, 3, 0.02, 1.4);
  const stand = (look: PackageLook, x: number, y: number, light = 1) =>
    addPackage(scene, look, OTHER, [x, y, floor + look.sizeM[2] / 2], 0, light);
  const actual = wish.actual === null ? null : looks[wish.actual];
  const isStocked = Array.from({ length: wish.facings }, () => actual !== null && dice.chance(0.8));
  if (actual && !isStocked.includes(true)) isStocked[dice.below(wish.facings)] = true;
  isStocked.forEach((stocked, k) => {
    if (!stocked || !actual) return;
    const x = facingX(expected, k, wish.facings);
    const inward = dice.chance(0.2) ? dice.between(0, 0.12) : dice.between(-0.01, 0.02);
    stand(actual, x, inward);
    if (dice.chance(0.6)) stand(actual, x, inward + actual.sizeM[1] + 0.006, 0.8);
  });
  const half = (wish.facings / 2) * (expected.sizeM[0] + GAP_M);
  for (const side of [-1, 1]) {
    if (dice.chance(0.15)) continue;
    const other = dice.pick(looks);
    for (let n = 0; n < 2; n++) stand(other, side * (half + 0.01 + (n + 0.5) * (other.sizeM[0] + GAP_M)), 0);
  }
  return isStocked;
}
