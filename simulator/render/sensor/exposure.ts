import { sin } from '../../maths.ts';
import { RandomStream } from '../../random.ts';

/** Periods of the wander, µs: far apart, so that it does not visibly repeat. */
const PERIODS_US = [7.3e6, 23.9e6, 71.3e6];

/** A camera's automatic exposure: a slow wander that is a function of time alone, so frames may be drawn in any order. */
export class Exposure {
  private readonly phases: readonly number[];
  private readonly share: number;

  constructor(seed: number, cameraId: string, share: number) {
    const stream = new RandomStream(seed, `camera/${cameraId}/exposure`);
    this.phases = PERIODS_US.map(() => stream.uniform() * 2 * Math.PI);
    this.share = share;
  }

  /** Gain at a time, about 1. */
  gainAt(timeUs: number): number {
    let sum = 0;
    for (let i = 0; i < PERIODS_US.length; i++) sum += sin((timeUs / PERIODS_US[i]) * 2 * Math.PI + this.phases[i]);
    return 1 + (this.share * sum) / PERIODS_US.length;
  }
}
