import { UserError } from './user-error.ts';

/** Reads `7`, `1..5` or `1,2,10..12` into seeds, as written and each once; throws `UserError`. */
export function parseSeeds(text: string): number[] {
  const seeds = text.split(',').flatMap((part) => {
    const match = /^(\d+)(?:\.\.(\d+))?$/.exec(part.trim());
    if (!match)
      throw new UserError(`--seed: found "${text}", expected a number, a range like 1..5, or a list like 1,2,7`);
    const first = Number(match[1]);
    const last = match[2] === undefined ? first : Number(match[2]);
    if (!Number.isSafeInteger(last) || !Number.isSafeInteger(first))
      throw new UserError(`--seed: found ${part.trim()}, expected at most ${Number.MAX_SAFE_INTEGER}`);
    if (last < first) throw new UserError(`--seed: found ${part.trim()}, expected the smaller number first`);
    if (last - first >= 10_000)
      throw new UserError(`--seed: found ${part.trim()}, which is ${last - first + 1} seeds, expected at most 10000`);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
  return [...new Set(seeds)];
}
