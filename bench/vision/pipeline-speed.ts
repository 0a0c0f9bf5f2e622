import { fileURLToPath } from 'node:url';
import { PicturePool, STEPS_UNDER_WAY } from '../../bin/pictures/picture-pool.ts';
import { Engine } from '../../engine/index.ts';
import type { Detections, Reading } from '../../engine/readings.ts';
import { loadScenario } from '../../simulator/scenario/load-scenario.ts';
import { resolve } from '../../simulator/scenario/resolve.ts';
import type { CameraPlan, Run } from '../../simulator/scenario/run.ts';
import { Simulation, type SimulationStep } from '../../simulator/simulate.ts';
import type { World } from '../../simulator/world/world.ts';

const CAMERAS = 8;
const PEOPLE = 20;
const SECONDS = 20;

/** How fast a store with pictures runs as a whole: world, drawing, looking, tracking and carts. */
export interface PipelineFigure {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly workers: number;
  /** Most people in the store while it was measured. */
  readonly people: number;
  /** Simulated seconds per second of the clock, and per second of this process's CPU time on two cores. */
  readonly timesRealTime: number;
  readonly timesByCpu: number;
  readonly pictures: number;
  /** Bytes of detections that were copied from a worker, per picture; the pictures themselves are never copied. */
  readonly detectionBytes: number;
}

/** Plays 20 seconds of a store with 8 cameras at 10 Hz from when 20 people are in it. */
export async function measurePipeline(widthPx: number, heightPx: number, workers: number): Promise<PipelineFigure> {
  const run = crowdedRun(widthPx, heightPx);
  let pool: PicturePool | null = null;
  let people = 0;
  const seen: Detections[] = [];
  const take = (camera: number, world: World, timeUs: number, isFogged: boolean): Detections => {
    people = world.bodies.reduce((count, body) => count + (body.visible ? 1 : 0), 0);
    if (pool === null || people < PEOPLE) return NOTHING;
    const found = pool.take(camera, world, timeUs, isFogged);
    seen.push(found);
    return found;
  };
  const simulation = new Simulation(run, { pictures: take, watch: (world) => pool?.watch(world) });
  pool = await PicturePool.open(run, simulation.store, { workers });
  const player = new Player(new Engine(simulation.store), pool);
  while (seen.length === 0) await player.play(simulation.step());
  // Workers load their modules and draw what stands still with the first pictures.
  for (let step = 0; step < 10; step++) await player.play(simulation.step());
  const [fromCpu, from, counted] = [process.cpuUsage(), performance.now(), seen.length];
  for (let step = 0; step < 10 * SECONDS; step++) await player.play(simulation.step());
  await player.end();
  const seconds = (performance.now() - from) / 1000;
  const { user, system } = process.cpuUsage(fromCpu);
  await pool.close();
  const measured = seen.slice(counted);
  const bytes = measured.reduce((sum, detections) => sum + bytesOf(detections), 0);
  return {
    ...{ widthPx, heightPx, workers, people },
    timesRealTime: SECONDS / seconds,
    timesByCpu: SECONDS / ((user + system) / 1e6 / 2),
    pictures: measured.length,
    detectionBytes: bytes / measured.length,
  };
}

/** Feeds steps to an engine in order, each once its pictures were looked at. */
class Player {
  readonly #engine: Engine;
  readonly #pool: PicturePool;
  readonly #ahead: { readonly readings: readonly Reading[]; readonly seen: Promise<void> }[] = [];

  constructor(engine: Engine, pool: PicturePool) {
    this.#engine = engine;
    this.#pool = pool;
  }

  async play(step: SimulationStep | null): Promise<void> {
    if (step === null) throw new Error('the store closed before it was measured');
    this.#ahead.push({ readings: step.readings, seen: this.#pool.endStep() });
    if (this.#ahead.length === STEPS_UNDER_WAY) await this.#take();
  }

  async end(): Promise<void> {
    while (this.#ahead.length > 0) await this.#take();
  }

  async #take(): Promise<void> {
    const { readings, seen } = this.#ahead.shift()!;
    await seen;
    for (const reading of readings) this.#engine.push(reading);
    this.#engine.take();
  }
}

function crowdedRun(widthPx: number, heightPx: number): Run {
  const file = fileURLToPath(new URL('../../scenarios/populations/crush.yaml', import.meta.url));
  const loaded = loadScenario(file);
  if ('errors' in loaded) throw new Error(`${file}: found ${loaded.errors.length} errors, expected a sound scenario`);
  const run = resolve(loaded.scenario);
  const cameras = run.cameras
    .filter((_, i) => i % 2 === 0)
    .slice(0, CAMERAS)
    .map((plan): CameraPlan => ({ ...plan, widthPx, heightPx, rateHz: 10, output: 'pixels' }));
  return { ...run, cameras };
}

function bytesOf(detections: Detections): number {
  return Object.values(detections).reduce((sum, array: Float32Array | Int16Array) => sum + array.byteLength, 0);
}

const NOTHING: Detections = {
  headsInImagePx: new Float32Array(0),
  headDepthM: new Float32Array(0),
  headScore: new Float32Array(0),
  handsInImagePx: new Float32Array(0),
  handDepthM: new Float32Array(0),
  handScore: new Float32Array(0),
  handOwner: new Int16Array(0),
};
