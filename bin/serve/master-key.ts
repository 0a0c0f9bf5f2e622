import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { UserError } from '../user-error.ts';

const VARIABLE = 'AISLE_MASTER_KEY';

/**
 * The key that everything personal hangs on: 32 bytes in Base64 from the environment, or, on the loopback only, one made
 * for development and kept beside the data. Throws `UserError`.
 */
export function masterKey(folder: string, host: string): Buffer {
  const text = process.env[VARIABLE];
  if (text !== undefined) {
    const key = Buffer.from(text, 'base64');
    if (key.length !== 32) throw new UserError(`${VARIABLE}: found ${key.length} bytes, expected 32 in Base64`);
    return key;
  }
  if (!isLoopback(host))
    throw new UserError(
      `${VARIABLE}: found nothing, expected 32 bytes in Base64 (only a gateway on 127.0.0.1 may go without)`,
    );
  console.error(
    styleText(
      ['yellow', 'bold'],
      `${VARIABLE} is not set: personal data is sealed with a development key kept beside it.`,
    ),
  );
  const path = join(folder, 'development.key');
  if (!existsSync(path)) writeFileSync(path, randomBytes(32).toString('base64'), { mode: 0o600 });
  return Buffer.from(readFileSync(path, 'utf8'), 'base64');
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}
