import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { loadScenario, overridden, type Scenario } from '../simulator/scenario/load-scenario.ts';
import { resolve } from '../simulator/scenario/resolve.ts';
import type { Run } from '../simulator/scenario/run.ts';
import { formatScenarioError } from '../simulator/scenario/scenario-error.ts';
import { UserError, userProblem } from './user-error.ts';

/** Parts of scenarios, to be extended and not run: `x.store.yaml`, `x.catalog.yaml`, `x.sensors.yaml`. */
const fragment = /\.(store|catalog|sensors)\.ya?ml$/;

/**
 * Scenario files named by paths: a file stands for itself, a folder for the runnable scenarios directly in it, by name.
 * Throws `UserError` when a path is missing or holds none.
 */
export function scenarioFiles(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    const entry = statSync(path, { throwIfNoEntry: false });
    if (!entry) throw new UserError(`${path}: found nothing there, expected a scenario file or a folder of them`);
    if (!entry.isDirectory()) return [path];
    const files = readdirSync(path)
      .filter((name) => /\.ya?ml$/.test(name) && !fragment.test(name))
      .sort()
      .map((name) => join(path, name));
    if (files.length === 0) throw new UserError(`${path}: found no *.yaml in this folder, expected scenario files`);
    return files;
  });
}

/** Loads a scenario; throws `UserError` with every error of the file, each with its place. Warnings go to standard error. */
export function loadOrExplain(file: string): Scenario {
  const loaded = loadScenario(file);
  if ('errors' in loaded) throw new UserError(loaded.errors.map(formatScenarioError).join('\n'));
  return loaded.scenario;
}

/** The run of a file, one seed (null: the file's own) and overrides; throws for what a user can mend. */
export function resolveFile(file: string, seed: number | null, overrides: Readonly<Record<string, unknown>>): Run {
  return resolve(loadOrExplain(file), seed ?? undefined, overrides);
}

/**
 * Checks all files before anything runs and gives each file's own seed; throws `UserError` with the errors of all files.
 * Warnings go to standard error.
 */
export function checkScenarios(
  files: readonly string[],
  overrides: Readonly<Record<string, unknown>>,
): (file: string) => number {
  const problems: string[] = [];
  const seeds = new Map<string, number>();
  for (const file of files) {
    try {
      const scenario = overridden(loadOrExplain(file), overrides);
      seeds.set(file, scenario.spec.run.seed);
      for (const warning of scenario.warnings) console.error(`warning: ${formatScenarioError(warning)}`);
    } catch (error) {
      const problem = userProblem(error);
      if (problem === null) throw error;
      problems.push(problem);
    }
  }
  if (problems.length > 0) throw new UserError(problems.join('\n'));
  return (file) => seeds.get(file)!;
}
