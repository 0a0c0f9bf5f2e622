import type { RandomStream } from '../random.ts';
import type { ClockNoise } from '../scenario/run.ts';

/** Shortest interval between two disciplines, µs. */
const SHORTEST_RESYNC_US = 100_000;

/** One sensor's clock: runs 20–100 ppm fast or slow, is set right every `resyncUs`, and jitters. */
export class SensorClock {
  /** Own seconds per true second, less one. */
  readonly rate: number;
  private readonly stream: RandomStream;
  private readonly noise: ClockNoise;
  private readonly resyncUs: number;
  private setAtUs: number;
  private residualUs: number;
  private lastUs = -1;

  constructor(stream: RandomStream, noise: ClockNoise) {
    this.stream = stream;
    this.noise = noise;
    this.rate = stream.draw(noise.ppm) * 1e-6 * (stream.chance(0.5) ? 1 : -1);
    this.resyncUs = Math.max(SHORTEST_RESYNC_US, noise.resyncUs);
    this.setAtUs = -stream.uniform() * this.resyncUs;
    this.residualUs = stream.draw(noise.residualUs);
  }

  /** True time between two samples at the nominal rate, µs. */
  periodUs(rateHz: number): number {
    return 1_000_000 / rateHz / (1 + this.rate);
  }

  /** What the clock shows at a true time, integer µs, never negative; without a fault's skew no stamp repeats or runs back. */
  stampUs(trueUs: number, skewUs: number): number {
    while (trueUs - this.setAtUs >= this.resyncUs) {
      this.setAtUs += this.resyncUs;
      this.residualUs = this.stream.draw(this.noise.residualUs);
    }
    const jitterUs = this.stream.draw(this.noise.jitterUs);
    const shown = trueUs + this.residualUs + this.rate * (trueUs - this.setAtUs) + jitterUs;
    this.lastUs = Math.max(this.lastUs + 1, Math.round(shown));
    return Math.max(0, this.lastUs + Math.round(skewUs));
  }
}
