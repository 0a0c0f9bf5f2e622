import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder with the public data sets that some checks compare with: `AISLE_DATA`, else `../shared/data` beside the project. */
export function dataRoot(): string {
  const project = dirname(dirname(fileURLToPath(import.meta.url)));
  return resolve(process.env['AISLE_DATA'] ?? join(project, '..', 'shared', 'data'));
}

/** The folder of one data set, or null where it is absent; says so once on the console, for tests that then skip. */
export function findData(name: string): string | null {
  const folder = join(dataRoot(), name);
  if (existsSync(folder)) return folder;
  console.warn(`skipped: no ${folder}; set AISLE_DATA to the folder that holds ${name}`);
  return null;
}
