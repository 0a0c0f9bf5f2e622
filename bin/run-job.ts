import type { RunReport } from '../bench/report/html.ts';
import type { RunResult } from '../bench/score/run-result.ts';

/** One run to execute: plain data, so that it crosses to a worker thread. */
export interface RunJob {
  readonly file: string;
  /** Seed, or null for the one in the file or its overrides. */
  readonly seed: number | null;
  /** Dotted path → value, from a sweep or `--set`. */
  readonly overrides: Readonly<Record<string, unknown>>;
  /** What cameras send, whatever the scenario says; null leaves it to the scenario. */
  readonly cameras: 'detections' | 'pixels' | null;
  readonly attribution: string;
  readonly ablate: readonly string[];
  /** `true`: bodies and hands come from the truth instead of the cameras (ablation, to split the blame). */
  readonly tracks: 'engine' | 'true';
  /** File to record to, or null. */
  readonly record: string | null;
  /** Record the cameras' pictures too. */
  readonly recordPictures: boolean;
  /** Journal to write, or to resume from, or null. */
  readonly journal: string | null;
  /** Folder for truth exports, or null. */
  readonly exportDir: string | null;
  /** Keep weight traces and evidence for the HTML report. */
  readonly report: boolean;
  /** Recognise products in hands, where cameras send pixels. */
  readonly recognise?: boolean;
  /** Threads that draw and look at pictures, where cameras send pixels. */
  readonly pictureWorkers: number;
  /** Index of this job in the progress array. */
  readonly index: number;
  /** Float64 per job, 0..1. */
  readonly progress: SharedArrayBuffer;
}

/** What a job leaves: a result, or why it could not run, in words for the person who asked. */
export type RunOutcome =
  | { readonly ok: true; readonly result: RunResult; readonly report: RunReport | null }
  | { readonly ok: false; readonly file: string; readonly seed: number | null; readonly problem: string };
