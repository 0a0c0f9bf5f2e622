import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { PROJECT, scenariosIn } from '../../bench/splits.ts';
import { searchConstants } from '../../bench/tune/search.ts';
import { parseCount, parseSeedList, withProgress } from './bench-options.ts';

const ENGINE_FILE = join('engine', 'attribution', 'published', 'tuned.json');

export function tuneCommand(): Command {
  return new Command('tune')
    .description('Search the constants of the published method on the thirty cases, for `published-tuned`')
    .option('--candidates <n>', 'budget', parseCount, 64)
    .option('--seeds <seeds>', 'the first sorts all, the others decide', parseSeedList, parseSeedList('51..54'))
    .option('--workers <n>', 'runs at a time', parseCount, availableParallelism())
    .option('--write', `replace ${ENGINE_FILE}`)
    .action(async (options: { workers: number; candidates: number; seeds: number[]; write?: boolean }) => {
      const { candidates: budget, seeds } = options;
      const files = scenariosIn('thirty');
      const found = await withProgress({ ...options, cache: false }, (play) =>
        searchConstants({ files, seeds, budget, ...play }),
      );
      if (found === null) {
        process.exitCode = 130;
        return;
      }
      const text = `${JSON.stringify(found, null, 2)}\n`;
      console.log(text);
      if (options.write) writeFileSync(join(PROJECT, ENGINE_FILE), text);
    });
}
