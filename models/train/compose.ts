import { placeBone } from '../../simulator/render/scene/bones.ts';
import { colourOf, type Instances, PLAIN } from '../../simulator/render/scene/instances.ts';
import { SHAPE } from '../../simulator/render/scene/shapes.ts';
import type { packageLooks } from '../../simulator/render/scene/stock-scene.ts';
import type { Dice } from './dice.ts';
import { type StageCamera, SUBJECT, turnInstance } from './stage.ts';

export type PackageLook = ReturnType<typeof packageLooks>[number];

/** Anything that is not the subject. */
export const OTHER = 2;
/** Monk skin tones, thinned out. */
const SKIN = [0xf3e7db, 0xeadaba, 0xd7bd96, 0xa07e56, 0x825c43, 0x604134, 0x3a312a];
const FINGER_M = 0.0095;
const PALM_M = [0.03, 0.045] as const;

/** Camera's own axes in the world: right, up, towards it. */
interface Axes {
  readonly right: readonly [number, number, number];
  readonly up: readonly [number, number, number];
  readonly towards: readonly [number, number, number];
}

export function axesOf({ azimuthRad: a, elevationRad: e }: StageCamera): Axes {
  const towards = [Math.sin(a) * Math.cos(e), -Math.cos(a) * Math.cos(e), Math.sin(e)] as const;
  const up = [-Math.sin(a) * Math.sin(e), Math.cos(a) * Math.sin(e), Math.cos(e)] as const;
  return { right: [Math.cos(a), Math.sin(a), 0], up, towards };
}

/** Adds a package with its middle at a point, its front turned by `yawRad` from −y. */
export function addPackage(
  out: Instances,
  look: PackageLook,
  id: number,
  at: readonly [number, number, number],
  yawRad = 0,
  light = 1,
): number {
  const [width, depth, height] = look.sizeM;
  const index = out.add(look.shape, id, look.tile, look.colour, light);
  const [c, s] = [Math.cos(yawRad), Math.sin(yawRad)];
  out.place(index, at[0], at[1], at[2] - height / 2, c, s, width, depth, height);
  return index;
}

/** The subject at the origin, tilted by up to `tiltRad` about a level axis. */
export function addSubject(out: Instances, look: PackageLook, tiltRad: number, dice: Dice): void {
  const index = addPackage(out, look, SUBJECT, [0, 0, 0]);
  if (tiltRad > 0) turnInstance(out, index, levelTurn(dice.between(0, 2 * Math.PI), dice.between(-tiltRad, tiltRad)));
}

/** Rotation by an angle about the level axis in a direction. */
function levelTurn(direction: number, angle: number): Float64Array {
  const [x, y, c, s] = [Math.cos(direction), Math.sin(direction), Math.cos(angle), Math.sin(angle)];
  const k = 1 - c;
  return Float64Array.of(c + x * x * k, x * y * k, y * s, x * y * k, c + y * y * k, -x * s, -y * s, x * s, c);
}

export function anyColour(dice: Dice, low = 20, high = 235): number {
  const level = () => Math.round(dice.between(low, high));
  if (dice.chance(0.4)) {
    const grey = level();
    return colourOf((grey << 16) | (grey << 8) | grey);
  }
  return colourOf((level() << 16) | (level() << 8) | level());
}

/** A wall behind everything, as seen by the camera, and sometimes things in front of it. */
export function addBackdrop(out: Instances, camera: StageCamera, looks: readonly PackageLook[], dice: Dice): void {
  const axes = axesOf(camera);
  const far = dice.between(0.5, 1.6);
  const wall = out.add(SHAPE.ball, OTHER, PLAIN, anyColour(dice));
  const [x, y, z] = along(axes, 0, 0, -far - 2.2);
  out.place(wall, x, y, z, 1, 0, 4, 4, 2);
  for (let n = dice.below(5); n > 0; n--) {
    const at = along(axes, dice.between(-0.5, 0.5), dice.between(-0.4, 0.4), -dice.between(0.25, far));
    if (dice.chance(0.5)) addPackage(out, dice.pick(looks), OTHER, at, dice.between(0, 6.28));
    else {
      const block = out.add(SHAPE.box, OTHER, PLAIN, anyColour(dice));
      out.place(
        block,
        at[0],
        at[1],
        at[2] - 0.3,
        1,
        0,
        dice.between(0.1, 0.6),
        dice.between(0.1, 0.6),
        dice.between(0.1, 0.8),
      );
    }
  }
}

/** A shelf around the subject: a board, a back, neighbours beside and behind. */
export function addShelf(out: Instances, look: PackageLook, looks: readonly PackageLook[], dice: Dice): void {
  const [width, depth, height] = look.sizeM;
  const board = out.add(SHAPE.box, OTHER, PLAIN, anyColour(dice, 90, 240));
  out.place(board, 0, 0.2, -height / 2 - 0.031, 1, 0, 2, 0.6, 0.03);
  const back = out.add(SHAPE.box, OTHER, PLAIN, anyColour(dice, 60, 230));
  out.place(back, 0, 0.5, -height / 2 - 0.5, 1, 0, 2, 0.02, 1.4);
  const gap = dice.between(0.003, 0.03);
  if (dice.chance(0.6)) addPackage(out, look, OTHER, [0, depth + 0.006, 0], 0, 0.8);
  for (const side of [-1, 1]) {
    let x = (side * width) / 2;
    let other = dice.chance(0.4) ? look : dice.pick(looks);
    for (let n = 1 + dice.below(2); n > 0; n--) {
      x += side * (gap + other.sizeM[0] / 2);
      const z = (other.sizeM[2] - height) / 2;
      if (dice.chance(0.85)) addPackage(out, other, OTHER, [x, dice.between(-0.02, 0.03), z]);
      x += (side * other.sizeM[0]) / 2;
      if (dice.chance(0.6)) other = dice.pick(looks);
    }
  }
}

/** Where a hand holds the subject from: `front` fingers cover part of it, `behind` they show at its rim. */
export type Grip = 'front' | 'behind';

/** A hand with its forearm at a package, sometimes with the body it belongs to. */
export function addHand(out: Instances, camera: StageCamera, look: PackageLook, grip: Grip, dice: Dice): void {
  const axes = axesOf(camera);
  const reach = Math.hypot(look.sizeM[0], look.sizeM[1]) / 2;
  const half = look.sizeM[2] / 2;
  const side = dice.chance(0.5) ? 1 : -1;
  const deep = grip === 'front' ? reach * dice.between(0.5, 1.05) : -reach * dice.between(0.3, 0.9);
  const rightM = side * reach * dice.between(0.5, 1.1);
  const upM = half * dice.between(-1.05, 0.6);
  addHandAt(out, axes, [rightM, upM, deep], side, OTHER, dice);
}

/**
 * A palm at a place along the camera's axes, fingers that run across towards the middle, called `id`; a forearm that
 * leaves outwards (`side` ±1), and by chance the body it belongs to.
 */
export function addHandAt(out: Instances, axes: Axes, at: Point, side: number, id: number, dice: Dice): void {
  const [rightM, upM, towardsM] = at;
  const skin = colourOf(dice.pick(SKIN));
  const palmAt = along(axes, rightM, upM, towardsM);
  const inwards = -side;
  const tip = along(axes, rightM + inwards * 0.055, upM + dice.between(-0.03, 0.03), towardsM);
  bone(out, SHAPE.ball, id, skin, palmAt, tip, PALM_M[0], PALM_M[1]);
  const spread = dice.between(0.016, 0.026);
  const length = dice.between(0.05, 0.09);
  const slant = dice.between(-0.4, 0.4);
  const fingers = 2 + dice.below(3);
  for (let f = 0; f < fingers; f++) {
    const offset = (f - 1.5) * spread;
    const from = along(axes, rightM + inwards * 0.02, upM + offset, towardsM + 0.012);
    const to = along(axes, rightM + inwards * (0.02 + length), upM + offset + slant * length, towardsM + 0.004);
    bone(out, SHAPE.limb, id, skin, from, to, FINGER_M, FINGER_M);
  }
  const sleeve = dice.chance(0.5) ? skin : anyColour(dice);
  const elbow = along(
    axes,
    rightM + side * dice.between(0, 0.25),
    upM - dice.between(0.02, 0.25),
    towardsM - dice.between(-0.05, 0.25),
  );
  const thick = dice.between(0.03, 0.045);
  bone(out, SHAPE.limb, OTHER, sleeve, palmAt, elbow, thick, thick);
  if (!dice.chance(0.5)) return;
  addTorso(out, axes, rightM + side * dice.between(-0.1, 0.25), towardsM - dice.between(0.25, 0.5), dice);
}

function addTorso(out: Instances, axes: Axes, rightM: number, towardsM: number, dice: Dice): void {
  const low = along(axes, rightM, -0.45, towardsM);
  const high = along(axes, rightM + dice.between(-0.1, 0.1), 0.35, towardsM);
  bone(out, SHAPE.torso, OTHER, anyColour(dice), low, high, 0.12, 0.21);
}

type Point = readonly [number, number, number];

function bone(
  out: Instances,
  shape: number,
  id: number,
  colour: number,
  from: Point,
  to: Point,
  thick: number,
  wide: number,
): void {
  const index = out.add(shape, id, PLAIN, colour);
  placeBone(out, index, from[0], from[1], from[2], to[0], to[1], to[2], 1, 0, thick, wide);
}

/** A point by its place along the camera's axes from the origin, metres. */
export function along({ right, up, towards }: Axes, r: number, u: number, t: number): [number, number, number] {
  return [0, 1, 2].map((k) => r * right[k] + u * up[k] + t * towards[k]) as [number, number, number];
}
