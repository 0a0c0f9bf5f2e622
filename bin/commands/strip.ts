import { existsSync, realpathSync } from 'node:fs';
import { Command } from 'commander';
import { stripTruth } from '../../engine/recording/strip-truth.ts';
import { UserError } from '../user-error.ts';

export function stripCommand(): Command {
  return new Command('strip')
    .description('Copy a recording without its truth, seed and scenario: for blind tests and for sharing')
    .argument('<in>', 'MCAP recording')
    .argument('<out>', 'file to write')
    .action(async (input: string, output: string) => {
      if (existsSync(input) && existsSync(output) && realpathSync(input) === realpathSync(output))
        throw new UserError(`${output}: found the recording itself, expected another file to write`);
      await stripTruth(input, output);
    });
}
