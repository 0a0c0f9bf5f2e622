import type { RandomStream } from '../../random.ts';
import type { Action } from '../../scenario/run.ts';
import type { OpenedPack } from '../item.ts';
import type { Person, Script } from '../person.ts';
import type { Scene } from '../scene.ts';
import { getReady, type Refusal } from './going.ts';
import { bringToHand, chooseHand, claimHands, heldOf, releaseHands, stowItems } from './hands.ts';

type Of<V extends Action['verb']> = Extract<Action, { verb: V }>;

const EAT_US = 4_000_000;
const EAT_ALL_US = 14_000_000;
const OPEN_US = 3_000_000;

/** Puts held items into basket, bag, pocket or pram, or takes them out into the hand. */
export function* stow(
  scene: Scene,
  me: Person,
  action: Of<'stow'>,
  index: number,
  stream: RandomStream,
): Script<Refusal> {
  const refusal = yield* getReady(scene, me, action, index);
  if (refusal !== null) return refusal;
  const items = heldOf(me, action.sku).slice(0, action.quantity);
  if (items.length === 0) return `holds no ${action.sku}`;
  yield* stowItems(scene, me, items, action.into, stream);
  return items.length < action.quantity ? `held ${items.length} of ${action.quantity} ${action.sku}` : null;
}

/** Eats or drinks a share of a held item; all of it makes the item go. */
export function* consume(
  scene: Scene,
  me: Person,
  action: Of<'consume'>,
  index: number,
  stream: RandomStream,
): Script<Refusal> {
  const refusal = yield* getReady(scene, me, action, index);
  if (refusal !== null) return refusal;
  const [item] = heldOf(me, action.sku);
  if (!item) return `holds no ${action.sku}`;
  const side = chooseHand(me, stream);
  yield* bringToHand(scene, me, [item], side, stream);
  yield* claimHands(scene, me, [side]);
  yield scene.timeUs + EAT_US + Math.round(EAT_ALL_US * action.share);
  releaseHands(me, [side]);
  // It may have been handed on meanwhile.
  if (!me.held.includes(item)) return `holds no ${action.sku}`;
  scene.trips.eaten(me.plan.party, item);
  if (action.share < 1) {
    item.grams *= 1 - action.share;
    return null;
  }
  scene.letGo(item, { at: 'gone' });
  scene.moved(item, me.plan.key, 'elsewhere', me, me.nextId());
  scene.goods.remove(item);
  return null;
}

/** Opens a held multipack: its singles share its weight. */
export function* splitPack(
  scene: Scene,
  me: Person,
  action: Of<'split-pack'>,
  index: number,
  stream: RandomStream,
): Script<Refusal> {
  const refusal = yield* getReady(scene, me, action, index);
  if (refusal !== null) return refusal;
  const [pack] = heldOf(me, action.sku);
  if (!pack) return `holds no ${action.sku}`;
  const { multipack } = pack.product;
  const single = multipack ? scene.goods.product(multipack.of) : undefined;
  if (!multipack || !single) return `${action.sku} is no multipack`;
  yield* bringToHand(scene, me, [pack], chooseHand(me, stream), stream);
  yield* claimHands(scene, me, [0, 1]);
  yield scene.timeUs + OPEN_US;
  releaseHands(me, [0, 1]);
  if (pack.place.at !== 'person' || !me.held.includes(pack)) return `holds no ${action.sku}`;
  const { keep, hand } = pack.place;
  const opened: OpenedPack = {
    sku: pack.product.sku,
    singleSku: single.sku,
    openedBy: me.plan.party,
    keptBy: new Map(),
  };
  scene.trips.opened(opened);
  const grasp = me.nextId();
  scene.letGo(pack, { at: 'gone' });
  scene.moved(pack, me.plan.key, 'elsewhere', me, grasp);
  scene.goods.remove(pack);
  for (let i = 0; i < multipack.count; i++) {
    const grams = pack.grams / multipack.count;
    const item = scene.goods.createSingle(single, me.nextId(), grams, pack.broughtBy, opened);
    item.withdrawn = pack.withdrawn;
    scene.hold(me, item, hand);
    if (item.place.at === 'person') item.place.keep = keep;
    scene.moved(item, 'elsewhere', me.plan.key, me, grasp);
  }
  return null;
}
