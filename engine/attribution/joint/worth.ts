import { BEAM_LOG } from './joint-constants.ts';

/** Whether a story is likely enough, against the best so far, to be told at all. */
export class Worth {
  #best = Number.NEGATIVE_INFINITY;

  isWorth(log: number): boolean {
    if (log > this.#best) this.#best = log;
    return log > this.#best - BEAM_LOG;
  }
}
