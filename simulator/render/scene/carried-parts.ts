import type { ShopperPlan } from '../../scenario/run.ts';
import type { HouseTiles } from '../fronts/house-tiles.ts';
import { placeBone } from './bones.ts';
import { personId } from './ids.ts';
import { colourOf, type Instances, PLAIN } from './instances.ts';
import type { Looks } from './looks.ts';
import { SHAPE } from './shapes.ts';
import { FACING, FEET, HANDS_AT, IN_BASKET, IN_RIGHT_HAND, SHOPPER } from './snapshot-layout.ts';
import type { PackageLook } from './stock-scene.ts';

/** Things in a basket that show. */
const SHOWN = 12;
const BASKET = colourOf(0xb3202c);
const FRAME = colourOf(0x8d949b);
const PRAM = colourOf(0x2c3e57);
const WHEEL = colourOf(0x222222);

/** Where a shopper's basket, trolley or pram stands open: middle of its floor, size, heading. */
interface Hold {
  x: number;
  y: number;
  z: number;
  length: number;
  width: number;
  height: number;
}

const hold: Hold = { x: 0, y: 0, z: 0, length: 0, width: 0, height: 0 };

/** Draws what a person pushes or wears. */
export function addEquipment(
  out: Instances,
  s: Float32Array,
  at: number,
  plan: ShopperPlan,
  looks: Looks,
  tiles: HouseTiles,
): void {
  const id = personId(s[at + SHOPPER]);
  const fx = s[at + FACING];
  const fy = s[at + FACING + 1];
  const { equipment, heightM } = plan;
  if (equipment === 'none') return;
  if (equipment === 'bag') {
    const side = plan.handed === 'left' ? -1 : 1;
    const x = s[at + FEET] - fy * side * 0.16 * heightM - fx * 0.05;
    const y = s[at + FEET + 1] + fx * side * 0.16 * heightM - fy * 0.05;
    const bag = out.add(SHAPE.bag, id, PLAIN, looks.bag);
    out.place(bag, x, y, 0.45 * heightM, fx, fy, 0.34, 0.12, 0.3);
    return;
  }
  findHold(s, at, plan);
  const isPram = equipment === 'pram';
  const isBasket = equipment === 'basket';
  const crate = out.add(SHAPE.crate, id, isBasket || isPram ? PLAIN : tiles.mesh, isPram ? PRAM : BASKET);
  out.place(crate, hold.x, hold.y, hold.z, fx, fy, hold.length, hold.width, hold.height);
  if (isBasket) return;
  const back = hold.length / 2;
  const handle = out.add(SHAPE.box, id, PLAIN, FRAME);
  out.place(handle, hold.x - fx * back, hold.y - fy * back, hold.z + hold.height, fx, fy, 0.03, hold.width, 0.03);
  for (const along of [-0.4, 0.4])
    for (const across of [-0.4, 0.4]) addLeg(out, id, fx, fy, along * hold.length, across * hold.width);
  if (!isPram) return;
  const hood = out.add(SHAPE.box, id, PLAIN, PRAM);
  const front = 0.25 * hold.length;
  out.place(
    hood,
    hold.x + fx * front,
    hold.y + fy * front,
    hold.z + hold.height,
    fx,
    fy,
    hold.length / 2,
    hold.width,
    0.25,
  );
}

/** A strut from the crate to the floor with a wheel. */
function addLeg(out: Instances, id: number, fx: number, fy: number, along: number, across: number): void {
  const x = hold.x + fx * along - fy * across;
  const y = hold.y + fy * along + fx * across;
  const leg = out.add(SHAPE.limb, id, PLAIN, FRAME);
  placeBone(out, leg, x, y, 0.08, x, y, hold.z + 0.05, fx, fy, 0.018, 0.018);
  const wheel = out.add(SHAPE.wheel, id, PLAIN, WHEEL);
  placeBone(out, wheel, x + fy * 0.015, y - fx * 0.015, 0.07, x - fy * 0.015, y + fx * 0.015, 0.07, fx, fy, 0.06, 0.06);
}

function findHold(s: Float32Array, at: number, plan: ShopperPlan): void {
  const fx = s[at + FACING];
  const fy = s[at + FACING + 1];
  if (plan.equipment === 'basket') {
    const hand = at + HANDS_AT + (plan.handed === 'left' ? 3 : 0);
    Object.assign(hold, { x: s[hand], y: s[hand + 1], z: s[hand + 2] - 0.32, length: 0.42, width: 0.28, height: 0.22 });
    hold.z = Math.max(0.02, hold.z);
    return;
  }
  const isPram = plan.equipment === 'pram';
  const ahead = 0.22 * plan.heightM + (isPram ? 0.42 : 0.45);
  hold.x = s[at + FEET] + fx * ahead;
  hold.y = s[at + FEET + 1] + fy * ahead;
  hold.z = isPram ? 0.45 : 0.4;
  hold.length = isPram ? 0.75 : 0.85;
  hold.width = isPram ? 0.42 : 0.5;
  hold.height = isPram ? 0.3 : 0.5;
}

/** Draws one thing a person carries; `n` counts the things in the same place. */
export function addCarried(
  out: Instances,
  s: Float32Array,
  at: number,
  plan: ShopperPlan,
  look: PackageLook,
  where: number,
  n: number,
): void {
  const fx = s[at + FACING];
  const fy = s[at + FACING + 1];
  const [width, depth, height] = look.sizeM;
  if (where === IN_BASKET) {
    if (n >= SHOWN || plan.equipment === 'none' || plan.equipment === 'bag') return;
    findHold(s, at, plan);
    const along = (((n % 3) - 1) * hold.length) / 3.4;
    const across = (((Math.floor(n / 3) % 2) - 0.5) * hold.width) / 2.4;
    const item = out.add(look.shape, look.id, look.tile, look.colour, 0.9);
    const z = hold.z + 0.03 + Math.floor(n / 6) * 0.12;
    out.place(
      item,
      hold.x + fx * along - fy * across,
      hold.y + fy * along + fx * across,
      z,
      -fy,
      fx,
      width,
      depth,
      height,
    );
    return;
  }
  const hand = at + HANDS_AT + (where === IN_RIGHT_HAND ? 3 : 0);
  const ahead = depth / 2 + 0.015 + n * depth * 0.8;
  const item = out.add(look.shape, look.id, look.tile, look.colour);
  // The print looks away from whoever holds it.
  const z = s[hand + 2] - height / 2;
  out.place(item, s[hand] + fx * ahead, s[hand + 1] + fy * ahead, Math.max(0.01, z), -fy, fx, width, depth, height);
}
