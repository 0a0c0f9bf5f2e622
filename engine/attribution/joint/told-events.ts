import type { Rival, ShelfChange } from '../../cart.ts';
import type { Product } from '../../store.ts';
import type { BelievedEvent, BelievedMove } from '../attribution.ts';
import type { Actor } from './actor.ts';
import { type Beam, eventsOf } from './beam.ts';
import type { Growth } from './grow-take.ts';
import type { HandEvent } from './hand-watch.ts';
import type { Move } from './hypothesis.ts';
import type { ShelfPart } from './shelf-part.ts';
import { onShelfInWorld } from './shelf-place.ts';
import type { SlotBelief } from './slot-belief.ts';
import type { StockCount } from './stock-count.ts';
import { targetOf } from './take-story.ts';
import { whyOfHands, whyOfPart } from './why.ts';

interface Event {
  readonly eventId: number;
  readonly change: ShelfChange;
  readonly rivals: readonly Rival[];
  readonly handDistanceM: ReadonlyMap<number, number | null>;
  readonly why: string;
  /** What has been said of it last; null before the first time. */
  saidMoves: readonly Move[] | null;
}

/** Explanations less likely than this are not told. */
const LEAST_SAID_PROB = 1e-4;

/** What is said of every event, and said anew where the likeliest story changes. */
export class ToldEvents {
  readonly #stock: StockCount;
  readonly #events = new Map<number, Event>();
  readonly #eventsOfTrip = new Map<string, Set<number>>();
  #news: BelievedEvent[] = [];
  #forgotten: number[] = [];

  /** `stock` follows what is said. */
  constructor(stock: StockCount) {
    this.#stock = stock;
  }

  takeNews(): BelievedEvent[] {
    const news = this.#news;
    this.#news = [];
    return news;
  }

  /** Ids of all events that were ever said to concern a trip. */
  eventIdsOf(tripId: string): number[] {
    return [...(this.#eventsOfTrip.get(tripId) ?? [])];
  }

  /** Notes an event that no shelf felt. */
  addHands(eventId: number, event: HandEvent, owners: readonly (string | null)[]): void {
    this.#events.set(eventId, handsSeen(event, eventId, owners));
  }

  /** Notes a change with all the ways to explain it and their probabilities. */
  addPart(
    part: ShelfPart,
    eventId: number,
    grown: readonly Growth[],
    weights: readonly number[],
    actors: readonly Actor[],
    names: SlotBelief,
  ): void {
    const byTrip = new Map<string | null, number>();
    const bySaid = new Map<string, { sku: string; count: number; prob: number }>();
    const say = (product: Product, count: number, prob: number) => {
      const key = `${count} ${product.sku}`;
      const row = bySaid.get(key) ?? { sku: product.sku, count, prob: 0 };
      row.prob += prob;
      bySaid.set(key, row);
    };
    let best = 0;
    grown.forEach(({ said, tripIds, story }, i) => {
      if (weights[i]! > weights[best]!) best = i;
      for (const tripId of tripIds) byTrip.set(tripId, (byTrip.get(tripId) ?? 0) + weights[i]! / tripIds.length);
      for (const { product, count } of said) {
        if (product === null) continue;
        const named =
          story !== null && story.product === product ? names.namesOf(story.placed, product) : [[product, 1] as const];
        for (const [name, prob] of named) say(name, count, weights[i]! * prob);
      }
    });
    const target = targetOf(part, null, 0.16);
    const { step } = part;
    const [firstMove] = grown[best]!.hypothesis.path!.moves;
    const place = firstMove === undefined ? null : part.deltaGrams < 0 ? firstMove.from : firstMove.to;
    this.#events.set(eventId, {
      eventId,
      change: {
        changeId: part.changeId,
        shelfId: step.shelfId,
        slotId: place?.kind === 'slot' && place.id !== step.shelfId ? place.id : null,
        scaleIds: [step.scaleId],
        fromUs: Math.min(step.fromUs, part.timeUs),
        toUs: Math.max(step.toUs, part.timeUs),
        deltaGrams: part.deltaGrams,
        inWorldM: onShelfInWorld(part.place, part.middleM),
        products: [...bySaid.values()]
          .filter(({ prob }) => prob > LEAST_SAID_PROB)
          .sort((a, b) => b.prob - a.prob)
          .slice(0, 6),
      },
      rivals: rivalsOf(byTrip),
      handDistanceM: new Map(actors.map((actor) => [actor.trackId, actor.handDistanceM(target)])),
      why: whyOfPart(part, bySaid, actors, target),
      saidMoves: null,
    });
  }

  /** Tells what the likeliest story now says differently from before. */
  publish(beam: Beam): void {
    const told = eventsOf(beam.leading.path);
    for (const [eventId, node] of [...told].sort(([a], [b]) => a - b)) {
      const event = this.#events.get(eventId)!;
      if (event.saidMoves !== null && sameMoves(event.saidMoves, node.moves)) continue;
      this.#stock.replace(event.saidMoves ?? [], node.moves);
      event.saidMoves = node.moves;
      for (const { from, to } of node.moves) {
        for (const end of [from, to]) if (end.kind === 'trip') this.#eventsNear(end.id).add(eventId);
      }
      this.#news.push({
        eventId,
        timeUs: event.change.fromUs,
        change: event.change,
        moves: node.moves.map(believedMove),
        rivals: event.rivals,
        handDistanceM: event.handDistanceM.get(node.trackIds[0] ?? -1) ?? null,
        why: event.why,
      });
    }
  }

  takeForgotten(): number[] {
    const forgotten = this.#forgotten;
    this.#forgotten = [];
    return forgotten;
  }

  /** A trip is closed: forgets what no open trip's cart rests on and no story disputes; `disputed` has the events of all stories. */
  forget(tripId: string, disputed: ReadonlySet<number>): void {
    this.#eventsOfTrip.delete(tripId);
    const named = new Set<number>();
    for (const ids of this.#eventsOfTrip.values()) for (const id of ids) named.add(id);
    for (const eventId of this.#events.keys()) {
      if (disputed.has(eventId) || named.has(eventId)) continue;
      this.#events.delete(eventId);
      this.#forgotten.push(eventId);
    }
  }

  #eventsNear(tripId: string): Set<number> {
    let ids = this.#eventsOfTrip.get(tripId);
    if (ids === undefined) this.#eventsOfTrip.set(tripId, (ids = new Set()));
    return ids;
  }
}

/** An event that no shelf felt. */
function handsSeen(event: HandEvent, eventId: number, owners: readonly (string | null)[]): Event {
  const { timeUs, inWorldM, kind } = event;
  const prob = 1 / owners.length;
  return {
    eventId,
    change: {
      changeId: `${kind}@${timeUs}`,
      ...{
        shelfId: '',
        slotId: null,
        scaleIds: [],
        fromUs: timeUs,
        toUs: timeUs,
        deltaGrams: 0,
        inWorldM,
        products: [],
      },
    },
    rivals: [...owners.map((tripId) => ({ tripId, prob })), { tripId: null, prob: 0 }],
    handDistanceM: new Map(),
    why: whyOfHands(event),
    saidMoves: null,
  };
}

/** Likeliest first; sums to 1 with nobody. */
function rivalsOf(byTrip: ReadonlyMap<string | null, number>): Rival[] {
  const rivals = [...byTrip].filter(([tripId, prob]) => tripId === null || prob > 1e-4);
  if (!byTrip.has(null)) rivals.push([null, 0]);
  const total = rivals.reduce((sum, [, prob]) => sum + prob, 0);
  return rivals.map(([tripId, prob]) => ({ tripId, prob: prob / total })).sort((a, b) => b.prob - a.prob);
}

function sameMoves(a: readonly Move[], b: readonly Move[]): boolean {
  return (
    a.length === b.length &&
    a.every((move, i) => {
      const other = b[i]!;
      return (
        move.product === other.product &&
        move.quantity === other.quantity &&
        sameWhere(move.from, other.from) &&
        sameWhere(move.to, other.to)
      );
    })
  );
}

function sameWhere(a: Move['from'], b: Move['from']): boolean {
  return a.kind === b.kind && (a as { id?: string }).id === (b as { id?: string }).id;
}

function believedMove({ product, quantity, from, to, trackId }: Move): BelievedMove {
  return { sku: product.sku, quantity, unit: product.sellBy === 'weighed' ? 'g' : 'each', from, to, trackId };
}
