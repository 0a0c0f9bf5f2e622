import { clamp } from '../../maths.ts';
import type { RandomStream } from '../../random.ts';
import type { Item } from '../item.ts';
import type { PlacedSlot } from '../layout.ts';
import type { Person, Script } from '../person.ts';
import type { Scene } from '../scene.ts';
import { sendHand } from './hands.ts';

const HAND_M = 0.08;
/** A passing touch lasts this long. */
const TOUCH_US = [200_000, 600_000] as const;
const PULSE_US = [80_000, 250_000] as const;
const SHIFT_US = 180_000;

const aim = new Float64Array(3);

/** World place a hand goes to for an item: the middle of its front face; for an empty slot the middle of its front row. */
export function aimAt(scene: Scene, slot: PlacedSlot, item: Item | null): Float64Array {
  if (item?.place.at === 'shelf') {
    const { spot } = item.place;
    const [, depthM, heightM] = item.product.sizeM;
    const intoM = Math.max(0, spot.intoM - depthM / 2);
    scene.layout.pointOnShelfInto(aim, slot, spot.alongM, intoM, spot.upM + heightM / 2);
  } else scene.layout.pointOnShelfInto(aim, slot, (slot.plan.fromM + slot.plan.toM) / 2, 0.05, 0.08);
  return aim;
}

/** The press of a grasp on the board just before a moment. */
export function pressAt(scene: Scene, item: Item, momentUs: number, stream: RandomStream): void {
  if (item.place.at !== 'shelf') return;
  const grams = Math.max(0, stream.draw(scene.run.noise.handling.pressGrams));
  const pulseUs = Math.min(momentUs, Math.round(stream.between(...PULSE_US)));
  scene.loads.press(item.place.spot.footprint, grams, scene.timeUs + momentUs - pulseUs, pulseUs, false);
}

/** Presses a slot's board under a hand. */
export function pressSlot(scene: Scene, slot: PlacedSlot, grams: number, forUs: number): void {
  const middleM = (slot.plan.fromM + slot.plan.toM) / 2;
  const footprint = scene.loads.footprint(slot.shelf.id, middleM - HAND_M / 2, middleM + HAND_M / 2);
  scene.loads.press(footprint, grams, scene.timeUs, forUs, true);
}

/** Now and then a hand touches the slot beside the right one first. */
export function* touchNeighbour(scene: Scene, me: Person, slot: PlacedSlot, side: 0 | 1, stream: RandomStream): Script {
  const { neighbourTouch, pressGrams } = scene.run.noise.handling;
  if (!stream.chance(neighbourTouch)) return;
  const onShelf = scene.layout.slotsAt(slot.shelf.id);
  const at = onShelf.indexOf(slot);
  const neighbour = onShelf[at + (stream.chance(0.5) ? 1 : -1)] ?? onShelf[at + 1] ?? onShelf[at - 1];
  if (!neighbour) return;
  const first = scene.goods.stock.within(neighbour.index, null)[0] ?? null;
  yield sendHand(scene, me, me.hands[side], aimAt(scene, neighbour, first), stream);
  const forUs = Math.round(stream.between(...TOUCH_US));
  pressSlot(scene, neighbour, 0.3 * Math.max(0, stream.draw(pressGrams)), forUs);
  scene.truth.push({ kind: 'touched', timeUs: scene.timeUs, slot: neighbour.plan.id, by: me.plan.key });
  yield scene.timeUs + forUs;
}

/** Now and then an item drags along the shelf before it lifts, or a neighbour topples. */
export function* disturb(scene: Scene, item: Item, momentUs: number, stream: RandomStream): Script {
  const { drag, topple } = scene.run.noise.handling;
  const drags = stream.chance(drag);
  const topples = stream.chance(topple);
  const dragM = stream.between(0.02, 0.06) * (stream.chance(0.5) ? 1 : -1);
  if (item.place.at !== 'shelf' || !(drags || topples)) return;
  yield scene.timeUs + Math.round(momentUs / 3);
  // Another hand may have been quicker meanwhile.
  if (item.place.at !== 'shelf') return;
  const { spot } = item.place;
  const forUs = clamp(Math.round(momentUs / 2), 30_000, SHIFT_US);
  if (drags) scene.goods.stock.shift(item, spot.alongM + dragM, spot.widthM, scene.timeUs, forUs);
  if (topples) toppleBeside(scene, item, forUs);
}

/** The nearest other front item of the slot falls over, away from the hand. */
function toppleBeside(scene: Scene, item: Item, forUs: number): void {
  if (item.place.at !== 'shelf') return;
  const { spot } = item.place;
  const beside = scene.goods.stock.within(spot.slot, null).find((each) => each !== item);
  if (beside?.place.at !== 'shelf') return;
  const heightM = beside.product.sizeM[2];
  const away = beside.place.spot.alongM < spot.alongM ? -1 : 1;
  const alongM = beside.place.spot.alongM + (away * heightM) / 2;
  scene.loads.press(beside.place.spot.footprint, beside.grams, scene.timeUs + forUs, 60_000, false);
  scene.goods.stock.shift(beside, alongM, Math.max(heightM, beside.place.spot.widthM), scene.timeUs, forUs);
}
