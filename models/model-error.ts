/** Model files, pictures or galleries from outside that cannot be used: where, what was found, what was expected. */
export class ModelError extends Error {
  override readonly name = 'ModelError';
}

/** Throws what was found and what was expected at a place. */
export function reject(where: string, found: string, expected: string): never {
  throw new ModelError(`${where}: found ${found}, expected ${expected}`);
}
