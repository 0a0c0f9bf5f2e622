import { Engine, type EngineOptions, type EngineOutput, type Reading, type Store } from '../../engine/index.ts';
import type { Run } from '../../simulator/scenario/run.ts';
import { Simulation, type SimulationStep } from '../../simulator/simulate.ts';
import { Interventions } from './interventions.ts';
import { LiveFeed } from './live-feed.ts';
import { Pace } from './pace.ts';
import type { WatchedStore } from './watched-store.ts';
import { WorldScenes } from './world-scenes.ts';

/** What a store that is being watched passes on to whoever else wants it: the gateway, for one. */
export interface LiveStoreOptions extends EngineOptions {
  readonly onReading?: (reading: Reading) => void;
  readonly onOutputs?: (outputs: readonly EngineOutput[]) => void;
}

/** A simulated store played against the clock: simulator, engine, and the feed of those who watch. */
export class LiveStore implements WatchedStore {
  readonly run: Run;
  readonly store: Store;
  readonly feed: LiveFeed;
  readonly engine: Engine;
  readonly hasTruth = true;
  readonly interventions: Interventions;
  readonly #simulation: Simulation;
  readonly #options: LiveStoreOptions;
  readonly #pace = new Pace();
  #isOver = false;

  constructor(run: Run, options: LiveStoreOptions = {}) {
    this.run = run;
    this.#options = options;
    const scenes = new WorldScenes(run);
    this.#simulation = new Simulation(run, { watch: (world) => scenes.watch(world, this.feed) });
    this.store = this.#simulation.store;
    this.feed = new LiveFeed(this.store, scenes.log);
    this.interventions = new Interventions(run, this.#simulation, this.feed);
    this.engine = new Engine(this.store, options);
  }

  get speed(): number {
    return this.#pace.speed;
  }

  get isPaused(): boolean {
    return this.#pace.isPaused;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  setPace(speed: number, isPaused: boolean): void {
    this.#pace.set(speed, isPaused);
  }

  async play(): Promise<void> {
    this.#pace.restart();
    for (let step = this.#simulation.step(); step; step = this.#simulation.step()) {
      this.#take(step);
      await this.#pace.reach(step.timeUs);
      if (this.#pace.isStopped) return;
    }
    this.#put(this.engine.finish());
    this.#isOver = true;
  }

  stop(): void {
    this.#pace.isStopped = true;
  }

  #take(step: SimulationStep): void {
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
}
