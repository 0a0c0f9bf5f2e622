import type { RunResult } from '../score/run-result.ts';
import { escapeText } from './markup.ts';

/** A run that could not be made, and why. */
export interface FailedRun {
  readonly file: string;
  readonly seed: number | null;
  readonly problem: string;
}

/** JUnit's XML as continuous integration reads it: a suite per scenario file, a case per run, made or not. */
export function junitXml(results: readonly RunResult[], failed: readonly FailedRun[] = []): string {
  const files = [...new Set([...results, ...failed].map(({ file }) => file))];
  const suites = files.map((file) => {
    const [made, unmade] = [results.filter((run) => run.file === file), failed.filter((run) => run.file === file)];
    const cases = [...made.map(testCase), ...unmade.map(errorCase)];
    return `  <testsuite name="${escapeText(file)}" ${figures(made, unmade)}>\n${cases.join('')}  </testsuite>\n`;
  });
  const head = `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="aisle" ${figures(results, failed)}>\n`;
  return `${head}${suites.join('')}</testsuites>\n`;
}

function figures(results: readonly RunResult[], unmade: readonly FailedRun[]): string {
  const seconds = results.reduce((sum, result) => sum + result.speed.wallSeconds, 0);
  const failures = results.filter((result) => result.verdict === 'fail').length;
  const tests = results.length + unmade.length;
  return `tests="${tests}" failures="${failures}" errors="${unmade.length}" time="${seconds.toFixed(3)}"`;
}

function errorCase({ file, seed, problem }: FailedRun): string {
  const name = escapeText(seed === null ? file : `${file} seed ${seed}`);
  const message = escapeText(problem.split('\n')[0]!);
  return `    <testcase classname="${escapeText(file)}" name="${name}">\n      <error message="${message}">${escapeText(problem)}</error>\n    </testcase>\n`;
}

function testCase({ scenario, seed, attribution, cameras, verdict, failures, speed }: RunResult): string {
  const name = escapeText(`${scenario} seed ${seed} (${attribution}, ${cameras})`);
  const head = `    <testcase classname="${escapeText(scenario)}" name="${name}" time="${speed.wallSeconds.toFixed(3)}"`;
  if (verdict === 'pass') return `${head}/>\n`;
  const message = escapeText(failures[0] ?? 'failed');
  return `${head}>\n      <failure message="${message}">${escapeText(failures.join('\n'))}</failure>\n    </testcase>\n`;
}
