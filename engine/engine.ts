import type { Attributed, Attribution, OpenClaim } from './attribution/attribution.ts';
import { chooseAttribution } from './attribution/choose-attribution.ts';
import type { Cart, EngineOutput, IngestCounters, Rival } from './cart.ts';
import { ALIGN_DEFAULTS, Aligner } from './ingest/align.ts';
import type { Moment } from './ingest/moment.ts';
import { type BookedClaim, ClaimBook } from './ledger/claim-book.ts';
import { JointBook } from './ledger/joint-book.ts';
import { Ledger } from './ledger/ledger.ts';
import { isNear, NEAR_BLIND, NEAR_OPEN } from './ledger/near.ts';
import { REVIEW_POLICY, type ReviewPolicy } from './ledger/review-policy.ts';
import { type Doubt, Settlement } from './ledger/settlement.ts';
import type { Reading } from './readings.ts';
import { scaleLayouts } from './shelves/scale-layout.ts';
import { ShelfWatch } from './shelves/shelf-watch.ts';
import type { Store } from './store.ts';
import { GateLink } from './tracking/gate-link.ts';
import { Locator } from './tracking/locate.ts';
import type { Trip } from './tracking/track-view.ts';
import { Tracker } from './tracking/tracker.ts';
import { ViewMerger } from './tracking/view-merger.ts';

export interface EngineOptions {
  /** Who did what: a name of `ATTRIBUTIONS`. */
  readonly attribution?: string;
  /** Parts of the attribution to switch off, of `ABLATIONS`. */
  readonly ablate?: readonly string[];
  /** Constants of the attribution to replace, by name; for searches (`published-tuned`). */
  readonly constants?: Readonly<Record<string, number>>;
  /** How long after its event time a reading may arrive and still count. */
  readonly latenessUs?: number;
  /** Length of the bins of event time that the stages work in. */
  readonly momentUs?: number;
  /** How long after its exit a trip waits for shelf activity of its last moments to show. */
  readonly settleUs?: number;
  /** A cart less likely exact than this goes to a person. */
  readonly reviewBelowProb?: number;
  /** What mistakes and reviews cost: carts whose expected mistakes cost more than a review go to a person too. */
  readonly review?: ReviewPolicy;
}

export const ENGINE_DEFAULTS: Required<Omit<EngineOptions, 'constants'>> = {
  attribution: 'joint',
  ablate: [],
  ...ALIGN_DEFAULTS,
  // A step shows as activity within half a window (0.5 s); the rest is for clocks and for exits seen early.
  settleUs: 1_000_000,
  // Below one half the cart is more likely wrong than right.
  reviewBelowProb: 0.5,
  review: REVIEW_POLICY,
};

/**
 * Readings in, carts out: align, locate, track, link to gates, watch shelves, attribute, keep the ledger, settle.
 * Synchronous and deterministic: reads no clock and rolls no dice; the same readings give the same outputs.
 */
export class Engine {
  readonly #aligner: Aligner;
  readonly #locator: Locator;
  readonly #merger: ViewMerger;
  readonly #tracker: Tracker;
  readonly #link: GateLink;
  readonly #shelves: ShelfWatch;
  readonly #attribution: Attribution;
  readonly #ledger: Ledger;
  readonly #claims: ClaimBook;
  /** Instead of claims, where the attribution keeps beliefs. */
  readonly #joint: JointBook | null;
  readonly #settlement: Settlement;
  #outputs: EngineOutput[] = [];
  #nowUs = 0;
  #lastArrivalUs = 0;

  /** Throws for an unknown attribution or ablation, naming the known ones. */
  constructor(store: Store, options: EngineOptions = {}) {
    const chosen = { ...ENGINE_DEFAULTS, ...options };
    const layouts = scaleLayouts(store);
    const settled = new Map<string, Cart>();
    this.#aligner = new Aligner(store, chosen);
    this.#locator = new Locator(store);
    this.#merger = new ViewMerger(store);
    this.#tracker = new Tracker(store);
    this.#link = new GateLink(store);
    this.#shelves = new ShelfWatch(layouts, chosen.attribution === 'joint' ? 'cell-noise' : 'unit-sd');
    this.#ledger = new Ledger(store);
    this.#claims = new ClaimBook(this.#ledger, this.#link, (tripId) => settled.has(tripId));
    this.#attribution = chooseAttribution(chosen.attribution, chosen.ablate, {
      store,
      layouts,
      history: this.#tracker,
      link: this.#link,
      holdings: this.#claims,
      ...(options.constants ? { constants: options.constants } : {}),
    });
    const { belief } = this.#attribution;
    this.#joint = belief ? new JointBook(this.#ledger, belief) : null;
    this.#settlement = new Settlement(store, this.#ledger, this.#joint ?? this.#claims, this.#link, settled, chosen);
  }

  get counters(): Readonly<IngestCounters> {
    return this.#aligner.counters;
  }

  /** Carts of all open trips as they stand now, by time of entry: for live views; they may still change. */
  drafts(): Cart[] {
    return this.#settlement.drafts();
  }

  /** Which trips a body may belong to, now; sums to 1. */
  tripsOf(trackId: number): readonly Rival[] {
    return this.#link.sharesOf(trackId);
  }

  push(reading: Reading): void {
    this.#aligner.push(reading);
  }

  /** Works through the moments that are complete and gives what came out since the last call. */
  take(): EngineOutput[] {
    for (let moment = this.#aligner.take(); moment !== null; moment = this.#aligner.take()) this.#advance(moment);
    const outputs = this.#outputs;
    this.#outputs = [];
    return outputs;
  }

  /** End of the input: settles who left and drafts the carts of those still inside. */
  finish(): EngineOutput[] {
    this.#aligner.flush();
    const outputs = this.take();
    this.#shelves.flush();
    this.#record(this.#attribution.attribute(this.#shelves.take(), Number.POSITIVE_INFINITY));
    this.#record(this.#attribution.flush());
    this.#link.finish();
    this.#emit(this.#settlement.finish(this.#lastArrivalUs, (trip) => this.#doubtOf(trip, this.#nowUs)));
    return [...outputs, ...this.take()];
  }

  #advance({ timeUs, arrivalUs, readings }: Moment): void {
    this.#nowUs = timeUs;
    this.#lastArrivalUs = arrivalUs;
    const views = this.#locator.locate(readings);
    const sightings = this.#merger.merge(views, this.#tracker.predict(timeUs));
    this.#tracker.update(sightings, timeUs);
    this.#link.update(readings, this.#tracker, timeUs);
    this.#outputs.push({ kind: 'tracks', tracks: this.#tracker.snapshot() });

    for (const reading of readings) {
      if (reading.kind !== 'scale' || !this.#shelves.push(reading)) continue;
      this.#alert(reading.timeUs, reading.sensorId, 'scale restarted: its level is taken afresh');
    }
    for (const scaleId of this.#shelves.takeBlinded(timeUs)) this.#alert(timeUs, scaleId, 'scale is silent');
    this.#attribution.see?.(readings);
    const steps = this.#shelves.take();
    // A put-back is read against the owner's cart, so that must follow what is known by now about who is who.
    if (steps.length > 0) this.#claims.reassign();
    this.#record(this.#attribution.attribute(steps, timeUs));
    this.#emit(this.#settlement.settle(timeUs, arrivalUs, (trip) => this.#doubtOf(trip, timeUs)));
    for (const tripId of this.#settlement.takeStale(timeUs)) this.#link.forget(tripId);
    for (const reading of readings) if (reading.kind === 'decision') this.#decide(reading);
    this.#publishEntries();
  }

  /** Lets new ledger lines out, in the order they were booked. */
  #publishEntries(): void {
    for (const entry of this.#ledger.takeEntries()) this.#outputs.push({ kind: 'entry', entry });
  }

  /** What the shelves may still be keeping from us about a trip that has left. */
  #doubtOf({ tripId, exitedAtUs }: Trip, nowUs: number): Doubt {
    if (this.#attribution.heldSinceUs < exitedAtUs!) return 'open';
    const open = this.#shelves.openBefore(exitedAtUs!);
    if (isNear(NEAR_OPEN, tripId, exitedAtUs!, open, this.#tracker, this.#link)) return 'open';
    const blind = this.#shelves.blindAt(nowUs);
    return isNear(NEAR_BLIND, tripId, exitedAtUs!, blind, this.#tracker, this.#link) ? 'blind' : 'none';
  }

  #record(attributed: readonly Attributed[]): void {
    for (const { change, claim } of attributed) {
      this.#outputs.push({ kind: 'change', change });
      if (claim !== null) this.#claim(claim);
    }
    if (this.#joint) this.#outputs.push(...this.#joint.update());
  }

  #claim(claim: OpenClaim): void {
    const { booked, shortfall, isLate } = this.#claims.add(claim);
    this.#outputs.push({ kind: 'claim', change: claim.change, claim: publicClaim(booked) });
    const { timeUs, sku, change } = claim;
    const place = change.slotId ?? change.shelfId;
    if (shortfall > 0)
      this.#alert(timeUs, place, `${shortfall} more of ${sku} taken than the books held: stock corrected`);
    if (isLate) this.#alert(timeUs, change.changeId, `${sku} moved by a trip that is settled already: on no cart`);
    if (claim.purpose === 'refused') {
      this.#alert(timeUs, claim.scaleId, `${sku} is sold by weight, and this scale is not approved for trade: no line`);
    }
  }

  #decide(reading: Reading & { kind: 'decision' }): void {
    const result = this.#settlement.decide(reading);
    if (typeof result === 'string') this.#alert(reading.timeUs, reading.tripId, `decision refused: ${result}`);
    else this.#emit([result]);
  }

  #emit(carts: readonly Cart[]): void {
    // What closing a trip decided about others.
    if (this.#joint) this.#outputs.push(...this.#joint.update());
    this.#publishEntries();
    for (const cart of carts) this.#outputs.push({ kind: 'cart', cart });
  }

  #alert(timeUs: number, about: string, text: string): void {
    this.#outputs.push({ kind: 'alert', timeUs, about, text });
  }
}

function publicClaim({ claim, shares }: BookedClaim) {
  return {
    changeId: claim.change.changeId,
    timeUs: claim.timeUs,
    sku: claim.sku,
    quantity: claim.quantity,
    shares: shares.map(({ tripId, prob }) => ({ tripId, prob })),
    trackIds: shares.map((share) => share.trackId),
    handDistanceM: shares[0].handDistanceM,
  };
}
