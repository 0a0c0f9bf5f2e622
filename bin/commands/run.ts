import { statSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { reportHtml } from '../../bench/report/html.ts';
import { junitXml } from '../../bench/report/junit.ts';
import { summary } from '../../bench/score/run-result.ts';
import { addMethodOptions, type MethodOptions } from '../method-options.ts';
import { collectOverride } from '../override-value.ts';
import { printResult, printSummary } from '../print-result.ts';
import { Progress } from '../progress.ts';
import type { RunOutcome } from '../run-job.ts';
import { type PlannedJob, runJobs } from '../run-pool.ts';
import { checkScenarios, scenarioFiles } from '../scenario-files.ts';
import { parseSeeds } from '../seeds.ts';
import { UserError } from '../user-error.ts';

export interface RunOptions extends MethodOptions {
  readonly seed?: number[];
  readonly cameras?: 'detections' | 'pixels';
  readonly tracks: 'engine' | 'true';
  readonly recognise?: boolean;
  readonly workers: number;
  readonly record?: string;
  readonly recordPictures?: boolean;
  readonly journal?: string;
  readonly json?: boolean;
  readonly junit?: string;
  readonly report?: string;
  readonly export?: string;
  readonly set: Record<string, unknown>;
}

/** Options that every command which executes runs shares. */
export function addRunOptions(command: Command): Command {
  return addMethodOptions(command)
    .addOption(
      new Option('--cameras <kind>', 'what cameras send, instead of what the scenario says').choices([
        'detections',
        'pixels',
      ]),
    )
    .addOption(
      new Option('--tracks <source>', '`true` feeds bodies and hands from the truth, to split the blame')
        .choices(['engine', 'true'])
        .default('engine'),
    )
    .option('--recognise', 'with --cameras pixels: recognise the products in hands by their catalogue pictures')
    .option('--workers <n>', 'runs at a time', parseWorkers, availableParallelism())
    .option('--set <path=value>', 'change one value of the scenario, as YAML; may be repeated', collectOverride, {});
}

export function runCommand(): Command {
  const command = new Command('run')
    .description('Simulate scenarios, run the engine on their readings, score its carts against the truth')
    .argument('<files...>', 'scenario files, or folders of them')
    .option('--seed <seeds>', "seeds to run instead of the file's: 7, 1..5 or 1,2,9", parseSeeds)
    .option('--record <file>', 'write an MCAP recording (opens in Lichtblick and Foxglove)')
    .option(
      '--record-pictures',
      'with --record: the pictures of cameras that send pixels too, colour and depth, lossless',
    )
    .option('--journal <file>', 'keep ledger and carts on disk as they come; a run that was killed goes on from it')
    .option('--json', 'one JSON object per run, and a summary line for several')
    .option('--junit <file>', 'write a JUnit report for continuous integration')
    .option('--report <file>', 'write one self-contained HTML page')
    .option('--export <dir>', 'write the truth as MOTChallenge, AI City 2025 and COCO files');
  return addRunOptions(command).action(async (paths: string[], options: RunOptions) => {
    process.exitCode = await run(paths, options);
  });
}

async function run(paths: string[], options: RunOptions): Promise<number> {
  checkPictures(options);
  if (options.recognise && options.record)
    throw new UserError(
      '--recognise: found --record, which does not keep what was recognised, expected one of the two',
    );
  const files = scenarioFiles(paths);
  const seedOf = checkScenarios(files, options.set);
  for (const path of [options.report, options.junit, options.record, options.journal]) if (path) checkFolder(path);
  const jobs = files.flatMap((file) =>
    (options.seed ?? [seedOf(file)]).map((seed) =>
      plan(file, seed, options, files.length * (options.seed?.length ?? 1)),
    ),
  );
  const { outcomes, interrupted } = await execute(jobs, options);
  const results = outcomes.flatMap((outcome) => (outcome.ok ? [outcome.result] : []));
  const failed = outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome]));
  if (results.length > 1) {
    if (options.json) console.log(JSON.stringify(summary(results)));
    else printSummary(results);
  }
  if (options.report) {
    const made = outcomes.flatMap((outcome) => (outcome.ok ? [outcome] : []));
    writeFileSync(options.report, reportHtml(made, failed));
    console.error(`report: ${options.report}`);
  }
  if (options.junit) {
    writeFileSync(options.junit, junitXml(results, failed));
  }
  if (interrupted) return 130;
  return exitCode(outcomes);
}

function checkPictures({ recordPictures, record, cameras }: RunOptions): void {
  if (!recordPictures) return;
  if (record === undefined) throw new UserError('--record-pictures: found no --record, expected a file to record to');
  if (cameras === 'detections')
    throw new UserError('--record-pictures: found --cameras detections, which takes none, expected --cameras pixels');
}

function plan(file: string, seed: number, options: RunOptions, total: number): PlannedJob {
  return {
    file,
    seed,
    overrides: options.set,
    cameras: options.cameras ?? null,
    attribution: options.attribution,
    ablate: options.ablate,
    tracks: options.tracks,
    recognise: options.recognise === true,
    journal: options.journal ? numbered(options.journal, file, seed, total) : null,
    record: options.record ? numbered(options.record, file, seed, total) : null,
    recordPictures: options.recordPictures === true,
    exportDir: options.export ? numbered(options.export, file, seed, total) : null,
    report: options.report !== undefined,
  };
}

/** Runs jobs with progress and Ctrl-C: what was finished by then is kept. */
async function execute(
  jobs: readonly PlannedJob[],
  options: RunOptions,
): Promise<{ outcomes: RunOutcome[]; interrupted: boolean }> {
  const abort = new AbortController();
  const onInterrupt = () => abort.abort();
  process.once('SIGINT', onInterrupt);
  const progress = new Progress({ quiet: jobs.length === 0 });
  const outcomes: RunOutcome[] = [];
  await runJobs(jobs, {
    workers: options.workers,
    signal: abort.signal,
    progress: (done, finished) => progress.show(done, `${finished} of ${jobs.length} runs`),
    done: (outcome) => {
      progress.clear();
      outcomes.push(outcome);
      if (!outcome.ok) console.error(`${outcome.file} (seed ${outcome.seed}): ${outcome.problem}`);
      else if (options.json) console.log(JSON.stringify(outcome.result));
      else printResult(outcome.result);
    },
  });
  progress.clear();
  process.off('SIGINT', onInterrupt);
  if (abort.signal.aborted) console.error(`interrupted: ${outcomes.length} of ${jobs.length} runs were finished`);
  return { outcomes, interrupted: abort.signal.aborted };
}

function exitCode(outcomes: readonly RunOutcome[]): number {
  if (outcomes.some((outcome) => !outcome.ok)) return 2;
  return outcomes.some((outcome) => outcome.ok && outcome.result.verdict === 'fail') ? 1 : 0;
}

/** A path that cannot be written should be known before minutes of work, not after. */
function checkFolder(path: string): void {
  const folder = dirname(path);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new UserError(`${path}: found no folder ${folder}, expected one to write into`);
}

/** `out.mcap` for one run; `out.case-03.seed-7.mcap` where several would overwrite each other. */
function numbered(path: string, file: string, seed: number, total: number): string {
  if (total === 1) return path;
  const name = file.replace(/^.*[\\/]/, '').replace(/\.ya?ml$/, '');
  const dot = path.lastIndexOf('.');
  const slash = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'));
  return dot > slash ? `${path.slice(0, dot)}.${name}.seed-${seed}${path.slice(dot)}` : `${path}/${name}-seed-${seed}`;
}

function parseWorkers(text: string): number {
  const n = Number(text);
  if (!Number.isInteger(n) || n < 1 || n > 256)
    throw new InvalidArgumentError('expected a whole number from 1 to 256.');
  return n;
}
