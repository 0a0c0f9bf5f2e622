import type { RandomStream } from '../../random.ts';
import type { Action } from '../../scenario/run.ts';
import type { Item } from '../item.ts';
import type { Person, Script } from '../person.ts';
import type { Scene } from '../scene.ts';
import { getReady, goToPerson, type Refusal } from './going.ts';
import { bringToHand, chooseHand, heldOf, sendHand, withdrawHands } from './hands.ts';

type Of<V extends Action['verb']> = Extract<Action, { verb: V }>;

const NEAR_M = 0.95;
const PATIENCE_US = 60_000_000;
const POLL_US = 50_000;
/** Both hold the thing before one lets go. */
const HANDING_US = [250_000, 700_000] as const;

const middle = new Float64Array(3);

/** Hands held items to another shopper. */
export function* give(
  scene: Scene,
  me: Person,
  action: Of<'give'>,
  index: number,
  stream: RandomStream,
): Script<Refusal> {
  if (heldOf(me, action.sku).length === 0) return `holds no ${action.sku}`;
  const refusal = yield* meet(scene, me, action, action.to, index);
  if (refusal !== null) return refusal;
  let given = 0;
  while (given < action.quantity) {
    const [item] = heldOf(me, action.sku);
    if (!item) break;
    const failure = yield* handOver(scene, me, action.to, item, null, stream);
    if (failure !== null) return failure;
    given += 1;
  }
  return given < action.quantity ? `held ${given} of ${action.quantity} ${action.sku}` : null;
}

/** Swaps a held item for one of another shopper's. */
export function* exchange(
  scene: Scene,
  me: Person,
  action: Of<'exchange'>,
  index: number,
  stream: RandomStream,
): Script<Refusal> {
  const refusal = yield* meet(scene, me, action, action.with, index);
  if (refusal !== null) return refusal;
  const other = scene.people.get(action.with);
  const [mine] = heldOf(me, action.give);
  const [theirs] = other ? heldOf(other, action.get) : [];
  if (!mine) return `holds no ${action.give}`;
  if (!theirs) return `${action.with} holds no ${action.get}`;
  return yield* handOver(scene, me, action.with, mine, theirs, stream);
}

function* meet(scene: Scene, me: Person, action: Action, key: string, index: number): Script<Refusal> {
  const refusal = yield* goToPerson(scene, me, key, NEAR_M);
  return refusal ?? (yield* getReady(scene, me, action, index));
}

/** One item goes over, and another may come back, between a free hand of each. */
function* handOver(
  scene: Scene,
  me: Person,
  key: string,
  mine: Item,
  theirs: Item | null,
  stream: RandomStream,
): Script<Refusal> {
  const claimed = yield* claimBoth(scene, me, key, stream);
  if (typeof claimed === 'string') return claimed;
  const { other, side, otherSide } = claimed;
  yield* bringToHand(scene, me, [mine], side, stream);
  if (theirs) yield* bringToHand(scene, other, [theirs], otherSide, stream);
  const at = betweenThem(me, other);
  const meetUs = sendHand(scene, me, me.hands[side], at, stream);
  yield Math.max(meetUs, sendHand(scene, other, other.hands[otherSide], at, stream));
  yield scene.timeUs + Math.round(stream.between(...HANDING_US));
  const grasp = me.nextId();
  if (me.held.includes(mine)) {
    scene.hold(other, mine, otherSide);
    scene.moved(mine, me.plan.key, key, me, grasp);
  }
  if (theirs && other.held.includes(theirs)) {
    scene.hold(me, theirs, side);
    scene.moved(theirs, key, me.plan.key, other, grasp);
  }
  withdrawHands(scene, other, [otherSide], stream);
  yield withdrawHands(scene, me, [side], stream);
  for (const [person, hand] of [
    [me, side],
    [other, otherSide],
  ] as const) {
    person.hands[hand].busy = false;
    person.release();
  }
  me.heldUp -= 1;
  other.heldUp -= 1;
  return null;
}

/** Waits until both have a hand free, holds both up, claims the hands. */
function* claimBoth(
  scene: Scene,
  me: Person,
  key: string,
  stream: RandomStream,
): Script<{ other: Person; side: 0 | 1; otherSide: 0 | 1 } | string> {
  const sinceUs = scene.timeUs;
  for (;;) {
    const other = scene.people.get(key);
    if (other?.stage !== 'inside') return `${key} has left`;
    const isFree = (person: Person) => !person.hands[0].busy && !person.hands[1].busy && person.heldUp === 0;
    if (isFree(me) && isFree(other)) {
      const side = chooseHand(me, stream);
      const otherSide = chooseHand(other, stream);
      me.hands[side].busy = true;
      other.hands[otherSide].busy = true;
      for (const person of [me, other]) {
        person.heldUp += 1;
        person.anchor();
      }
      return { other, side, otherSide };
    }
    if (scene.timeUs - sinceUs > PATIENCE_US) return `${key} had no hand free within 60 s`;
    yield scene.timeUs + POLL_US;
  }
}

function betweenThem(me: Person, other: Person): Float64Array {
  middle[0] = (me.body.xM + other.body.xM) / 2;
  middle[1] = (me.body.yM + other.body.yM) / 2;
  middle[2] = 0.55 * Math.min(me.liftM + me.plan.heightM, other.liftM + other.plan.heightM) + 0.08;
  return middle;
}
