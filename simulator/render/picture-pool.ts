import { Piscina } from 'piscina';
import type { PictureJob } from './picture-job.ts';
import type { PictureModel } from './picture-model.ts';

/** Draws a run's pictures in worker threads. */
export class PicturePool {
  private readonly pool: Piscina<PictureJob, void>;

  constructor(model: PictureModel, workers: number) {
    this.pool = new Piscina({
      filename: new URL('./picture.worker.ts', import.meta.url).href,
      minThreads: workers,
      maxThreads: workers,
      workerData: { model },
    });
  }

  /** Resolves when the picture is in the job's arrays. */
  draw(job: PictureJob): Promise<void> {
    return this.pool.run(job);
  }

  close(): Promise<void> {
    return this.pool.destroy();
  }
}

/** Memory for one picture that every thread sees. */
export function sharedPicture(widthPx: number, heightPx: number, withIds: boolean): PictureJob['out'] {
  const pixels = widthPx * heightPx;
  return {
    rgb: new Uint8Array(new SharedArrayBuffer(3 * pixels)),
    depthMm: new Uint16Array(new SharedArrayBuffer(2 * pixels)),
    ids: withIds ? new Uint16Array(new SharedArrayBuffer(2 * pixels)) : null,
  };
}
