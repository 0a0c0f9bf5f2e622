/** Thread entry: case F1 of every candidate on one case, all on the same readings. */
import type { PublishedConstants } from '../../engine/attribution/published/constants.ts';
import { methodsNamed } from '../accuracy/method.ts';
import { loadRun, runCase } from '../accuracy/run-case.ts';

export interface TuneTask {
  readonly file: string;
  readonly seed: number;
  readonly candidates: readonly PublishedConstants[];
}

export default function runTask({ file, seed, candidates }: TuneTask): number[] {
  const [method] = methodsNamed(['published-tuned']);
  const contenders = candidates.map((constants) => ({
    method: method!,
    options: { attribution: 'published-tuned', constants: { ...constants } },
  }));
  return runCase(loadRun(file, seed), file, contenders).map((row) => row.caseF1 ?? 0);
}
