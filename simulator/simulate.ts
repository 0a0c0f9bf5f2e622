import type { Detections, Reading } from '../engine/readings.ts';
import type { Store } from '../engine/store.ts';
import { commission } from './commission.ts';
import type { FaultPlan, Run } from './scenario/run.ts';
import { Sensors } from './sensors/sensors.ts';
import type { TruthCart, TruthEvent, TruthPose } from './truth.ts';
import type { GuestOrder } from './world/guests.ts';
import { World } from './world/world.ts';

/** Length of one step of a simulation, µs. */
export const STEP_US = 100_000;
/** How long a run goes on once the last shopper has left. */
const AFTERWARDS_US = 15_000_000;

/** Has a picture of the world taken and looked at; see `TakePicture`. */
export type PictureTaker = (camera: number, world: World, timeUs: number, isFogged: boolean) => Detections;

export interface SimulationOptions {
  /** Poses per second, 10 unless told, at most 10. */
  readonly truthHz?: number;
  /** For cameras that send pixels. */
  readonly pictures?: PictureTaker;
  /** Is shown the world at every tick. */
  readonly watch?: (world: World) => void;
}

/** What one step brought: readings in order of arrival, and what really happened meanwhile. */
export interface SimulationStep {
  /** End of the step, µs. */
  readonly timeUs: number;
  readonly readings: Reading[];
  readonly truth: TruthEvent[];
  /** Null when no pose was due. */
  readonly pose: TruthPose | null;
}

/** A run played step by step: the world moves, the sensors watch, readings arrive. */
export class Simulation {
  /** What the engine is told: commissioned, with its errors. */
  readonly store: Store;
  private readonly run: Run;
  private readonly world: World;
  private readonly sensors: Sensors;
  private readonly watch: ((world: World) => void) | undefined;
  private readonly poseUs: number;
  /** A population's shoppers have a `/` in their key; a run without any ends soon after the last one has left. */
  private readonly isScripted: boolean;
  private timeUs = 0;
  private nextPoseUs = 0;
  private ticks = 0;
  private overSinceUs: number | null = null;
  private isFlushed = false;

  constructor(run: Run, options: SimulationOptions = {}) {
    this.run = run;
    this.watch = options.watch;
    this.store = commission(run);
    this.world = new World(run);
    const { pictures } = options;
    this.sensors = new Sensors(
      run,
      pictures && ((camera, timeUs, isFogged) => pictures(camera, this.world, timeUs, isFogged)),
    );
    this.poseUs = 1e6 / (options.truthHz ?? 10);
    this.isScripted = run.shoppers.every((shopper) => !shopper.key.includes('/'));
  }

  /** Moves on by 0.1 s; after the end once more with the readings still under way, then null. */
  step(): SimulationStep | null {
    if (this.isFlushed) return null;
    if (this.isAtEnd()) {
      this.isFlushed = true;
      return { timeUs: this.timeUs, readings: this.sensors.flush(), truth: this.world.takeTruth(), pose: null };
    }
    const endUs = Math.min(this.timeUs + STEP_US, this.run.durationUs);
    // Tick k is at round(k · 1e6 / tickHz); this step holds those before its end.
    while (Math.round((this.ticks * 1e6) / this.run.tickHz) < endUs) {
      this.world.step();
      this.watch?.(this.world);
      this.sensors.observe(this.world);
      this.ticks += 1;
    }
    this.timeUs = endUs;
    if (!this.world.isOver) this.overSinceUs = null;
    else this.overSinceUs ??= endUs;
    return {
      timeUs: endUs,
      readings: this.sensors.arrivedBy(endUs),
      truth: this.world.takeTruth(),
      pose: this.poseIfDue(),
    };
  }

  /** What every trip so far should be charged. */
  carts(): TruthCart[] {
    return this.world.carts();
  }

  /** End of the last step, µs. */
  get nowUs(): number {
    return this.timeUs;
  }

  /** Calls a guest to the door; its key, or null when nobody is left. Only a run `withGuests` has any. */
  admit(): string | null {
    return this.world.admit();
  }

  /** Tells a guest what to do; false when there is no such guest in or before the store. */
  order(key: string, order: GuestOrder): boolean {
    return this.world.order(key, order);
  }

  /** Adds a fault from now on. Throws on a target that cannot suffer it. */
  suffer(fault: FaultPlan): void {
    this.sensors.suffer(fault);
  }

  private isAtEnd(): boolean {
    if (this.timeUs >= this.run.durationUs) return true;
    return this.isScripted && this.overSinceUs !== null && this.timeUs >= this.overSinceUs + AFTERWARDS_US;
  }

  private poseIfDue(): TruthPose | null {
    if (this.world.timeUs < this.nextPoseUs) return null;
    this.nextPoseUs = this.world.timeUs + this.poseUs - 1e6 / this.run.tickHz / 2;
    return this.world.pose();
  }
}
