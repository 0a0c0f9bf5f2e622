import { Piscina } from 'piscina';
import type { Detections } from '../../engine/readings.ts';
import type { Store } from '../../engine/store.ts';
import type { Gallery } from '../../models/product-recogniser/gallery.ts';
import { pictureModel } from '../../simulator/render/picture-model.ts';
import { SnapshotWriter } from '../../simulator/render/scene/snapshot-writer.ts';
import type { Run } from '../../simulator/scenario/run.ts';
import { STEP_US } from '../../simulator/simulate.ts';
import type { World } from '../../simulator/world/world.ts';
import { PictureSlots } from './picture-slots.ts';
import type { DrawOrder, LookOrder, PictureTask, PictureWorkerData } from './picture-task.ts';

/** Steps whose pictures may be under way at once; whoever simulates waits for the oldest of them. */
export const STEPS_UNDER_WAY = 3;
/** A worker that is silent for longer hangs: a step's pictures take it some tens of milliseconds. */
const DEADLINE_MS = 30_000;
/** A thread that has yet to load its modules has so many times as long. */
const STARTING = 10;
const HEAP_MIB = 1024;

/** A picture that was drawn and looked at. */
export interface SeenPicture {
  readonly camera: number;
  /** Counts the camera's pictures from 0, lost ones included. */
  readonly frame: number;
  readonly timeUs: number;
  readonly seen: Detections;
  /** Borrowed: valid during the call. */
  readonly rgb: Uint8Array;
  readonly depthMm: Uint16Array;
}

export interface PicturePoolOptions {
  /** Threads; at most one per camera is used. */
  readonly workers: number;
  /** Is shown every picture before its step resolves, cameras of one worker in order: lets pictures out of the workers. */
  readonly keep?: (picture: SeenPicture) => void;
  readonly deadlineMs?: number;
  readonly heapMiB?: number;
  /** Products that are recognised in hands; without it none are. */
  readonly gallery?: Gallery | null;
  /** Module of the workers, for tests of those that fail. */
  readonly worker?: URL;
}

interface Taken {
  readonly draw: DrawOrder;
  readonly seen: Detections;
}

/** One thread and the cameras that are its own: what it knows of their empty shops stays in it. */
interface Eye {
  thread: Piscina;
  /** Has done a task. */
  isRunning: boolean;
  /** Starts another thread in its place. */
  readonly start: () => Piscina;
  readonly slots: PictureSlots;
  /** Slots per step under way. */
  readonly slotsPerStep: number;
  taken: Taken[];
  /** Ends of the last drawing and the last looking handed over: the pool's own order is not the order of hand-over. */
  drawn: Promise<unknown>;
  looked: Promise<unknown>;
}

/**
 * Draws and looks at the pictures of a run's cameras in worker threads. Pictures are taken at once as snapshots of the world;
 * what is seen in them is filled in later. The outcome does not depend on the number of workers or on their speed.
 */
export class PicturePool {
  /** Pictures lost with a worker that crashed or hung. */
  lostPictures = 0;
  readonly #eyes: readonly Eye[];
  readonly #writer: SnapshotWriter;
  readonly #deadlineMs: number;
  readonly #keep: PicturePoolOptions['keep'];
  readonly #frames: Int32Array;
  readonly #lost = new WeakSet<Detections>();
  #snapshot: Float32Array | null = null;
  #snapshotUs = -1;
  #steps = 0;

  private constructor(run: Run, writer: SnapshotWriter, eyes: readonly Eye[], options: PicturePoolOptions) {
    this.#writer = writer;
    this.#eyes = eyes;
    this.#deadlineMs = options.deadlineMs ?? DEADLINE_MS;
    this.#keep = options.keep;
    this.#frames = new Int32Array(run.cameras.length);
  }

  /** Prints the fronts and starts the workers. */
  static async open(run: Run, store: Store, options: PicturePoolOptions): Promise<PicturePool> {
    const writer = new SnapshotWriter(run);
    const model = await pictureModel(run, writer.log);
    const workers = Math.max(1, Math.min(options.workers, run.cameras.length));
    const eyes = Array.from({ length: workers }, (_, w): Eye => {
      const cameras = run.cameras.filter((_, c) => c % workers === w);
      const slotsPerStep = cameras.reduce((sum, { rateHz }) => sum + 1 + Math.ceil((rateHz * STEP_US) / 1e6), 0);
      const slotCount = STEPS_UNDER_WAY * slotsPerStep;
      const slots = new PictureSlots(store.cameras, slotCount);
      const gallery = options.gallery ?? null;
      const workerData: PictureWorkerData = { model, store, gallery, slots: slots.shared, slotCount };
      const start = () => startThread(workerData, options);
      const done = Promise.resolve();
      return { thread: start(), isRunning: false, start, slots, slotsPerStep, taken: [], drawn: done, looked: done };
    });
    return new PicturePool(run, writer, eyes, options);
  }

  /** Follows what happens between pictures: to be called at every tick. */
  watch(world: World): void {
    this.#writer.watch(world);
  }

  /** Takes a picture of the world as it stands; what comes back is filled in once its step was seen to. */
  take(camera: number, world: World, timeUs: number, isFogged: boolean): Detections {
    if (this.#snapshot === null || timeUs !== this.#snapshotUs) this.#snapshot = this.#writer.take(world);
    this.#snapshotUs = timeUs;
    const eye = this.#eyes[camera % this.#eyes.length];
    const slot = (this.#steps % STEPS_UNDER_WAY) * eye.slotsPerStep + eye.taken.length;
    const frame = this.#frames[camera]++;
    const seen = nothingSeen();
    eye.taken.push({ draw: { slot, camera, frame, timeUs, snapshot: this.#snapshot, isFogged }, seen });
    return seen;
  }

  /**
   * Ends a step: hands its pictures to the workers. Resolves when all were looked at or lost; at most `STEPS_UNDER_WAY`
   * steps may be unresolved.
   */
  async endStep(): Promise<void> {
    this.#steps++;
    await Promise.all(
      this.#eyes.map((eye) => {
        const { taken } = eye;
        eye.taken = [];
        return taken.length > 0 ? this.#see(eye, taken) : null;
      }),
    );
  }

  /** Whether a picture was lost with its worker, so that nothing arrives of it. */
  isLost(seen: Detections): boolean {
    return this.#lost.has(seen);
  }

  async close(): Promise<void> {
    await Promise.all(this.#eyes.map(({ thread }) => thread.destroy()));
  }

  /** Two tasks: drawing knows the truth, looking is told only where the pictures lie. */
  async #see(eye: Eye, taken: readonly Taken[]): Promise<void> {
    const draws = taken.map(({ draw }) => draw);
    const looks = taken.map(({ draw: { slot, camera, frame } }): LookOrder => ({ slot, camera, frame }));
    const drawn = eye.drawn.then(() => this.#run(eye, { kind: 'draw', orders: draws }));
    const looked = Promise.all([drawn, eye.looked]).then(() => this.#run(eye, { kind: 'look', orders: looks }));
    eye.drawn = drawn;
    eye.looked = looked;
    const seen = await looked;
    taken.forEach((picture, i) => {
      const found = seen?.[i];
      if (found) {
        Object.assign(picture.seen, found);
        this.#show(eye, picture);
      } else {
        this.#lost.add(picture.seen);
        this.lostPictures++;
      }
    });
  }

  #show({ slots }: Eye, { draw: { slot, camera, frame, timeUs }, seen }: Taken): void {
    if (!this.#keep) return;
    const { rgb, depthMm } = slots.slot(slot, camera);
    this.#keep({ camera, frame, timeUs, seen, rgb, depthMm });
  }

  /** Null when the thread crashed, ran out of memory or hung; another then takes its place and learns the shop anew. */
  async #run(eye: Eye, task: PictureTask): Promise<(Detections | null)[] | null> {
    const { thread } = eye;
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), this.#deadlineMs * (eye.isRunning ? 1 : STARTING));
    try {
      const seen = await thread.run(task, { signal: deadline.signal });
      eye.isRunning = true;
      return seen;
    } catch {
      if (eye.thread === thread) {
        eye.thread = eye.start();
        eye.isRunning = false;
        await thread.destroy();
      }
      return null;
    } finally {
      clearTimeout(timer);
    }
  }
}

function startThread(workerData: PictureWorkerData, { worker, heapMiB }: PicturePoolOptions): Piscina {
  const thread = new Piscina({
    filename: (worker ?? new URL('./picture.worker.ts', import.meta.url)).href,
    minThreads: 1,
    maxThreads: 1,
    workerData,
    resourceLimits: { maxOldGenerationSizeMb: heapMiB ?? HEAP_MIB },
  });
  // Each failure also rejects its task, which is where it is told.
  thread.on('error', () => {});
  return thread;
}

function nothingSeen(): Detections {
  return {
    headsInImagePx: new Float32Array(0),
    headDepthM: new Float32Array(0),
    headScore: new Float32Array(0),
    handsInImagePx: new Float32Array(0),
    handDepthM: new Float32Array(0),
    handScore: new Float32Array(0),
    handOwner: new Int16Array(0),
  };
}
