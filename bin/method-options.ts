import { type Command, InvalidArgumentError, Option } from 'commander';
import { ABLATIONS, ATTRIBUTIONS, ENGINE_DEFAULTS } from '../engine/index.ts';
import { UserError } from './user-error.ts';

export interface MethodOptions {
  readonly attribution: string;
  readonly ablate: readonly string[];
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

/** The method as a recording keeps it. */
export function methodMetadata({ attribution, ablate }: MethodOptions): Record<string, string> {
  return { attribution, ablate: ablate.join(',') };
}

/** The method a recording was made with, where the command line does not ask for another; throws `UserError`. */
export function methodOfRecording(
  file: string,
  metadata: Readonly<Record<string, string>>,
  options: MethodOptions,
  command: Command,
): MethodOptions {
  const isAsked = (name: keyof MethodOptions) => command.getOptionValueSource(name) !== 'default';
  if (isAsked('attribution') || isAsked('ablate')) return options;
  return recordedMethod(file, metadata);
}

/** The method a recording was made with, or the usual one where it says none; throws `UserError` for an unknown one. */
export function recordedMethod(file: string, metadata: Readonly<Record<string, string>>): MethodOptions {
  const attribution = metadata['attribution'] ?? ENGINE_DEFAULTS.attribution;
  const ablate = (metadata['ablate'] ?? '').split(',').filter(Boolean);
  const known = new Set<string>([...ATTRIBUTIONS, ...ABLATIONS]);
  const strange = [attribution, ...ablate].find((name) => !known.has(name));
  if (strange !== undefined)
    throw new UserError(`${file}: found method ${strange}, expected one of ${[...known].join(', ')}; or ask for one`);
  return { attribution, ablate };
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
