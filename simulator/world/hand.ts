import { clamp, hypot3 } from '../maths.ts';
import type { RandomStream } from '../random.ts';

/** MTM-1 reach, case B: seconds against metres, 1 TMU = 0.036 s; the table's last steps go on straight. */
const REACH = [
  [0, 0.07],
  [0.1, 0.23],
  [0.2, 0.36],
  [0.3, 0.46],
  [0.41, 0.57],
  [0.61, 0.77],
  [0.76, 0.93],
] as const;
/** MTM-1 move, case B. */
const MOVE = [
  [0, 0.07],
  [0.1, 0.24],
  [0.2, 0.38],
  [0.3, 0.48],
  [0.61, 0.74],
  [0.76, 0.87],
] as const;

function interpolate(table: readonly (readonly [number, number])[], x: number): number {
  let i = 1;
  while (i < table.length - 1 && table[i]![0] < x) i += 1;
  const [x0, y0] = table[i - 1]!;
  const [x1, y1] = table[i]!;
  return y0 + ((x - x0) / (x1 - x0)) * (y1 - y0);
}

/** Time of a trained worker's reach to an object, µs. */
export function reachUs(distanceM: number): number {
  return Math.round(1e6 * interpolate(REACH, distanceM));
}

/** Time of a trained worker's move of an object, µs. */
export function moveUs(distanceM: number): number {
  return Math.round(1e6 * interpolate(MOVE, distanceM));
}

/** First movements land this share of their length beside the goal (SD), then correct (Woodworth 1899, Meyer 1988). */
const MISS_SHARE = 0.06;
/** Paths bow to the side by this share of their length, at most. */
const BOW_SHARE = 0.16;
const CORRECTION_US = 130_000;

/** One hand: at rest beside the body, on a curved path with a corrective second movement, held at a place, or on its way back. */
export class Hand {
  /** Left 0, right 1. */
  readonly side: 0 | 1;
  /** Someone's action is using it. */
  busy = false;
  mode: 'rest' | 'path' | 'back' = 'rest';
  /** Where it is, world metres. */
  xM = 0;
  yM = 0;
  zM = 0;
  /** Place at rest, smoothed: forwards, to the right, up. */
  readonly restLocalM = new Float64Array(3);
  private readonly from = new Float64Array(3);
  private readonly to = new Float64Array(3);
  private readonly bow = new Float64Array(3);
  private readonly miss = new Float64Array(3);
  private startUs = 0;
  private firstUs = 0;
  private secondUs = 0;

  constructor(side: 0 | 1) {
    this.side = side;
  }

  distanceTo(xM: number, yM: number, zM: number): number {
    return hypot3(this.xM - xM, this.yM - yM, this.zM - zM);
  }

  /** Sets out to a place, there after `durationUs` with the correction included; then stays. */
  moveTo(xM: number, yM: number, zM: number, startUs: number, durationUs: number, stream: RandomStream): void {
    const lengthM = this.distanceTo(xM, yM, zM);
    this.begin('path', startUs);
    this.to[0] = xM;
    this.to[1] = yM;
    this.to[2] = zM;
    const bowM = lengthM * BOW_SHARE;
    this.bow[0] = bowM * stream.between(-0.5, 0.5);
    this.bow[1] = bowM * stream.between(-0.5, 0.5);
    this.bow[2] = bowM * stream.between(0, 1);
    const missM = lengthM * MISS_SHARE;
    for (let i = 0; i < 3; i++) this.miss[i] = clamp(missM * stream.normal(), -2 * missM, 2 * missM);
    this.secondUs = Math.min(CORRECTION_US, durationUs * 0.3);
    this.firstUs = Math.max(1, durationUs - this.secondUs);
  }

  /** Goes back to its place beside the body. */
  goBack(startUs: number, durationUs: number): void {
    this.begin('back', startUs);
    this.firstUs = Math.max(1, durationUs);
  }

  /** Moves the hand to where it is at a time, given its place at rest in the world. */
  update(timeUs: number, restXM: number, restYM: number, restZM: number): void {
    if (this.mode === 'rest') {
      this.xM = restXM;
      this.yM = restYM;
      this.zM = restZM;
      return;
    }
    const first = smooth((timeUs - this.startUs) / this.firstUs);
    if (this.mode === 'back') {
      this.xM = this.from[0]! + (restXM - this.from[0]!) * first;
      this.yM = this.from[1]! + (restYM - this.from[1]!) * first;
      this.zM = this.from[2]! + (restZM - this.from[2]!) * first;
      if (first >= 1) this.mode = 'rest';
      return;
    }
    const second = this.secondUs > 0 ? smooth((timeUs - this.startUs - this.firstUs) / this.secondUs) : 1;
    const bowed = 4 * first * (1 - first);
    const missed = first * (1 - second);
    const { from, to, bow, miss } = this;
    this.xM = from[0]! + (to[0]! - from[0]!) * first + bow[0]! * bowed + miss[0]! * missed;
    this.yM = from[1]! + (to[1]! - from[1]!) * first + bow[1]! * bowed + miss[1]! * missed;
    this.zM = Math.max(0.02, from[2]! + (to[2]! - from[2]!) * first + bow[2]! * bowed + miss[2]! * missed);
  }

  private begin(mode: 'path' | 'back', startUs: number): void {
    this.mode = mode;
    this.startUs = startUs;
    this.from[0] = this.xM;
    this.from[1] = this.yM;
    this.from[2] = this.zM;
  }
}

/** Minimum-jerk course of a movement (Flash & Hogan 1985), 0..1. */
function smooth(t: number): number {
  if (t <= 0) return 0;
  if (t >= 1) return 1;
  return t * t * t * (10 + t * (6 * t - 15));
}
