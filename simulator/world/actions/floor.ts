import { hypot2 } from '../../maths.ts';
import type { RandomStream } from '../../random.ts';
import type { Action } from '../../scenario/run.ts';
import type { Person, Script } from '../person.ts';
import type { Scene } from '../scene.ts';
import { getReady, type Refusal, walkTo } from './going.ts';
import {
  bringToHand,
  chooseHand,
  claimHands,
  drawDwellUs,
  handful,
  heldOf,
  releaseHands,
  sendHand,
  withdrawHands,
} from './hands.ts';

type Of<V extends Action['verb']> = Extract<Action, { verb: V }>;

const ON_FLOOR_M = 0.06;
const BESIDE_M = 0.4;
const target = new Float64Array(3);

function aimAtFloor(xM: number, yM: number): Float64Array {
  target[0] = xM;
  target[1] = yM;
  target[2] = ON_FLOOR_M;
  return target;
}

/** Leaves held items on the floor in front. */
export function* drop(
  scene: Scene,
  me: Person,
  action: Of<'drop'>,
  index: number,
  stream: RandomStream,
): Script<Refusal> {
  const refusal = yield* getReady(scene, me, action, index);
  if (refusal !== null) return refusal;
  const items = heldOf(me, action.sku).slice(0, action.quantity);
  if (items.length === 0) return `holds no ${action.sku}`;
  const side = chooseHand(me, stream);
  yield* bringToHand(scene, me, items, side, stream);
  yield* claimHands(scene, me, [side]);
  const xM = me.body.xM + me.body.hx * BESIDE_M;
  const yM = me.body.yM + me.body.hy * BESIDE_M;
  yield sendHand(scene, me, me.hands[side], aimAtFloor(xM, yM), stream);
  const grasp = me.nextId();
  const left = items.filter((item) => me.held.includes(item));
  for (const item of left) {
    scene.letGo(item, { at: 'floor', xM, yM });
    scene.moved(item, me.plan.key, 'floor', me, grasp);
  }
  yield withdrawHands(scene, me, [side], stream);
  releaseHands(me, [side]);
  return left.length < action.quantity ? `held ${left.length} of ${action.quantity} ${action.sku}` : null;
}

/** Picks items of a product up from the floor, the nearest first. */
export function* pickup(
  scene: Scene,
  me: Person,
  action: Of<'pickup'>,
  index: number,
  stream: RandomStream,
): Script<Refusal> {
  const refusal = yield* getReady(scene, me, action, index);
  if (refusal !== null) return refusal;
  let picked = 0;
  while (picked < action.quantity) {
    const item = nearestOnFloor(scene, me, action.sku);
    if (item?.place.at !== 'floor') break;
    const { xM, yM } = item.place;
    const blocked = yield* walkTo(scene, me, xM, yM, BESIDE_M);
    if (blocked !== null) return blocked;
    const side = chooseHand(me, stream);
    yield* claimHands(scene, me, [side]);
    yield sendHand(scene, me, me.hands[side], aimAtFloor(xM, yM), stream);
    yield scene.timeUs + Math.round(drawDwellUs(scene, stream) / 2);
    const most = Math.min(action.quantity - picked, handful(item.product));
    const there = scene.goods.onFloor(action.sku).filter((each) => isAt(each.place, xM, yM));
    const grasp = me.nextId();
    for (const each of there.slice(0, most)) {
      scene.hold(me, each, side);
      scene.moved(each, 'floor', me.plan.key, me, grasp);
      picked += 1;
    }
    yield withdrawHands(scene, me, [side], stream);
    releaseHands(me, [side]);
  }
  return picked < action.quantity ? `found ${picked} of ${action.quantity} ${action.sku} on the floor` : null;
}

function isAt(place: { at: string; xM?: number; yM?: number }, xM: number, yM: number): boolean {
  return place.at === 'floor' && hypot2(place.xM! - xM, place.yM! - yM) < 0.3;
}

function nearestOnFloor(scene: Scene, me: Person, sku: string) {
  const distanceM = (xM: number, yM: number) => hypot2(xM - me.body.xM, yM - me.body.yM);
  let best = null;
  let bestM = Number.POSITIVE_INFINITY;
  for (const item of scene.goods.onFloor(sku)) {
    if (item.place.at !== 'floor') continue;
    const awayM = distanceM(item.place.xM, item.place.yM);
    if (awayM >= bestM) continue;
    best = item;
    bestM = awayM;
  }
  return best;
}
