import type { EngineOutput } from '../../engine/cart.ts';
import { percentile } from '../score/calibration.ts';

/** Turns without a change that stand for what a turn costs anyway, kept as a ring. */
const QUIET_TURNS = 256;

/**
 * Measures what shelf changes cost the engine: the time of each turn that reported some, less the median of the latest turns
 * that did not, over their number. Wall time, because the clock of CPU time ticks in
 * milliseconds: first turns not yet compiled, collections of garbage and other load on the machine count, nothing is trimmed.
 */
export class ChangeClock {
  readonly changeUs: number[] = [];
  readonly #quietUs = new Float64Array(QUIET_TURNS);
  #quietTurns = 0;
  #seconds = 0;

  get seconds(): number {
    return this.#seconds;
  }

  /** Runs one turn of the engine and takes its time. */
  turn(work: () => EngineOutput[]): EngineOutput[] {
    const startedMs = performance.now();
    const outputs = work();
    const us = 1000 * (performance.now() - startedMs);
    this.#seconds += us / 1e6;
    const changes = outputs.filter((output) => output.kind === 'change').length;
    if (changes === 0) this.#quietUs[this.#quietTurns++ % QUIET_TURNS] = us;
    else this.changeUs.push(Math.max(0, us - this.#usualUs()) / changes);
    return outputs;
  }

  #usualUs(): number {
    const turns = Math.min(this.#quietTurns, QUIET_TURNS);
    return percentile([...this.#quietUs.subarray(0, turns)], 0.5) ?? 0;
  }
}
