import type { Command } from 'commander';
import type { Run } from '../simulator/scenario/run.ts';
import { collectOverride } from './override-value.ts';
import { resolveFile } from './scenario-files.ts';
import { parseSeeds } from './seeds.ts';
import { UserError } from './user-error.ts';

export interface OneRunOptions {
  readonly seed?: number;
  readonly set: Readonly<Record<string, unknown>>;
}

/** Options of commands that look at a single run of a scenario. */
export function addOneRunOptions(command: Command): Command {
  return command
    .option('--seed <seed>', "seed instead of the file's", parseSeed)
    .option('--set <path=value>', 'change one value of the scenario, as YAML; may be repeated', collectOverride, {});
}

export function resolveOne(file: string, { seed, set }: OneRunOptions): Run {
  return resolveFile(file, seed ?? null, set);
}

function parseSeed(text: string): number {
  const seeds = parseSeeds(text);
  if (seeds.length !== 1) throw new UserError(`--seed: found ${seeds.length} seeds, expected one`);
  return seeds[0]!;
}
