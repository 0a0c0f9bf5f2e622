import type { RandomStream } from '../../random.ts';
import type { Keep } from '../../scenario/run.ts';
import type { Item } from '../item.ts';
import type { PlacedSlot } from '../layout.ts';
import type { Person, Script } from '../person.ts';
import type { Scene } from '../scene.ts';
import {
  chooseHand,
  claimHands,
  drawDwellUs,
  drawLiftUs,
  drawMomentUs,
  handful,
  releaseHands,
  sendHand,
  stowItems,
  withdrawHands,
} from './hands.ts';
import { aimAt, disturb, pressAt, touchNeighbour } from './shelf-touch.ts';

/** What a reach brought. */
export interface Grasp {
  readonly items: readonly Item[];
  readonly facings: readonly number[];
  readonly sides: readonly (0 | 1)[];
}

export interface TakeWish {
  /** Null takes whatever stands there. */
  readonly sku: string | null;
  readonly quantity: number;
  readonly hands: 1 | 2;
  readonly slow: boolean;
  readonly keep: Keep;
}

/** Mass of a slow pick leaves over 3 to 8 s. */
const SLOW_US = [3_000_000, 8_000_000] as const;

/**
 * One reach into a slot: the hand or hands go there, dwell, and lift what they hold at a moment inside the dwell.
 * Returns the items lifted, in hand, with the facings they stood in; none when another was quicker. The hands stay at the
 * shelf, still claimed.
 */
export function* graspAtShelf(
  scene: Scene,
  me: Person,
  slot: PlacedSlot,
  wish: TakeWish,
  stream: RandomStream,
): Script<Grasp> {
  const first = chooseHand(me, stream);
  const sides: readonly (0 | 1)[] = wish.hands === 2 ? [first, (1 - first) as 0 | 1] : [first];
  yield* claimHands(scene, me, sides);
  scene.fixtureDoors.use(slot.fixture.index);
  yield* touchNeighbour(scene, me, slot, first, stream);
  const { stock } = scene.goods;
  const arrivals = sides.map((side, i) => {
    const choices = stock.within(slot.index, wish.sku);
    const aim = choices.length > 0 ? choices[(stream.below(choices.length) + i) % choices.length]! : null;
    return sendHand(scene, me, me.hands[side], aimAt(scene, slot, aim), stream);
  });
  yield Math.max(...arrivals);
  while (!scene.fixtureDoors.isOpen(slot.fixture.index)) yield 0;
  const liftUs = wish.slow ? Math.round(stream.between(...SLOW_US)) : drawLiftUs(scene, stream);
  const dwellUs = drawDwellUs(scene, stream);
  const momentUs = drawMomentUs(dwellUs, wish.slow ? 0 : liftUs, stream);
  const arrivedUs = scene.timeUs;
  const aimed = nearest(scene, me, slot, wish.sku, first);
  if (aimed) {
    pressAt(scene, aimed, momentUs, stream);
    yield* disturb(scene, aimed, momentUs, stream);
  }
  if (scene.timeUs < arrivedUs + momentUs) yield arrivedUs + momentUs;
  const { items, facings } = yield* lift(scene, me, slot, wish, sides, liftUs);
  const restUs = arrivedUs + Math.max(dwellUs, momentUs + liftUs);
  if (scene.timeUs < restUs) yield restUs;
  return { items, facings, sides };
}

/** Lifts what the hands hold and records it when half of the mass has gone. */
function* lift(
  scene: Scene,
  me: Person,
  slot: PlacedSlot,
  wish: TakeWish,
  sides: readonly (0 | 1)[],
  liftUs: number,
): Script<{ items: Item[]; facings: number[] }> {
  const items: Item[] = [];
  const facings: number[] = [];
  for (const side of sides) {
    for (let n = 0; items.length < wish.quantity; n++) {
      const item = nearest(scene, me, slot, wish.sku, side);
      if (item?.place.at !== 'shelf' || n >= handful(item.product)) break;
      facings.push(item.place.spot.facing);
      scene.goods.stock.remove(item, scene.timeUs, liftUs);
      scene.hold(me, item, side);
      items.push(item);
    }
  }
  if (items.length === 0) return { items, facings };
  const grasp = me.nextId();
  yield scene.timeUs + Math.round(liftUs / 2);
  for (const item of items) scene.moved(item, slot.plan.id, me.plan.key, me, grasp);
  return { items, facings };
}

/** The item of a product within reach that is nearest to a hand. */
function nearest(scene: Scene, me: Person, slot: PlacedSlot, sku: string | null, side: 0 | 1): Item | null {
  const hand = me.hands[side];
  let best: Item | null = null;
  let bestM = Number.POSITIVE_INFINITY;
  for (const item of scene.goods.stock.within(slot.index, sku)) {
    const at = aimAt(scene, slot, item);
    const distanceM = hand.distanceTo(at[0]!, at[1]!, at[2]!);
    if (distanceM >= bestM) continue;
    best = item;
    bestM = distanceM;
  }
  return best;
}

/** Takes the hands away from the shelf with what they hold, and puts it where it is to be kept. */
export function* leaveShelf(
  scene: Scene,
  me: Person,
  slot: PlacedSlot,
  sides: readonly (0 | 1)[],
  items: readonly Item[],
  keep: Keep,
  stream: RandomStream,
): Script {
  const backUs = withdrawHands(scene, me, sides, stream);
  scene.fixtureDoors.leave(slot.fixture.index, scene.timeUs);
  yield backUs;
  if (keep !== 'hand') yield* stowItems(scene, me, items, keep, stream);
  releaseHands(me, sides);
}
