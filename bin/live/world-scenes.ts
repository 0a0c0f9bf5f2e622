import { SnapshotWriter } from '../../simulator/render/scene/snapshot-writer.ts';
import type { StockLog } from '../../simulator/render/scene/stock-log.ts';
import type { Run } from '../../simulator/scenario/run.ts';
import type { World } from '../../simulator/world/world.ts';
import type { LiveFeed } from './live-feed.ts';

/** Shows a simulator's world to those who watch. */
export class WorldScenes {
  readonly #writer: SnapshotWriter;

  constructor(run: Run) {
    this.#writer = new SnapshotWriter(run);
  }

  /** Where the scenes' stock stands. */
  get log(): StockLog {
    return this.#writer.log;
  }

  /** To be called at every tick. */
  watch(world: World, feed: LiveFeed): void {
    if (feed.isSceneDue(world.timeUs)) feed.scene(world.timeUs, this.#writer.take(world));
    else this.#writer.watch(world);
  }
}
