import { availableParallelism, cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Command, Option } from 'commander';
import { publishedTable, variants } from '../../bench/published.ts';
import type { RunResult } from '../../bench/score/run-result.ts';
import { measureSpeed, speedLine } from '../../bench/speed.ts';
import { Progress } from '../progress.ts';
import { type PlannedJob, runJobs } from '../run-pool.ts';
import { resolveFile, scenarioFiles } from '../scenario-files.ts';
import { parseSeeds } from '../seeds.ts';

const scenarios = (path: string) => fileURLToPath(new URL(`../../scenarios/${path}`, import.meta.url));

export function benchCommand(): Command {
  return new Command('bench')
    .description(
      'Benchmarks: `published` compares the baseline with its parts switched off, `spine` takes the time of simulator and engine',
    )
    .argument('[name]', 'published or spine; both when left out')
    .addOption(new Option('--seed <seeds>', 'seeds for `published`').default('1..5'))
    .option('--seconds <n>', 'simulated seconds for `spine`', Number, 120)
    .action(async (name: string | undefined, options: { seed: string; seconds: number }) => {
      console.log(`Node ${process.version}, ${cpus()[0]?.model ?? 'unknown CPU'}, ${cpus().length} cores`);
      if (name === undefined || name === 'spine') benchSpine(options.seconds);
      if (name === undefined || name === 'published') await benchPublished(parseSeeds(options.seed));
    });
}

function benchSpine(seconds: number): void {
  for (const file of ['stores/grocery.yaml', 'populations/lunch-rush.yaml', 'populations/crush.yaml']) {
    const run = resolveFile(scenarios(file), null, {});
    console.log(speedLine(file, measureSpeed(run, seconds * 1e6)));
  }
}

async function benchPublished(seeds: readonly number[]): Promise<void> {
  const files = scenarioFiles([scenarios('thirty')]);
  const planned = variants.flatMap((variant) =>
    files.flatMap((file) => seeds.map((seed) => ({ variant, file, seed }))),
  );
  const jobs = planned.map(({ variant, file, seed }): PlannedJob => {
    const { attribution, ablate, tracks } = variant;
    return {
      file,
      seed,
      overrides: {},
      cameras: null,
      attribution,
      ablate,
      tracks,
      record: null,
      journal: null,
      exportDir: null,
      report: false,
    };
  });
  const results = new Map<string, RunResult[]>(variants.map((variant) => [variant.name, []]));
  const progress = new Progress();
  await runJobs(jobs, {
    workers: availableParallelism(),
    signal: new AbortController().signal,
    progress: (done, finished) => progress.show(done, `${finished} of ${jobs.length} runs`),
    done: (outcome, job) => {
      if (!outcome.ok) throw new Error(outcome.problem);
      results.get(planned[job.index]!.variant.name)!.push(outcome.result);
    },
  });
  progress.clear();
  console.log(`thirty × seeds ${seeds.join(', ')}, detections, default noise`);
  console.log(publishedTable(variants.map((variant) => ({ variant, results: results.get(variant.name)! }))));
}
