import { Command } from 'commander';
import { expand } from '../../simulator/scenario/expand.ts';
import { addOneRunOptions, type OneRunOptions, resolveOne } from '../one-run.ts';

export function expandCommand(): Command {
  const command = new Command('expand')
    .description('Print the fully resolved run: every random choice that a scenario and a seed make')
    .argument('<file>', 'scenario file');
  return addOneRunOptions(command).action((file: string, options: OneRunOptions) => {
    process.stdout.write(`${expand(resolveOne(file, options))}\n`);
  });
}
