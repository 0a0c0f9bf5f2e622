import type { RunResult } from '../score/run-result.ts';
import { escapeText } from './markup.ts';

/** JUnit's XML as continuous integration reads it: a suite per scenario file, a case per run. */
export function junitXml(results: readonly RunResult[]): string {
  const suites = [...Map.groupBy(results, (result) => result.file)].map(([file, some]) => suite(file, some));
  const failed = results.filter((result) => result.verdict === 'fail').length;
  const head = `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="aisle" ${figures(results, failed)}>\n`;
  return `${head}${suites.join('')}</testsuites>\n`;
}

function figures(results: readonly RunResult[], failed: number): string {
  const seconds = results.reduce((sum, result) => sum + result.speed.wallSeconds, 0);
  return `tests="${results.length}" failures="${failed}" errors="0" time="${seconds.toFixed(3)}"`;
}

function suite(file: string, results: readonly RunResult[]): string {
  const failed = results.filter((result) => result.verdict === 'fail').length;
  return `  <testsuite name="${escapeText(file)}" ${figures(results, failed)}>\n${results.map(testCase).join('')}  </testsuite>\n`;
}

function testCase({ scenario, seed, attribution, cameras, verdict, failures, speed }: RunResult): string {
  const name = escapeText(`${scenario} seed ${seed} (${attribution}, ${cameras})`);
  const head = `    <testcase classname="${escapeText(scenario)}" name="${name}" time="${speed.wallSeconds.toFixed(3)}"`;
  if (verdict === 'pass') return `${head}/>\n`;
  const message = escapeText(failures[0] ?? 'failed');
  return `${head}>\n      <failure message="${message}">${escapeText(failures.join('\n'))}</failure>\n    </testcase>\n`;
}
