import { fileURLToPath } from 'node:url';
import { pictureModel } from '../../simulator/render/picture-model.ts';
import { PictureSource } from '../../simulator/render/picture-source.ts';
import { bodiesAt, FACING, HEAD_AT } from '../../simulator/render/scene/snapshot-layout.ts';
import { SnapshotWriter } from '../../simulator/render/scene/snapshot-writer.ts';
import { loadScenario } from '../../simulator/scenario/load-scenario.ts';
import { resolve } from '../../simulator/scenario/resolve.ts';
import { trueCamera } from '../../simulator/sensors/true-camera.ts';
import { World } from '../../simulator/world/world.ts';
import type { RgbPicture } from '../picture/crop.ts';

const [widthPx, heightPx] = [480, 480];
const DISTANCE_M = 2.2;

/** A shopper of the demo, seen from the front by a camera as high as the head. */
export async function standingPerson(): Promise<{ picture: RgbPicture; head: [number, number]; heightPx: number }> {
  const loaded = loadScenario(fileURLToPath(new URL('../../scenarios/demo.yaml', import.meta.url)));
  if ('errors' in loaded) throw new Error('the demo has errors, expected a sound scenario');
  const run = resolve(loaded.scenario);
  const world = new World(run);
  const writer = new SnapshotWriter(run);
  writer.take(world);
  while (!world.bodies.some(({ visible }) => visible)) {
    world.step();
    writer.watch(world);
  }
  for (let tick = 0; tick < run.tickHz / 2; tick++) {
    world.step();
    writer.watch(world);
  }
  const snapshot = writer.take(world);
  const body = bodiesAt(snapshot);
  const [x, y, z] = snapshot.subarray(body + HEAD_AT, body + HEAD_AT + 3);
  const [ahead, aside] = snapshot.subarray(body + FACING, body + FACING + 2);
  const plan = {
    ...run.cameras[0],
    atM: [x + DISTANCE_M * ahead, y + DISTANCE_M * aside, z] as const,
    lookM: [x, y, z - 0.7] as const,
    hfovRad: 1.1,
    widthPx,
    heightPx,
  };
  const seen = { ...run, cameras: [plan] };
  const rgb = new Uint8Array(3 * widthPx * heightPx);
  const depthMm = new Uint16Array(widthPx * heightPx);
  new PictureSource(await pictureModel(seen, writer.log)).drawInto({ rgb, depthMm, ids: null }, snapshot, 0, 0, 0);
  const camera = trueCamera(plan);
  camera.project(x, y, z);
  return {
    picture: { widthPx, heightPx, rgb },
    head: [camera.u, camera.v],
    heightPx: (1.75 * camera.focalPx) / DISTANCE_M,
  };
}
