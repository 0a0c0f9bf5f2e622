import { fileURLToPath } from 'node:url';
import { loadScenario } from '../scenario/load-scenario.ts';
import { resolve } from '../scenario/resolve.ts';
import type { CameraPlan, Run } from '../scenario/run.ts';
import { World } from '../world/world.ts';
import { SnapshotWriter } from './scene/snapshot-writer.ts';

/** The demo's shop, its cameras at 320 × 240 unless told. */
export function demoRun(camera: (plan: CameraPlan) => CameraPlan = small): Run {
  const file = fileURLToPath(new URL('../../scenarios/demo.yaml', import.meta.url));
  const loaded = loadScenario(file);
  if ('errors' in loaded) throw new Error(`${file}: found errors, expected a sound scenario`);
  const run = resolve(loaded.scenario);
  return { ...run, cameras: run.cameras.map(camera) };
}

export function small(plan: CameraPlan): CameraPlan {
  return { ...plan, widthPx: 320, heightPx: 240 };
}

/** Plays a run and takes snapshots at the given times, seconds. */
export function snapshotsAt(run: Run, times: readonly number[]): { snapshots: Float32Array[]; writer: SnapshotWriter } {
  const world = new World(run);
  const writer = new SnapshotWriter(run);
  const snapshots = times.map((second) => {
    while (world.timeUs < second * 1e6) {
      world.step();
      writer.watch(world);
    }
    return writer.take(world);
  });
  return { snapshots, writer };
}
