import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { methodsNamed } from '../../bench/accuracy/method.ts';
import { calibrate, calibrationText } from '../../bench/calibrate/calibrate.ts';
import { PROJECT } from '../../bench/splits.ts';
import { ABLATIONS, ATTRIBUTIONS } from '../../engine/index.ts';
import { UserError } from '../user-error.ts';
import { addPlayOptions, type PlayFlags, parseCount, withProgress } from './bench-options.ts';

/** Where the engine reads its curves from. */
const ENGINE_FILE = join('engine', 'attribution', 'joint', 'calibration.json');

export function calibrateCommand(): Command {
  const command = new Command('calibrate')
    .description('Fit confidences to what came true on the calibration scenarios, and the threshold of reviews')
    .addOption(
      new Option('--method <name>', 'whose confidences')
        .choices([...ATTRIBUTIONS])
        .default(ATTRIBUTIONS.includes('joint') ? 'joint' : 'published'),
    )
    .option('--seeds <n>', 'so many seeds of the calibration split', parseCount, 20)
    .option('--write', `replace ${ENGINE_FILE}`)
    .option('--out <file>', 'write the fit to a file of your own');
  return addPlayOptions(command).action(
    async (options: PlayFlags & { method: string; seeds: number; write?: boolean; out?: string }) => {
      expectRaw(options.method);
      const [method] = methodsNamed([options.method]);
      const found = await withProgress(options, (play) => calibrate(method!, options.seeds, play));
      if (found === null) {
        process.exitCode = 130;
        return;
      }
      console.log(calibrationText(found));
      const path = options.out ?? (options.write ? join(PROJECT, ENGINE_FILE) : null);
      if (path === null) return;
      writeFileSync(path, `${JSON.stringify(found, null, 2)}\n`);
      console.error(`written: ${path}`);
    },
  );
}

/** A curve fitted on what went through a curve already would be applied twice. */
function expectRaw(method: string): void {
  if (method !== 'joint' || !existsSync(join(PROJECT, ENGINE_FILE))) return;
  if ((ABLATIONS as readonly string[]).includes('calibration')) return;
  throw new UserError(
    `${ENGINE_FILE}: found curves in use, expected an ablation \`calibration\` that gives raw confidences`,
  );
}
