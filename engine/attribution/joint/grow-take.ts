import type { Product } from '../../store.ts';
import type { Whereabouts } from '../attribution.ts';
import type { Actor } from './actor.ts';
import type { Hypothesis, Move, PathNode, Stray, Thing } from './hypothesis.ts';
import { stockroomOf, whereaboutsOf, withHolds } from './hypothesis.ts';
import {
  BEAM_LOG,
  MIXED_LOG,
  MORE_ITEM_SHARE,
  STAFF_BUYS_AGAIN_PROB,
  STAFF_BUYS_PROB,
  STAFF_BUYS_WITHDRAWN_PROB,
} from './joint-constants.ts';
import type { SightLog } from './product-sight.ts';
import type { ShelfPart } from './shelf-part.ts';
import { strayLog, type TakeStory } from './take-story.ts';
import type { WeightBook } from './weight-book.ts';
import type { Worth } from './worth.ts';

/** One way in which a hypothesis may go on, told for the marginals. */
export interface Growth {
  readonly hypothesis: Hypothesis;
  /** Negative = taken from the shelf. */
  readonly said: readonly { readonly product: Product | null; readonly count: number }[];
  readonly tripIds: readonly (string | null)[];
  readonly story: TakeStory | null;
}

/** Where two hands are in a shelf at once, both take something in the same moment this often, log. */
const TOGETHER_LOG = Math.log(0.1);

interface Combination {
  readonly story: TakeStory;
  /** One, or two who took one item each. */
  readonly actors: readonly Actor[];
  readonly log: number;
}

/** Who took what: all stories of a change with all who may have done it, the unlikely left out. */
export function takeCombinations(
  stories: readonly TakeStory[],
  actors: readonly Actor[],
  sight: SightLog,
): Combination[] {
  const all: Combination[] = [];
  for (const story of stories) {
    for (const actor of actors) {
      const alsoLog = story.also === null ? 0 : Math.min(0, actor.log(story.also.target));
      const seenLog = sight(actor.trackId, story.product);
      all.push({ story, actors: [actor], log: story.log + actor.log(story.target) + alsoLog + seenLog });
    }
    if (story.also === null && (story.count !== 2 || story.product === null)) continue;
    for (const a of actors) {
      for (const b of actors) {
        if (a.trackId < 0 || b.trackId < 0 || a.trackId === b.trackId) continue;
        if (story.also === null && a.trackId > b.trackId) continue;
        // One item each is nothing special: what two of them cost one hand is given back.
        const eachLog = story.log - (story.also === null ? Math.log(MORE_ITEM_SHARE) : MIXED_LOG);
        const log = eachLog + TOGETHER_LOG + a.log(story.target) + b.log(story.also?.target ?? story.target);
        const other = story.also?.product ?? story.product;
        all.push({ story, actors: [a, b], log: log + sight(a.trackId, story.product) + sight(b.trackId, other) });
      }
    }
  }
  const best = all.reduce((most, { log }) => Math.max(most, log), Number.NEGATIVE_INFINITY);
  return all.filter(({ log }) => log > best - BEAM_LOG).sort((a, b) => b.log - a.log);
}

/** Every way a hypothesis may go on by a change in which something was taken. */
export function growTake(
  hypothesis: Hypothesis,
  part: ShelfPart,
  eventId: number,
  combinations: readonly Combination[],
  actors: readonly Actor[],
  weights: WeightBook,
  worth: Worth,
  sight: SightLog,
): Growth[] {
  const grown: Growth[] = [];
  for (const combination of combinations) {
    // Likeliest first: what follows is worth less still.
    if (!worth.isWorth(hypothesis.log + combination.log)) break;
    const [actor] = combination.actors;
    const { product } = combination.story;
    if (combination.actors.length > 1 || !actor!.staff || actor!.tripId === null || product === null) {
      grown.push(grownBy(hypothesis, part, eventId, combination, weights));
      continue;
    }
    const buysProb = staffBuysProb(hypothesis, actor!.tripId, product, combination.story.count);
    const bought = { ...combination, log: combination.log + Math.log(buysProb) };
    const withdrawn = { ...combination, log: combination.log + Math.log(1 - buysProb) };
    grown.push(grownBy(hypothesis, part, eventId, bought, weights));
    grown.push(grownBy(hypothesis, part, eventId, withdrawn, weights, stockroomOf(actor!.tripId)));
  }
  hypothesis.strays.forEach((stray, row) => {
    if (stray.unitIndex !== part.step.unitIndex) return;
    const log = strayLog(part, stray);
    for (const actor of actors) {
      const by = log + actor.log(stray.target) + sight(actor.trackId, stray.thing.product);
      if (worth.isWorth(hypothesis.log + by))
        grown.push(grownByStray(hypothesis, part, eventId, stray, row, actor, by));
    }
  });
  return grown;
}

/** Staff who take several of a kind clear the shelf; who take one may be hungry. */
function staffBuysProb({ holds }: Hypothesis, tripId: string, product: Product, count: number): number {
  const has = (holder: string) => (holds.get(holder) ?? []).some((thing) => thing.product === product);
  if (has(stockroomOf(tripId))) return STAFF_BUYS_WITHDRAWN_PROB;
  if (count > 1) return STAFF_BUYS_PROB * STAFF_BUYS_AGAIN_PROB;
  return has(tripId) ? STAFF_BUYS_AGAIN_PROB : STAFF_BUYS_PROB;
}

function grownBy(
  hypothesis: Hypothesis,
  part: ShelfPart,
  eventId: number,
  { story, actors, log }: Combination,
  weights: WeightBook,
  stockroom: string | null = null,
): Growth {
  let { holds } = hypothesis;
  const moves: Move[] = [];
  const things = thingsOf(part, story, weights);
  const refused = story.product?.sellBy === 'weighed' && !part.place.layout.unit.tradeApproved;
  const isShared = actors.length > 1;
  const take = (actor: Actor, some: readonly Thing[], slotId: string) => {
    const holder = refused ? null : (stockroom ?? actor.tripId);
    if (holder !== null) holds = withHolds(holds, holder, [...(holds.get(holder) ?? []), ...some]);
    const { product } = some[0]!;
    if (product === null) return;
    const quantity = some.reduce((sum, thing) => sum + thing.quantity, 0);
    const to = whereaboutsOf(holder);
    moves.push({ product, quantity, from: { kind: 'slot', id: slotId }, to, trackId: actor.trackId });
  };
  const slotId = story.placed?.slot.id ?? part.step.shelfId;
  const [first, second] = [actors[0]!, actors[actors.length - 1]!];
  if (story.also !== null) {
    take(first, [things[0]!], slotId);
    take(second, [things[1]!], story.also.placed.slot.id);
  } else if (isShared) {
    take(first, [things[0]!], slotId);
    take(second, [things[1]!], slotId);
  } else take(first, things, slotId);
  return {
    hypothesis: {
      ...hypothesis,
      log: hypothesis.log + log,
      holds,
      path: nodeOf(eventId, moves, actors, hypothesis.path),
    },
    said: saidOf(story),
    tripIds: actors.map((actor) => actor.tripId),
    story,
  };
}

function grownByStray(
  hypothesis: Hypothesis,
  part: ShelfPart,
  eventId: number,
  stray: Stray,
  row: number,
  actor: Actor,
  log: number,
): Growth {
  const { product, quantity, grams, variance } = stray.thing;
  const scaleVar = part.sdGrams ** 2;
  // Weighed twice.
  const gain = variance / (variance + scaleVar);
  const thing = {
    ...stray.thing,
    grams: grams + gain * (-part.deltaGrams - grams),
    variance: variance * (1 - gain),
    fromSlotId: stray.slotId,
  };
  let { holds } = hypothesis;
  if (actor.tripId !== null) holds = withHolds(holds, actor.tripId, [...(holds.get(actor.tripId) ?? []), thing]);
  const moves: Move[] = [];
  if (product !== null) {
    const from: Whereabouts = { kind: 'slot', id: stray.slotId ?? part.step.shelfId };
    const to: Whereabouts = actor.tripId === null ? { kind: 'elsewhere' } : { kind: 'trip', id: actor.tripId };
    moves.push({ product, quantity, from, to, trackId: actor.trackId });
  }
  return {
    hypothesis: {
      ...hypothesis,
      log: hypothesis.log + log,
      holds,
      strays: hypothesis.strays.filter((_, i) => i !== row),
      path: nodeOf(eventId, moves, [actor], hypothesis.path),
    },
    said: [{ product, count: -quantity }],
    tripIds: [actor.tripId],
    story: null,
  };
}

/** Items of one grasp share its weight; each is known as well as the others leave it. */
function thingsOf(part: ShelfPart, story: TakeStory, weights: WeightBook): Thing[] {
  const { product, count, placed, also } = story;
  const fromSlotId = placed?.slot.id ?? null;
  const spot = { unitIndex: part.step.unitIndex, middleM: part.middleM };
  const seen = {
    spot,
    spotVariance: count === 1 && also === null ? part.spotVariance : 0,
    named: story.isNamed ? placed : null,
  };
  const grams = -part.deltaGrams;
  const scaleVar = part.sdGrams ** 2;
  if (also !== null && product !== null) {
    const over = grams - weights.gramsOf(product) - weights.gramsOf(also.product);
    return [product, also.product].map((one) => ({
      product: one,
      quantity: 1,
      grams: weights.gramsOf(one) + over / 2,
      variance: weights.itemVarOf(one) + scaleVar,
      ...seen,
      fromSlotId: one === product ? fromSlotId : also.placed.slot.id,
      named: one === product ? placed : also.placed,
    }));
  }
  if (product === null || product.sellBy === 'weighed') {
    return [{ product, quantity: count, grams, variance: scaleVar, ...seen, fromSlotId }];
  }
  const variance = weights.itemVarOf(product) * (1 - 1 / count) + scaleVar / (count * count);
  return Array.from({ length: count }, () => ({
    product,
    quantity: 1,
    grams: grams / count,
    variance,
    ...seen,
    fromSlotId,
  }));
}

function saidOf({ product, count, also }: TakeStory): Growth['said'] {
  const said = [{ product, count: -count }];
  return also === null ? said : [...said, { product: also.product, count: -1 }];
}

export function nodeOf(
  eventId: number,
  moves: readonly Move[],
  actors: readonly Actor[],
  before: PathNode | null,
): PathNode {
  return { eventId, moves, trackIds: actors.map((actor) => actor.trackId), before: before === null ? [] : [before] };
}
