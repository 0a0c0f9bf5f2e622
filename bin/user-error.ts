import { JournalError } from '../engine/index.ts';
import { RecordingError } from '../engine/recording/recording-error.ts';
import { StoreError } from '../engine/store.ts';
import { ScenarioFailure } from '../simulator/scenario/scenario-error.ts';

/** Something the person at the command line can mend: printed without a stack, exit code 2. */
export class UserError extends Error {}

/** Errors of the file system that are about the paths and disk of whoever asked. */
const pathCodes = new Set(['ENOENT', 'EACCES', 'EPERM', 'EISDIR', 'ENOTDIR', 'EEXIST', 'ENOSPC', 'EROFS']);

/** What to tell the person who asked, or null when the error is our own bug. */
export function userProblem(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  const known = [UserError, JournalError, RecordingError, StoreError, ScenarioFailure];
  if (known.some((kind) => error instanceof kind)) return error.message;
  return pathCodes.has((error as NodeJS.ErrnoException).code ?? '') ? error.message : null;
}
