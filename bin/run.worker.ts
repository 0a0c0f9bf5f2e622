/** Thread entry: one run per task. Expected failures come back as data, because errors lose their class on the way. */
import { executeRun } from './execute-run.ts';
import type { RunJob, RunOutcome } from './run-job.ts';

export default function runTask(job: RunJob): Promise<RunOutcome> {
  return executeRun(job);
}
