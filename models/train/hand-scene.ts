import type { PixelBox } from '../../simulator/render/rasterise/visible-order.ts';
import { PLAIN } from '../../simulator/render/scene/instances.ts';
import { SHAPE } from '../../simulator/render/scene/shapes.ts';
import { HAND_SQUARE_M } from '../hand-state/hand-state.ts';
import type { HandState } from '../hand-state/net.ts';
import { MARGIN } from '../picture/crop.ts';
import type { CameraSettings } from './camera-settings.ts';
import { addBackdrop, addHandAt, addPackage, along, anyColour, axesOf, OTHER, type PackageLook } from './compose.ts';
import { type Shot, windowAround } from './crop-scene.ts';
import { develop } from './develop.ts';
import type { Dice } from './dice.ts';
import { STAGE_PX, type Stage, type StageCamera, SUBJECT } from './stage.ts';

/** Share of the hand, or of what it holds, that must be seen for its state to be called clear; and so many pixels. */
const LEAST_VISIBLE = 0.35;
const LEAST_PX = 10;
/** Several show at least so many times the pixels of one: what hides behind another no picture can count. */
const LEAST_OF_SEVERAL = 1.3;

/** Draws a hand in a state as a camera of the shop sees it; the square around it is about `sidePx` large. */
export function handShot(
  stage: Stage,
  looks: readonly PackageLook[],
  state: HandState,
  settings: CameraSettings,
  sidePx: number,
  dice: Dice,
): Shot {
  for (;;) {
    const camera: StageCamera = {
      azimuthRad: dice.between(-Math.PI, Math.PI),
      elevationRad: dice.between(...settings.elevationRad),
      distanceM: dice.between(...settings.distanceM),
      rollRad: 0.08 * dice.normal(),
      pxPerM: sidePx / HAND_SQUARE_M,
    };
    stage.scene.count = 0;
    const { subjects, first } = build(stage, looks, state, camera, dice);
    addBackdrop(stage.scene, camera, looks, dice);
    const reachPx = sidePx * MARGIN * 0.65 + 6;
    stage.draw(camera, subjects, settings.brightness, reachPx);
    const alone = stage.extent()?.pixels ?? 0;
    if (first < subjects) {
      stage.draw(camera, first, settings.brightness, reachPx);
      if (alone < LEAST_OF_SEVERAL * (stage.extent()?.pixels ?? 0)) continue;
    }
    stage.draw(camera, stage.scene.count, settings.brightness, reachPx);
    const seen = stage.extent()?.pixels ?? 0;
    const isClear = seen >= Math.max(LEAST_PX, LEAST_VISIBLE * alone);
    if (isClear === (state !== 'unclear') || (state === 'unclear' && dice.chance(0.15)))
      return take(stage, camera, settings, state === 'unclear' && isClear, sidePx, dice);
  }
}

/** How many things of a scene must be seen, and how many of those are the first package where there are several. */
interface Built {
  readonly subjects: number;
  readonly first: number;
}

/** Builds a state's scene, what must be seen first. */
function build(stage: Stage, looks: readonly PackageLook[], state: HandState, camera: StageCamera, dice: Dice): Built {
  if (state === 'several') {
    const count = 2 + dice.below(2);
    const subjects = addHeld(stage, smallLook(looks, dice), count, SUBJECT, camera, dice);
    return { subjects, first: subjects / count };
  }
  const subjects = buildSingle(stage, looks, state, camera, dice);
  return { subjects, first: subjects };
}

function buildSingle(
  stage: Stage,
  looks: readonly PackageLook[],
  state: Exclude<HandState, 'several'>,
  camera: StageCamera,
  dice: Dice,
): number {
  switch (state) {
    case 'empty': {
      const count = addHand(stage, camera, [0, 0, 0], SUBJECT, dice);
      if (dice.chance(0.4)) addShelfBehind(stage, looks, camera, dice);
      return count;
    }
    case 'one':
      return addHeld(stage, smallLook(looks, dice), 1, SUBJECT, camera, dice);
    case 'in-bag': {
      const place = [dice.between(-0.08, 0.08), dice.between(-0.05, 0.08), dice.between(-0.03, 0.05)] as const;
      const count = addHand(stage, camera, place, SUBJECT, dice);
      addBasket(stage, looks, dice);
      return count;
    }
    case 'unclear':
      return addUnclear(stage, looks, camera, dice);
  }
}

/** Packages that a hand can hold. */
function smallLook(looks: readonly PackageLook[], dice: Dice): PackageLook {
  for (;;) {
    const look = dice.pick(looks);
    if (Math.max(...look.sizeM) < 0.3 && Math.min(look.sizeM[0], look.sizeM[1]) < 0.15) return look;
  }
}

/** Adds a hand near a place along the camera's axes; returns how many things there are now. */
function addHand(
  stage: Stage,
  camera: StageCamera,
  [rightM, upM, towardsM]: readonly [number, number, number],
  id: number,
  dice: Dice,
): number {
  const side = dice.chance(0.5) ? 1 : -1;
  const at = [rightM + side * 0.03, upM + dice.between(-0.03, 0.03), towardsM] as const;
  addHandAt(stage.scene, axesOf(camera), at, side, id, dice);
  return stage.scene.count;
}

/** Products on a shelf that an empty hand reaches towards or rests before. */
function addShelfBehind(stage: Stage, looks: readonly PackageLook[], camera: StageCamera, dice: Dice): void {
  const axes = axesOf(camera);
  const deep = -dice.between(0.14, 0.4);
  let right = -0.35;
  const look = dice.pick(looks);
  while (right < 0.35) {
    const one = dice.chance(0.6) ? look : dice.pick(looks);
    right += one.sizeM[0] / 2 + 0.005;
    addPackage(stage.scene, one, OTHER, along(axes, right, dice.between(-0.02, 0.02), deep), camera.azimuthRad);
    right += one.sizeM[0] / 2;
  }
}

/** Packages one behind or beside the other with a hand at them; returns how many things the packages are. */
function addHeld(stage: Stage, look: PackageLook, count: number, id: number, camera: StageCamera, dice: Dice): number {
  const [width, depth, height] = look.sizeM;
  const yaw = dice.between(-Math.PI, Math.PI);
  const beside = dice.chance(0.4);
  const [c, s] = [Math.cos(yaw), Math.sin(yaw)];
  const stepM = beside ? width * 1.02 : depth * dice.between(0.8, 1.05);
  const direction = beside ? [c, s] : [-s, c];
  for (let n = 0; n < count; n++) {
    const offset = (n - (count - 1) / 2) * stepM;
    const at = [direction[0] * offset, direction[1] * offset, dice.between(-0.01, 0.01)] as const;
    addPackage(stage.scene, look, id, at, yaw);
  }
  const packages = stage.scene.count;
  const reach = Math.hypot(width, depth) / 2;
  const towardsM = dice.chance(0.45) ? reach * dice.between(0.6, 1.05) : -reach * dice.between(0.2, 0.8);
  const rightM = (dice.chance(0.5) ? 1 : -1) * reach * dice.between(0.3, 0.9);
  addHand(stage, camera, [rightM, (height / 2) * dice.between(-0.8, 0.5), towardsM], OTHER, dice);
  return packages;
}

/** A basket or bag with things in it. */
function addBasket(stage: Stage, looks: readonly PackageLook[], dice: Dice): void {
  const [c, s] = [Math.cos(dice.between(0, 6.28)), Math.sin(dice.between(0, 6.28))];
  const size = Math.hypot(c, s);
  const [length, width, high] = [dice.between(0.3, 0.5), dice.between(0.22, 0.36), dice.between(0.18, 0.3)];
  const crate = stage.scene.add(SHAPE.crate, OTHER, PLAIN, anyColour(dice));
  const floorM = -high * dice.between(0.6, 1.1);
  stage.scene.place(crate, 0, 0, floorM, c / size, s / size, length, width, high);
  for (let n = 1 + dice.below(4); n > 0; n--) {
    const look = smallLook(looks, dice);
    const at = [dice.between(-0.12, 0.12), dice.between(-0.08, 0.08), floorM + look.sizeM[2] / 2 + 0.01] as const;
    addPackage(stage.scene, look, OTHER, at, dice.between(0, 6.28));
  }
}

/** No hand at all, or something in front of it; returns how many things the hand and what it holds are. */
function addUnclear(stage: Stage, looks: readonly PackageLook[], camera: StageCamera, dice: Dice): number {
  const axes = axesOf(camera);
  if (dice.chance(0.4)) {
    if (dice.chance(0.5)) addShelfBehind(stage, looks, camera, dice);
    return 0;
  }
  if (dice.chance(0.5)) addHand(stage, camera, [0, 0, 0], SUBJECT, dice);
  else addHeld(stage, smallLook(looks, dice), 1, SUBJECT, camera, dice);
  const subjects = stage.scene.count;
  const cover = stage.scene.add(dice.chance(0.5) ? SHAPE.torso : SHAPE.box, OTHER, PLAIN, anyColour(dice));
  const [x, y, z] = along(axes, dice.between(-0.05, 0.05), 0, dice.between(0.25, 0.5));
  const isTorso = stage.scene.shape[cover] === SHAPE.torso;
  if (isTorso) stage.scene.place(cover, x, y, z - 0.3, axes.right[0], axes.right[1], 0.22, 0.14, 0.6);
  else stage.scene.place(cover, x, y, z - 0.25, axes.right[0], axes.right[1], dice.between(0.25, 0.5), 0.1, 0.5);
  return subjects;
}

function take(
  stage: Stage,
  camera: StageCamera,
  settings: CameraSettings,
  isSmear: boolean,
  sidePx: number,
  dice: Dice,
): Shot {
  // A hand that is a smear says nothing.
  const speed = isSmear ? 0.4 * sidePx : dice.chance(0.35) ? dice.between(0, Math.min(5, 0.08 * sidePx)) : 0;
  const heading = dice.between(0, 2 * Math.PI);
  const box: PixelBox = stage.box;
  const motion = { dx: speed * Math.cos(heading), dy: speed * Math.sin(heading) };
  const picture = develop(stage.layer.rgba, box, settings, motion, dice);
  const reachMm = 1000 * dice.between(0.2, 0.3);
  const window = settings.depthMmAt1M > 0 ? windowAround(stage, camera, settings, reachMm, dice) : null;
  const wander = 0.04 * sidePx;
  return {
    picture,
    box: {
      u: STAGE_PX / 2 + wander * dice.normal(),
      v: STAGE_PX / 2 + wander * dice.normal(),
      sidePx: sidePx * Math.exp(0.08 * dice.normal()),
    },
    window,
    jpegQuality: settings.jpegQuality,
    longSidePx: sidePx,
    visibleShare: 1,
  };
}
