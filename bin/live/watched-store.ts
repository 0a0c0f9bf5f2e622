import type { Store } from '../../engine/index.ts';
import type { Run } from '../../simulator/scenario/run.ts';
import type { Interventions } from './interventions.ts';
import type { LiveFeed } from './live-feed.ts';

/** A store that is being shown: played by a simulator, from a recording, or a real one. */
export interface WatchedStore {
  /** What the page draws; of a store without a simulator what is told of it. */
  readonly run: Run;
  readonly store: Store;
  readonly feed: LiveFeed;
  /** Whether what really happened is told of. */
  readonly hasTruth: boolean;
  /** How watchers may act on it, where they may. */
  readonly interventions?: Interventions;
  /** Simulated seconds per second; Infinity: as fast as it goes. */
  readonly speed: number;
  readonly isPaused: boolean;
  /** It has come to its end; what was is still to be seen. */
  readonly isOver: boolean;
  /** Sets the pace; `speed` must be positive. */
  setPace(speed: number, isPaused: boolean): void;
  /** Plays to the end, or until `stop`. */
  play(): Promise<void>;
  stop(): void;
}
