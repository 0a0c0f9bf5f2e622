/** Thread entry of cameras that send pixels: draws pictures for the simulator and, as other tasks, looks at them for the engine. */
import { workerData } from 'node:worker_threads';
import { Perceiver } from '../../engine/perception/perceiver.ts';
import type { Detections } from '../../engine/readings.ts';
import { PictureSource } from '../../simulator/render/picture-source.ts';
import { veil } from '../../simulator/sensors/fog.ts';
import { HeldProducts } from './held-products.ts';
import { PictureSlots } from './picture-slots.ts';
import type { DrawOrder, LookOrder, PictureTask, PictureWorkerData } from './picture-task.ts';

const { model, store, gallery, slots: shared, slotCount } = workerData as PictureWorkerData;
const slots = new PictureSlots(store.cameras, slotCount, shared);
const source = new PictureSource(model);
const perceivers: (Perceiver | undefined)[] = [];
const heldProducts = gallery === null ? null : HeldProducts.open(store, gallery);

/** Null for a picture that was never drawn: the thread that should have was lost. */
export default async function pictureTask(task: PictureTask): Promise<(Detections | null)[]> {
  if (task.kind === 'look') {
    const seen: (Detections | null)[] = [];
    for (const order of task.orders) seen.push(await look(order));
    return seen;
  }
  for (const order of task.orders) await draw(order);
  return [];
}

async function draw({ slot, camera, frame, timeUs, snapshot, isFogged }: DrawOrder): Promise<void> {
  const { header, depthMm, rgb } = slots.slot(slot, camera);
  header.fill(-1);
  await source.photographInto({ rgb, depthMm, ids: null }, snapshot, camera, frame, timeUs);
  if (isFogged) veil(rgb, depthMm);
  header[0] = camera;
  header[1] = frame;
}

async function look({ slot, camera, frame }: LookOrder): Promise<Detections | null> {
  const { header, depthMm, rgb } = slots.slot(slot, camera);
  if (header[0] !== camera || header[1] !== frame) return null;
  const perceiver = (perceivers[camera] ??= new Perceiver(store.cameras[camera], store));
  const seen = perceiver.perceive(depthMm, rgb);
  if (heldProducts === null || seen.handDepthM.length === 0) return seen;
  return { ...seen, handProducts: await (await heldProducts).read(camera, rgb, depthMm, seen) };
}
