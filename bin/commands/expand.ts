import { Command } from 'commander';
import { expand } from '../../simulator/scenario/expand.ts';
import { resolveFile } from '../scenario-files.ts';
import { parseSeeds } from '../seeds.ts';
import { UserError } from '../user-error.ts';

export function expandCommand(): Command {
  return new Command('expand')
    .description('Print the fully resolved run: every random choice that a scenario and a seed make')
    .argument('<file>', 'scenario file')
    .option('--seed <seed>', "seed instead of the file's")
    .action((file: string, options: { seed?: string }) => {
      const seeds = options.seed === undefined ? [undefined] : parseSeeds(options.seed);
      if (seeds.length !== 1) throw new UserError(`--seed: found ${seeds.length} seeds, expected one`);
      process.stdout.write(`${expand(resolveFile(file, seeds[0] ?? null, {}))}\n`);
    });
}
