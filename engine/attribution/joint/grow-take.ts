import type { Product } from '../../store.ts';
import type { Whereabouts } from '../attribution.ts';
import type { Actor } from './actor.ts';
import type { Hypothesis, Move, PathNode, Stray, Thing } from './hypothesis.ts';
import { withHolds } from './hypothesis.ts';
import { BEAM_LOG } from './joint-constants.ts';
import type { ShelfPart } from './shelf-part.ts';
import { strayLog, type TakeStory } from './take-story.ts';
import type { WeightBook } from './weight-book.ts';

/** One way in which a hypothesis may go on, told for the marginals. */
export interface Growth {
  readonly hypothesis: Hypothesis;
  /** Negative = taken from the shelf. */
  readonly said: readonly { readonly product: Product | null; readonly count: number }[];
  readonly tripIds: readonly (string | null)[];
  readonly story: TakeStory | null;
}

/** Two hands in one place at one moment: rare, log. */
const TOGETHER_LOG = Math.log(0.02);

interface Combination {
  readonly story: TakeStory;
  /** One, or two who took one item each. */
  readonly actors: readonly Actor[];
  readonly log: number;
}

/** Who took what: all stories of a change with all who may have done it, the unlikely left out. */
export function takeCombinations(stories: readonly TakeStory[], actors: readonly Actor[]): Combination[] {
  const all: Combination[] = [];
  for (const story of stories) {
    for (const actor of actors) all.push({ story, actors: [actor], log: story.log + actor.log(story.target) });
    if (story.count !== 2 || story.product === null) continue;
    actors.forEach((a, i) => {
      for (const b of actors.slice(i + 1)) {
        if (a.trackId < 0 || b.trackId < 0 || a.trackId === b.trackId) continue;
        const log = story.log + TOGETHER_LOG + a.log(story.target) + b.log(story.target);
        all.push({ story, actors: [a, b], log });
      }
    });
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
): Growth[] {
  const grown = combinations.map((combination) => grownBy(hypothesis, part, eventId, combination, weights));
  hypothesis.strays.forEach((stray, row) => {
    if (stray.unitIndex !== part.step.unitIndex) return;
    const log = strayLog(part, stray);
    for (const actor of actors) {
      const by = log + actor.log(stray.target);
      if (by > -60) grown.push(grownByStray(hypothesis, part, eventId, stray, row, actor, by));
    }
  });
  return grown;
}

function grownBy(
  hypothesis: Hypothesis,
  part: ShelfPart,
  eventId: number,
  { story, actors, log }: Combination,
  weights: WeightBook,
): Growth {
  const { product, count } = story;
  const shared = actors.length;
  let { holds } = hypothesis;
  const moves: Move[] = [];
  for (const actor of actors) {
    const things = thingsOf(part, story, weights).slice(0, shared > 1 ? 1 : undefined);
    const refused = product?.sellBy === 'weighed' && !part.place.layout.unit.tradeApproved;
    if (actor.tripId !== null && !refused) {
      holds = withHolds(holds, actor.tripId, [...(holds.get(actor.tripId) ?? []), ...things]);
    }
    if (product === null) continue;
    const from: Whereabouts = { kind: 'slot', id: story.placed?.slot.id ?? part.step.shelfId };
    const to: Whereabouts =
      actor.tripId === null || refused ? { kind: 'elsewhere' } : { kind: 'trip', id: actor.tripId };
    moves.push({ product, quantity: shared > 1 ? 1 : count, from, to, trackId: actor.trackId });
  }
  return {
    hypothesis: {
      log: hypothesis.log + log,
      holds,
      strays: hypothesis.strays,
      path: nodeOf(eventId, moves, actors, hypothesis.path),
    },
    said: [{ product, count: -count }],
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
  const thing = { ...stray.thing, grams: grams + gain * (-part.deltaGrams - grams), variance: variance * (1 - gain) };
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
function thingsOf(part: ShelfPart, { product, count }: TakeStory, weights: WeightBook): Thing[] {
  const grams = -part.deltaGrams;
  const scaleVar = part.sdGrams ** 2;
  if (product === null || product.sellBy === 'weighed') {
    return [{ product, quantity: count, grams, variance: scaleVar }];
  }
  const variance = weights.itemVarOf(product) * (1 - 1 / count) + scaleVar / (count * count);
  return Array.from({ length: count }, () => ({ product, quantity: 1, grams: grams / count, variance }));
}

export function nodeOf(
  eventId: number,
  moves: readonly Move[],
  actors: readonly Actor[],
  before: PathNode | null,
): PathNode {
  return { eventId, moves, trackIds: actors.map((actor) => actor.trackId), before: before === null ? [] : [before] };
}
