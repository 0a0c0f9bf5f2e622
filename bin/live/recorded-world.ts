import type { EngineOutput, Reading } from '../../engine/index.ts';
import { ReadingsHash } from '../../engine/recording/reading-codec.ts';
import type { StockLog } from '../../simulator/render/scene/stock-log.ts';
import type { Run } from '../../simulator/scenario/run.ts';
import { Simulation } from '../../simulator/simulate.ts';
import type { LiveFeed } from './live-feed.ts';
import { Mannequins } from './mannequins.ts';
import { WorldScenes } from './world-scenes.ts';

/** Shows the world of a recording to those who watch. */
export interface RecordedWorld {
  readonly log: StockLog;
  /** To be told of each reading before the feed is. */
  reading(reading: Reading): void;
  /** To be told when all readings that arrived before have been given. */
  advanceTo(timeUs: number, feed: LiveFeed): void;
  outputs(outputs: readonly EngineOutput[], feed: LiveFeed): void;
}

/** A recording that tells nothing of what was: figures where the engine has bodies. */
export class TrackedWorld implements RecordedWorld {
  readonly #mannequins: Mannequins;

  constructor(run: Run, log: StockLog | null = null) {
    this.#mannequins = new Mannequins(run, log);
  }

  get log(): StockLog {
    return this.#mannequins.log;
  }

  reading(): void {}

  advanceTo(): void {}

  outputs(outputs: readonly EngineOutput[], feed: LiveFeed): void {
    for (const output of outputs) {
      if (output.kind === 'change') this.#mannequins.change(output.change);
      else if (output.kind === 'tracks') feed.scene(output.tracks.timeUs, this.#mannequins.scene(output.tracks));
    }
  }
}

/**
 * A recording of a simulated run, simulated once more beside its readings. The world is the one that was as long as its
 * scales and gates say the same, byte for byte; from the first that says otherwise (another version of this program made
 * the recording) figures stand where the engine has bodies.
 */
export class SimulatedAgain implements RecordedWorld {
  readonly #shown: Run;
  readonly #simulation: Simulation;
  readonly #scenes: WorldScenes;
  #feed: LiveFeed | null = null;
  /** Hashes of what the simulation said and the recording has not, and the other way round. */
  readonly #ahead = new Map<string, number>();
  #tracked: TrackedWorld | null = null;
  #timeUs = 0;

  /** `shown`: the run with mannequins. Throws where the run cannot be simulated. */
  constructor(run: Run, shown: Run) {
    this.#shown = shown;
    this.#scenes = new WorldScenes(run);
    // Pictures are not taken again: what was seen in them is recorded, and the world does not depend on it.
    const cameras = run.cameras.map((camera) => ({ ...camera, output: 'detections' as const }));
    this.#simulation = new Simulation(
      { ...run, cameras },
      { watch: (world) => this.#feed && this.#scenes.watch(world, this.#feed) },
    );
  }

  get log(): StockLog {
    return this.#scenes.log;
  }

  reading(reading: Reading): void {
    if (!this.#tracked) this.#count(reading, -1);
  }

  advanceTo(timeUs: number, feed: LiveFeed): void {
    this.#feed = feed;
    while (!this.#tracked && this.#timeUs < timeUs) {
      const step = this.#simulation.step();
      if (!step) break;
      this.#timeUs = step.timeUs;
      for (const reading of step.readings) this.#count(reading, 1);
    }
    // Both have said all of this time.
    if (!this.#tracked && this.#ahead.size > 0 && this.#timeUs === timeUs) this.#giveUp(feed);
  }

  outputs(outputs: readonly EngineOutput[], feed: LiveFeed): void {
    this.#tracked?.outputs(outputs, feed);
  }

  #count(reading: Reading, by: 1 | -1): void {
    if (reading.kind !== 'scale' && reading.kind !== 'gate') return;
    const hash = new ReadingsHash();
    hash.add(reading);
    const key = hash.digest();
    const count = (this.#ahead.get(key) ?? 0) + by;
    if (count === 0) this.#ahead.delete(key);
    else this.#ahead.set(key, count);
  }

  #giveUp(feed: LiveFeed): void {
    this.#tracked = new TrackedWorld(this.#shown, this.log);
    const text = 'simulated another way today: plain figures stand where the engine has bodies';
    feed.alert(this.#timeUs, 'recording', text);
  }
}
