/** A place in a text, both counted from 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** One thing wrong in a scenario file, or one warning about it. */
export interface ScenarioError extends Position {
  /** Dotted path from the top of the scenario; empty for trouble with the text itself. */
  readonly path: string;
  readonly found: string;
  readonly expected: string;
}

/** `file:line:column path: found …, expected …`. */
export function formatScenarioError({ file, line, column, path, found, expected }: ScenarioError): string {
  return `${file}:${line}:${column} ${path === '' ? '' : `${path}: `}found ${found}, expected ${expected}`;
}

/** Thrown where a run is asked for and the scenario with its overrides is not valid. */
export class ScenarioFailure extends Error {
  readonly errors: readonly ScenarioError[];

  constructor(errors: readonly ScenarioError[]) {
    super(errors.map(formatScenarioError).join('\n'));
    this.name = 'ScenarioFailure';
    this.errors = errors;
  }
}

/** Names for an error text, cut short so that it never grows with the file. */
export function listed(names: readonly string[], most = 12): string {
  const shown = names.slice(0, most).join(', ');
  return names.length > most ? `${shown}, … (${names.length} in all)` : shown;
}

/** ` (did you mean "x"?)` for the nearest candidate at up to a third of its letters wrong, or nothing. */
export function didYouMean(word: string, candidates: readonly string[]): string {
  let best = '';
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    // Of two equally near, the one with the same first letter.
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase()) + (word[0] === candidate[0] ? 0 : 0.5);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  const longest = Math.max(word.length, best.length);
  return Math.floor(bestDistance) <= Math.max(1, Math.floor(longest / 3)) && bestDistance < longest
    ? ` (did you mean "${best}"?)`
    : '';
}

/** Restricted Damerau–Levenshtein distance; words over 60 letters count as entirely different. */
export function editDistance(a: string, b: string): number {
  if (a.length > 60 || b.length > 60) return Math.max(a.length, b.length);
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let d = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) d = Math.min(d, beforeLast[j - 2]! + 1);
      row.push(d);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}

/** A value as an error shows it: short, on one line. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) {
    const keys = Object.keys(value);
    return keys.length === 0 ? 'an empty map' : `a map with ${listed(keys, 4)}`;
  }
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…"` : text;
}
