import type { Product } from '../../store.ts';
import type { Whereabouts } from '../attribution.ts';
import type { Actor } from './actor.ts';
import { type Growth, nodeOf } from './grow-take.ts';
import {
  type Hypothesis,
  type Move,
  type Stray,
  stockroomOf,
  type Thing,
  whereaboutsOf,
  withHolds,
} from './hypothesis.ts';
import { MORE_ITEM_SHARE, MOST_ITEMS, UNSEEN_PUT_LOG } from './joint-constants.ts';
import type { SightLog } from './product-sight.ts';
import { choiceLog, putPlaceLog } from './put-habit.ts';
import { type PutPlace, type PutStory, putPlaces, putStories } from './put-story.ts';
import type { ShelfPart } from './shelf-part.ts';
import type { WeightBook } from './weight-book.ts';
import { Worth } from './worth.ts';

/** Putting down what another trip was seen to take: handed over unseen, log. */
const UNSEEN_HANDOVER_LOG = Math.log(0.003);
/** Staff bring goods more often than not; others bring what belongs there once in a while, or it was missed; log. */
const RESTOCK_LOG = Math.log(0.5);
const BROUGHT_LOG = Math.log(1e-6);

/** What is the same for all stories of one change in which something was put down. */
export class PutChange {
  readonly part: ShelfPart;
  readonly eventId: number;
  readonly actors: readonly Actor[];
  readonly weights: WeightBook;
  /** Without conservation anybody may put down anything. */
  readonly isConserved: boolean;
  readonly sight: SightLog;
  readonly worth = new Worth();
  readonly #places = new Map<Product | null, PutPlace[]>();
  readonly #stories = new Map<readonly Thing[], PutStory[]>();

  constructor(
    part: ShelfPart,
    eventId: number,
    actors: readonly Actor[],
    weights: WeightBook,
    isConserved: boolean,
    sight: SightLog,
  ) {
    this.part = part;
    this.eventId = eventId;
    this.actors = actors;
    this.weights = weights;
    this.isConserved = isConserved;
    this.sight = sight;
  }

  placesOf(product: Product | null): PutPlace[] {
    let places = this.#places.get(product);
    if (places === undefined) this.#places.set(product, (places = putPlaces(this.part, product)));
    return places;
  }

  storiesOf(things: readonly Thing[]): PutStory[] {
    let stories = this.#stories.get(things);
    if (stories === undefined) this.#stories.set(things, (stories = putStories(this.part, things)));
    return stories;
  }
}

/** Every way a hypothesis may go on by a change in which something was put down. */
export function growPut(hypothesis: Hypothesis, change: PutChange): Growth[] {
  const { part, eventId, actors, worth } = change;
  const grown: Growth[] = [];
  for (const actor of actors) {
    for (const [tripId, things] of hypothesis.holds) {
      const isOwn = actor.tripId !== null && (tripId === actor.tripId || tripId === stockroomOf(actor.tripId));
      const handedLog = isOwn ? 0 : UNSEEN_HANDOVER_LOG;
      for (const { rows, log } of change.storiesOf(things)) {
        const seenLog = change.sight(actor.trackId, things[rows[0]!]!.product);
        const chosenLog = handedLog + log + choiceLog(things, rows) + seenLog;
        for (const place of change.placesOf(things[rows[0]!]!.product)) {
          const by = chosenLog + putPlaceLog(place, things, rows) + actor.log(place.target);
          if (worth.isWorth(hypothesis.log + by)) {
            grown.push(putBack(hypothesis, part, eventId, tripId, rows, place, actor, by));
          }
        }
      }
    }
    growUnheld(grown, hypothesis, change, actor);
  }
  return grown;
}

function putBack(
  hypothesis: Hypothesis,
  part: ShelfPart,
  eventId: number,
  tripId: string,
  rows: readonly number[],
  place: PutPlace,
  actor: Actor,
  log: number,
): Growth {
  const things = hypothesis.holds.get(tripId)!;
  const put = rows.map((row) => things[row]!);
  const left = things.filter((_, row) => !rows.includes(row));
  const to: Whereabouts = { kind: 'slot', id: place.placed?.slot.id ?? part.step.shelfId };
  const moves = put.flatMap(({ product, quantity }): Move[] =>
    product === null ? [] : [{ product, quantity, from: whereaboutsOf(tripId), to, trackId: actor.trackId }],
  );
  return {
    hypothesis: {
      ...hypothesis,
      log: hypothesis.log + log,
      holds: withHolds(hypothesis.holds, tripId, left),
      strays: place.isHome
        ? hypothesis.strays
        : [...hypothesis.strays, ...put.map((thing) => strayOf(part, place, weighed(thing, put, part)))],
      path: nodeOf(eventId, moves, [actor], hypothesis.path),
    },
    said: saidOf(put),
    tripIds: [actor.tripId],
    story: null,
  };
}

/** A thing put down alone has been weighed once more. */
function weighed(thing: Thing, put: readonly Thing[], part: ShelfPart): Thing {
  if (put.length > 1) return thing;
  const gain = thing.variance / (thing.variance + part.sdGrams ** 2);
  return {
    ...thing,
    grams: thing.grams + gain * (part.deltaGrams - thing.grams),
    variance: thing.variance * (1 - gain),
    spotVariance: thing.spotVariance * (1 - gain),
  };
}

function saidOf(put: readonly Thing[]): Growth['said'] {
  const counts = new Map<Product | null, number>();
  for (const { product, quantity } of put) counts.set(product, (counts.get(product) ?? 0) + quantity);
  return [...counts].map(([product, count]) => ({ product, count }));
}

function strayOf(part: ShelfPart, place: PutPlace, thing: Thing): Stray {
  return {
    thing,
    unitIndex: part.step.unitIndex,
    slotId: place.placed?.slot.id ?? null,
    target: place.target,
    middleM: part.middleM,
  };
}

/** What nobody was seen to hold: goods from the stockroom, or something brought in. */
function growUnheld(grown: Growth[], hypothesis: Hypothesis, change: PutChange, actor: Actor): void {
  const { part, eventId, weights, worth, isConserved } = change;
  const scaleVar = part.sdGrams ** 2;
  const broughtLog = actor.staff || !isConserved ? RESTOCK_LOG : BROUGHT_LOG;
  const own = new Set(part.place.slots.flatMap((placed) => placed.products));
  for (const product of own) {
    if (product.sellBy === 'weighed') continue;
    const count = Math.min(MOST_ITEMS, Math.max(1, Math.round(part.deltaGrams / weights.gramsOf(product))));
    const weigh =
      weights.logDensity(product, count, part.deltaGrams, scaleVar) + (count - 1) * Math.log(MORE_ITEM_SHARE);
    if (weigh < -30) continue;
    for (const place of change.placesOf(product)) {
      if (!place.isHome) continue;
      const log = hypothesis.log + broughtLog + weigh + place.log + actor.log(place.target);
      if (!worth.isWorth(log)) continue;
      const to: Whereabouts = { kind: 'slot', id: place.placed!.slot.id };
      const moves: Move[] = [{ product, quantity: count, from: { kind: 'elsewhere' }, to, trackId: actor.trackId }];
      grown.push({
        hypothesis: { ...hypothesis, log, path: nodeOf(eventId, moves, [actor], hypothesis.path) },
        said: [{ product, count }],
        tripIds: [actor.tripId],
        story: null,
      });
    }
  }
  const thing: Thing = {
    ...{ product: null, quantity: 1, grams: part.deltaGrams, variance: scaleVar },
    ...{ spotVariance: 0, spot: null, fromSlotId: null },
  };
  const place = change.placesOf(null)[0];
  if (!place) return;
  const log = hypothesis.log + UNSEEN_PUT_LOG + place.log + actor.log(place.target);
  if (!worth.isWorth(log)) return;
  grown.push({
    hypothesis: {
      ...hypothesis,
      log,
      strays: [...hypothesis.strays, strayOf(part, place, thing)],
      path: nodeOf(eventId, [], [actor], hypothesis.path),
    },
    said: [{ product: null, count: 1 }],
    tripIds: [actor.tripId],
    story: null,
  });
}
