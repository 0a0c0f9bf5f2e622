import { styleText } from 'node:util';
import { skippedLines } from '../bench/report/skipped-lines.ts';
import { type RunResult, summary } from '../bench/score/run-result.ts';
import { cartTable } from './cart-table.ts';

/** One run for a person: verdict, carts, the scores that matter first. */
export function printResult(result: RunResult): void {
  const verdict = result.verdict === 'pass' ? styleText('green', '✔ pass') : styleText('red', '✘ fail');
  console.log(
    `\n${styleText('bold', result.scenario)}  (${result.file}, seed ${result.seed}, ${result.attribution}, ${result.cameras})`,
  );
  console.log(cartTable(result.carts));
  console.log(`${verdict}  ${scoreLine(result.scores)}`);
  for (const failure of result.failures) console.log(styleText('red', `  ${failure}`));
  for (const line of skippedLines(result.skipped)) console.log(styleText('yellow', `  ${line}`));
  const { speed } = result;
  console.log(
    styleText(
      'dim',
      `  ${speed.simulatedSeconds.toFixed(0)} s simulated in ${speed.wallSeconds.toFixed(1)} s (${speed.realTimeFactor.toFixed(0)} × real time); ` +
        `carts ${result.hashes.carts.slice(0, 12)}`,
    ),
  );
}

/** Pooled scores of several runs. */
export function printSummary(results: readonly RunResult[]): void {
  const { runs, passed, scores } = summary(results).summary;
  console.log(`\n${styleText('bold', `${passed} of ${runs} runs passed`)}  ${scoreLine(scores)}`);
}

/** Every score of a run, one per line. */
export function scoreTable(scores: RunResult['scores']): string {
  return Object.entries(scores)
    .map(([name, value]) => `${name.padEnd(24)} ${value === null ? '–' : Number(value.toFixed(4))}`)
    .join('\n');
}

function scoreLine(scores: RunResult['scores']): string {
  const show = (name: string, value: number | null) => `${name} ${value === null ? '–' : value.toFixed(3)}`;
  return [
    show('case F1', scores.caseF1),
    show('item F1', scores.itemF1),
    show('exact carts', scores.exactCartRate),
    show('HOTA', scores.hota),
    show('IDF1', scores.idf1),
  ].join('   ');
}
