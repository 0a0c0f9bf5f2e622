import { z } from 'zod';

/** A map with exactly these keys. The message of an unknown key lists the known ones, for `Report` to suggest from. */
export function shape<S extends z.ZodRawShape>(fields: S) {
  return z.strictObject(fields, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? Object.keys(fields).join(', ') : undefined),
  });
}
