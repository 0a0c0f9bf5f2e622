import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from './user-error.ts';

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
