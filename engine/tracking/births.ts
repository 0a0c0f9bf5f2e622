import type { Origins } from './origins.ts';
import { likeness, Stature } from './stature.ts';
import type { Track } from './track.ts';

/** Whose track may have gone over to somebody else, so that this one was born anew: not from further away, and not from so far if seen. */
const REACH_M = 2.5;
const REACH_SEEN_M = 1.2;
/**
 * Chances, one against another, that a body's track was lost to a neighbour when a track was born this near to it: counted
 * over 1,000 births in six simulated crowds (three groceries, three crushes). Nobody appears in the middle of a store: of 30 tracks
 * born there, 29 were bodies followed before. At a door most are new.
 */
const NEAR_M = 1;
const NEAR_WEIGHT = 0.1;
const FAR_WEIGHT = 0.01;
const UNSEEN_TIMES = 5;
const NEW_INSIDE_WEIGHT = 0.005;
const AT_DOOR_WITHIN = [
  { withinM: 0.5, prob: 0.2 },
  { withinM: 1, prob: 0.03 },
] as const;
/** Heights that decide: four seconds of being seen. */
const ENOUGH_COUNT = 40;
/** After this long it is judged by what there is. */
const PATIENCE_US = 30_000_000;
/** Shares smaller than this are not worth a doubt. */
const MIN_PROB = 0.002;

/** Two tracks of one body lie within this of each other, metres. */
const DOUBLE_M = 0.15;

interface Candidate {
  readonly track: Track;
  /** Heights at which its head was seen since the birth. */
  readonly since: Stature;
  readonly weight: number;
}

interface Birth {
  readonly newborn: Track;
  readonly since: Stature;
  readonly sinceUs: number;
  readonly confirmedUs: number;
  readonly candidates: readonly Candidate[];
  /** Against the candidates' weights: it is somebody new. */
  readonly newWeight: number;
}

/** Judges by height whether a newborn track is a body whose own track has gone over to a neighbour. */
export class Births {
  #open: Birth[] = [];
  readonly #origins: Origins;
  readonly #exchange: (newborn: Track, stolen: Track, sinceUs: number) => void;

  /** `exchange` is called for a newborn that is the body which `stolen` has ceased to follow. */
  constructor(origins: Origins, exchange: (newborn: Track, stolen: Track, sinceUs: number) => void) {
    this.#origins = origins;
    this.#exchange = exchange;
  }

  /** Takes a track just confirmed that is nobody known to be lost, and those followed at the time. */
  begin(newborn: Track, tracks: readonly Track[], timeUs: number): void {
    const candidates: Candidate[] = [];
    let newWeight = newborn.suspect ? NEW_INSIDE_WEIGHT : 1;
    for (const track of tracks) {
      if (track === newborn || track.trackId === 0 || track.bornUs >= newborn.bornUs) continue;
      if (!track.headInto(head, newborn.bornUs)) continue;
      const dx = head[0]! - newborn.bornOnFloorM[0];
      const dy = head[1]! - newborn.bornOnFloorM[1];
      const weight = weightOf(newborn, track, Math.sqrt(dx * dx + dy * dy), timeUs);
      if (weight === 0) continue;
      candidates.push({ track, since: new Stature(), weight });
      if (!newborn.suspect) newWeight -= Math.min(newWeight, weight);
    }
    if (candidates.length === 0) return;
    newWeight = Math.max(newWeight, NEW_INSIDE_WEIGHT);
    const since = new Stature();
    this.#open.push({ newborn, since, sinceUs: newborn.bornUs, confirmedUs: timeUs, candidates, newWeight });
  }

  /** Judges the births of which enough has been seen since. */
  update(timeUs: number): void {
    if (this.#open.length === 0) return;
    for (const birth of this.#open) {
      watch(birth, timeUs);
      for (const candidate of birth.candidates) watch(candidate, timeUs);
    }
    const ready = this.#open.filter((birth) => isReady(birth, timeUs));
    for (const birth of ready) this.#judge(birth);
    if (ready.length > 0) this.#open = this.#open.filter((birth) => !ready.includes(birth));
  }

  #judge({ newborn, since, sinceUs, candidates, newWeight }: Birth): void {
    const odds = candidates.map((one) => one.weight * theftOdds(since, one));
    const total = odds.reduce((sum, one) => sum + one, newWeight);
    let best = 0;
    for (let i = 1; i < odds.length; i++) if (odds[i]! > odds[best]!) best = i;
    const isStolen = odds[best]! > total / 2;
    if (isStolen) this.#exchange(newborn, candidates[best]!.track, sinceUs);
    candidates.forEach(({ track, since: ofTrack }, i) => {
      // Whom nobody has seen since was lost, not mixed up: gate linking shares out who that may be.
      if (ofTrack.count === 0) return;
      const prob = isStolen && i === best ? newWeight / total : odds[i]! / total;
      if (prob >= MIN_PROB) this.#origins.mix(newborn.trackId, track.trackId, prob, sinceUs);
    });
  }
}

function watch(one: Birth | Candidate, timeUs: number): void {
  const track = 'track' in one ? one.track : one.newborn;
  if (track.lastSeenUs === timeUs) one.since.add(track.heads.value(track.heads.count - 1, 2));
}

function weightOf(newborn: Track, track: Track, apartM: number, timeUs: number): number {
  if (!newborn.suspect) return AT_DOOR_WITHIN.find(({ withinM }) => apartM <= withinM)?.prob ?? 0;
  const isUnseen = track.lastSeenUs < timeUs;
  if (apartM > (isUnseen ? REACH_M : REACH_SEEN_M)) return 0;
  return (apartM <= NEAR_M ? NEAR_WEIGHT : FAR_WEIGHT) * (isUnseen ? UNSEEN_TIMES : 1);
}

function isReady({ newborn, since, confirmedUs, candidates }: Birth, timeUs: number): boolean {
  if (timeUs - confirmedUs >= PATIENCE_US || newborn.state === 'left') return true;
  const isSeen = (one: Candidate) =>
    one.since.count >= ENOUGH_COUNT || one.track.state === 'left' || one.track.state === 'missing';
  return since.count >= ENOUGH_COUNT && candidates.every(isSeen);
}

/** How much likelier what was seen since is if the newborn is the body that the candidate's track followed before. */
function theftOdds(ofNewborn: Stature, { track, since }: Candidate): number {
  const asStolen = likeness(ofNewborn, track.stature) * likeness(since, nobody);
  return asStolen / (likeness(ofNewborn, nobody) * likeness(since, track.stature));
}

/** True if a track is where an older one is. */
export function isDouble(track: Track, older: Track): boolean {
  if (older.key >= track.key || Math.abs(older.headZM - track.headZM) > DOUBLE_M) return false;
  const dx = older.motion[0]! - track.motion[0]!;
  const dy = older.motion[1]! - track.motion[1]!;
  return dx * dx + dy * dy <= DOUBLE_M * DOUBLE_M;
}

const nobody = new Stature();
const head = new Float64Array(3);
