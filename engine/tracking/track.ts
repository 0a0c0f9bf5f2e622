import type { Body, BodyState } from './body.ts';
import {
  allowSurprise,
  COV_SIZE,
  correctMotion,
  predictMotion,
  SPEED_KEPT_SECONDS,
  STATE_SIZE,
  startMotion,
} from './motion-filter.ts';
import { RowRing } from './row-ring.ts';
import { STATURE_MIN_COUNT, Stature } from './stature.ts';

/** Attribution looks back at least 120 s. */
export const HISTORY_US = 125_000_000;
/** About a stride: the while over which a coasting body's speed is taken. */
const STRIDE_US = 800_000;

/** Length that swings when a body bends at the hip, as a share of its head's height. */
const TORSO_SHARE = 0.45;
/** Heads bob this much without bending. */
const BOB_M = 0.05;

/** One body over time: its motion, its history, and where it stands between birth and leaving. */
export class Track implements Body {
  /** 0 until confirmed. */
  trackId = 0;
  /** Counts all tracks, unconfirmed ones included. */
  readonly key: number;
  state: BodyState = 'live';
  suspect = false;
  leftUs: number | null = null;
  exit: 'seen' | 'presumed' | null = null;
  /** A missing body is still inside at this time. */
  aliveUs = 0;
  bornUs: number;
  bornOnFloorM: readonly [number, number];
  lastSeenUs: number;
  timeUs: number;
  headHeightM: number;
  /** Height of the head as last seen, smoothed a little. */
  headZM: number;
  /** Grows with every sighting until it is enough for confirmation. */
  evidence = 0;
  /** Furthest it has been inside the store's doors' lines, metres. */
  deepestM = Number.NEGATIVE_INFINITY;
  readonly motion = new Float64Array(STATE_SIZE);
  readonly cov = new Float64Array(COV_SIZE);
  /** x, y of the feet, floor metres: a body that bends down moves its head away from over them. */
  readonly feetM = new Float64Array(2);
  /** x, y, z of the head at moments when it was seen. */
  readonly heads = new RowRing(3, HISTORY_US, 16);
  #isCoasting = false;
  /** Heights of the head while it was beyond doubt whose it is, and since then. */
  stature = new Stature();
  readonly lately = new Stature();
  /** Moments in which it stood where an older body stands. */
  doubledCount = 0;
  /** x, y, z, score. */
  readonly hands = new RowRing(4, HISTORY_US, 16);

  constructor(key: number, timeUs: number, head: Float64Array, at: number, placeCov: Float64Array) {
    this.key = key;
    this.bornUs = timeUs;
    this.lastSeenUs = timeUs;
    this.timeUs = timeUs;
    this.bornOnFloorM = [head[at]!, head[at + 1]!];
    this.headHeightM = head[at + 2]!;
    this.headZM = head[at + 2]!;
    startMotion(this.motion, this.cov, head[at]!, head[at + 1]!, placeCov);
    this.heads.append(timeUs, head, at);
    this.feetM[0] = head[at]!;
    this.feetM[1] = head[at + 1]!;
  }

  get onFloorM(): readonly [number, number] {
    return [this.motion[0]!, this.motion[1]!];
  }

  /** Moves the motion on to `timeUs`. */
  predict(timeUs: number): void {
    const seconds = (timeUs - this.timeUs) / 1e6;
    if (seconds <= 0) return;
    if (!this.#isCoasting && this.timeUs > this.lastSeenUs) this.#startCoasting();
    predictMotion(this.motion, this.cov, seconds, Math.exp(-seconds / SPEED_KEPT_SECONDS));
    this.timeUs = timeUs;
    this.#stepFeet();
  }

  /** Feet stay until the head is further from them than bending by what it has sunk can bring it. */
  #stepFeet(): void {
    const { feetM, motion } = this;
    const dx = feetM[0]! - motion[0]!;
    const dy = feetM[1]! - motion[1]!;
    const apart = Math.sqrt(dx * dx + dy * dy);
    const torsoM = TORSO_SHARE * this.headHeightM;
    const sunkM = Math.min(torsoM, Math.max(0, this.headHeightM - this.headZM - BOB_M));
    const leanM = Math.sqrt(sunkM * (2 * torsoM - sunkM));
    const share = apart > leanM ? leanM / apart : 1;
    feetM[0] = motion[0]! + share * dx;
    feetM[1] = motion[1]! + share * dy;
  }

  /** What the head did in the last instant may have been a nod; a body walks on as it did over the last while. */
  #startCoasting(): void {
    this.#isCoasting = true;
    const { heads } = this;
    const newest = heads.count - 1;
    const before = Math.min(newest, heads.findFrom(this.lastSeenUs - STRIDE_US));
    const seconds = (heads.timeUs(newest) - heads.timeUs(before)) / 1e6;
    if (seconds < 0.3) return;
    this.motion[2] = (heads.value(newest, 0) - heads.value(before, 0)) / seconds;
    this.motion[3] = (heads.value(newest, 1) - heads.value(before, 1)) / seconds;
  }

  /** Takes a sighting at `timeUs`, to which the motion has been predicted. */
  see(timeUs: number, head: Float64Array, at: number, cov: Float64Array, covAt: number): void {
    this.infer(head, at, cov, covAt);
    this.#isCoasting = false;
    this.lastSeenUs = timeUs;
    const z = head[at + 2]!;
    this.headZM += 0.6 * (z - this.headZM);
    // Heads bend down far and often, and never rise above standing: rise quickly, sink slowly.
    this.headHeightM += (z > this.headHeightM ? 0.3 : 0.005) * (z - this.headHeightM);
    this.lately.add(z);
    this.#stepFeet();
    row[0] = this.motion[0]!;
    row[1] = this.motion[1]!;
    row[2] = z;
    this.heads.append(timeUs, row, 0);
  }

  /** Corrects the place by what others' sightings say of it; the body counts as unseen. */
  infer(head: Float64Array, at: number, cov: Float64Array, covAt: number): void {
    const x = head[at]!;
    const y = head[at + 1]!;
    const xx = cov[covAt]!;
    const xy = cov[covAt + 1]!;
    const yy = cov[covAt + 2]!;
    allowSurprise(this.motion, this.cov, x, y, xx, xy, yy);
    correctMotion(this.motion, this.cov, x, y, xx, xy, yy);
    this.#stepFeet();
  }

  /** Height of the upright head by what is known of it, metres. */
  knownHeightM(): number {
    if (this.stature.count >= STATURE_MIN_COUNT) return this.stature.uprightM();
    return this.lately.count >= STATURE_MIN_COUNT ? this.lately.uprightM() : this.headHeightM;
  }

  /** What was seen lately is this body's own. */
  settleStature(): void {
    this.stature.take(this.lately);
    this.lately.clear();
  }

  /** Turns out to have been `other` since `sinceUs`, and `other` to have been this one: they exchange who they are and what they did before. */
  exchange(other: Track, sinceUs: number): void {
    for (const field of ['trackId', 'bornUs', 'bornOnFloorM', 'suspect', 'deepestM', 'stature'] as const)
      exchangeField(this, other, field);
    this.heads.exchangeBefore(other.heads, sinceUs);
    this.hands.exchangeBefore(other.hands, sinceUs);
  }

  /** Takes over what `other` has become: the same body, found again. */
  resume(other: Track): void {
    this.state = other.state;
    this.leftUs = null;
    this.exit = null;
    this.timeUs = other.timeUs;
    this.lastSeenUs = other.lastSeenUs;
    this.headZM = other.headZM;
    this.motion.set(other.motion);
    this.cov.set(other.cov);
    this.feetM.set(other.feetM);
    this.headHeightM = Math.max(this.headHeightM, other.headHeightM);
    this.deepestM = Math.max(this.deepestM, other.deepestM);
    this.lately.take(other.lately);
    this.heads.appendAll(other.heads);
    this.hands.appendAll(other.hands);
  }

  /** End of its existence as far as is known now. */
  endUs(): number {
    return this.leftUs ?? Math.max(this.timeUs, this.aliveUs);
  }

  /** Writes the head at `timeUs`: between sightings interpolated, after the last one coasted; false outside its life. */
  headInto(out: Float64Array, timeUs: number): boolean {
    const { heads } = this;
    if (timeUs < heads.timeUs(0) || timeUs > this.endUs()) return false;
    const after = heads.findFrom(timeUs);
    if (after === heads.count) {
      this.#coastInto(out, timeUs);
      return true;
    }
    const before = Math.max(0, after - 1);
    const spanUs = heads.timeUs(after) - heads.timeUs(before);
    const share = spanUs > 0 ? (timeUs - heads.timeUs(before)) / spanUs : 1;
    for (let k = 0; k < 3; k++) {
      const a = heads.value(before, k);
      out[k] = a + share * (heads.value(after, k) - a);
    }
    return true;
  }

  #coastInto(out: Float64Array, timeUs: number): void {
    const { heads, lastSeenUs } = this;
    const newest = heads.count - 1;
    const total = this.timeUs - lastSeenUs;
    const share = total > 0 ? Math.min(1, (timeUs - lastSeenUs) / total) : 0;
    for (let k = 0; k < 2; k++) {
      const seen = heads.value(newest, k);
      out[k] = seen + share * (this.motion[k]! - seen);
    }
    out[2] = heads.value(newest, 2);
  }
}

function exchangeField<K extends 'trackId' | 'bornUs' | 'bornOnFloorM' | 'suspect' | 'deepestM' | 'stature'>(
  one: Track,
  other: Track,
  field: K,
): void {
  const value = one[field];
  one[field] = other[field];
  other[field] = value;
}

const row = new Float64Array(3);
