import { Engine, type Store } from '../../engine/index.ts';
import { openRecording, type Recording } from '../../engine/recording/replay.ts';
import type { Run } from '../../simulator/scenario/run.ts';
import { STEP_US } from '../../simulator/simulate.ts';
import type { TruthEvent } from '../../simulator/truth.ts';
import { type MethodOptions, recordedMethod } from '../method-options.ts';
import { recordedEvents, recordedRun } from '../recorded-run.ts';
import { LiveFeed } from './live-feed.ts';
import { Pace } from './pace.ts';
import { type RecordedWorld, SimulatedAgain, TrackedWorld } from './recorded-world.ts';
import { mannequinPlans, toldRun } from './told-run.ts';
import type { WatchedStore } from './watched-store.ts';

/** A recording played against the clock: its readings drive the engine, as `aisle replay` has them do. */
export class RecordedStore implements WatchedStore {
  readonly run: Run;
  readonly store: Store;
  readonly feed: LiveFeed;
  readonly engine: Engine;
  readonly hasTruth: boolean;
  readonly #recording: Recording;
  readonly #world: RecordedWorld;
  readonly #truth: Iterator<TruthEvent> | null;
  #nextTruth: TruthEvent | null = null;
  readonly #pace = new Pace();
  #isOver = false;

  private constructor(recording: Recording, method: MethodOptions) {
    this.#recording = recording;
    this.store = recording.store;
    this.hasTruth = recording.attachments.some(({ name }) => name === 'run.json');
    const { run, world } = this.hasTruth ? simulatedAgain(recording) : tracked(recording.store);
    this.run = run;
    this.#world = world;
    this.#truth = this.hasTruth ? recordedEvents(recording.path) : null;
    this.feed = new LiveFeed(this.store, world.log);
    this.engine = new Engine(this.store, method);
  }

  /** Opens a recording; throws as `openRecording` does, and `UserError` for a method that nobody knows. */
  static async open(path: string): Promise<RecordedStore> {
    const recording = await openRecording(path);
    return new RecordedStore(recording, recordedMethod(path, recording.metadata));
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
    let stepUs = STEP_US;
    for await (const reading of this.#recording.readings()) {
      while (reading.arrivalUs > stepUs) {
        await this.#step(stepUs);
        if (this.#pace.isStopped) return;
        stepUs += STEP_US;
      }
      this.#world.reading(reading);
      this.feed.reading(reading);
      this.engine.push(reading);
    }
    await this.#step(stepUs);
    const outputs = this.engine.finish();
    this.#world.outputs(outputs, this.feed);
    this.feed.outputs(outputs, this.engine);
    for (const { found, expected, offset } of this.#recording.problems)
      this.feed.alert(stepUs, 'recording', `at byte ${offset} found ${found}, expected ${expected}`);
    this.#isOver = true;
  }

  stop(): void {
    this.#pace.isStopped = true;
  }

  async #step(timeUs: number): Promise<void> {
    this.#tellTruth(timeUs);
    this.#world.advanceTo(timeUs, this.feed);
    const outputs = this.engine.take();
    this.#world.outputs(outputs, this.feed);
    this.feed.outputs(outputs, this.engine);
    await this.#pace.reach(timeUs);
  }

  #tellTruth(timeUs: number): void {
    for (;;) {
      this.#nextTruth ??= this.#truth?.next().value ?? null;
      if (!this.#nextTruth || this.#nextTruth.timeUs > timeUs) return;
      this.feed.truth(this.#nextTruth);
      this.#nextTruth = null;
    }
  }
}

function simulatedAgain(recording: Recording): { readonly run: Run; readonly world: RecordedWorld } {
  const run = recordedRun(recording);
  const shown = { ...run, shoppers: [...run.shoppers, ...mannequinPlans()] };
  return { run: shown, world: new SimulatedAgain(run, shown) };
}

function tracked(store: Store): { readonly run: Run; readonly world: RecordedWorld } {
  const run = toldRun(store);
  return { run, world: new TrackedWorld(run) };
}
