import type { TrackSnapshot } from '../cart.ts';
import { type Doorway, depthInside, doorwaysOf } from '../geometry/doorway.ts';
import { FloorGrid } from '../maths/floor-grid.ts';
import { SparseAssignment } from '../maths/sparse-assignment.ts';
import type { Store } from '../store.ts';
import { Births, isDouble } from './births.ts';
import type { Body, BodySource } from './body.ts';
import { Encounters } from './encounters.ts';
import { hasCrossedOut, hasVanishedAtDoor, isBornOutside, nearestDoorM, wasSeenWalkingOut } from './leaving.ts';
import { BEND_VAR_M2, headZChi2, headZVarM2, mahalanobis2 } from './motion-filter.ts';
import { type Origin, Origins } from './origins.ts';
import { findAgain, lostBeside } from './re-identify.ts';
import { Anchors, type Sightings } from './sightings.ts';
import { HISTORY_US, Track } from './track.ts';
import type { TrackHistory } from './track-view.ts';

export const TRACKER_DEFAULTS = {
  /** An unseen body walks on in mind for this long. */
  coastUs: 3_000_000,
  /** Positions are given out for this long after the last sighting. */
  shownUs: 1_500_000,
  /** An unconfirmed track dies when unseen for longer. */
  tentativeUs: 350_000,
  /** Evidence that confirms an arrival: three sightings by several cameras, or ten by one. */
  confirmEvidence: 6,
  /** The same for a body in the middle of the store, where nobody can appear: most are errors that pass. */
  confirmEvidenceSuspect: 20,
  /** A body that vanished inside, away from the doors, is given up after this. */
  missingUs: 600_000_000,
} as const;

/** 99.9 % of a χ² with 2 degrees of freedom, and what a head may lose by bending. */
const GATE_CHI2 = 13.8 + 8;
/** No sighting is further than this from where its track was expected. */
const REACH_M = 1.2;
/** Minus ln|S| of a well-seen body: 10 cm each way. */
const LOG_DET_BASE = 9.2;
/** A sighting stays alone rather than join a track at a worse cost: the gate, at a spread of 20 cm. */
const ALONE_COST = GATE_CHI2 + 2.8;
/** Strong sightings first; then heads that bent suddenly; then weak sightings, which may only keep a track alive. */
const PASSES = [
  { strong: true, slackM2: 0 },
  { strong: true, slackM2: BEND_VAR_M2 },
  { strong: false, slackM2: 0 },
] as const;
/** A sighting from one camera with a lower score may keep a track alive, never start one. */
const STRONG_SCORE = 0.5;
/** A young track dies after so many moments in an older one's place. */
const DOUBLE_AGE_US = 3_000_000;
const DOUBLE_MOMENTS = 4;
/** Births within this of an entry door are arrivals. */
const ARRIVAL_M = 2;

/**
 * Follows bodies over the floor: nearly constant velocity, cheapest assignment of strong sightings and then of weak
 * ones, coasting through misses, births, leaving by doors, and finding again who was lost.
 */
export class Tracker implements BodySource, TrackHistory {
  /** Confirmed and unconfirmed bodies to which sightings may be assigned, in order of birth. */
  #active: Track[] = [];
  /** Confirmed bodies missing or left, until they are forgotten. */
  #ended: Track[] = [];
  #byId = new Map<number, Track>();
  #confirmed: Track[] = [];
  #trackCount = 0;
  #confirmedCount = 0;
  #anchors = new Anchors();
  #assignment = new SparseAssignment();
  #grid: FloorGrid;
  #near = new Int32Array(64);
  #trackOfSighting = new Int32Array(64);
  #doors: readonly Doorway[];
  #sizeM: readonly [number, number];
  #timeUs = 0;
  #origins = new Origins();
  #encounters = new Encounters(this.#origins, (a, b, sinceUs) => this.#exchange(a, b, sinceUs));
  #births = new Births(this.#origins, (newborn, stolen, sinceUs) => this.#giveBack(newborn, stolen, sinceUs));

  constructor(store: Store) {
    this.#sizeM = store.sizeM;
    this.#doors = doorwaysOf(store);
    this.#grid = new FloorGrid(store.sizeM, REACH_M);
  }

  /** Where the active tracks should be at `timeUs`; borrowed until the next call. */
  predict(timeUs: number): Anchors {
    const anchors = this.#anchors;
    anchors.timeUs = timeUs;
    anchors.count = this.#active.length;
    anchors.reserve(anchors.count);
    this.#active.forEach((track, i) => {
      track.predict(timeUs);
      anchors.onFloorM[2 * i] = track.motion[0]!;
      anchors.onFloorM[2 * i + 1] = track.motion[1]!;
      anchors.velocityMps[2 * i] = track.motion[2]!;
      anchors.velocityMps[2 * i + 1] = track.motion[3]!;
      for (let k = 0; k < 3; k++) anchors.covM2[3 * i + k] = track.cov[k]!;
      anchors.key[i] = track.key;
      anchors.headZM[i] = track.headZM;
      // One moment back is when a body that is being seen was seen.
      anchors.unseenUs[i] = timeUs - track.lastSeenUs;
      anchors.headZVarM2[i] = headZVarM2(timeUs - track.lastSeenUs);
    });
    return anchors;
  }

  /** Advances by one moment with its sightings, which must have been merged around `predict(timeUs)`. */
  update(sightings: Sightings, timeUs: number): void {
    if (this.#anchors.timeUs !== timeUs || this.#anchors.count !== this.#active.length) this.predict(timeUs);
    this.#timeUs = timeUs;
    if (sightings.count > this.#trackOfSighting.length) this.#trackOfSighting = new Int32Array(2 * sightings.count);
    this.#trackOfSighting.fill(-1, 0, sightings.count);
    this.#assign(sightings);
    this.#takeSightings(sightings, timeUs);
    const anchorCount = this.#active.length;
    this.#bear(sightings, timeUs);
    this.#takeHands(sightings, anchorCount);
    this.#dropDoubles(timeUs);
    this.#confirm();
    this.#endTracks(timeUs);
    this.#encounters.update(this.#active, timeUs);
    this.#births.update(timeUs);
    this.#forget(timeUs);
  }

  bodies(): readonly Body[] {
    return this.#confirmed;
  }

  originsOf(trackId: number, timeUs: number): readonly Origin[] {
    return this.#origins.at(trackId, timeUs);
  }

  isSure(trackId: number): boolean {
    return this.#origins.isSure(trackId);
  }

  /** Live and briefly coasting bodies, by track id; not those that coast past the store's edge. */
  snapshot(): TrackSnapshot {
    const shown = this.#confirmed.filter((track) => this.#isShown(track));
    const onFloorM = new Float32Array(2 * shown.length);
    shown.forEach((track, i) => {
      onFloorM[2 * i] = track.feetM[0]!;
      onFloorM[2 * i + 1] = track.feetM[1]!;
    });
    return { timeUs: this.#timeUs, trackIds: Int32Array.from(shown, (track) => track.trackId), onFloorM };
  }

  #isShown(track: Track): boolean {
    if (track.state === 'live') return true;
    const [x, y] = track.onFloorM;
    const isInside = x > 0 && y > 0 && x < this.#sizeM[0] && y < this.#sizeM[1];
    return track.state === 'coasting' && isInside && this.#timeUs - track.lastSeenUs <= TRACKER_DEFAULTS.shownUs;
  }

  idsBetween(fromUs: number, toUs: number): number[] {
    const ids: number[] = [];
    for (const track of this.#confirmed) if (track.bornUs <= toUs && track.endUs() >= fromUs) ids.push(track.trackId);
    return ids;
  }

  headInWorldInto(out: Float64Array, trackId: number, timeUs: number): boolean {
    return this.#byId.get(trackId)?.headInto(out, timeUs) ?? false;
  }

  handsBetween(trackId: number, fromUs: number, toUs: number): Float64Array {
    const hands = this.#byId.get(trackId)?.hands;
    if (hands === undefined) return new Float64Array(0);
    const from = hands.findFrom(fromUs);
    const to = hands.findFrom(toUs + 1);
    const rows = new Float64Array(5 * Math.max(0, to - from));
    for (let row = from; row < to; row++) {
      rows[5 * (row - from)] = hands.timeUs(row);
      for (let k = 0; k < 4; k++) rows[5 * (row - from) + 1 + k] = hands.value(row, k);
    }
    return rows;
  }

  /** Each pass takes sightings and tracks that those before it left over. */
  #assign(sightings: Sightings): void {
    if (this.#active.length > this.#near.length) this.#near = new Int32Array(2 * this.#active.length);
    const taken = new Uint8Array(this.#active.length);
    this.#grid.build(this.#anchors.onFloorM, this.#active.length, 2);
    for (const { strong, slackM2 } of PASSES) {
      this.#assignment.reset(sightings.count, this.#active.length);
      for (let s = 0; s < sightings.count; s++) {
        if (this.#trackOfSighting[s]! >= 0 || isStrong(sightings, s) !== strong) continue;
        this.#addPairs(sightings, s, taken, slackM2);
      }
      const trackOf = this.#assignment.solve(ALONE_COST);
      for (let s = 0; s < sightings.count; s++) {
        if (trackOf[s]! < 0) continue;
        this.#trackOfSighting[s] = trackOf[s]!;
        taken[trackOf[s]!] = 1;
      }
    }
  }

  #addPairs(sightings: Sightings, s: number, taken: Uint8Array, slackM2: number): void {
    const { headInWorldM, covM2, isInferred } = sightings;
    const { onFloorM, covM2: anchorCov, headZM, headZVarM2: headZVar } = this.#anchors;
    const x = headInWorldM[3 * s]!;
    const y = headInWorldM[3 * s + 1]!;
    const z = headInWorldM[3 * s + 2]!;
    const nearCount = this.#grid.nearInto(this.#near, x, y);
    for (let i = 0; i < nearCount; i++) {
      const t = this.#near[i]!;
      if (taken[t]) continue;
      const dx = x - onFloorM[2 * t]!;
      const dy = y - onFloorM[2 * t + 1]!;
      if (dx * dx + dy * dy > REACH_M * REACH_M) continue;
      const xx = anchorCov[3 * t]! + covM2[3 * s]! + slackM2;
      const xy = anchorCov[3 * t + 1]! + covM2[3 * s + 1]!;
      const yy = anchorCov[3 * t + 2]! + covM2[3 * s + 2]! + slackM2;
      const height = isInferred[s] === 1 ? 0 : headZChi2(z - headZM[t]!, headZVar[t]!);
      const d2 = mahalanobis2(dx, dy, xx, xy, yy) + height;
      if (d2 > GATE_CHI2) continue;
      // An unconfirmed track yields to a confirmed one that fits about as well.
      const doubt = this.#active[t]!.trackId === 0 ? 2 : 0;
      this.#assignment.add(s, t, d2 + Math.log(xx * yy - xy * xy) + LOG_DET_BASE + doubt);
    }
  }

  #takeSightings(sightings: Sightings, timeUs: number): void {
    for (let s = 0; s < sightings.count; s++) {
      const t = this.#trackOfSighting[s]!;
      if (t < 0) continue;
      const track = this.#active[t]!;
      if (sightings.isInferred[s] === 1) {
        track.infer(sightings.headInWorldM, 3 * s, sightings.covM2, 3 * s);
        continue;
      }
      track.see(timeUs, sightings.headInWorldM, 3 * s, sightings.covM2, 3 * s);
      track.evidence += evidenceOf(sightings.viewCount[s]!);
    }
  }

  #bear(sightings: Sightings, timeUs: number): void {
    for (let s = 0; s < sightings.count; s++) {
      if (this.#trackOfSighting[s]! >= 0 || !isStrong(sightings, s)) continue;
      const cov = sightings.covM2.subarray(3 * s, 3 * s + 3);
      this.#trackOfSighting[s] = this.#active.length;
      const track = new Track(++this.#trackCount, timeUs, sightings.headInWorldM, 3 * s, cov);
      track.evidence = evidenceOf(sightings.viewCount[s]!);
      const [x, y] = track.bornOnFloorM;
      track.suspect = nearestDoorM(this.#doors, 'in', x, y) > ARRIVAL_M && !isBornOutside(this.#doors, x, y);
      this.#active.push(track);
    }
  }

  #takeHands(sightings: Sightings, anchorCount: number): void {
    const order = handsByTime(sightings);
    for (const hand of order) {
      const s = sightings.handSighting[hand]!;
      const anchor = sightings.handAnchor[hand]!;
      const t = s >= 0 ? this.#trackOfSighting[s]! : anchor < anchorCount ? anchor : -1;
      if (t >= 0) this.#active[t]!.hands.append(sightings.hands[5 * hand]!, sightings.hands, 5 * hand + 1);
    }
  }

  /** Two heads cannot be in one place: a young track that is where an older one is was born of the same body. */
  #dropDoubles(timeUs: number): void {
    const doubles: Track[] = [];
    for (const track of this.#active) {
      if (timeUs - track.bornUs > DOUBLE_AGE_US || !this.#active.some((older) => isDouble(track, older))) continue;
      if (++track.doubledCount >= DOUBLE_MOMENTS) doubles.push(track);
    }
    if (doubles.length === 0) return;
    this.#active = this.#active.filter((track) => !doubles.includes(track));
    for (const track of doubles) this.#byId.delete(track.trackId);
    this.#confirmed = this.#confirmed.filter((track) => this.#byId.has(track.trackId));
  }

  /** Turns tracks seen often enough into bodies: lost ones found again, or new ones. */
  #confirm(): void {
    const ready = this.#active.filter((track) => track.trackId === 0 && isConfirmed(track));
    if (ready.length === 0) return;
    const unseen = this.#active.filter((track) => track.trackId !== 0 && track.lastSeenUs < this.#timeUs);
    const lostOf = findAgain(ready, [...unseen, ...this.#ended], this.#doors);
    ready.forEach((track, i) => {
      const found = lostOf[i]!;
      if (found === null) {
        this.#register(track);
        this.#births.begin(track, this.#active, this.#timeUs);
        return;
      }
      const { lost, rivals } = found;
      for (const rival of rivals) this.#encounters.doubt(lost, rival.lost, rival.prob, this.#timeUs);
      this.#encounters.settle(lost);
      this.#resume(lost, track);
    });
  }

  #register(track: Track): void {
    track.trackId = ++this.#confirmedCount;
    this.#byId.set(track.trackId, track);
    this.#confirmed.push(track);
  }

  /** The lost body takes the place of the track it was found as. */
  #resume(lost: Track, track: Track): void {
    lost.resume(track);
    this.#active = this.#active.filter((one) => one !== lost);
    this.#ended = this.#ended.filter((one) => one !== lost);
    this.#active[this.#active.indexOf(track)] = lost;
  }

  #exchange(a: Track, b: Track, sinceUs: number): void {
    a.exchange(b, sinceUs);
    this.#byId.set(a.trackId, a);
    this.#byId.set(b.trackId, b);
    this.#confirmed.sort((one, other) => one.trackId - other.trackId);
  }

  /** The newborn is the body that `stolen` followed before; `stolen` may follow one that was lost meanwhile. */
  #giveBack(newborn: Track, stolen: Track, sinceUs: number): void {
    if (stolen.lastSeenUs <= sinceUs) {
      this.#unite(stolen, newborn);
      return;
    }
    this.#exchange(newborn, stolen, sinceUs);
    const lost = stolen.state === 'left' ? null : lostBeside(stolen, [...this.#active, ...this.#ended], sinceUs);
    if (lost !== null) this.#unite(lost, stolen);
  }

  /** A lost body takes back what a registered track has followed. */
  #unite(lost: Track, track: Track): void {
    this.#byId.delete(track.trackId);
    this.#confirmed = this.#confirmed.filter((one) => one !== track);
    this.#resume(lost, track);
  }

  #endTracks(timeUs: number): void {
    for (const track of this.#active) this.#judge(track, timeUs);
    this.#active = this.#active.filter((track) => {
      if (track.trackId === 0) return timeUs - track.lastSeenUs <= TRACKER_DEFAULTS.tentativeUs;
      if (track.state === 'live' || track.state === 'coasting') return true;
      this.#ended.push(track);
      return false;
    });
    for (const track of this.#ended) {
      if (track.state !== 'missing') continue;
      const unseenUs = timeUs - track.lastSeenUs;
      track.aliveUs = timeUs;
      const gone = hasVanishedAtDoor(this.#doors, track, unseenUs);
      if (gone || unseenUs > TRACKER_DEFAULTS.missingUs) {
        track.state = 'left';
        track.exit = 'presumed';
        track.leftUs = gone ? track.lastSeenUs : timeUs;
      }
    }
  }

  #judge(track: Track, timeUs: number): void {
    const unseenUs = timeUs - track.lastSeenUs;
    for (const door of this.#doors)
      track.deepestM = Math.max(track.deepestM, depthInside(door, track.motion[0]!, track.motion[1]!));
    if (track.trackId === 0) return;
    if (hasCrossedOut(this.#doors, track, unseenUs)) {
      this.#letGo(track, unseenUs === 0);
    } else if (hasVanishedAtDoor(this.#doors, track, unseenUs)) {
      this.#letGo(track, false);
    } else if (unseenUs > TRACKER_DEFAULTS.coastUs) track.state = 'missing';
    else track.state = unseenUs > 0 ? 'coasting' : 'live';
  }

  #letGo(track: Track, isOutside: boolean): void {
    track.state = 'left';
    track.leftUs = track.lastSeenUs;
    track.exit = isOutside || wasSeenWalkingOut(this.#doors, track) ? 'seen' : 'presumed';
  }

  #forget(timeUs: number): void {
    const isForgotten = (track: Track) => track.state === 'left' && timeUs - track.leftUs! > HISTORY_US;
    if (!this.#ended.some(isForgotten)) return;
    for (const track of this.#ended)
      if (isForgotten(track)) {
        this.#byId.delete(track.trackId);
        this.#origins.forget(track.trackId);
      }
    this.#ended = this.#ended.filter((track) => !isForgotten(track));
    this.#confirmed = this.#confirmed.filter((track) => this.#byId.has(track.trackId));
  }
}

function isStrong(sightings: Sightings, s: number): boolean {
  return sightings.viewCount[s]! >= 2 || sightings.score[s]! >= STRONG_SCORE;
}

function isConfirmed(track: Track): boolean {
  const { confirmEvidence, confirmEvidenceSuspect } = TRACKER_DEFAULTS;
  return track.evidence >= (track.suspect ? confirmEvidenceSuspect : confirmEvidence) - 1e-9;
}

/** False alarms of one camera last for several pictures; two cameras do not imagine the same body. */
function evidenceOf(viewCount: number): number {
  return viewCount >= 2 ? 2 : 0.6;
}

function handsByTime(sightings: Sightings): number[] {
  const order = Array.from({ length: sightings.handCount }, (_, i) => i);
  return order.sort((a, b) => sightings.hands[5 * a]! - sightings.hands[5 * b]! || a - b);
}
