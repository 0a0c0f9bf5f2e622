import { type Command, InvalidArgumentError, Option } from 'commander';
import { ABLATIONS, ATTRIBUTIONS, ENGINE_DEFAULTS } from '../engine/index.ts';

export interface MethodOptions {
  readonly attribution: string;
  readonly ablate: string[];
}

/** How the engine decides who took what: shared by every command that runs it. */
export function addMethodOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--attribution <name>', 'who took what: the method')
        .choices([...ATTRIBUTIONS])
        .default(ENGINE_DEFAULTS.attribution),
    )
    .option('--ablate <parts>', `switch parts of the method off: ${[...ABLATIONS].join(',')}`, parseParts, []);
}

function parseParts(text: string): string[] {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);
  const known: readonly string[] = [...ABLATIONS];
  const unknown = parts.find((part) => !known.includes(part));
  if (unknown !== undefined) throw new InvalidArgumentError(`found ${unknown}, expected of ${known.join(', ')}.`);
  return parts;
}
