import { basename } from 'node:path';
import { readSplit, scenariosIn } from '../splits.ts';
import { plainJob } from './case-job.ts';
import type { CaseRow } from './case-row.ts';
import { compare, type SuiteFigures } from './comparison.ts';
import type { Method } from './method.ts';
import { type PlayOptions, playJobs } from './play-jobs.ts';

/** Scenarios that are scored together. */
export interface Suite {
  readonly name: string;
  readonly files: readonly string[];
  readonly seeds: readonly number[];
}

/** Seeds at most: scripted behaviours expect one outcome each, and a population is hours of people by itself. */
const SEEDS_MOST: Readonly<Record<string, number>> = { behaviours: 5, populations: 5 };

/** Suites by name: a folder of `scenarios/`, or `money`, the lunch rush by itself for many independent receipts. */
export function suites(names: readonly string[], seeds: readonly number[]): Suite[] {
  return names.map((name) => ({
    name,
    files: name === 'money' ? scenariosIn('populations/lunch-rush.yaml') : scenariosIn(name),
    seeds: seeds.slice(0, SEEDS_MOST[name] ?? seeds.length),
  }));
}

/** The locked family with the first seeds of its split. */
export function lockedSuite(seedCount: number): Suite {
  const { files, firstSeed } = readSplit('locked');
  return { name: 'locked', files, seeds: Array.from({ length: seedCount }, (_, i) => firstSeed + i) };
}

/** A few small cases of each suite, for a look within a minute or two. */
export function quickened(suite: Suite): Suite {
  const light = (file: string) => !/crush|lunch-rush|adversarial/.test(basename(file));
  const step = suite.name === 'behaviours' ? 4 : 1;
  return {
    ...suite,
    files: suite.files.filter((file, i) => i % step === 0 && (suite.name !== 'populations' || light(file))),
    seeds: suite.seeds.slice(0, suite.name === 'thirty' ? 2 : 1),
  };
}

export interface Accuracy {
  readonly suites: readonly SuiteFigures[];
  /** Rows per suite and method, for plots and wrong lines. */
  readonly rows: ReadonlyMap<string, ReadonlyMap<string, readonly CaseRow[]>>;
  readonly interrupted: boolean;
}

/** Plays every suite with every method on the same readings and compares; after an interruption, nothing is compared. */
export async function measureAccuracy(
  wanted: readonly Suite[],
  methods: readonly Method[],
  options: PlayOptions,
): Promise<Accuracy> {
  const names = methods.map((method) => method.name);
  // Long runs first, so that no worker is left alone with one at the end.
  const planned = [...wanted]
    .reverse()
    .flatMap((suite) =>
      suite.files.flatMap((file) => suite.seeds.map((seed) => ({ suite, job: plainJob(file, seed, names) }))),
    );
  const played = await playJobs(
    planned.map(({ job }) => job),
    options,
  );
  const rows = new Map<string, Map<string, CaseRow[]>>();
  planned.forEach(({ suite }, i) => {
    const bySuite = rows.get(suite.name) ?? new Map<string, CaseRow[]>(names.map((name) => [name, []]));
    rows.set(suite.name, bySuite);
    for (const row of played.rows[i]!) bySuite.get(row.method)!.push(row);
  });
  const compared = played.interrupted
    ? []
    : wanted.map((suite) => compare(suite.name, methods, (method) => rows.get(suite.name)!.get(method.name)!));
  return { suites: compared, rows, interrupted: played.interrupted };
}
