/** Thread entry: one job per task. */
import { type CaseJob, type CaseOutcome, playJob } from './case-job.ts';

export default function runTask(job: CaseJob): CaseOutcome {
  return playJob(job);
}
