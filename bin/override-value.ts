import { InvalidArgumentError } from 'commander';
import { readYaml } from '../simulator/scenario/yaml/read-yaml.ts';
import { child, plain } from '../simulator/scenario/yaml/tree.ts';

/** A value as a scenario file has it: `3g`, `04012345678901`, `[8m, 6m]`, `{ poisson: 45/h }`; else the text itself. */
export function parseOverrideValue(text: string): unknown {
  if (text.trim() === '') return text;
  const read = readYaml(`value: ${text}`, '--set');
  if ('errors' in read || read.tree.kind !== 'dict' || read.tree.entries.size !== 1) return text;
  return plain(child(read.tree, 'value')!);
}

/** Reads one `--set path=value` beside those before it. */
export function collectOverride(text: string, before: Record<string, unknown>): Record<string, unknown> {
  const equals = text.indexOf('=');
  if (equals < 1) throw new InvalidArgumentError('expected path=value, for instance sensors.scales.noise.white=3g.');
  return { ...before, [text.slice(0, equals)]: parseOverrideValue(text.slice(equals + 1)) };
}

/** `--set` arguments for a POSIX shell that `parseOverrideValue` reads back to the same values. */
export function overrideArguments(overrides: Readonly<Record<string, unknown>>): string {
  return Object.entries(overrides)
    .map(([path, value]) => ` --set ${shellQuoted(`${path}=${valueText(value)}`)}`)
    .join('');
}

function valueText(value: unknown): string {
  return typeof value === 'string' && parseOverrideValue(value) === value ? value : JSON.stringify(value);
}

function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
