import { fileURLToPath } from 'node:url';
import { type PictureModel, pictureModel } from '../../simulator/render/picture-model.ts';
import { SnapshotWriter } from '../../simulator/render/scene/snapshot-writer.ts';
import { NO_PICTURE_NOISE } from '../../simulator/render/sensor/picture-noise.ts';
import { loadScenario } from '../../simulator/scenario/load-scenario.ts';
import { resolve } from '../../simulator/scenario/resolve.ts';
import type { CameraPlan, PictureNoise, Run } from '../../simulator/scenario/run.ts';
import { World } from '../../simulator/world/world.ts';

const CAMERAS = 8;
const PRODUCTS = 1000;
const PEOPLE = 10;
/** Snapshots in a row that a benchmark or test draws. */
const MOMENTS = 20;

/** A shop to measure with: 1,000 products on shelves, 10 people about, 8 cameras of one size without distortion. */
export interface VisionScene {
  readonly run: Run;
  readonly model: PictureModel;
  /** The shop before anybody came in. */
  readonly opening: Float32Array;
  readonly snapshots: readonly Float32Array[];
}

export async function visionScene(
  widthPx: number,
  heightPx: number,
  noise: PictureNoise = NO_PICTURE_NOISE,
): Promise<VisionScene> {
  const file = fileURLToPath(new URL('../../scenarios/populations/lunch-rush.yaml', import.meta.url));
  const loaded = loadScenario(file);
  if ('errors' in loaded) throw new Error(`${file}: found ${loaded.errors.length} errors, expected a sound scenario`);
  const run = thinned(resolve(loaded.scenario), widthPx, heightPx);
  const world = new World(run);
  const writer = new SnapshotWriter(run);
  const opening = writer.take(world);
  while (world.bodies.filter((body) => body.visible).length < PEOPLE) {
    world.step();
    writer.watch(world);
  }
  const snapshots = Array.from({ length: MOMENTS }, () => {
    for (let tick = 0; tick < run.tickHz / 10; tick++) {
      world.step();
      writer.watch(world);
    }
    return writer.take(world);
  });
  return { run, model: await pictureModel(run, writer.log, noise), opening, snapshots };
}

/** The run with its goods cut down to `PRODUCTS` over all slots, and 8 cameras of the given size. */
function thinned(run: Run, widthPx: number, heightPx: number): Run {
  let left = PRODUCTS;
  const slots = run.store.slots.map((slot, i) => {
    let room = Math.ceil(left / (run.store.slots.length - i));
    const contents = slot.contents.map(({ sku, count }) => {
      const kept = Math.min(count, room);
      room -= kept;
      left -= kept;
      return { sku, count: kept };
    });
    return { ...slot, contents };
  });
  const cameras = run.cameras
    .slice(0, CAMERAS)
    .map((plan): CameraPlan => ({ ...plan, widthPx, heightPx, k1: 0, k2: 0 }));
  return { ...run, cameras, store: { ...run.store, slots } };
}
