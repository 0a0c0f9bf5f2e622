import { Worker } from 'node:worker_threads';
import { decodeReading } from '../engine/recording/reading-codec.ts';
import type { Run } from '../simulator/scenario/run.ts';
import type { SimulationStep } from '../simulator/simulate.ts';
import type { TruthCart, TruthEvent, TruthPose } from '../simulator/truth.ts';

/** Some steps of a simulation, as they cross between threads. */
export interface StepBatch {
  readonly steps: readonly {
    readonly timeUs: number;
    readonly truth: TruthEvent[];
    readonly pose: TruthPose | null;
    readonly readingCount: number;
  }[];
  /** All their readings in order: length (4 bytes, little-endian), then encoding. */
  readonly readings: Uint8Array<ArrayBuffer>;
  /** With the last batch. */
  readonly end: { readonly carts: TruthCart[]; readonly readingsHash: string } | null;
}

/** Batches asked for at a time: the other thread never waits, and never is far ahead. */
const ASKED_FOR = 4;

/** A simulation on a thread of its own, some steps ahead of whoever takes them. Gives what `Simulation` gives. */
export class SimulationAhead {
  readonly #worker: Worker;
  readonly #batches: StepBatch[] = [];
  #wake: (() => void) | null = null;
  #failure: Error | null = null;
  #end: StepBatch['end'] = null;

  /** The run must not have cameras that send pixels. */
  constructor(run: Run) {
    this.#worker = new Worker(new URL('./simulation.worker.ts', import.meta.url), { workerData: run });
    this.#worker.on('message', (batch: StepBatch) => {
      this.#batches.push(batch);
      this.#wake?.();
    });
    this.#worker.on('error', (error) => {
      this.#failure = error instanceof Error ? error : new Error(String(error));
      this.#wake?.();
    });
    for (let i = 0; i < ASKED_FOR; i++) this.#worker.postMessage(null);
  }

  /** Steps in order. Throws what the simulation throws. */
  async *steps(): AsyncGenerator<SimulationStep> {
    while (this.#end === null) {
      if (this.#batches.length === 0 && this.#failure === null) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
      if (this.#failure) throw this.#failure;
      const batch = this.#batches.shift();
      if (batch === undefined) continue;
      this.#worker.postMessage(null);
      yield* stepsOf(batch);
      this.#end = batch.end;
    }
  }

  /** What the truth says and the hash of all readings, after the last step. */
  get end(): NonNullable<StepBatch['end']> {
    if (this.#end === null) throw new Error('the simulation is not over');
    return this.#end;
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}

function* stepsOf({ steps, readings }: StepBatch): Generator<SimulationStep> {
  const view = new DataView(readings.buffer, readings.byteOffset, readings.byteLength);
  let at = 0;
  for (const { timeUs, truth, pose, readingCount } of steps) {
    const decoded = [];
    for (let i = 0; i < readingCount; i++) {
      const length = view.getUint32(at, true);
      decoded.push(decodeReading(readings.subarray(at + 4, at + 4 + length)));
      at += 4 + length;
    }
    yield { timeUs, truth, pose, readings: decoded };
  }
}
