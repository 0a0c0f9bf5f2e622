import type { Origins } from './origins.ts';
import { likeness, STATURE_MIN_COUNT, Stature } from './stature.ts';
import type { Track } from './track.ts';

/** Heads nearer than this can be mixed up although both are seen; one that is unseen is taken for another from further. */
const TOUCH_M = 0.35;
const PASS_M = 0.6;
/**
 * Chances that the tracker mixes two up, by how near they came (metres) and whether one went unseen meanwhile: counted over
 * about 2,000 encounters of two simulated crowds, a grocery and a crush.
 */
const PRIORS = [
  { withinM: 0.2, isUnseen: false, prob: 0.02 },
  { withinM: TOUCH_M, isUnseen: false, prob: 0.002 },
  { withinM: 0.1, isUnseen: true, prob: 0.08 },
  { withinM: TOUCH_M, isUnseen: true, prob: 0.03 },
  { withinM: PASS_M, isUnseen: true, prob: 0.004 },
] as const;
/** Heights that decide: four seconds of being seen after the two have parted. */
const ENOUGH_COUNT = 40;
/** After this long it is judged by what there is. */
const PATIENCE_US = 30_000_000;
/** The two have parted once nothing was doubtful for this long. */
const PARTED_US = 500_000;

interface Encounter {
  a: Track;
  b: Track;
  /** Heights seen between their parting and the next meeting of either, once that has begun: later ones may be another's. */
  ofA: Stature | null;
  ofB: Stature | null;
  /** Last time they could be mixed up. */
  untilUs: number;
  /** When they were nearest. */
  nearestUs: number;
  nearestM: number;
  priorProb: number;
}

/** Watches bodies that come near each other, and judges afterwards by their heights whether the tracker mixed them up. */
export class Encounters {
  #open: Encounter[] = [];
  readonly #origins: Origins;
  readonly #exchange: (a: Track, b: Track, sinceUs: number) => void;

  /** `exchange` is called for two who were mixed up. */
  constructor(origins: Origins, exchange: (a: Track, b: Track, sinceUs: number) => void) {
    this.#origins = origins;
    this.#exchange = exchange;
  }

  /** Takes the bodies after a moment's sightings. */
  update(tracks: readonly Track[], timeUs: number): void {
    for (let i = 0; i < tracks.length; i++) {
      for (let j = i + 1; j < tracks.length; j++) this.#meet(tracks[i]!, tracks[j]!, timeUs);
    }
    this.#judge(timeUs);
  }

  /** `a` was found again, but with `prob` it was `b`, lost as well, who was found. */
  doubt(a: Track, b: Track, prob: number, timeUs: number): void {
    const encounter = this.#between(a, b) ?? this.#begin(a, b);
    encounter.untilUs = timeUs;
    encounter.nearestUs = timeUs;
    encounter.priorProb = Math.max(encounter.priorProb, prob);
  }

  /** What was seen of a body lately is its own, if it met nobody. */
  settle(track: Track): void {
    if (!this.#isInDoubt(track)) track.settleStature();
  }

  #meet(a: Track, b: Track, timeUs: number): void {
    const dx = a.motion[0]! - b.motion[0]!;
    const dy = a.motion[1]! - b.motion[1]!;
    const apart2 = dx * dx + dy * dy;
    if (apart2 > PASS_M * PASS_M) return;
    const apartM = Math.sqrt(apart2);
    const isUnseen = a.lastSeenUs < timeUs || b.lastSeenUs < timeUs;
    let prob = 0;
    for (const rule of PRIORS)
      if (rule.isUnseen === isUnseen && apartM <= rule.withinM) prob = Math.max(prob, rule.prob);
    if (prob === 0) return;
    const encounter = this.#between(a, b) ?? this.#begin(a, b);
    encounter.untilUs = timeUs;
    encounter.priorProb = Math.max(encounter.priorProb, prob);
    if (apartM < encounter.nearestM) {
      encounter.nearestM = apartM;
      encounter.nearestUs = timeUs;
    }
    this.#keepSeen(a, encounter);
    this.#keepSeen(b, encounter);
    encounter.ofA = null;
    encounter.ofB = null;
    a.lately.clear();
    b.lately.clear();
  }

  /** Who meets again may be another afterwards: for meetings before, what was seen until now counts. */
  #keepSeen(track: Track, current: Encounter): void {
    for (const one of this.#open) {
      if (one === current) continue;
      if (one.a === track) one.ofA ??= seenUntilNow(track);
      else if (one.b === track) one.ofB ??= seenUntilNow(track);
    }
  }

  /** Those who met one of the two before `sinceUs` met the other. */
  #follow(a: Track, b: Track, sinceUs: number): void {
    const other = (track: Track) => (track === a ? b : track === b ? a : track);
    for (const one of this.#open) {
      if (one.untilUs >= sinceUs) continue;
      one.a = other(one.a);
      one.b = other(one.b);
    }
  }

  #between(a: Track, b: Track): Encounter | undefined {
    return this.#open.find((one) => (one.a === a && one.b === b) || (one.a === b && one.b === a));
  }

  #begin(a: Track, b: Track): Encounter {
    this.settle(a);
    this.settle(b);
    const nearestM = Number.POSITIVE_INFINITY;
    const encounter: Encounter = { a, b, ofA: null, ofB: null, untilUs: 0, nearestUs: 0, nearestM, priorProb: 0 };
    this.#open.push(encounter);
    return encounter;
  }

  #isInDoubt(track: Track): boolean {
    return this.#open.some(({ a, b }) => a === track || b === track);
  }

  /** Judges those of whom enough has been seen since; where one met several, the clearest first. */
  #judge(timeUs: number): void {
    if (this.#open.length === 0) return;
    const ready = this.#open.filter((one) => this.#isReady(one, timeUs));
    while (ready.length > 0) {
      let best = 0;
      for (let i = 1; i < ready.length; i++) if (swapProb(ready[i]!) > swapProb(ready[best]!)) best = i;
      this.#resolve(ready[best]!);
      ready.splice(best, 1);
    }
  }

  #isReady({ a, b, ofA, ofB, untilUs }: Encounter, timeUs: number): boolean {
    if (timeUs - untilUs < PARTED_US) return false;
    if (a.state === 'left' || b.state === 'left' || timeUs - untilUs >= PATIENCE_US) return true;
    return (ofA !== null || a.lately.count >= ENOUGH_COUNT) && (ofB !== null || b.lately.count >= ENOUGH_COUNT);
  }

  #resolve(one: Encounter): void {
    this.#open.splice(this.#open.indexOf(one), 1);
    const { a, b, nearestUs } = one;
    // Some are never confirmed.
    let prob = a.trackId === 0 || b.trackId === 0 ? 0 : swapProb(one);
    if (prob > 0.5) {
      this.#exchange(a, b, nearestUs);
      this.#follow(a, b, nearestUs);
      prob = 1 - prob;
    }
    this.#origins.mix(a.trackId, b.trackId, prob, nearestUs);
    this.settle(a);
    this.settle(b);
  }
}

/** Probability that two were mixed up, by how they met and how tall either was before and after. */
function swapProb({ a, b, ofA, ofB, priorProb }: Encounter): number {
  const seenA = ofA ?? a.lately;
  const seenB = ofB ?? b.lately;
  const kept = (1 - priorProb) * likeness(seenA, a.stature) * likeness(seenB, b.stature);
  const swapped = priorProb * likeness(seenA, b.stature) * likeness(seenB, a.stature);
  return swapped / (kept + swapped);
}

/** Null where it was too little to tell. */
function seenUntilNow(track: Track): Stature | null {
  if (track.lately.count < 2 * STATURE_MIN_COUNT) return null;
  const seen = new Stature();
  seen.take(track.lately);
  return seen;
}
