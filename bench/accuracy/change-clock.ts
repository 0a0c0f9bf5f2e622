import type { EngineOutput } from '../../engine/cart.ts';
import { percentile } from '../score/calibration.ts';

/** Turns without a change that stand for what a turn costs anyway, kept as a ring. */
const QUIET_TURNS = 256;

/** CPU time of this thread: what else runs on the machine does not count. */
function threadUs(): number {
  const { user, system } = process.threadCpuUsage();
  return user + system;
}

/**
 * Measures what shelf changes cost the engine: the time of each turn that reported some, less the median of the latest turns
 * that did not, over their number. The first turns, not yet compiled, and collections of garbage
 * count; nothing is trimmed.
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
    const startedUs = threadUs();
    const outputs = work();
    const us = threadUs() - startedUs;
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
