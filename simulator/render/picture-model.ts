import type { PictureNoise, Run } from '../scenario/run.ts';
import { printAtlas } from './fronts/atlas.ts';
import type { MipTexture } from './rasterise/mip-texture.ts';
import type { StockLog } from './scene/stock-log.ts';

/** All that a worker needs to draw a run's pictures. Crosses threads: the large parts lie in shared memory. */
export interface PictureModel {
  readonly run: Run;
  readonly atlas: MipTexture;
  /** Memory of the stock log that snapshots count the rows of. */
  readonly stockLog: SharedArrayBuffer;
  /** In place of each camera's own; null leaves them theirs. */
  readonly noise: PictureNoise | null;
}

/** Prints the fronts and puts the model together. */
export async function pictureModel(run: Run, log: StockLog, noise: PictureNoise | null = null): Promise<PictureModel> {
  return { run, atlas: await printAtlas(run.products), stockLog: log.shared, noise };
}
