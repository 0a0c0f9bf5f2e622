import type { RandomStream } from '../../random.ts';
import type { Action } from '../../scenario/run.ts';
import type { Item } from '../item.ts';
import type { PlacedSlot } from '../layout.ts';
import type { Person, Script } from '../person.ts';
import type { Scene } from '../scene.ts';
import { endErrand, type Refusal } from './going.ts';
import {
  bringToHand,
  chooseHand,
  claimHands,
  handful,
  heldOf,
  releaseHands,
  sendHand,
  withdrawHands,
} from './hands.ts';
import { putAtShelf } from './shelf-put.ts';
import { leaveShelf } from './shelf-take.ts';
import { aimAt, pressSlot } from './shelf-touch.ts';
import { stepUpTo } from './take.ts';

type Of<V extends Action['verb']> = Extract<Action, { verb: V }>;

/** The slot at an address where a product is put: where it belongs, else where some stands, else any. */
function slotFor(scene: Scene, address: string, sku: string, stream: RandomStream): PlacedSlot | null {
  const slots = scene.layout.slotsAt(address);
  if (slots.length === 0) return null;
  return (
    slots.find((slot) => slot.plan.skus.includes(sku)) ??
    slots.find((slot) => scene.goods.stock.countOf(slot.index, sku) > 0) ??
    slots[stream.below(slots.length)]!
  );
}

export function* putback(
  scene: Scene,
  me: Person,
  action: Of<'putback'>,
  index: number,
  stream: RandomStream,
): Script<Refusal> {
  const { sku, to, quantity } = action;
  if (heldOf(me, sku).length === 0) return `holds no ${sku}`;
  const slot = slotFor(scene, to, sku, stream);
  if (!slot) return `there is no place ${to}`;
  const refusal = yield* stepUpTo(scene, me, slot, action, index);
  if (refusal !== null) return refusal;
  let put = 0;
  while (put < quantity) {
    const held = heldOf(me, sku);
    if (held.length === 0) break;
    const items = held.slice(0, Math.min(quantity - put, handful(held[0]!.product)));
    yield* putHandful(scene, me, slot, items, stream);
    put += items.length;
  }
  endErrand(me);
  return put < quantity ? `held ${put} of ${quantity} ${sku}` : null;
}

function* putHandful(scene: Scene, me: Person, slot: PlacedSlot, items: readonly Item[], stream: RandomStream): Script {
  const { place } = items[0]!;
  const isInHand = place.at === 'person' && place.keep === 'hand';
  const side = isInHand ? place.hand : chooseHand(me, stream);
  yield* bringToHand(scene, me, items, side, stream);
  // A hand-over may have taken some of them meanwhile.
  const still = items.filter((item) => me.held.includes(item));
  if (still.length === 0) return;
  yield* putAtShelf(scene, me, slot, still, side, stream);
  yield* leaveShelf(scene, me, slot, [side], [], 'hand', stream);
}

/** Staff place items brought from the stockroom; they come into being in the hand. */
export function* restock(
  scene: Scene,
  me: Person,
  action: Of<'restock'>,
  index: number,
  stream: RandomStream,
): Script<Refusal> {
  const product = scene.goods.product(action.sku);
  if (!product) return `there is no product ${action.sku}`;
  const slot = slotFor(scene, action.to, action.sku, stream);
  if (!slot) return `there is no place ${action.to}`;
  const refusal = yield* stepUpTo(scene, me, slot, action, index);
  if (refusal !== null) return refusal;
  for (let put = 0; put < action.quantity; ) {
    const side = chooseHand(me, stream);
    const count = Math.min(action.quantity - put, handful(product));
    const items = Array.from({ length: count }, () => {
      const id = me.nextId();
      const item = scene.goods.create(product, id, `${me.plan.key}/${id}`, null);
      scene.hold(me, item, side);
      return item;
    });
    const grasp = me.nextId();
    for (const item of items) scene.moved(item, 'elsewhere', me.plan.key, me, grasp);
    yield* putAtShelf(scene, me, slot, items, side, stream);
    yield* leaveShelf(scene, me, slot, [side], [], 'hand', stream);
    put += count;
  }
  return null;
}

export function* touch(
  scene: Scene,
  me: Person,
  action: Of<'touch'>,
  index: number,
  stream: RandomStream,
): Script<Refusal> {
  const slot = scene.layout.slotsAt(action.at)[0];
  if (!slot) return `there is no place ${action.at}`;
  const refusal = yield* stepUpTo(scene, me, slot, action, index);
  if (refusal !== null) return refusal;
  const side = chooseHand(me, stream);
  yield* claimHands(scene, me, [side]);
  scene.fixtureDoors.use(slot.fixture.index);
  const first = scene.goods.stock.within(slot.index, null)[0] ?? null;
  yield sendHand(scene, me, me.hands[side], aimAt(scene, slot, first), stream);
  while (!scene.fixtureDoors.isOpen(slot.fixture.index)) yield 0;
  pressSlot(scene, slot, action.pressGrams, action.forUs);
  scene.truth.push({ kind: 'touched', timeUs: scene.timeUs, slot: slot.plan.id, by: me.plan.key });
  yield scene.timeUs + action.forUs;
  const backUs = withdrawHands(scene, me, [side], stream);
  scene.fixtureDoors.leave(slot.fixture.index, scene.timeUs);
  yield backUs;
  releaseHands(me, [side]);
  endErrand(me);
  return null;
}
