import { runTasks } from '../task-pool.ts';
import type { CaseJob, CaseOutcome } from './case-job.ts';
import type { CaseRow } from './case-row.ts';
import type { RowCache } from './row-cache.ts';

export interface PlayOptions {
  readonly workers: number;
  readonly cache: RowCache | null;
  readonly signal?: AbortSignal;
  readonly progress: (done: number, label: string) => void;
}

export interface Played {
  /** Rows of each job, in the order of its methods; missing ones were not reached before an interruption. */
  readonly rows: readonly (readonly CaseRow[])[];
  readonly interrupted: boolean;
}

/** Plays what the cache does not have; throws with the first job's reason that could not run. */
export async function playJobs(jobs: readonly CaseJob[], options: PlayOptions): Promise<Played> {
  const { cache, workers, signal, progress } = options;
  const known = jobs.map(
    (job) => new Map(job.methods.flatMap((name) => (cache?.get(job, name) ? [[name, cache.get(job, name)!]] : []))),
  );
  const open = jobs
    .map((job, index) => ({ index, job: { ...job, methods: job.methods.filter((name) => !known[index]!.has(name)) } }))
    .filter(({ job }) => job.methods.length > 0);
  const cached = jobs.length - open.length;
  await runTasks<CaseJob & { readonly index: number }, CaseOutcome>(
    open.map(({ index, job }) => ({ ...job, index })),
    {
      worker: new URL('./case.worker.ts', import.meta.url),
      workers,
      ...(signal ? { signal } : {}),
      done: (outcome, task, finished) => {
        if (!outcome.ok) throw new Error(`${task.file} (seed ${task.seed}): ${outcome.problem}`);
        for (const row of outcome.rows) {
          known[task.index]!.set(row.method, row);
          cache?.put(task, row);
        }
        const fromCache = cached > 0 ? `, ${cached} from the cache` : '';
        progress(finished / open.length, `${finished} of ${open.length} runs${fromCache}`);
      },
    },
  );
  return {
    rows: jobs.map((job, index) => job.methods.flatMap((name) => known[index]!.get(name) ?? [])),
    interrupted: signal?.aborted ?? false,
  };
}
