import type { StoreSession } from '../../api/intake/store-session.ts';
import type { EngineOutput, Store } from '../../engine/index.ts';
import type { Run } from '../../simulator/scenario/run.ts';
import { Simulation, type SimulationStep } from '../../simulator/simulate.ts';
import type { TruthEvent } from '../../simulator/truth.ts';
import { InterventionLog } from '../live/intervention-log.ts';
import { Interventions } from '../live/interventions.ts';
import { LiveFeed } from '../live/live-feed.ts';
import { Pace } from '../live/pace.ts';
import type { WatchedStore } from '../live/watched-store.ts';
import { WorldScenes } from '../live/world-scenes.ts';

/** An entry that no gate has answered for so long was not asked about, µs. */
const UNANSWERED_US = 5e6;

type Entered = TruthEvent & { readonly kind: 'entered' };

/** A simulated store whose readings go to a gateway: what its page shows is what the gateway's own engine says. */
export class ServedStore implements WatchedStore {
  readonly run: Run;
  readonly store: Store;
  readonly feed: LiveFeed;
  readonly hasTruth = true;
  readonly interventions: Interventions;
  readonly #simulation: Simulation;
  #log: InterventionLog | null = null;
  readonly #pace = new Pace();
  #session: StoreSession | null = null;
  #isOver = false;
  /** Visits by the credential that was answered with them. */
  readonly #visits = new Map<string, string | null>();
  /** People whom a gate has not answered yet. */
  #entered: Entered[] = [];

  constructor(run: Run) {
    this.run = run;
    const scenes = new WorldScenes(run);
    this.#simulation = new Simulation(run, { watch: (world) => scenes.watch(world, this.feed) });
    this.store = this.#simulation.store;
    this.feed = new LiveFeed(this.store, scenes.log);
    this.interventions = new Interventions(run, this.#simulation, this.feed);
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

  /** Where the readings go, before `play`. `logPath`: what watchers do is kept there, so that a killed run can go on. */
  open(session: StoreSession, logPath: string): void {
    this.#session = session;
    this.#log = new InterventionLog(logPath);
    this.interventions.keep(this.#log);
  }

  /** Takes what left the engine, once it is on record. */
  see(outputs: readonly EngineOutput[]): void {
    if (this.#session) this.feed.outputs(outputs, this.#session);
  }

  /** A gate was answered: the engine knows people by their visit, not by their credential, and so does the page. */
  answered(credential: string, tripId: string | null): void {
    this.#visits.set(credential, tripId);
  }

  async play(): Promise<void> {
    const session = this.#session;
    if (session === null) throw new Error('a served store was to play before it was opened');
    this.#pace.restart();
    for (let step = this.#step(); step; step = this.#step()) {
      for (const reading of step.readings) this.feed.reading(reading);
      await session.push(step.readings);
      this.#tellTruth(step);
      if (session.isCatchingUp || this.#log?.isCatchingUp) await this.#breathe();
      else await this.#pace.reach(step.timeUs);
      if (this.#pace.isStopped) return;
    }
    await session.finish();
    this.#isOver = true;
  }

  stop(): void {
    this.#pace.isStopped = true;
  }

  #step(): SimulationStep | null {
    this.#log?.repeat(this.#simulation);
    return this.#simulation.step();
  }

  /** Catching up goes as fast as it can; requests get through between two steps. */
  async #breathe(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.#pace.restart();
  }

  #tellTruth({ truth, timeUs }: SimulationStep): void {
    for (const event of truth)
      if (event.kind === 'entered') this.#entered.push(event);
      else this.feed.truth(event);
    this.#entered = this.#entered.filter((event) => {
      const { credential } = event;
      const isAnswered = credential === null || this.#visits.has(credential);
      if (!isAnswered && timeUs - event.timeUs < UNANSWERED_US) return true;
      this.feed.truth({ ...event, credential: credential === null ? null : (this.#visits.get(credential) ?? null) });
      return false;
    });
  }
}
