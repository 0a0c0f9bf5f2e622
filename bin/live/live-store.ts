import { setTimeout as delay } from 'node:timers/promises';
import { Engine, type EngineOptions, type EngineOutput, type Reading, type Store } from '../../engine/index.ts';
import type { Run } from '../../simulator/scenario/run.ts';
import { Simulation, type SimulationStep } from '../../simulator/simulate.ts';
import { LiveFeed } from './live-feed.ts';

/** Longest stretch of simulated time worked through before others get the thread, µs. */
const STRETCH_US = 1e6;
/** How often a paused store looks whether it may go on. */
const PAUSED_MS = 50;

/** What a store that is being watched passes on to whoever else wants it: the gateway, for one. */
export interface LiveStoreOptions extends EngineOptions {
  readonly onReading?: (reading: Reading) => void;
  readonly onOutputs?: (outputs: readonly EngineOutput[]) => void;
}

/** A simulated store played against the clock: simulator, engine, and the feed of those who watch. */
export class LiveStore {
  readonly run: Run;
  readonly store: Store;
  readonly feed: LiveFeed;
  readonly engine: Engine;
  readonly #simulation: Simulation;
  readonly #options: LiveStoreOptions;
  #isOver = false;
  #isStopped = false;
  /** Simulated seconds per second; Infinity: as fast as it goes. */
  #speed = 1;
  #isPaused = false;
  /** Where clock and simulated time were last brought together. */
  #sinceMs = 0;
  #sinceUs = 0;
  #timeUs = 0;

  constructor(run: Run, options: LiveStoreOptions = {}) {
    this.run = run;
    this.#options = options;
    this.#simulation = new Simulation(run, { watch: (world) => this.feed.watch(world) });
    this.store = this.#simulation.store;
    this.feed = new LiveFeed(run, this.store);
    this.engine = new Engine(this.store, options);
  }

  get speed(): number {
    return this.#speed;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** The run has come to its end; what was is still to be seen. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Sets the pace; `speed` must be positive. */
  setPace(speed: number, isPaused: boolean): void {
    if (!(speed > 0)) throw new RangeError(`speed: found ${speed}, expected more than 0`);
    this.#speed = speed;
    this.#isPaused = isPaused;
    this.#restartClock();
  }

  /** Plays to the end of the run, or until `stop`. */
  async play(): Promise<void> {
    this.#restartClock();
    let yieldedUs = 0;
    for (let step = this.#simulation.step(); step && !this.#isStopped; step = this.#simulation.step()) {
      this.#take(step);
      if (this.#timeUs - yieldedUs >= STRETCH_US || this.#aheadMs() > 0) {
        yieldedUs = this.#timeUs;
        await this.#keepPace();
      }
    }
    if (this.#isStopped) return;
    this.#put(this.engine.finish());
    this.#isOver = true;
  }

  stop(): void {
    this.#isStopped = true;
  }

  #take(step: SimulationStep): void {
    this.#timeUs = step.timeUs;
    for (const event of step.truth) this.feed.truth(event);
    for (const reading of step.readings) {
      this.feed.reading(reading);
      this.#options.onReading?.(reading);
      this.engine.push(reading);
    }
    this.#put(this.engine.take());
  }

  #put(outputs: readonly EngineOutput[]): void {
    this.feed.outputs(outputs, this.engine);
    this.#options.onOutputs?.(outputs);
  }

  #restartClock(): void {
    this.#sinceMs = performance.now();
    this.#sinceUs = this.#timeUs;
  }

  /** How far simulated time is ahead of the clock at this pace. */
  #aheadMs(): number {
    return (this.#timeUs - this.#sinceUs) / 1000 / this.#speed - (performance.now() - this.#sinceMs);
  }

  async #keepPace(): Promise<void> {
    await delay(Math.max(0, this.#aheadMs()));
    while (this.#isPaused && !this.#isStopped) {
      await delay(PAUSED_MS);
      this.#restartClock();
    }
  }
}
