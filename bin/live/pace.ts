import { setTimeout as delay } from 'node:timers/promises';

/** Longest stretch of the store's time worked through before others get the thread, µs. */
const STRETCH_US = 1e6;
/** How often a paused store looks whether it may go on. */
const PAUSED_MS = 50;

/** Keeps a store's time and the clock together. */
export class Pace {
  /** Seconds of the store per second; Infinity: as fast as it goes. */
  speed = 1;
  isPaused = false;
  isStopped = false;
  /** Where clock and time were last brought together. */
  #sinceMs = performance.now();
  #sinceUs = 0;
  #timeUs = 0;
  #yieldedUs = 0;

  /** Throws for a speed that is not positive. */
  set(speed: number, isPaused: boolean): void {
    if (!(speed > 0)) throw new RangeError(`speed: found ${speed}, expected more than 0`);
    this.speed = speed;
    this.isPaused = isPaused;
    this.restart();
  }

  restart(): void {
    this.#sinceMs = performance.now();
    this.#sinceUs = this.#timeUs;
  }

  /** Waits until the clock has come to `timeUs`; now and then in any case, so that others get the thread. */
  async reach(timeUs: number): Promise<void> {
    this.#timeUs = timeUs;
    if (timeUs - this.#yieldedUs < STRETCH_US && this.#aheadMs() <= 0) return;
    this.#yieldedUs = timeUs;
    await delay(Math.max(0, this.#aheadMs()));
    while (this.isPaused && !this.isStopped) {
      await delay(PAUSED_MS);
      this.restart();
    }
  }

  /** How far the store's time is ahead of the clock at this pace. */
  #aheadMs(): number {
    return (this.#timeUs - this.#sinceUs) / 1000 / this.speed - (performance.now() - this.#sinceMs);
  }
}
