import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { checkSecret, newSecret } from '../api/webhooks/signature.ts';
import { UserError } from './user-error.ts';

/**
 * The signing secret of this desk: as given, else from AISLE_WEBHOOK_SECRET, else one that is made at first use and kept in
 * the user's state folder, so that `listen` and `trigger` share it and it stays the same over restarts.
 */
export function deskSecret(given: string | undefined): string {
  const secret = given ?? process.env['AISLE_WEBHOOK_SECRET'] ?? keptSecret();
  try {
    checkSecret(secret);
  } catch (error) {
    throw new UserError((error as Error).message);
  }
  return secret;
}

function keptSecret(): string {
  const state = process.env['XDG_STATE_HOME'] ?? join(homedir(), '.local/state');
  const file = join(state, 'aisle', 'webhook-secret');
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const secret = newSecret();
  writeFileSync(file, `${secret}\n`, { mode: 0o600 });
  return secret;
}
