import { JournalError } from '../engine/index.ts';
import { RecordingError } from '../engine/recording/recording-error.ts';
import { StoreError } from '../engine/store.ts';
import { ScenarioFailure } from '../simulator/scenario/scenario-error.ts';

/** Something the person at the command line can mend: printed without a stack, exit code 2. */
export class UserError extends Error {}

/** Errors of the file system that are about the paths and disk of whoever asked: what was found, what was expected. */
const pathTroubles: Readonly<Record<string, string>> = {
  ENOENT: 'found no such file or folder, expected one that exists',
  EACCES: 'found no permission, expected a place this user may use',
  EPERM: 'found no permission, expected a place this user may use',
  EROFS: 'found a read-only disk, expected one that can be written',
  EISDIR: 'found a folder, expected a file',
  ENOTDIR: 'found a file on the way, expected a folder',
  EEXIST: 'found a file, expected a folder or nothing',
  ENOSPC: 'found the disk full, expected room to write',
};

/** What to tell the person who asked, or null when the error is our own bug. */
export function userProblem(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  const known = [UserError, JournalError, RecordingError, StoreError, ScenarioFailure];
  if (known.some((kind) => error instanceof kind)) return error.message;
  const { code, path } = error as NodeJS.ErrnoException;
  const trouble = pathTroubles[code ?? ''];
  return trouble === undefined ? null : `${path ?? 'output'}: ${trouble}`;
}
