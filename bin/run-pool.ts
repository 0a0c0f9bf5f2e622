import { Piscina } from 'piscina';
import type { RunJob, RunOutcome } from './run-job.ts';

/** A job before the pool gives it its place. */
export type PlannedJob = Omit<RunJob, 'index' | 'progress' | 'pictureWorkers'>;

export interface PoolOptions {
  readonly workers: number;
  /** Called in job order, whatever order the workers finish in. */
  readonly done: (outcome: RunOutcome, job: RunJob) => void;
  /** Called about five times a second with the share of all work done. */
  readonly progress: (done: number, finished: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Runs the jobs over worker threads. Outcomes arrive in job order; on abort, those finished so far have arrived.
 * Resolves to the number of outcomes delivered.
 */
export async function runJobs(jobs: readonly PlannedJob[], options: PoolOptions): Promise<number> {
  // A module that cannot be imported would hang Piscina's second thread; here it fails at once and with its reason.
  await import('./run.worker.ts');
  const shared = new SharedArrayBuffer(8 * Math.max(1, jobs.length));
  const shares = new Float64Array(shared);
  const threads = Math.max(1, Math.min(options.workers, jobs.length));
  const pictureWorkers = Math.max(1, Math.floor(options.workers / threads));
  const pool = new Piscina({
    filename: new URL('./run.worker.ts', import.meta.url).href,
    minThreads: 1,
    maxThreads: threads,
    // A run is seconds of pure CPU; waiting on atomics would only stall a recording's writes inside the worker.
    atomics: 'disabled',
    maxQueue: Number.POSITIVE_INFINITY,
  });
  // Each failure also rejects its task, which is where it is told.
  pool.on('error', () => {});
  const outcomes = new Map<number, RunOutcome>();
  let delivered = 0;
  let nextIndex = 0;
  const deliver = (isCutShort: boolean) => {
    for (; nextIndex < jobs.length; nextIndex++) {
      const outcome = outcomes.get(nextIndex);
      if (outcome === undefined && !isCutShort) return;
      if (outcome === undefined) continue;
      outcomes.delete(nextIndex);
      delivered++;
      options.done(outcome, { ...jobs[nextIndex]!, index: nextIndex, progress: shared, pictureWorkers });
    }
  };
  const timer = setInterval(() => {
    options.progress(shares.reduce((sum, share) => sum + share, 0) / jobs.length, delivered + outcomes.size);
  }, 200);
  try {
    await Promise.all(
      jobs.map(async (job, index) => {
        const task: RunJob = { ...job, index, progress: shared, pictureWorkers };
        let outcome: RunOutcome;
        try {
          outcome = (await pool.run(task, { signal: options.signal })) as RunOutcome;
        } catch (error) {
          if (options.signal.aborted) return;
          outcome = { ok: false, file: job.file, seed: job.seed, problem: describe(error) };
        }
        shares[index] = 1;
        outcomes.set(index, outcome);
        deliver(false);
      }),
    );
    // What was finished behind a run that was cut short.
    deliver(true);
  } finally {
    clearInterval(timer);
    await pool.destroy();
  }
  return delivered;
}

/** A failure nobody expected: our bug, so its place in the code is worth showing. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const place = error.stack?.split('\n').find((line) => line.includes('.ts:'));
  return `internal error: ${error.message}${place ? ` (${place.trim()})` : ''}`;
}
