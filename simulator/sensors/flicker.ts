import { clamp } from '../maths.ts';
import { RandomStream } from '../random.ts';
import type { Distribution } from '../scenario/run.ts';

/** A miss lasts at least and at most this long, µs. */
export const SHORTEST_US = 300_000;
export const LONGEST_US = 3_000_000;

export function missDurationUs(stream: RandomStream, length: Distribution): number {
  return clamp(stream.draw(length), SHORTEST_US, LONGEST_US);
}

/** How often a miss begins and how long it lasts. */
export interface FlickerLaw {
  readonly prob: number;
  readonly length: Distribution;
  readonly meanUs: number;
}

/** `prob`: the share of time spent missing in the long run. The mean of the bounded length is found by 4,096 draws. */
export function flickerLaw(prob: number, length: Distribution): FlickerLaw {
  if (prob <= 0) return { prob: 0, length, meanUs: 0 };
  return { prob: Math.min(prob, 0.95), length, meanUs: meanDurationUs(length) };
}

const means = new WeakMap<Distribution, number>();

function meanDurationUs(length: Distribution): number {
  let mean = means.get(length);
  if (mean === undefined) {
    const stream = new RandomStream(0, 'flicker/mean');
    let sum = 0;
    for (let i = 0; i < 4096; i++) sum += missDurationUs(stream, length);
    means.set(length, (mean = sum / 4096));
  }
  return mean;
}

/** Two-state Markov process in continuous time: seen, missed, seen … The same whatever the times it is asked at. */
export class Flicker {
  private readonly stream: RandomStream;
  private readonly law: FlickerLaw;
  private missing: boolean;
  private untilUs: number;

  constructor(stream: RandomStream, law: FlickerLaw, nowUs: number) {
    this.stream = stream;
    this.law = law;
    this.missing = law.prob > 0 && stream.chance(law.prob);
    this.untilUs = law.prob > 0 ? nowUs + this.stayUs() : Number.POSITIVE_INFINITY;
  }

  private stayUs(): number {
    if (this.missing) return missDurationUs(this.stream, this.law.length);
    return this.stream.exponential((this.law.meanUs * (1 - this.law.prob)) / this.law.prob);
  }

  /** Whether it is missed at this time; times must not run backwards. */
  missesAt(timeUs: number): boolean {
    while (timeUs >= this.untilUs) {
      this.missing = !this.missing;
      this.untilUs += this.stayUs();
    }
    return this.missing;
  }
}
