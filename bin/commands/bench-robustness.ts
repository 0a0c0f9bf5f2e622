import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { methods } from '../../bench/accuracy/method.ts';
import { robustnessPage } from '../../bench/robustness/page.ts';
import { measureSweeps, SWEEPS, sweepText, USUAL } from '../../bench/robustness/sweeps.ts';
import { UserError } from '../user-error.ts';
import { addPlayOptions, machine, type PlayFlags, parseSeedList, withProgress } from './bench-options.ts';

interface RobustnessOptions extends PlayFlags {
  readonly seeds: number[];
  readonly sweeps?: string;
  readonly methods?: string;
  readonly report?: string;
}

export function robustnessCommand(): Command {
  const command = new Command('robustness')
    .description(`Curves against the baseline over ${SWEEPS.map(({ name }) => name).join(', ')}`)
    .option('--seeds <seeds>', 'seeds of every point', parseSeedList, parseSeedList('1..3'))
    .option('--sweeps <names>', 'only these, separated by commas (default: the first five)')
    .option('--methods <names>', 'separated by `;` (default: joint, published, vision-only)')
    .option('--report <file>', 'write one self-contained HTML page');
  return addPlayOptions(command).action(async (options: RobustnessOptions) => {
    process.exitCode = await robustness(options);
  });
}

async function robustness({ seeds, sweeps, methods: names, report, ...flags }: RobustnessOptions): Promise<number> {
  const chosen = sweeps ? pick(sweeps.split(','), SWEEPS, 'sweep') : SWEEPS.slice(0, USUAL);
  const usual = methods().filter(({ name }) => ['joint', 'published', 'vision-only'].includes(name));
  // The champion first: it is drawn solid.
  const some = names
    ? pick(names.split(';'), methods(), 'method')
    : usual.toSorted((a, b) => Number(b.name === 'joint') - Number(a.name === 'joint'));
  const results = await withProgress(flags, (play) =>
    measureSweeps(
      chosen,
      some.map(({ name }) => name),
      seeds,
      play,
    ),
  );
  if (results.length === 0) return 130;
  console.log(`${machine()}\n\n${sweepText(results)}`);
  if (report) {
    writeFileSync(report, robustnessPage(results, machine()));
    console.error(`report: ${report}`);
  }
  return 0;
}

/** Items by name, in the order asked for; all without names. */
function pick<T extends { readonly name: string }>(
  names: readonly string[],
  among: readonly T[],
  kind: string,
): readonly T[] {
  return names.map((name) => {
    const found = among.find((one) => one.name === name.trim());
    if (!found)
      throw new UserError(`${kind}: found ${name}, expected one of ${among.map((one) => one.name).join('; ')}`);
    return found;
  });
}
