import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const PROJECT = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');
export const SCENARIOS = join(PROJECT, 'scenarios');

export type SplitName = 'development' | 'calibration' | 'locked';

export interface Split {
  /** Runnable scenario files, absolute, by name. */
  readonly files: readonly string[];
  readonly firstSeed: number;
  readonly lastSeed: number;
}

/** Scenarios directly in a folder of `scenarios/`, or the one file; parts that are only extended are left out. */
export function scenariosIn(path: string): string[] {
  const full = join(SCENARIOS, path);
  if (!existsSync(full)) throw new Error(`${full}: found nothing there, expected a scenario file or a folder of them`);
  if (!statSync(full).isDirectory()) return [full];
  return readdirSync(full)
    .filter((name) => name.endsWith('.yaml') && !/\.(store|catalog|sensors)\.yaml$/.test(name))
    .sort()
    .map((name) => join(full, name));
}

/** Reads `scenarios/splits.json`; throws for files that are not there. */
export function readSplit(name: SplitName): Split {
  const all = JSON.parse(readFileSync(join(SCENARIOS, 'splits.json'), 'utf8')) as Record<
    SplitName,
    { readonly files: readonly string[]; readonly seeds: string }
  >;
  const [firstSeed, lastSeed] = all[name].seeds.split('..').map(Number) as [number, number];
  return { files: all[name].files.flatMap(scenariosIn), firstSeed, lastSeed };
}

/** The first `count` seeds of a split; throws where it has fewer. */
export function seedsOf({ firstSeed, lastSeed }: Split, count: number): number[] {
  if (count > lastSeed - firstSeed + 1)
    throw new Error(`seeds: found ${count}, expected at most ${lastSeed - firstSeed + 1} in this split`);
  return Array.from({ length: count }, (_, i) => firstSeed + i);
}
