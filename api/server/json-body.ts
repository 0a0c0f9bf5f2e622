import { ProblemError } from './problem.ts';

export const MAX_BODY_BYTES = 1_048_576;
/** Deeper than any body this API knows; deep nesting is how parsers and validators are worn out. */
const MAX_DEPTH = 16;

/** Parses a JSON body; throws `ProblemError` for what is not JSON, nests too deep, or sets up a prototype. */
export function parseJson(text: string): unknown {
  if (depthOf(text) > MAX_DEPTH) throw new ProblemError('too-large', `found more than ${MAX_DEPTH} levels of nesting`);
  try {
    return JSON.parse(text, withoutPrototypes);
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    throw new ProblemError('invalid-request', 'the body is not JSON');
  }
}

function withoutPrototypes(key: string, value: unknown): unknown {
  if (key === '__proto__') throw new ProblemError('invalid-request', 'found __proto__ as a field');
  return value;
}

/** Levels of brackets outside of strings, counted before anything is built. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x22) {
      for (i++; i < text.length && text.charCodeAt(i) !== 0x22; i++) if (text.charCodeAt(i) === 0x5c) i++;
    } else if (code === 0x7b || code === 0x5b) deepest = Math.max(deepest, ++depth);
    else if (code === 0x7d || code === 0x5d) depth--;
  }
  return deepest;
}
