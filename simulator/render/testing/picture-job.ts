import { workerData } from 'node:worker_threads';
import type { PictureModel } from '../picture-model.ts';
import { PictureSource } from '../picture-source.ts';
import type { Picture } from '../sensor/camera-sensor-model.ts';

/** One picture to draw in a worker; every array lies in shared memory, so nothing is copied between threads. */
export interface PictureJob {
  readonly snapshot: Float32Array;
  /** Index into the run's cameras. */
  readonly camera: number;
  readonly frameIndex: number;
  readonly timeUs: number;
  readonly out: Picture;
}

let source: PictureSource | null = null;
let shown: Float32Array | null = null;

/** Draws in a worker that was started with the model as its data (piscina's `workerData`). */
export function drawJob(job: PictureJob): void {
  source ??= new PictureSource(modelOfThread());
  // The same shared snapshot arrives as a new view with every job.
  if (shown === null || shown.buffer !== job.snapshot.buffer || shown.byteOffset !== job.snapshot.byteOffset)
    shown = job.snapshot;
  source.drawInto(job.out, shown, job.camera, job.frameIndex, job.timeUs);
}

function modelOfThread(): PictureModel {
  // Piscina wraps its own data around the pool's.
  const data: unknown = Array.isArray(workerData) ? workerData.at(-1) : workerData;
  const model = (data as { model?: PictureModel } | null)?.model;
  if (!model) throw new Error('picture worker: found no model in the thread’s data, expected { model }');
  return model;
}
