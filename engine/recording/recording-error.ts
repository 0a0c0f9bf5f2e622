/** What is wrong with a recording at one place, and how much of it could still be used. */
export interface RecordingProblem {
  /** Byte in the file where the trouble starts. */
  readonly offset: number;
  readonly found: string;
  readonly expected: string;
  /** Readings that were replayed before it. */
  readonly readingsUsed: number;
}

/** Thrown when nothing of a recording can be used. */
export class RecordingError extends Error {
  readonly path: string;
  readonly offset: number;
  readonly found: string;
  readonly expected: string;

  constructor(path: string, where: { offset: number; found: string; expected: string }) {
    super(`${path}: byte ${where.offset}: found ${where.found}, expected ${where.expected}`);
    this.name = 'RecordingError';
    this.path = path;
    this.offset = where.offset;
    this.found = where.found;
    this.expected = where.expected;
  }
}

/** Damage met while walking through a recording; becomes a problem or a `RecordingError`. */
export class Damage extends Error {
  readonly offset: number;
  readonly found: string;
  readonly expected: string;

  constructor(offset: number, found: string, expected: string) {
    super(`byte ${offset}: found ${found}, expected ${expected}`);
    this.name = 'Damage';
    this.offset = offset;
    this.found = found;
    this.expected = expected;
  }
}

/** One line for people. */
export function describeProblem(problem: RecordingProblem): string {
  const used = `${problem.readingsUsed} readings before it were used`;
  return `byte ${problem.offset}: found ${problem.found}, expected ${problem.expected}; ${used}`;
}
