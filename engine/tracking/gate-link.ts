import type { Rival } from '../cart.ts';
import { type Doorway, doorwaysOf } from '../geometry/doorway.ts';
import { associationProbs } from '../maths/association-probs.ts';
import type { GateReading, Reading } from '../readings.ts';
import type { Store } from '../store.ts';
import type { Body, BodySource } from './body.ts';
import { type Arrival, arrivalOf, detourSds } from './entrance.ts';
import type { Trip, TripLink } from './track-view.ts';

/** A shopper crosses the gate's line about this long after the credential was accepted; members follow each other. */
const CROSS_AFTER_US = 700_000;
const CROSS_SD_US = 800_000;
const FOLLOW_US = 1_200_000;
const FOLLOW_SD_US = 600_000;
/** Members of a group who dawdle: a share of them comes later, with this mean. */
const DAWDLE_PROB = 0.3;
const DAWDLE_US = 6_000_000;
/** Bodies per second that come in without a credential while a gate stands open, and slots that nobody uses. */
const UNEXPLAINED_PER_SECOND = 0.01;
const EMPTY_FIRST_PROB = 0.02;
const EMPTY_LATER_PROB = 0.1;
/** Pairs less likely than this against both staying alone are not considered. */
const ODDS_MIN = 1e-3;
/** After this long no other gate reading can explain a body. */
const RESOLVE_US = 5_000_000;
/** After this long the shares of a body no longer change. */
const FREEZE_US = 20_000_000;
/** A body that holds less than this of a trip does not keep it open. */
const HOLDER_PROB = 0.3;
/** While bodies inside hold this much of a trip together, it is not over, whoever else has left: a receipt before the exit is worse than a late one. */
const DOUBT_PROB = 0.01;
/** A trip whose bodies seem to have left waits this long for those inside who may belong to it; then it is for a person. */
const DOUBT_WAIT_US = 900_000_000;
/** A body unseen for longer than this no longer does so: most are ghosts of the tracker. */
const ABOUT_US = 60_000_000;
/** A trip that no body fits this long after the gate opened was never taken. */
const NO_SHOW_US = 60_000_000;
const NO_SHOW_PROB = 0.05;
/** It is not given up while somebody is inside who holds this much of it. */
const POSSIBLE_PROB = 0.002;
/** An unexplained body in the middle of the store is more likely a lost one than new: the lost share this much. */
const LOST_SHARE = 0.8;
const LOST_HEIGHT_SD_M = 0.06;

interface OpenTrip extends Trip {
  admits: number;
  exitedAtUs: number | null;
  exit: 'seen' | 'presumed' | null;
  /** Of the last look at who may belong to it: its greatest share, bodies with a good share, and others inside with a small one. */
  bestProb: number;
  readonly holders: Body[];
  readonly others: { readonly body: Body; readonly prob: number }[];
  /** Somebody inside may just about belong to it. */
  isPossible: boolean;
}

/** One place that a gate reading gives: each lets one body in. */
interface Slot {
  readonly trip: OpenTrip;
  readonly timeUs: number;
  /** 0 for the first body on this reading. */
  readonly order: number;
  readonly doors: readonly Doorway[];
  /** Probability that a body whose shares no longer change has used it. */
  usedProb: number;
}

interface Linked {
  arrival: Arrival;
  shares: { trip: OpenTrip | null; prob: number }[];
  isResolved: boolean;
  isFrozen: boolean;
}

const NOBODY: Linked['shares'] = [{ trip: null, prob: 1 }];

/** Ties bodies to gate readings, jointly over all who come in at about the same time. */
export class GateLink implements TripLink {
  #doors: readonly Doorway[];
  #gateOrder = new Map<string, number>();
  #staff: ReadonlySet<string>;
  #trips: OpenTrip[] = [];
  #tripCount = 0;
  #slots: Slot[] = [];
  #linked = new Map<number, Linked>();
  #source: BodySource | null = null;
  /** False while nobody and nothing has come in or changed since shares were last weighed. */
  #isStale = true;

  constructor(store: Store) {
    this.#doors = doorwaysOf(store);
    this.#staff = new Set(store.staffCredentials);
    for (const { gateId } of this.#doors)
      if (gateId !== null && !this.#gateOrder.has(gateId)) this.#gateOrder.set(gateId, this.#gateOrder.size);
  }

  /** Takes one moment: its gate readings (others are passed over) and the bodies after the tracker's update. */
  update(readings: readonly Reading[], source: BodySource, timeUs: number): void {
    this.#source = source;
    for (const reading of this.#entries(readings)) this.#open(reading);
    const bodies = source.bodies();
    this.#welcome(bodies, timeUs);
    this.#weigh(timeUs);
    this.#resolve(bodies, timeUs);
    this.#closeTrips(timeUs);
    this.#prune(bodies);
  }

  /** End of the input: who seems to have left but may have been mixed up with somebody inside is waited for no longer. */
  finish(): void {
    for (const trip of this.#trips) {
      if (trip.exitedAtUs !== null || trip.holders.length === 0) continue;
      trip.exitedAtUs = lastLeftUs(trip.holders);
      if (trip.exitedAtUs !== null) trip.exit = 'presumed';
    }
  }

  trips(): readonly Trip[] {
    return this.#trips;
  }

  sharesOf(trackId: number, timeUs?: number): readonly Rival[] {
    const shares = timeUs === undefined ? this.#linked.get(trackId)?.shares : this.#sharesAt(trackId, timeUs);
    if (shares === undefined) return [{ tripId: null, prob: 1 }];
    return shares.map(({ trip, prob }) => ({ tripId: trip?.tripId ?? null, prob }));
  }

  /** Shares of whoever the track may have been at `timeUs`. */
  #sharesAt(trackId: number, timeUs: number): Linked['shares'] {
    const origins = this.#source?.originsOf(trackId, timeUs) ?? [];
    if (origins.length < 2) return this.#linked.get(trackId)?.shares ?? NOBODY;
    const shares: Linked['shares'] = [];
    for (const { trackId: originId, prob } of origins) {
      const linked = this.#linked.get(originId);
      if (linked === undefined) shares.push({ trip: null, prob });
      else for (const share of linked.shares) shares.push({ trip: share.trip, prob: prob * share.prob });
    }
    return joined(shares);
  }

  /** Drops a settled trip; what bodies still hold of it becomes nobody's. */
  forget(tripId: string): void {
    const trip = this.#trips.find((one) => one.tripId === tripId);
    if (trip === undefined) return;
    this.#trips.splice(this.#trips.indexOf(trip), 1);
    this.#slots = this.#slots.filter((slot) => slot.trip !== trip);
    this.#isStale = true;
    for (const linked of this.#linked.values()) {
      for (const share of linked.shares) if (share.trip === trip) share.trip = null;
      linked.shares = joined(linked.shares);
    }
  }

  #entries(readings: readonly Reading[]): GateReading[] {
    const entries = readings.filter((one): one is GateReading => one.kind === 'gate' && one.event === 'entry');
    const orderOf = (gate: GateReading) => this.#gateOrder.get(gate.sensorId) ?? this.#gateOrder.size;
    return entries.sort((a, b) => a.timeUs - b.timeUs || orderOf(a) - orderOf(b) || a.sequence - b.sequence);
  }

  #open(reading: GateReading): void {
    const { credential, timeUs, admits } = reading;
    let trip: OpenTrip | undefined;
    if (credential !== null) trip = this.#trips.find((one) => one.credential === credential && one.exitedAtUs === null);
    if (trip === undefined) trip = this.#createTrip(credential, timeUs, admits);
    else trip.admits += admits;
    const doors = this.#doors.filter((door) => door.gateId === reading.sensorId);
    this.#isStale = true;
    for (let order = 0; order < admits; order++) this.#slots.push({ trip, timeUs, order, doors, usedProb: 0 });
  }

  #createTrip(credential: string | null, enteredAtUs: number, admits: number): OpenTrip {
    const tripId = `trip-${++this.#tripCount}`;
    const staff = credential !== null && this.#staff.has(credential);
    const trip: OpenTrip = {
      tripId,
      credential,
      staff,
      enteredAtUs,
      admits,
      exitedAtUs: null,
      exit: null,
      bestProb: 0,
      holders: [],
      others: [],
      isPossible: false,
    };
    this.#trips.push(trip);
    // An unexplained body is known only some seconds after it came in.
    this.#trips.sort((a, b) => a.enteredAtUs - b.enteredAtUs);
    return trip;
  }

  #welcome(bodies: readonly Body[], timeUs: number): void {
    for (const body of bodies) {
      const known = this.#linked.get(body.trackId);
      if (known !== undefined) {
        // The tracker may have found out that two bodies were mixed up.
        if (known.arrival.body === body) continue;
        known.arrival = { ...known.arrival, body };
        this.#isStale = true;
        continue;
      }
      const arrival = arrivalOf(body, this.#doors, timeUs);
      if (arrival === null) continue;
      const shares = [{ trip: null, prob: 1 }];
      this.#isStale = true;
      this.#linked.set(body.trackId, { arrival, shares, isResolved: false, isFrozen: false });
    }
  }

  /** Shares of all bodies that came in lately, from timing and place, jointly. */
  #weigh(timeUs: number): void {
    const open = [...this.#linked.values()].filter((linked) => !linked.isFrozen);
    if (open.length === 0) return;
    const isDue = open.some((linked) => timeUs - linked.arrival.body.bornUs > FREEZE_US);
    const isOld = this.#slots.some((slot) => timeUs - slot.timeUs > 2 * FREEZE_US);
    if (!this.#isStale && !isDue && !isOld) return;
    // What is frozen or dropped now changes the next weighing.
    this.#isStale = isDue || isOld;
    const columns = this.#slots.length;
    const odds = new Float64Array(open.length * columns);
    open.forEach((linked, i) => {
      this.#slots.forEach((slot, j) => {
        odds[i * columns + j] = oddsOf(this.#doors, linked.arrival, slot);
      });
    });
    const probs = associationProbs(odds, open.length, columns);
    open.forEach((linked, i) => {
      if (!linked.isResolved) {
        const shares: Linked['shares'] = this.#slots.map((slot, j) => ({
          trip: slot.trip,
          prob: probs[i * (columns + 1) + j]!,
        }));
        shares.push({ trip: null, prob: probs[i * (columns + 1) + columns]! });
        linked.shares = joined(shares);
      }
      if (timeUs - linked.arrival.body.bornUs <= FREEZE_US) return;
      linked.isFrozen = true;
      this.#slots.forEach((slot, j) => {
        slot.usedProb = Math.min(1, slot.usedProb + probs[i * (columns + 1) + j]!);
      });
    });
    // Slots outlive the bodies they may explain, so that none loses its share before it is frozen.
    this.#slots = this.#slots.filter((slot) => timeUs - slot.timeUs <= 2 * FREEZE_US);
  }

  /** Gives bodies that no gate reading explains a trip of their own, or a part in the trips of lost bodies. */
  #resolve(bodies: readonly Body[], timeUs: number): void {
    for (const linked of this.#linked.values()) {
      const { body, suspect } = linked.arrival;
      if (linked.isResolved || timeUs - body.bornUs < RESOLVE_US) continue;
      const unexplained = linked.shares.find((share) => share.trip === null);
      if (timeUs - body.bornUs > FREEZE_US) linked.isResolved = true;
      if (unexplained === undefined || unexplained.prob < 0.5) continue;
      linked.isResolved = true;
      const lost = suspect ? this.#lostLike(body, bodies) : [];
      if (lost.length === 0) unexplained.trip = this.#createTrip(null, body.bornUs, 1);
      for (const { trip, prob } of lost) linked.shares.push({ trip, prob: prob * LOST_SHARE * unexplained.prob });
      if (lost.length > 0) unexplained.prob *= 1 - LOST_SHARE;
      linked.shares = joined(linked.shares);
    }
  }

  /** Trips of bodies that were lost inside before this one appeared, by likeness in height; sums to 1 or is empty. */
  #lostLike(body: Body, bodies: readonly Body[]): { trip: OpenTrip | null; prob: number }[] {
    const found: { trip: OpenTrip | null; prob: number }[] = [];
    for (const lost of bodies) {
      const shares = this.#linked.get(lost.trackId)?.shares;
      if (lost.state !== 'missing' || lost.lastSeenUs > body.bornUs || shares === undefined) continue;
      const rises = (body.headHeightM - lost.headHeightM) / LOST_HEIGHT_SD_M;
      const weight = Math.exp(-0.5 * rises * rises);
      if (weight < 0.05) continue;
      for (const { trip, prob } of shares) found.push({ trip, prob: prob * weight });
    }
    const sum = found.reduce((total, one) => total + one.prob, 0);
    return found.map(({ trip, prob }) => ({ trip, prob: prob / sum }));
  }

  /** A trip is over when every body that may well belong to it has left, and none inside may have been mixed up with one. */
  #closeTrips(timeUs: number): void {
    for (const trip of this.#trips) {
      trip.bestProb = 0;
      trip.holders.length = 0;
      trip.others.length = 0;
      trip.isPossible = false;
    }
    for (const [trackId, { arrival, shares }] of this.#linked) {
      const { body } = arrival;
      for (const { trip, prob } of this.#source!.isSure(trackId) ? shares : this.#sharesAt(trackId, timeUs)) {
        if (trip === null) continue;
        trip.bestProb = Math.max(trip.bestProb, prob);
        if (prob >= POSSIBLE_PROB && body.leftUs === null) trip.isPossible = true;
        if (prob >= HOLDER_PROB) trip.holders.push(body);
        else if (isAbout(body, timeUs)) trip.others.push({ body, prob });
      }
    }
    for (const trip of this.#trips) this.#closeTrip(trip, timeUs);
  }

  #closeTrip(trip: OpenTrip, timeUs: number): void {
    const { holders } = trip;
    if (holders.length > 0) {
      const leftUs = lastLeftUs(holders);
      const isDoubtful = insideProb(trip) >= DOUBT_PROB;
      trip.exitedAtUs = isDoubtful && leftUs !== null && timeUs - leftUs <= DOUBT_WAIT_US ? null : leftUs;
      if (trip.exitedAtUs === null) trip.exit = null;
      else trip.exit = !isDoubtful && holders.every((body) => body.exit === 'seen') ? 'seen' : 'presumed';
    } else if (trip.bestProb < NO_SHOW_PROB && trip.exitedAtUs === null && timeUs - trip.enteredAtUs > NO_SHOW_US) {
      if (trip.isPossible) return;
      trip.exitedAtUs = trip.enteredAtUs + NO_SHOW_US;
      trip.exit = 'presumed';
    }
  }

  /** Forgets bodies that the tracker has forgotten, unless a trip still depends on them. */
  #prune(bodies: readonly Body[]): void {
    if (this.#linked.size <= bodies.length) return;
    const known = new Set(bodies.map((body) => body.trackId));
    // Whoever is forgotten without having left was never there.
    for (const [trackId, linked] of this.#linked)
      if (
        !known.has(trackId) &&
        (linked.arrival.body.state !== 'left' ||
          linked.shares.every((share) => share.trip === null || share.trip.exitedAtUs !== null))
      ) {
        this.#linked.delete(trackId);
        this.#isStale = true;
      }
  }
}

/** True while a body is inside and not unseen for so long that it must be thought a ghost of the tracker. */
function isAbout({ leftUs, lastSeenUs }: Body, timeUs: number): boolean {
  return leftUs === null && timeUs - lastSeenUs <= ABOUT_US;
}

/** What bodies inside hold of a trip besides its holders, together. */
function insideProb({ holders, others }: OpenTrip): number {
  let sum = 0;
  for (const { body, prob } of others) if (!isFoundAgain(body, holders)) sum += prob;
  return sum;
}

/** True for a missing body once others have appeared who may be it. */
function isFoundAgain(body: Body, holders: readonly Body[]): boolean {
  return body.state === 'missing' && holders.some((other) => other.suspect && other.bornUs > body.lastSeenUs);
}

/** When the last of them left, or null; a missing body does not count once others have appeared who may be it. */
function lastLeftUs(holders: readonly Body[]): number | null {
  let leftUs = 0;
  for (const body of holders) {
    if (isFoundAgain(body, holders)) continue;
    if (body.leftUs === null) return null;
    leftUs = Math.max(leftUs, body.leftUs);
  }
  return leftUs;
}

/** Odds that the slot's body is this one, against a body without credential and an unused slot. */
function oddsOf(doors: readonly Doorway[], arrival: Arrival, slot: Slot): number {
  const expectedUs = slot.timeUs + CROSS_AFTER_US + slot.order * FOLLOW_US;
  const sdUs = Math.sqrt((CROSS_SD_US + slot.order * FOLLOW_SD_US) ** 2 + arrival.crossedSdUs ** 2);
  const late = (arrival.crossedUs - expectedUs) / sdUs;
  let detour = Number.POSITIVE_INFINITY;
  for (const door of slot.doors) detour = Math.min(detour, detourSds(doors, door, arrival.body));
  let density = Math.exp(-0.5 * late * late) / (Math.sqrt(2 * Math.PI) * (sdUs / 1e6));
  const behindUs = arrival.crossedUs - expectedUs;
  if (slot.order > 0 && behindUs > 0) density += (DAWDLE_PROB * Math.exp(-behindUs / DAWDLE_US)) / (DAWDLE_US / 1e6);
  density *= Math.exp(-0.5 * detour * detour);
  const emptyProb = slot.order === 0 ? EMPTY_FIRST_PROB : EMPTY_LATER_PROB;
  const odds = ((1 - slot.usedProb) * density * (1 - emptyProb)) / (UNEXPLAINED_PER_SECOND * emptyProb);
  return odds < ODDS_MIN ? 0 : odds;
}

/** One share per trip, empty ones left out; "nobody" last. */
function joined(shares: readonly { trip: OpenTrip | null; prob: number }[]): { trip: OpenTrip | null; prob: number }[] {
  const byTrip = new Map<OpenTrip | null, number>();
  for (const { trip, prob } of shares) if (prob > 1e-6) byTrip.set(trip, (byTrip.get(trip) ?? 0) + prob);
  const nobody = byTrip.get(null);
  byTrip.delete(null);
  const total = [...byTrip.values()].reduce((sum, prob) => sum + prob, nobody ?? 0);
  const out: { trip: OpenTrip | null; prob: number }[] = [];
  for (const [trip, prob] of byTrip) out.push({ trip, prob: prob / total });
  if (nobody !== undefined) out.push({ trip: null, prob: nobody / total });
  return out;
}
