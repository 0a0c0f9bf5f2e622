import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import {
  type Accuracy,
  lockedSuite,
  measureAccuracy,
  quickened,
  type Suite,
  suites,
} from '../../bench/accuracy/accuracy.ts';
import { appendLockedLog } from '../../bench/accuracy/locked-log.ts';
import { type Method, methods, methodsNamed } from '../../bench/accuracy/method.ts';
import { accuracyPage } from '../../bench/accuracy/report.ts';
import { suiteTable } from '../../bench/accuracy/table.ts';
import { UserError } from '../user-error.ts';
import { addPlayOptions, machine, type PlayFlags, parseCount, parseSeedList, withProgress } from './bench-options.ts';

interface AccuracyOptions extends PlayFlags {
  readonly seeds: number[];
  readonly suites: string[];
  readonly methods?: string[];
  readonly quick?: boolean;
  readonly locked?: number;
  readonly report?: string;
  readonly json?: boolean;
}

const listed = (separator: string) => (text: string) =>
  text
    .split(separator)
    .map((part) => part.trim())
    .filter(Boolean);

export function accuracyCommand(): Command {
  const command = new Command('accuracy')
    .description('Who took what: every method on the same readings, with intervals')
    .option(
      '--seeds <seeds>',
      'seeds; behaviours and populations use the first five',
      parseSeedList,
      parseSeedList('1..20'),
    )
    .option(
      '--suites <names>',
      'folders or files of scenarios/, or `money`: the lunch rush alone, for a bound on overcharging',
      listed(','),
      ['thirty', 'behaviours', 'populations'],
    )
    .option('--methods <names>', 'only these, separated by `;`', listed(';'))
    .option('--quick', 'a part of the cases and one or two seeds')
    .option('--locked <seeds>', 'play the locked family instead, with so many seeds, and log it', parseCount)
    .option('--report <file>', 'write one self-contained HTML page')
    .option('--json', 'print the figures as JSON');
  return addPlayOptions(command).action(async (options: AccuracyOptions) => {
    process.exitCode = await accuracy(options);
  });
}

/** Figures of the AutoCheckout competition 2020 for the system that `published` is a port of (MPS, CMU). */
const PAPER = 'published scores of MPS 2020: macro F1 0.844, one shopper 0.877, several 0.714, perfect cases 18 of 30';

export function publishedCommand(): Command {
  const command = new Command('published')
    .description('The published baseline with its parts switched off and on true tracks, on the thirty cases')
    .option('--seeds <seeds>', 'seeds', parseSeedList, parseSeedList('1..5'));
  return addPlayOptions(command).action(async (options: PlayFlags & { seeds: number[] }) => {
    const some = methods().filter(({ attribution }) => attribution === 'published');
    const result = await measured(suites(['thirty'], options.seeds), some, options);
    for (const suite of result.suites) console.log(`${suiteTable(suite)}\n${PAPER}`);
    if (result.interrupted) process.exitCode = 130;
  });
}

async function accuracy(options: AccuracyOptions): Promise<number> {
  const chosen = options.methods ? known(options.methods) : methods();
  const result = await measured(wantedSuites(options), chosen, options);
  if (result.interrupted) {
    console.error('interrupted: what was finished is kept, the same command goes on');
    return 130;
  }
  if (options.json) console.log(JSON.stringify({ machine: machine(), suites: result.suites }));
  else {
    console.log(machine());
    for (const suite of result.suites) console.log(`\n${suiteTable(suite)}`);
  }
  if (options.report) {
    writeFileSync(options.report, accuracyPage(result, machine()));
    console.error(`report: ${options.report}`);
  }
  if (options.locked !== undefined) {
    appendLockedLog(result.suites[0]!);
    console.error('logged in bench/locked-log.md');
  }
  return 0;
}

function wantedSuites({ locked, suites: names, seeds, quick }: AccuracyOptions): Suite[] {
  if (locked !== undefined) return [lockedSuite(locked)];
  const found = suites(names, seeds);
  return quick ? found.map(quickened) : found;
}

function known(names: readonly string[]): Method[] {
  try {
    return methodsNamed(names);
  } catch (error) {
    throw new UserError((error as Error).message);
  }
}

function measured(wanted: readonly Suite[], some: readonly Method[], flags: PlayFlags): Promise<Accuracy> {
  return withProgress(flags, (play) => measureAccuracy(wanted, some, play));
}
