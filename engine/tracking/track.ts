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

/** Attribution looks back at least 120 s. */
export const HISTORY_US = 125_000_000;
/** About a stride: the while over which a coasting body's speed is taken. */
const STRIDE_US = 800_000;

/** One body over time: its motion, its history, and where it stands between birth and leaving. */
export class Track implements Body {
  /** 0 until confirmed. */
  trackId = 0;
  state: BodyState = 'live';
  suspect = false;
  leftUs: number | null = null;
  /** Was seen outside a door's line when it left. */
  wasSeenLeaving = false;
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
  /** x, y, z of the head at moments when it was seen. */
  readonly heads = new RowRing(3, HISTORY_US, 16);
  #isCoasting = false;
  /** x, y, z, score. */
  readonly hands = new RowRing(4, HISTORY_US, 16);

  constructor(timeUs: number, head: Float64Array, at: number, placeCov: Float64Array) {
    this.bornUs = timeUs;
    this.lastSeenUs = timeUs;
    this.timeUs = timeUs;
    this.bornOnFloorM = [head[at]!, head[at + 1]!];
    this.headHeightM = head[at + 2]!;
    this.headZM = head[at + 2]!;
    startMotion(this.motion, this.cov, head[at]!, head[at + 1]!, placeCov);
    this.heads.append(timeUs, head, at);
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
    const x = head[at]!;
    const y = head[at + 1]!;
    const xx = cov[covAt]!;
    const xy = cov[covAt + 1]!;
    const yy = cov[covAt + 2]!;
    allowSurprise(this.motion, this.cov, x, y, xx, xy, yy);
    correctMotion(this.motion, this.cov, x, y, xx, xy, yy);
    this.#isCoasting = false;
    this.lastSeenUs = timeUs;
    const z = head[at + 2]!;
    this.headZM += 0.6 * (z - this.headZM);
    // Heads bend down far and often, and never rise above standing: rise quickly, sink slowly.
    this.headHeightM += (z > this.headHeightM ? 0.3 : 0.005) * (z - this.headHeightM);
    row[0] = this.motion[0]!;
    row[1] = this.motion[1]!;
    row[2] = z;
    this.heads.append(timeUs, row, 0);
  }

  /** Takes over what `other` has become: the same body, found again. */
  resume(other: Track): void {
    this.state = other.state;
    this.leftUs = null;
    this.timeUs = other.timeUs;
    this.lastSeenUs = other.lastSeenUs;
    this.headZM = other.headZM;
    this.motion.set(other.motion);
    this.cov.set(other.cov);
    this.headHeightM = Math.max(this.headHeightM, other.headHeightM);
    this.deepestM = Math.max(this.deepestM, other.deepestM);
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

const row = new Float64Array(3);
