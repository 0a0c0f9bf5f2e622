import type { EngineOptions } from '../../engine/index.ts';
import type { Run } from '../../simulator/scenario/run.ts';
import { changeRun, type RunChange } from '../robustness/run-change.ts';
import type { CaseRow } from './case-row.ts';
import { methodsNamed } from './method.ts';
import { loadRun, runCase } from './run-case.ts';

/** One run to play, and the methods to feed its readings to: plain data, so that it crosses to a worker thread. */
export interface CaseJob {
  readonly file: string;
  readonly seed: number;
  /** Dotted path → value, as with `--set`. */
  readonly overrides: Readonly<Record<string, unknown>>;
  /** What is changed in the resolved run, which no override reaches. */
  readonly change: RunChange;
  readonly methods: readonly string[];
  /** Engine options on top of each method's own. */
  readonly options: EngineOptions;
}

export type CaseOutcome =
  | { readonly ok: true; readonly rows: readonly CaseRow[] }
  | { readonly ok: false; readonly problem: string };

/** A job of a file as it stands. */
export const plainJob = (file: string, seed: number, methods: readonly string[]): CaseJob => ({
  ...{ file, seed, methods },
  ...{ overrides: {}, change: {}, options: {} },
});

/** Plays a job; what goes wrong comes back as text, because errors lose their class between threads. */
export function playJob(job: CaseJob): CaseOutcome {
  try {
    const run: Run = changeRun(loadRun(job.file, job.seed, job.overrides), job.change);
    const contenders = methodsNamed(job.methods).map((method) => ({
      method,
      options: { attribution: method.attribution, ablate: method.ablate, ...job.options },
    }));
    return { ok: true, rows: runCase(run, job.file, contenders) };
  } catch (error) {
    return { ok: false, problem: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
