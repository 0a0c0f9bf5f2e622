import type { PublishedConstants } from '../../engine/attribution/published/constants.ts';
import { runTasks } from '../task-pool.ts';
import { candidates, changed } from './candidates.ts';
import type { TuneTask } from './tune.worker.ts';

export interface SearchOptions {
  readonly files: readonly string[];
  /** The first seed sorts all candidates; the others decide among the best eighth. */
  readonly seeds: readonly number[];
  readonly budget: number;
  readonly workers: number;
  readonly signal?: AbortSignal;
  readonly progress: (done: number, label: string) => void;
}

/** What a search found, as data for the engine. */
export interface Tuned {
  readonly constants: Partial<PublishedConstants>;
  readonly search: {
    readonly about: string;
    readonly date: string;
    readonly candidates: number;
    readonly seeds: readonly number[];
    readonly cases: number;
    /** Runs of the engine that the search cost. */
    readonly engineRuns: number;
    /** Macro case F1 of the published constants and of the found ones, on the seeds of the second round. */
    readonly published: number;
    readonly found: number;
  };
}

/** Random search in two rounds over cases × seeds; null after an interruption. */
export async function searchConstants(options: SearchOptions): Promise<Tuned | null> {
  const { files, seeds, budget, signal } = options;
  const all = candidates(budget);
  const [first, ...rest] = seeds as [number, ...number[]];
  const firstScores = await scores(all, [first], { ...options, label: 'first round' });
  const order = all.map((_, i) => i).sort((a, b) => firstScores[b]! - firstScores[a]! || a - b);
  // The published constants stay in, so that the last word is a comparison with them.
  const finalists = [...new Set([0, ...order.slice(0, Math.max(2, Math.ceil(budget / 8)))])].map((i) => all[i]!);
  const finals = await scores(finalists, rest, { ...options, label: 'second round' });
  if (signal?.aborted) return null;
  const best = finals.indexOf(Math.max(...finals));
  return {
    constants: changed(finalists[best]!),
    search: {
      about: 'random search on development cases, half of the constants moved by up to 2.5 times, best macro case F1',
      date: new Date().toISOString().slice(0, 10),
      candidates: budget,
      seeds,
      cases: files.length,
      engineRuns: files.length * (budget + finalists.length * rest.length),
      published: round(finals[0]!),
      found: round(finals[best]!),
    },
  };
}

const round = (value: number) => Math.round(1e4 * value) / 1e4;

/** Mean case F1 of each candidate. */
async function scores(
  some: readonly PublishedConstants[],
  seeds: readonly number[],
  { files, workers, signal, progress, label }: SearchOptions & { readonly label: string },
): Promise<number[]> {
  const sums = new Float64Array(some.length);
  const tasks = files.flatMap((file) => seeds.map((seed): TuneTask => ({ file, seed, candidates: some })));
  await runTasks<TuneTask, number[]>(tasks, {
    worker: new URL('./tune.worker.ts', import.meta.url),
    workers,
    ...(signal ? { signal } : {}),
    done: (found, _, finished) => {
      found.forEach((score, i) => {
        sums[i]! += score / tasks.length;
      });
      progress(finished / tasks.length, `${label}: ${finished} of ${tasks.length} cases`);
    },
  });
  return [...sums];
}
