import { clamp } from '../maths.ts';
import { RandomStream } from '../random.ts';
import type { CameraNoise } from '../scenario/run.ts';

/** Shortest and longest miss where nothing else is said, µs. */
const SHORTEST_US = 300_000;
const LONGEST_US = 3_000_000;
const DRAWS = 4096;

/** How long misses last. */
export type MissLengths = Pick<CameraNoise, 'missUs' | 'missShortestUs' | 'missLongestUs'>;

/** How often a miss begins and how long it lasts. */
export interface FlickerLaw {
  readonly prob: number;
  readonly lengths: MissLengths;
  readonly meanUs: number;
}

function missDurationUs(stream: RandomStream, { missUs, missShortestUs, missLongestUs }: MissLengths): number {
  return clamp(stream.draw(missUs), missShortestUs ?? SHORTEST_US, missLongestUs ?? LONGEST_US);
}

/** `prob`: the share of time spent missing in the long run. The mean of the bounded length is found by 4,096 draws. */
export function flickerLaw(prob: number, lengths: MissLengths): FlickerLaw {
  if (prob <= 0) return { prob: 0, lengths, meanUs: 0 };
  return { prob: Math.min(prob, 0.95), lengths, meanUs: meanDurationUs(lengths) };
}

const means = new WeakMap<MissLengths, number>();

function meanDurationUs(lengths: MissLengths): number {
  let mean = means.get(lengths);
  if (mean === undefined) {
    const stream = new RandomStream(0, 'flicker/mean');
    let sum = 0;
    for (let i = 0; i < DRAWS; i++) sum += missDurationUs(stream, lengths);
    means.set(lengths, (mean = sum / DRAWS));
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
    if (this.missing) return missDurationUs(this.stream, this.law.lengths);
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
