import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Engine, type EngineOptions } from '../../engine/index.ts';
import type { Run } from '../../simulator/scenario/run.ts';
import { Simulation } from '../../simulator/simulate.ts';
import { loadRun } from '../accuracy/run-case.ts';
import { scenariosIn } from '../splits.ts';

/** What was in use at one time of the simulated day, after a collection of garbage. */
export interface SoakSample {
  readonly simulatedHours: number;
  readonly heapBytes: number;
  /** Memory of typed arrays, outside the heap. */
  readonly buffersBytes: number;
  readonly rssBytes: number;
  /** Carts that were settled so far. */
  readonly carts: number;
  readonly wallSeconds: number;
}

export interface SoakOptions {
  readonly hours: number;
  /** That come in an hour; 20 leave goods on the kiosk's shelves for a day. */
  readonly parties: number;
  /** Hours between samples. */
  readonly everyHours: number;
  /** `simulator`: nobody takes the readings, to tell whose memory grows. */
  readonly parts: 'both' | 'simulator';
  readonly engine: EngineOptions;
  readonly sample: (sample: SoakSample) => void;
}

/** The kiosk, open for so many hours, with so many parties an hour. */
export function soakRun(hours: number, parties: number): Run {
  return loadRun(scenariosIn('stores/kiosk.yaml')[0]!, 1, {
    'run.start': '00:00',
    'run.duration': `${hours}h`,
    'shoppers.commuters.arrive': { poisson: `${parties}/h` },
  });
}

/** Plays a long day, keeping nothing itself. */
export function soak({ hours, parties, everyHours, parts, engine: engineOptions, sample }: SoakOptions): void {
  const run = soakRun(hours, parties);
  const simulation = new Simulation(run);
  const engine = parts === 'both' ? new Engine(simulation.store, engineOptions) : null;
  const collect = garbageCollector();
  const startedMs = performance.now();
  let carts = 0;
  let nextUs = 0;
  for (let step = simulation.step(); step; step = simulation.step()) {
    if (engine) {
      for (const reading of step.readings) engine.push(reading);
      for (const output of engine.take()) if (output.kind === 'cart' && output.cart.status !== 'draft') carts++;
    }
    if (step.timeUs < nextUs) continue;
    nextUs += everyHours * 3_600_000_000;
    collect();
    const { heapUsed, rss, arrayBuffers } = process.memoryUsage();
    sample({
      simulatedHours: step.timeUs / 3_600_000_000,
      ...{ heapBytes: heapUsed, buffersBytes: arrayBuffers, rssBytes: rss, carts },
      wallSeconds: (performance.now() - startedMs) / 1000,
    });
  }
}

/** A full collection, which Node gives only when asked by a flag. */
function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}

/** Growth by least squares over the second half of the day, bytes per simulated hour: what is warm by then should stay. */
export function growthPerHour(samples: readonly SoakSample[], of: (sample: SoakSample) => number): number | null {
  const warm = samples.slice(Math.floor(samples.length / 2));
  if (warm.length < 2) return null;
  const meanX = warm.reduce((sum, { simulatedHours }) => sum + simulatedHours, 0) / warm.length;
  const meanY = warm.reduce((sum, sample) => sum + of(sample), 0) / warm.length;
  let [above, below] = [0, 0];
  for (const sample of warm) {
    above += (sample.simulatedHours - meanX) * (of(sample) - meanY);
    below += (sample.simulatedHours - meanX) ** 2;
  }
  return below > 0 ? above / below : null;
}
