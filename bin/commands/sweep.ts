import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import type { RunResult } from '../../bench/score/run-result.ts';
import { expandSweep } from '../../simulator/scenario/load-scenario.ts';
import { plain } from '../../simulator/scenario/yaml/tree.ts';
import { Progress } from '../progress.ts';
import { type PlannedJob, runJobs } from '../run-pool.ts';
import { loadOrExplain } from '../scenario-files.ts';
import { type SweepRow, sweepTable, worstCommand } from '../sweep-table.ts';
import { UserError } from '../user-error.ts';
import { addRunOptions, type RunOptions } from './run.ts';

interface SweepOptions extends RunOptions {
  readonly shard?: string;
  readonly out?: string;
}

export function sweepCommand(): Command {
  const command = new Command('sweep')
    .description(
      "Run every combination of a scenario's `sweep` section, in parallel; an interrupted sweep goes on where it stopped",
    )
    .argument('<file>', 'scenario file with a `sweep` section')
    .option('--shard <i/n>', 'run only the i-th of n equal parts, for several machines')
    .option('--out <dir>', 'keep one row per run in DIR/rows.jsonl, and resume from it')
    .option('--json', 'print the rows instead of a table');
  return addRunOptions(command).action(async (file: string, options: SweepOptions) => {
    process.exitCode = await sweep(file, options);
  });
}

async function sweep(file: string, options: SweepOptions): Promise<number> {
  const scenario = loadOrExplain(file);
  const combinations = shard(expandSweep(scenario), options.shard);
  if (combinations.length === 0)
    throw new UserError(`${file}: found no combinations to run, expected a \`sweep\` section`);
  const rowsFile = options.out ? join(options.out, 'rows.jsonl') : null;
  if (options.out) mkdirSync(options.out, { recursive: true });
  const known = rowsFile ? readRows(rowsFile) : new Map<string, SweepRow>();
  const method = [options.attribution, ...options.ablate].join('-');
  // A row holds for the scenario as it is; how far it is swept does not matter.
  const { sweep: _, ...content } = plain(scenario.tree) as Record<string, unknown>;
  const version = createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 16);
  const planned = combinations.map((combination) => ({
    ...combination,
    overrides: { ...combination.overrides, ...options.set },
    key: JSON.stringify([
      file,
      version,
      method,
      options.tracks,
      options.cameras ?? null,
      combination.overrides,
      options.set,
    ]),
  }));
  const open = planned.filter((combination) => !known.has(combination.key));
  if (open.length < planned.length)
    console.error(`resuming: ${planned.length - open.length} of ${planned.length} runs are done`);

  const abort = new AbortController();
  process.once('SIGINT', () => abort.abort());
  const progress = new Progress();
  let failed = 0;
  await runJobs(
    open.map(({ overrides }) => jobOf(file, overrides, options)),
    {
      workers: options.workers,
      signal: abort.signal,
      progress: (done, finished) => progress.show(done, `${finished} of ${open.length} runs`),
      done: (outcome, job) => {
        const combination = open[job.index]!;
        if (!outcome.ok) {
          failed++;
          progress.clear();
          console.error(`${combination.label}: ${outcome.problem}`);
          return;
        }
        const row = rowOf(combination, outcome.result);
        known.set(combination.key, row);
        if (rowsFile) appendFileSync(rowsFile, `${JSON.stringify(row)}\n`);
      },
    },
  );
  progress.clear();
  const rows = planned.flatMap((combination) => known.get(combination.key) ?? []);
  if (options.json) for (const row of rows) console.log(JSON.stringify(row));
  else console.log(`${sweepTable(rows)}\n\n${worstCommand(file, rows, options)}`);
  if (abort.signal.aborted) {
    console.error(
      `interrupted: ${rows.length} of ${planned.length} runs are done${rowsFile ? '; the same command goes on' : ''}`,
    );
    return 130;
  }
  if (failed > 0) return 2;
  return rows.every((row) => row.verdict === 'pass') ? 0 : 1;
}

function shard<T>(items: readonly T[], text: string | undefined): readonly T[] {
  if (text === undefined) return items;
  const match = /^(\d+)\/(\d+)$/.exec(text);
  const [part, parts] = match ? [Number(match[1]), Number(match[2])] : [0, 0];
  if (part < 1 || part > parts)
    throw new UserError(`--shard: found "${text}", expected i/n with 1 ≤ i ≤ n, for instance 1/2`);
  const start = (k: number) => Math.floor((k * items.length) / parts);
  return items.slice(start(part - 1), start(part));
}

/** Rows of an earlier sweep by key; a last line cut short by an interruption is ignored. */
function readRows(path: string): Map<string, SweepRow> {
  const rows = new Map<string, SweepRow>();
  if (!existsSync(path)) return rows;
  const lines = readFileSync(path, 'utf8').split('\n');
  lines.forEach((line, i) => {
    if (line === '') return;
    try {
      const row = JSON.parse(line) as SweepRow;
      rows.set(row.key, row);
    } catch {
      if (i < lines.length - 2)
        throw new UserError(`${path}:${i + 1}: found a line that is not JSON, expected rows of an earlier sweep`);
    }
  });
  return rows;
}

function jobOf(file: string, overrides: Record<string, unknown>, options: SweepOptions): PlannedJob {
  return {
    file,
    seed: null,
    overrides,
    cameras: options.cameras ?? null,
    attribution: options.attribution,
    ablate: options.ablate,
    tracks: options.tracks,
    record: null,
    recordPictures: false,
    journal: null,
    exportDir: null,
    report: false,
  };
}

function rowOf(
  combination: { key: string; label: string; overrides: Readonly<Record<string, unknown>> },
  result: RunResult,
): SweepRow {
  return {
    key: combination.key,
    label: combination.label,
    overrides: combination.overrides,
    seed: result.seed,
    verdict: result.verdict,
    scores: result.scores,
    counts: result.counts,
    speed: result.speed,
    hashes: result.hashes,
  };
}
