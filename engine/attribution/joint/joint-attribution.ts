import type { Reading } from '../../readings.ts';
import type { ShelfStep } from '../../shelves/shelf-step.ts';
import type { Product } from '../../store.ts';
import type { Attributed, Attribution, Belief, BelievedCart, BelievedEvent } from '../attribution.ts';
import type { AttributionView } from '../published/published-attribution.ts';
import { type Actor, actorsOf, likelyTakers } from './actor.ts';
import type { Beam } from './beam.ts';
import { BeamSet } from './beam-set.ts';
import { bestCart } from './best-cart.ts';
import { calibrated } from './calibrated.ts';
import { ChangeNames } from './change-names.ts';
import { growFloor, growMeeting } from './grow-hand.ts';
import { growPut, PutChange } from './grow-put.ts';
import { type Growth, growTake, takeCombinations } from './grow-take.ts';
import { type HandSight, handSightOf } from './hand-sight.ts';
import { type HandEvent, HandWatch } from './hand-watch.ts';
import { type Hypothesis, stockroomOf, withHolds } from './hypothesis.ts';
import { HAND_EVENT_AFTER_US } from './joint-constants.ts';
import { learnFrom } from './learn-weights.ts';
import { ProductSight } from './product-sight.ts';
import { FLOOR, reachesOf } from './reach.ts';
import { partsOf, type ShelfPart } from './shelf-part.ts';
import { onShelfInWorld, type ShelfPlace, shelfPlaces } from './shelf-place.ts';
import { SlotBelief } from './slot-belief.ts';
import { StockCount } from './stock-count.ts';
import { type TakeStory, takeStories } from './take-story.ts';
import { ToldEvents } from './told-events.ts';
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

/** Two lifts that cannot be told apart by the load are this far apart; a slow pull takes longer. */
const TWICE_US = { from: 200_000, to: 1_500_000 } as const;
/** A press that ends in the very moment something is taken, against a gain and a loss of their own, log. */
const PRESSED_LOG = -2;
/** Bends less likely to have left something are not told. */
const LEAST_DROP_PROB = 0.02;
/** Shelves up to here are bent to, metres. */
const LOW_SHELF_M = 0.65;
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
  readonly #waiting: WaitingPuts;
  readonly #hands: HandWatch;
  readonly #sight: HandSight;
  readonly #productSight: ProductSight;
  #handEvents: HandEvent[] = [];
  readonly #closed = new Set<string>();
  readonly #beams = new BeamSet();
  readonly #told: ToldEvents;
  readonly #names = new ChangeNames();
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
    this.#told = new ToldEvents(this.#stock);
    this.#hands = new HandWatch(view.store);
    this.#sight = handSightOf(view.store);
    this.#productSight = new ProductSight(view.store);
    this.#waiting = new WaitingPuts(this.#sight);
  }

  get heldSinceUs(): number {
    return Math.min(
      this.#waiting.sinceUs,
      this.#hands.openSinceUs,
      this.#handEvents[0]?.fromUs ?? Number.POSITIVE_INFINITY,
    );
  }

  see(readings: readonly Reading[]): void {
    if (this.#parts.recognition) this.#productSight.see(readings);
  }

  attribute(steps: readonly ShelfStep[], nowUs: number): Attributed[] {
    for (const step of steps) {
      const parts = partsOf(step, this.#places[step.unitIndex]!).map((part) => this.#names.own(part));
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
    return this.#told.takeNews();
  }

  takeForgotten(): number[] {
    return this.#told.takeForgotten();
  }

  relink(): void {}

  cartOf(tripId: string): BelievedCart {
    const beam = this.#beams.of(tripId);
    const eventIds = this.#told.eventIdsOf(tripId);
    if (!beam) return { lines: [], prob: 1, eventIds };
    const { lines, prob } = bestCart(beam, tripId, this.#slots);
    return {
      lines: this.#parts.calibration ? lines.map((line) => ({ ...line, prob: calibrated('line', line.prob) })) : lines,
      prob: this.#parts.calibration ? calibrated('cart', prob) : prob,
      eventIds,
    };
  }

  close(tripId: string): void {
    const listed = new Set(this.#view.link.trips().map((trip) => trip.tripId));
    // Whom the link does not name any more, nobody asks about.
    for (const closed of this.#closed) if (!listed.has(closed)) this.#closed.delete(closed);
    this.#closed.add(tripId);
    this.#settle(tripId);
    this.#told.forget(tripId, this.#beams.disputed());
  }

  #settle(tripId: string): void {
    const beam = this.#beams.of(tripId);
    if (!beam) return;
    const { isBest } = bestCart(beam, tripId, this.#slots);
    beam.hypotheses = beam.hypotheses.map((one) => ({ ...one, agrees: isBest(one) }));
    this.#told.publish(beam);
    beam.trips.delete(tripId);
    const stockroom = stockroomOf(tripId);
    beam.take(
      beam.hypotheses.map((one) => ({
        ...one,
        holds: withHolds(withHolds(one.holds, tripId, []), stockroom, []),
      })),
    );
    this.#publish(beam);
  }

  /** A loss, less the press that ended in the same moment if that explains it better. */
  #withoutPress(part: ShelfPart): ShelfPart {
    const net = this.#waiting.netOf(part);
    if (net === null) return part;
    // Without the press nothing may be left that a take explains.
    const bestLog = (one: ShelfPart) => this.#takeStories(one)[0]?.log ?? Number.NEGATIVE_INFINITY;
    const netLog = bestLog(net) + PRESSED_LOG;
    if (netLog === Number.NEGATIVE_INFINITY || netLog < bestLog(part)) return part;
    this.#waiting.endWith(part);
    return net;
  }

  #takeStories(part: ShelfPart): TakeStory[] {
    return takeStories(part, this.#weights, this.#slots, this.#stock, this.#products, this.#productSight.isAnything);
  }

  /** One change: all stories go on in every way that explains it. */
  #grow(part: ShelfPart): void {
    const { history, link } = this.#view;
    if (part.place.shelf.heightM < LOW_SHELF_M) {
      const [xM, yM] = onShelfInWorld(part.place, part.middleM);
      this.#hands.addLowChange(part.timeUs, xM, yM);
    }
    const reaches = momentsOf(part).flatMap((timeUs) => reachesOf(history, part.place, this.#sight, timeUs));
    const near = actorsOf(reaches, link, part.timeUs, (tripId) => this.#closed.has(tripId));
    const eventId = ++this.#eventCount;
    const { beam, actors, grown } =
      part.deltaGrams < 0 ? this.#grownByTake(part, eventId, near) : this.#grownByPut(part, eventId, near);
    if (grown.length === 0) return;
    const weights = probsOf(grown);
    learnFrom(part, grown, weights, this.#slots, this.#weights);
    this.#told.addPart(part, eventId, grown, weights, actors, this.#slots);
    if (beam.take(grown.map(({ hypothesis }) => this.#without(hypothesis)))) this.boundHits++;
    if (!this.#parts.revision) beam.hypotheses = [beam.leading];
    this.#publish(beam);
  }

  /** What hands did away from the scales: some may have changed owner, or lie on the floor. */
  #growHands(event: HandEvent): void {
    const owners = event.trackIds.map((trackId) => this.#ownerOf(trackId, event.fromUs));
    const [a, b] = owners;
    if (a == null || (event.kind === 'meeting' && (b == null || a === b))) return;
    const { history } = this.#view;
    const dropProb = event.kind === 'floor' ? this.#hands.dropProb(history, event) : 0;
    if (event.kind === 'floor' && dropProb < LEAST_DROP_PROB && !this.#beams.liesNear(event)) return;
    const beam = this.#beams.joined(
      new Set(owners.flatMap((tripId) => tripId ?? [])),
      event.kind === 'floor' ? FLOOR : null,
    );
    const eventId = ++this.#eventCount;
    const carrying = this.#hands.carryingChanges(history, event);
    const grown = beam.hypotheses.flatMap((one) =>
      event.kind === 'floor'
        ? growFloor(one, event, eventId, a, dropProb)
        : growMeeting(one, eventId, event.handedProb, carrying, a, b!, event.trackIds),
    );
    this.#told.addHands(eventId, event, owners);
    if (beam.take(grown)) this.boundHits++;
    if (!this.#parts.revision) beam.hypotheses = [beam.leading];
    this.#publish(beam);
  }

  /** Says what is believed now, and lets go of what is decided. */
  #publish(beam: Beam): void {
    this.#told.publish(beam);
    this.#beams.settle(beam);
  }

  /** Trip that a body belonged to at a time, if it is fairly sure and open. */
  #ownerOf(trackId: number, timeUs: number): string | null {
    for (const { tripId, prob } of this.#view.link.sharesOf(trackId, timeUs)) {
      if (prob > 0.5 && tripId !== null && !this.#closed.has(tripId)) return tripId;
    }
    return null;
  }

  /** Without the live planogram what lies in a wrong place is forgotten. */
  #without(hypothesis: Hypothesis): Hypothesis {
    return this.#parts.livePlanogram ? hypothesis : { ...hypothesis, strays: [] };
  }

  #grownByTake(part: ShelfPart, eventId: number, near: readonly Actor[]): Grown {
    const stories = this.#takeStories(part);
    const strays = this.#beams.straysOn(part.step.unitIndex);
    const actors = likelyTakers(
      near,
      stories,
      strays.map(({ target }) => target),
    );
    const beam = this.#beams.joined(tripsOf(actors), part.step.unitIndex);
    const maybe = [...stories.map(({ product }) => product), ...strays.map(({ thing }) => thing.product)];
    const sight = this.#productSight.around(this.#view.history, part.timeUs, 'after', maybe);
    const combinations = takeCombinations(stories, actors, sight);
    const worth = new Worth();
    const grown = beam.hypotheses.flatMap((one) =>
      growTake(one, part, eventId, combinations, actors, this.#weights, worth, sight),
    );
    return { beam, actors, grown };
  }

  #grownByPut(part: ShelfPart, eventId: number, actors: readonly Actor[]): Grown {
    const beam = this.#beams.joined(this.#beams.holdersFor(part, tripsOf(actors)), null);
    const held = new Set(
      beam.hypotheses.flatMap(({ holds }) => [...holds.values()].flat().map(({ product }) => product)),
    );
    const sight = this.#productSight.around(this.#view.history, part.timeUs, 'before', [...held]);
    const change = new PutChange(part, eventId, actors, this.#weights, this.#parts.conservation, sight);
    return { beam, actors, grown: beam.hypotheses.flatMap((one) => growPut(one, change)) };
  }
}

interface Grown {
  readonly beam: Beam;
  readonly actors: readonly Actor[];
  readonly grown: readonly Growth[];
}

function tripsOf(actors: readonly Actor[]): Set<string> {
  return new Set(actors.flatMap(({ tripId }) => tripId ?? []));
}

/** When the load moved: once, or first and last where two may have been at it. */
function momentsOf({ fromUs, timeUs, toUs }: ShelfPart): number[] {
  const isSpread = toUs - fromUs > TWICE_US.from && toUs - fromUs < TWICE_US.to;
  return isSpread ? [...new Set([fromUs, timeUs, toUs])] : [timeUs];
}

function probsOf(grown: readonly Growth[]): number[] {
  const best = grown.reduce((most, { hypothesis }) => Math.max(most, hypothesis.log), Number.NEGATIVE_INFINITY);
  const weights = grown.map(({ hypothesis }) => Math.exp(hypothesis.log - best));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}
