import { Piscina } from 'piscina';
import type { PictureModel } from '../picture-model.ts';
import type { PictureJob } from './picture-job.ts';

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
