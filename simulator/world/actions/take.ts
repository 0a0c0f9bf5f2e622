import type { RandomStream } from '../../random.ts';
import type { Action } from '../../scenario/run.ts';
import type { PlacedSlot } from '../layout.ts';
import type { Person, Script } from '../person.ts';
import type { Scene } from '../scene.ts';
import { approach, departFor, endErrand, getReady, type Refusal } from './going.ts';
import { inHand } from './hands.ts';
import { lowerItems } from './shelf-put.ts';
import { graspAtShelf, leaveShelf, type TakeWish } from './shelf-take.ts';

type Of<V extends Action['verb']> = Extract<Action, { verb: V }>;

/** The slot at an address that holds a product: where it belongs first, then wherever it stands. */
export function slotWith(scene: Scene, address: string, sku: string): PlacedSlot | null {
  const stocked = scene.layout.slotsAt(address).filter((slot) => scene.goods.stock.countOf(slot.index, sku) > 0);
  return stocked.find((slot) => slot.plan.skus.includes(sku)) ?? stocked[0] ?? null;
}

/** Steps up to a slot when it can be reached from the floor, and waits for the action's time and barrier there. */
export function* stepUpTo(scene: Scene, me: Person, slot: PlacedSlot, action: Action, index: number): Script<Refusal> {
  if (slot.shelf.heightM > me.topReachM) return `${slot.plan.id} is out of reach`;
  const { atM } = slot.fixture.plan;
  yield* departFor(scene, me, action, atM[0], atM[1]);
  const refusal = yield* approach(scene, me, slot.fixture, (slot.plan.fromM + slot.plan.toM) / 2);
  return refusal ?? (yield* getReady(scene, me, action, index));
}

/**
 * Goes to where a product stands, or will stand by the action's time or barrier, and gives the slot that holds it then;
 * a text says why not.
 */
function* stepUpToGoods(
  scene: Scene,
  me: Person,
  action: Of<'take' | 'hold' | 'withdraw'>,
  index: number,
): Script<PlacedSlot | string> {
  const { sku, from } = action;
  const missing = `there is no ${sku} at ${from}`;
  const mayCome = action.atUs !== null || action.sync !== null;
  const slot = slotWith(scene, from, sku) ?? (mayCome ? scene.layout.slotsAt(from)[0] : undefined);
  if (!slot) return missing;
  const refusal = yield* stepUpTo(scene, me, slot, action, index);
  return refusal ?? slotWith(scene, from, sku) ?? missing;
}

export function* take(
  scene: Scene,
  me: Person,
  action: Of<'take'>,
  index: number,
  stream: RandomStream,
): Script<Refusal> {
  const { sku, from, quantity } = action;
  const slot = yield* stepUpToGoods(scene, me, action, index);
  if (typeof slot === 'string') return slot;
  const taken = yield* takeAll(scene, me, from, action, stream);
  return taken < quantity ? `found ${taken} of ${quantity} ${sku} at ${from}` : null;
}

/** Reaches again and again until the wish is met or nothing is left; the number taken. */
function* takeAll(scene: Scene, me: Person, from: string, wish: TakeWish, stream: RandomStream): Script<number> {
  let taken = 0;
  while (taken < wish.quantity) {
    const slot = slotWith(scene, from, wish.sku!);
    if (!slot) break;
    const wanted = { ...wish, quantity: wish.quantity - taken };
    const { items, sides } = yield* graspAtShelf(scene, me, slot, wanted, stream);
    taken += items.length;
    yield* leaveShelf(scene, me, slot, sides, items, wish.keep, stream);
  }
  endErrand(me);
  return taken;
}

/** Staff take waste or recalled goods off the shelf. */
export function* withdraw(
  scene: Scene,
  me: Person,
  action: Of<'withdraw'>,
  index: number,
  stream: RandomStream,
): Script<Refusal> {
  const slot = yield* stepUpToGoods(scene, me, action, index);
  if (typeof slot === 'string') return slot;
  const before = new Set(me.held);
  const wish = { ...action, hands: 2, slow: false, keep: 'basket' } as const;
  const taken = yield* takeAll(scene, me, action.from, wish, stream);
  for (const item of me.held) if (!before.has(item)) item.withdrawn = true;
  return taken < action.quantity ? `found ${taken} of ${action.quantity} ${action.sku} at ${action.from}` : null;
}

/** Empties a slot, both hands at once, whatever stands there. */
export function* sweep(
  scene: Scene,
  me: Person,
  action: Of<'sweep'>,
  index: number,
  stream: RandomStream,
): Script<Refusal> {
  const slot = scene.layout.slotsAt(action.slot)[0];
  if (!slot) return `there is no slot ${action.slot}`;
  const refusal = yield* stepUpTo(scene, me, slot, action, index);
  if (refusal !== null) return refusal;
  let taken = 0;
  const wish = { sku: null, quantity: Number.POSITIVE_INFINITY, hands: 2, slow: false, keep: action.keep } as const;
  while (!scene.goods.stock.isEmpty(slot.index)) {
    const { items, sides } = yield* graspAtShelf(scene, me, slot, wish, stream);
    taken += items.length;
    yield* leaveShelf(scene, me, slot, sides, items, action.keep, stream);
  }
  endErrand(me);
  return taken === 0 ? `${action.slot} is empty` : null;
}

/** Lifts items, holds them over the shelf, puts all but some back where they stood. */
export function* hold(
  scene: Scene,
  me: Person,
  action: Of<'hold'>,
  index: number,
  stream: RandomStream,
): Script<Refusal> {
  const { sku, from, quantity, keepCount } = action;
  const slot = yield* stepUpToGoods(scene, me, action, index);
  if (typeof slot === 'string') return slot;
  const hands = quantity > 1 ? 2 : 1;
  const { items, facings, sides } = yield* graspAtShelf(
    scene,
    me,
    slot,
    { sku, quantity, hands, slow: false, keep: 'hand' },
    stream,
  );
  raiseHands(scene, me, slot, sides, stream);
  yield scene.timeUs + action.forUs;
  const kept = Math.min(keepCount, items.length);
  const back = items.slice(kept);
  if (back.length > 0) {
    lowerHands(scene, me, slot, sides, stream);
    yield scene.timeUs + 300_000;
    yield* lowerItems(scene, me, slot, back, facings.slice(kept), stream);
  }
  yield* leaveShelf(scene, me, slot, sides, inHand(me, null), 'hand', stream);
  endErrand(me);
  return items.length < quantity ? `found ${items.length} of ${quantity} ${sku} at ${from}` : null;
}

const place = new Float64Array(3);

/** A hand's breadth above and in front of the shelf's edge. */
function raiseHands(scene: Scene, me: Person, slot: PlacedSlot, sides: readonly (0 | 1)[], stream: RandomStream): void {
  moveHands(scene, me, slot, sides, -0.06, 0.2, stream);
}

function lowerHands(scene: Scene, me: Person, slot: PlacedSlot, sides: readonly (0 | 1)[], stream: RandomStream): void {
  moveHands(scene, me, slot, sides, 0.06, 0.08, stream);
}

function moveHands(
  scene: Scene,
  me: Person,
  slot: PlacedSlot,
  sides: readonly (0 | 1)[],
  intoM: number,
  upM: number,
  stream: RandomStream,
): void {
  const { fromM, toM } = slot.plan;
  sides.forEach((side, i) => {
    const alongM = (fromM + toM) / 2 + (sides.length > 1 ? (i - 0.5) * Math.min(0.2, toM - fromM) : 0);
    scene.layout.pointOnShelfInto(place, slot, alongM, intoM, upM);
    me.hands[side].moveTo(place[0]!, place[1]!, place[2]!, scene.timeUs, 300_000, stream);
  });
}
