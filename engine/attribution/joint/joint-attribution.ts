import type { Rival, ShelfChange } from '../../cart.ts';
import type { ShelfStep } from '../../shelves/shelf-step.ts';
import type { Product } from '../../store.ts';
import type { Attributed, Attribution, Belief, BelievedCart, BelievedEvent, BelievedMove } from '../attribution.ts';
import type { AttributionView } from '../published/published-attribution.ts';
import { type Actor, actorsOf } from './actor.ts';
import { Beam, eventsOf, joinedBeams } from './beam.ts';
import { bestCart } from './best-cart.ts';
import { calibrated } from './calibrated.ts';
import { growFloor, growMeeting, isAtFloor } from './grow-hand.ts';
import { growPut, PutChange } from './grow-put.ts';
import { type Growth, growTake, takeCombinations } from './grow-take.ts';
import { type FloorEvent, type HandEvent, HandWatch } from './hand-watch.ts';
import { EMPTY, type Hypothesis, type Move, type Stray, stockroomOf, type Thing, withHolds } from './hypothesis.ts';
import { HAND_EVENT_AFTER_US } from './joint-constants.ts';
import { holdersOf } from './put-story.ts';
import { FLOOR, reachesOf } from './reach.ts';
import { partsOf, type ShelfPart } from './shelf-part.ts';
import { onShelfInWorld, type ShelfPlace, shelfPlaces } from './shelf-place.ts';
import { SlotBelief } from './slot-belief.ts';
import { StockCount } from './stock-count.ts';
import { type TakeStory, takeStories, targetOf } from './take-story.ts';
import { WaitingPuts } from './waiting-puts.ts';
import { WeightBook } from './weight-book.ts';
import { Worth } from './worth.ts';

/** Parts of the method that can be switched off. */
export interface JointParts {
  readonly conservation: boolean;
  readonly revision: boolean;
  readonly livePlanogram: boolean;
  readonly recognition: boolean;
  /** Probabilities as they came true on calibration runs; else as the model says. */
  readonly calibration: boolean;
}

interface Event {
  readonly eventId: number;
  readonly change: ShelfChange;
  readonly rivals: readonly Rival[];
  readonly handDistanceM: ReadonlyMap<number, number | null>;
  /** What has been said of it last; null before the first time. */
  saidMoves: readonly Move[] | null;
}

/** Two lifts that cannot be told apart by the load are this far apart; a slow pull takes longer. */
const TWICE_US = { from: 200_000, to: 1_500_000 } as const;
/** A press that ends in the very moment something is taken, against a gain and a loss of their own, log. */
const PRESSED_LOG = -2;
/** Bends less likely to have left something are not told. */
const LEAST_DROP_PROB = 0.02;
/** Shelves up to here are bent to, metres. */
const LOW_SHELF_M = 0.65;
/** From this probability on a change teaches what its product weighs. */
const SURE_PROB = 0.98;
/** Most items of a change that still teach. */
const MOST_TEACHING = 3;

/** Joint attribution: whole stories of who holds what, weighed by scales, hands, stock and each other. */
export class JointAttribution implements Attribution, Belief {
  readonly belief = this;
  readonly #view: AttributionView;
  readonly #parts: JointParts;
  readonly #places: readonly ShelfPlace[];
  readonly #products: readonly Product[];
  readonly #weights: WeightBook;
  readonly #slots = new SlotBelief();
  readonly #stock: StockCount;
  readonly #waiting = new WaitingPuts();
  readonly #hands: HandWatch;
  #handEvents: HandEvent[] = [];
  readonly #closed = new Set<string>();
  #beams: Beam[] = [];
  /** Left in the wrong place for certain; in no beam. */
  #strays: Stray[] = [];
  #events = new Map<number, Event>();
  readonly #eventsOfTrip = new Map<string, Set<number>>();
  #news: BelievedEvent[] = [];
  #eventCount = 0;
  /** Changes at which the width of the beam cut off what may have mattered. */
  boundHits = 0;

  constructor(view: AttributionView, parts: JointParts) {
    this.#view = view;
    this.#parts = parts;
    this.#places = shelfPlaces(view.store, view.layouts);
    this.#products = [...view.store.products].sort((a, b) => a.weightGrams.mean - b.weightGrams.mean);
    this.#weights = new WeightBook(view.store.products);
    this.#stock = new StockCount(view.store);
    this.#hands = new HandWatch(view.store);
  }

  get heldSinceUs(): number {
    return Math.min(
      this.#waiting.sinceUs,
      this.#hands.openSinceUs,
      this.#handEvents[0]?.fromUs ?? Number.POSITIVE_INFINITY,
    );
  }

  attribute(steps: readonly ShelfStep[], nowUs: number): Attributed[] {
    for (const step of steps) {
      const parts = partsOf(step, this.#places[step.unitIndex]!);
      for (const part of parts) if (part.deltaGrams > 0) this.#waiting.add(part);
      for (const part of parts) {
        if (part.deltaGrams < 0 && !this.#waiting.ends(part)) this.#grow(this.#withoutPress(part));
      }
    }
    for (const part of this.#waiting.take(this.#view.history, nowUs)) this.#grow(part);
    this.#handEvents.push(...this.#hands.look(this.#view.history, nowUs));
    while (this.#handEvents.length > 0 && nowUs - this.#handEvents[0]!.timeUs >= HAND_EVENT_AFTER_US) {
      this.#growHands(this.#handEvents.shift()!);
    }
    return [];
  }

  flush(): Attributed[] {
    return this.attribute([], Number.POSITIVE_INFINITY);
  }

  takeNews(): BelievedEvent[] {
    const news = this.#news;
    this.#news = [];
    return news;
  }

  relink(): void {}

  cartOf(tripId: string): BelievedCart {
    const beam = this.#beams.find(({ trips }) => trips.has(tripId));
    const eventIds = [...(this.#eventsOfTrip.get(tripId) ?? [])];
    if (!beam) return { lines: [], prob: 1, eventIds };
    const { lines, prob } = bestCart(beam, tripId);
    return {
      lines: this.#parts.calibration
        ? lines.map((line) => ({ ...line, prob: calibrated('line', line.prob) }))
        : lines,
      prob: this.#parts.calibration ? calibrated('cart', prob) : prob,
      eventIds,
    };
  }

  close(tripId: string): void {
    this.#closed.add(tripId);
    const beam = this.#beams.find(({ trips }) => trips.has(tripId));
    if (!beam) return;
    const { isBest } = bestCart(beam, tripId);
    beam.hypotheses = beam.hypotheses.map((one) => ({ ...one, agrees: isBest(one) }));
    this.#publish(beam);
    beam.trips.delete(tripId);
    const stockroom = stockroomOf(tripId);
    beam.take(
      beam.hypotheses.map((one) => ({
        ...one,
        holds: withHolds(withHolds(one.holds, tripId, []), stockroom, []),
      })),
    );
    this.#settle(beam);
  }

  /** A loss, less the press that ended in the same moment if that explains it better. */
  #withoutPress(part: ShelfPart): ShelfPart {
    const net = this.#waiting.netOf(part);
    if (net === null) return part;
    const bestLog = (one: ShelfPart) => this.#takeStories(one)[0]!.log;
    if (bestLog(net) + PRESSED_LOG < bestLog(part)) return part;
    this.#waiting.endWith(part);
    return net;
  }

  #takeStories(part: ShelfPart): TakeStory[] {
    return takeStories(part, this.#weights, this.#slots, this.#stock, this.#products);
  }

  /** One change: all stories go on in every way that explains it. */
  #grow(part: ShelfPart): void {
    const { history, link } = this.#view;
    if (part.place.shelf.heightM < LOW_SHELF_M) {
      const [xM, yM] = onShelfInWorld(part.place, part.middleM);
      this.#hands.addLowChange(part.timeUs, xM, yM);
    }
    const reaches = momentsOf(part).flatMap((timeUs) => reachesOf(history, part.place, timeUs));
    const actors = actorsOf(reaches, link, (tripId) => this.#closed.has(tripId));
    const beam = this.#beamFor(part, actors);
    const eventId = ++this.#eventCount;
    const grown =
      part.deltaGrams < 0
        ? this.#grownByTake(beam, part, eventId, actors)
        : this.#grownByPut(beam, part, eventId, actors);
    if (grown.length === 0) return;
    const weights = probsOf(grown);
    this.#learn(part, grown, weights);
    this.#remember(part, eventId, grown, weights, actors);
    if (beam.take(grown.map(({ hypothesis }) => this.#without(hypothesis)))) this.boundHits++;
    if (!this.#parts.revision) beam.hypotheses = [beam.leading];
    this.#publish(beam);
    this.#settle(beam);
  }

  /** What hands did away from the scales: some may have changed owner, or lie on the floor. */
  #growHands(event: HandEvent): void {
    const owners = event.trackIds.map((trackId) => this.#ownerOf(trackId));
    const [a, b] = owners;
    if (a == null || (event.kind === 'meeting' && (b == null || a === b))) return;
    const { history } = this.#view;
    const dropProb = event.kind === 'floor' ? this.#hands.dropProb(history, event) : 0;
    if (event.kind === 'floor' && dropProb < LEAST_DROP_PROB && !this.#liesNear(event)) return;
    const beam = this.#joined(new Set(owners.flatMap((tripId) => tripId ?? [])), event.kind === 'floor' ? FLOOR : null);
    const eventId = ++this.#eventCount;
    const carrying = this.#hands.carryingChanges(history, event);
    const grown = beam.hypotheses.flatMap((one) =>
      event.kind === 'floor'
        ? growFloor(one, event, eventId, a, dropProb)
        : growMeeting(one, eventId, event.handedProb, carrying, a, b!, event.trackIds),
    );
    this.#events.set(eventId, handsSeen(event, eventId, owners));
    if (beam.take(grown)) this.boundHits++;
    if (!this.#parts.revision) beam.hypotheses = [beam.leading];
    this.#publish(beam);
    this.#settle(beam);
  }

  /** Whether something may lie on the floor there. */
  #liesNear(event: FloorEvent): boolean {
    return (
      this.#strays.some((stray) => isAtFloor(stray, event)) ||
      this.#beams.some(({ hypotheses }) => hypotheses.some(({ strays }) => strays.some((one) => isAtFloor(one, event))))
    );
  }

  /** Trip that a body belongs to, if it is fairly sure and open. */
  #ownerOf(trackId: number): string | null {
    for (const { tripId, prob } of this.#view.link.sharesOf(trackId)) {
      if (prob > 0.5 && tripId !== null && !this.#closed.has(tripId)) return tripId;
    }
    return null;
  }

  /** Without the live planogram what lies in a wrong place is forgotten. */
  #without(hypothesis: Hypothesis): Hypothesis {
    return this.#parts.livePlanogram ? hypothesis : { ...hypothesis, strays: [] };
  }

  #grownByTake(beam: Beam, part: ShelfPart, eventId: number, actors: readonly Actor[]): Growth[] {
    const combinations = takeCombinations(this.#takeStories(part), actors);
    const worth = new Worth();
    return beam.hypotheses.flatMap((one) => growTake(one, part, eventId, combinations, actors, this.#weights, worth));
  }

  #grownByPut(beam: Beam, part: ShelfPart, eventId: number, actors: readonly Actor[]): Growth[] {
    const change = new PutChange(part, eventId, actors, this.#weights, this.#parts.conservation);
    return beam.hypotheses.flatMap((one) => growPut(one, change));
  }

  /** The beam of all trips and strays that a change may concern, as one. */
  #beamFor(part: ShelfPart, actors: readonly Actor[]): Beam {
    const tripIds = new Set(actors.flatMap(({ tripId }) => (tripId === null ? [] : [tripId])));
    if (part.deltaGrams > 0 && !this.#holdsSomethingLike(part, tripIds)) this.#addHolders(part, tripIds);
    return this.#joined(tripIds, part.deltaGrams < 0 ? part.step.unitIndex : null);
  }

  /** One beam about some trips, and what lies on a unit or on the floor. */
  #joined(tripIds: ReadonlySet<string>, atUnit: number | null): Beam {
    const here = ({ unitIndex }: Stray) => unitIndex === atUnit;
    const concerned = this.#beams.filter(
      (beam) =>
        [...tripIds].some((tripId) => beam.trips.has(tripId)) ||
        beam.hypotheses.some(({ strays }) => strays.some(here)),
    );
    const strays = this.#strays.filter(here);
    if (strays.length > 0) this.#strays = this.#strays.filter((stray) => !here(stray));
    const beam = joinedBeams([new Beam([], [{ ...EMPTY, strays }]), ...concerned]);
    for (const tripId of tripIds) beam.trips.add(tripId);
    this.#beams = this.#beams.filter((one) => !concerned.includes(one));
    this.#beams.push(beam);
    return beam;
  }

  #holdsSomethingLike(part: ShelfPart, tripIds: ReadonlySet<string>): boolean {
    return this.#beams.some((beam) =>
      beam.hypotheses.some((one) => holdersOf(one, part).some((tripId) => tripIds.has(tripId))),
    );
  }

  /** Nobody near holds what was put down: whoever holds it anywhere may have handed it over. */
  #addHolders(part: ShelfPart, tripIds: Set<string>): void {
    for (const beam of this.#beams) {
      const [likeliest] = beam.hypotheses;
      for (const tripId of holdersOf(likeliest!, part)) tripIds.add(tripId);
    }
  }

  /** A sure change teaches what its product weighs, and whether its slot holds what it should. */
  #learn(part: ShelfPart, grown: readonly Growth[], weights: readonly number[]): void {
    const byStory = new Map<string, { growth: Growth; prob: number }>();
    grown.forEach((growth, i) => {
      const { story } = growth;
      if (story?.placed == null || story.product === null || story.also !== null) return;
      const key = `${part.place.slots.indexOf(story.placed)}|${this.#products.indexOf(story.product)}|${story.count}`;
      const row = byStory.get(key) ?? { growth, prob: 0 };
      row.prob += weights[i]!;
      byStory.set(key, row);
    });
    for (const { growth, prob } of byStory.values()) {
      const { placed, product, count } = growth.story!;
      if (prob < SURE_PROB || count > MOST_TEACHING || product!.sellBy === 'weighed') continue;
      const grams = -part.deltaGrams;
      const scaleVar = part.sdGrams ** 2;
      this.#slots.learn(placed!, (one) => this.#weights.logDensity(one, count, grams, scaleVar));
      this.#weights.learn(product!, count, grams, scaleVar);
    }
  }

  #remember(
    part: ShelfPart,
    eventId: number,
    grown: readonly Growth[],
    weights: readonly number[],
    actors: readonly Actor[],
  ): void {
    const byTrip = new Map<string | null, number>();
    const bySaid = new Map<string, { sku: string; count: number; prob: number }>();
    let best = 0;
    grown.forEach(({ said, tripIds }, i) => {
      if (weights[i]! > weights[best]!) best = i;
      for (const tripId of tripIds) byTrip.set(tripId, (byTrip.get(tripId) ?? 0) + weights[i]! / tripIds.length);
      for (const { product, count } of said) {
        if (product === null) continue;
        const key = `${count} ${product.sku}`;
        const row = bySaid.get(key) ?? { sku: product.sku, count, prob: 0 };
        row.prob += weights[i]!;
        bySaid.set(key, row);
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
        products: [...bySaid.values()].sort((a, b) => b.prob - a.prob).slice(0, 6),
      },
      rivals: rivalsOf(byTrip),
      handDistanceM: new Map(actors.map((actor) => [actor.trackId, actor.handDistanceM(target)])),
      saidMoves: null,
    });
  }

  /** Tells what the likeliest story now says differently from before. */
  #publish(beam: Beam): void {
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
        why: '',
      });
    }
  }

  #eventsNear(tripId: string): Set<number> {
    let ids = this.#eventsOfTrip.get(tripId);
    if (ids === undefined) this.#eventsOfTrip.set(tripId, (ids = new Set()));
    return ids;
  }

  /** Trips about which all stories agree go their own ways again; where one story is left, all do. */
  #settle(beam: Beam): void {
    if (!beam.settle() && beam.trips.size > 0) {
      for (const { holder, things } of beam.takeAgreed()) this.#setApart(holder, things);
      return;
    }
    this.#publish(beam);
    const only = beam.leading;
    this.#strays.push(...only.strays);
    this.#beams = this.#beams.filter((one) => one !== beam);
    for (const [holder, things] of only.holds) this.#setApart(holder, things);
  }

  #setApart(holder: string, things: readonly Thing[]): void {
    const tripId = holder.trimEnd();
    const own = this.#beams.find(({ trips }) => trips.has(tripId));
    if (own) own.hypotheses = own.hypotheses.map((one) => ({ ...one, holds: withHolds(one.holds, holder, things) }));
    else this.#beams.push(new Beam([tripId], [{ ...EMPTY, holds: new Map([[holder, things]]) }]));
  }
}

/** When the load moved: once, or first and last where two may have been at it. */
function momentsOf({ fromUs, timeUs, toUs }: ShelfPart): number[] {
  const isSpread = toUs - fromUs > TWICE_US.from && toUs - fromUs < TWICE_US.to;
  return isSpread ? [...new Set([fromUs, timeUs, toUs])] : [timeUs];
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
    saidMoves: null,
  };
}

function probsOf(grown: readonly Growth[]): number[] {
  const best = grown.reduce((most, { hypothesis }) => Math.max(most, hypothesis.log), Number.NEGATIVE_INFINITY);
  const weights = grown.map(({ hypothesis }) => Math.exp(hypothesis.log - best));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
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
