import { clamp } from '../../maths.ts';
import type { RandomStream } from '../../random.ts';
import type { Keep, ProductPlan } from '../../scenario/run.ts';
import { type Hand, moveUs, reachUs } from '../hand.ts';
import type { Item } from '../item.ts';
import type { Person, Script } from '../person.ts';
import type { Scene } from '../scene.ts';

/** A hand spans this much of things held side by side. */
const SPAN_M = 0.1;
const MOST_PER_HAND = 3;
/** Dwell of a hand at a slot is bounded to this. */
export const DWELL_US = [200_000, 3_000_000] as const;
const STOW_REACH_M = 0.35;

/** How many of a product one hand holds. */
export function handful(product: ProductPlan): number {
  return clamp(Math.floor(SPAN_M / Math.min(product.sizeM[0], product.sizeM[1])), 1, MOST_PER_HAND);
}

/** Items a person holds in a hand or in both. */
export function inHand(me: Person, side: 0 | 1 | null): Item[] {
  return me.held.filter(
    ({ place }) => place.at === 'person' && place.keep === 'hand' && (side === null || place.hand === side),
  );
}

/** The hand for the next movement: the preferred one, now and then the other, a free one where there is one. */
export function chooseHand(me: Person, stream: RandomStream): 0 | 1 {
  const preferred = me.plan.handed === 'right' ? 1 : 0;
  const wanted = (stream.chance(me.plan.swapHands) ? 1 - preferred : preferred) as 0 | 1;
  const other = (1 - wanted) as 0 | 1;
  return inHand(me, wanted).length > 0 && inHand(me, other).length === 0 ? other : wanted;
}

/** Waits until nobody else uses the hands, then claims them. */
export function* claimHands(scene: Scene, me: Person, sides: readonly (0 | 1)[]): Script {
  while (me.heldUp > 0 || sides.some((side) => me.hands[side].busy)) yield scene.timeUs + 50_000;
  for (const side of sides) me.hands[side].busy = true;
  me.anchor();
}

export function releaseHands(me: Person, sides: readonly (0 | 1)[]): void {
  for (const side of sides) me.hands[side].busy = false;
  me.release();
}

/** Sends a hand to a place in the world; when it will be there. The body bends for it. */
export function sendHand(scene: Scene, me: Person, hand: Hand, at: Float64Array, stream: RandomStream): number {
  me.bendTowards(at[0]!, at[1]!, at[2]!);
  const factor = clamp(stream.draw(scene.run.noise.handling.reachFactor), 0.5, 5);
  const durationUs = Math.round(factor * reachUs(hand.distanceTo(at[0]!, at[1]!, at[2]!)));
  hand.moveTo(at[0]!, at[1]!, at[2]!, scene.timeUs, durationUs, stream);
  return scene.timeUs + durationUs;
}

/** Takes hands back beside the body; when they will be there. */
export function withdrawHands(scene: Scene, me: Person, sides: readonly (0 | 1)[], stream: RandomStream): number {
  const factor = clamp(stream.draw(scene.run.noise.handling.reachFactor), 0.5, 5);
  const durationUs = Math.round(factor * moveUs(0.5));
  for (const side of sides) me.hands[side].goBack(scene.timeUs, durationUs);
  me.straighten();
  return scene.timeUs + durationUs;
}

export function drawDwellUs(scene: Scene, stream: RandomStream): number {
  return Math.round(clamp(stream.draw(scene.run.noise.handling.dwellUs), ...DWELL_US));
}

/** The moment inside a dwell when the mass moves: never at arrival, never at the end. */
export function drawMomentUs(dwellUs: number, liftUs: number, stream: RandomStream): number {
  const latest = Math.max(0.35 * dwellUs, dwellUs - liftUs);
  return Math.round(stream.between(0.3 * dwellUs, latest));
}

export function drawLiftUs(scene: Scene, stream: RandomStream): number {
  return Math.round(clamp(stream.draw(scene.run.noise.handling.liftUs), 17_000, 3_000_000));
}

/** Puts items from the hand into a container, or out of it into the hand: the hand goes there and back. */
export function* stowItems(scene: Scene, me: Person, items: readonly Item[], into: Keep, stream: RandomStream): Script {
  const [first] = items;
  if (first?.place.at !== 'person') return;
  const hand = me.hands[first.place.hand];
  const factor = clamp(stream.draw(scene.run.noise.handling.reachFactor), 0.5, 5);
  const forUs = Math.round(factor * moveUs(STOW_REACH_M));
  placeOf(me, into === 'hand' ? first.place.keep : into);
  hand.moveTo(container[0]!, container[1]!, container[2]!, scene.timeUs, forUs, stream);
  yield scene.timeUs + forUs;
  for (const { place } of items) if (place.at === 'person') place.keep = into;
  hand.goBack(scene.timeUs, Math.round(forUs * 0.7));
}

const container = new Float64Array(3);

/** Writes where a container is into `container`: at the hip, or in front for a trolley or pram. */
function placeOf(me: Person, keep: Keep): void {
  const { body } = me;
  const { heightM, handed } = me.plan;
  const isInFront = me.walker.girth === 'cart' && (keep === 'basket' || keep === 'pram');
  const aside = handed === 'right' ? -1 : 1;
  const forwardM = (isInFront ? 0.3 : 0.08) * heightM;
  const rightM = isInFront ? 0 : aside * (keep === 'pocket' ? -0.1 : 0.12) * heightM;
  container[0] = body.xM + body.hx * forwardM + body.hy * rightM;
  container[1] = body.yM + body.hy * forwardM - body.hx * rightM;
  container[2] = me.liftM + 0.48 * heightM;
}

/** Held items of a product, those in hand first; brought-in ones last. */
export function heldOf(me: Person, sku: string): Item[] {
  const rank = (item: Item) =>
    (item.place.at === 'person' && item.place.keep === 'hand' ? 0 : 1) + (item.broughtBy === null ? 0 : 2);
  return me.held.filter((item) => item.product.sku === sku).sort((a, b) => rank(a) - rank(b));
}

/** Gets items out of bag or basket into a hand. */
export function* bringToHand(
  scene: Scene,
  me: Person,
  items: readonly Item[],
  side: 0 | 1,
  stream: RandomStream,
): Script {
  const stowed = items.filter((item) => item.place.at === 'person' && item.place.keep !== 'hand');
  yield* stowItems(scene, me, stowed, 'hand', stream);
  for (const { place } of items) if (place.at === 'person') place.hand = side;
}
