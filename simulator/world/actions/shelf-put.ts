import type { RandomStream } from '../../random.ts';
import type { Item } from '../item.ts';
import type { PlacedSlot } from '../layout.ts';
import type { Person, Script } from '../person.ts';
import type { Scene } from '../scene.ts';
import { claimHands, drawDwellUs, drawLiftUs, drawMomentUs, sendHand } from './hands.ts';
import { aimAt, touchNeighbour } from './shelf-touch.ts';

/**
 * Puts items from one hand into a slot: reach, dwell, and the mass arrives at a moment inside the dwell.
 * The hand stays at the shelf, claimed.
 */
export function* putAtShelf(
  scene: Scene,
  me: Person,
  slot: PlacedSlot,
  items: readonly Item[],
  side: 0 | 1,
  stream: RandomStream,
): Script {
  yield* claimHands(scene, me, [side]);
  scene.fixtureDoors.use(slot.fixture.index);
  yield* touchNeighbour(scene, me, slot, side, stream);
  yield sendHand(scene, me, me.hands[side], aimAt(scene, slot, standIn(scene, slot, items[0]!)), stream);
  while (!scene.fixtureDoors.isOpen(slot.fixture.index)) yield 0;
  yield* lowerItems(scene, me, slot, items, [], stream);
}

/** Sets down items held at the shelf, each in its facing or, without one, where there is room: dwell, arrival of the mass, record. */
export function* lowerItems(
  scene: Scene,
  me: Person,
  slot: PlacedSlot,
  items: readonly Item[],
  facings: readonly number[],
  stream: RandomStream,
): Script {
  const liftUs = drawLiftUs(scene, stream);
  const dwellUs = drawDwellUs(scene, stream);
  const momentUs = drawMomentUs(dwellUs, liftUs, stream);
  const arrivedUs = scene.timeUs;
  yield arrivedUs + momentUs;
  const { stock } = scene.goods;
  items.forEach((item, i) => {
    scene.letGo(item, { at: 'gone' });
    scene.trips.adopted(item);
    stock.insert(item, stock.roomFor(slot.index, item, facings[i] ?? null), scene.timeUs, liftUs);
    const pressGrams = Math.max(0, stream.draw(scene.run.noise.handling.pressGrams));
    const { place } = item;
    if (place.at === 'shelf') scene.loads.press(place.spot.footprint, pressGrams, scene.timeUs, 3 * liftUs, false);
  });
  const grasp = me.nextId();
  const halfUs = scene.timeUs + Math.round(liftUs / 2);
  yield halfUs;
  for (const item of items) scene.moved(item, me.plan.key, slot.plan.id, me, grasp);
  const restUs = arrivedUs + Math.max(dwellUs, momentUs + liftUs);
  if (scene.timeUs < restUs) yield restUs;
}

/** The item as it would stand there, for aiming. */
function standIn(scene: Scene, slot: PlacedSlot, item: Item): Item {
  return { ...item, place: { at: 'shelf', spot: scene.goods.stock.roomFor(slot.index, item, null) } };
}
