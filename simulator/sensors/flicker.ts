import { clamp } from '../maths.ts';
import { RandomStream } from '../random.ts';
import type { CameraNoise, Distribution } from '../scenario/run.ts';

/** Shortest and longest miss where nothing else is said, µs. */
const BOUNDS_US: readonly [number, number] = [300_000, 3_000_000];
const DRAWS = 4096;

/** How often a miss begins and how long it lasts. */
export interface FlickerLaw {
  readonly prob: number;
  readonly length: Distribution;
  readonly boundsUs: readonly [number, number];
  readonly meanUs: number;
}

/** How long misses last. */
export type MissLengths = Pick<CameraNoise, 'missUs' | 'missBoundsUs'>;

/** `prob`: the share of time spent missing in the long run. The mean of the bounded length is found by 4,096 draws. */
export function flickerLaw(prob: number, { missUs: length, missBoundsUs }: MissLengths): FlickerLaw {
  const boundsUs = missBoundsUs ?? BOUNDS_US;
  if (prob <= 0) return { prob: 0, length, boundsUs, meanUs: 0 };
  return { prob: Math.min(prob, 0.95), length, boundsUs, meanUs: meanDurationUs(length, boundsUs) };
}

const means = new WeakMap<Distribution, WeakMap<object, number>>();

function meanDurationUs(length: Distribution, boundsUs: readonly [number, number]): number {
  let ofLength = means.get(length);
  if (ofLength === undefined) means.set(length, (ofLength = new WeakMap()));
  let mean = ofLength.get(boundsUs);
  if (mean === undefined) {
    const stream = new RandomStream(0, 'flicker/mean');
    let sum = 0;
    for (let i = 0; i < DRAWS; i++) sum += clamp(stream.draw(length), boundsUs[0], boundsUs[1]);
    ofLength.set(boundsUs, (mean = sum / DRAWS));
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
    const { length, boundsUs } = this.law;
    if (this.missing) return clamp(this.stream.draw(length), boundsUs[0], boundsUs[1]);
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
