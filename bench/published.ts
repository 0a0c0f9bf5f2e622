import type { RunResult } from './score/run-result.ts';
import { poolScores } from './score/score-counts.ts';

/** One method on the same runs: a row of the table. */
export interface Variant {
  readonly name: string;
  readonly attribution: string;
  readonly ablate: readonly string[];
  readonly tracks: 'engine' | 'true';
}

/** The published baseline, without each of its refinements, and with bodies and hands from the truth. */
export const variants: readonly Variant[] = [
  { name: 'published', attribution: 'published', ablate: [], tracks: 'engine' },
  { name: '  without dynamic planogram', attribution: 'published', ablate: ['dynamic-planogram'], tracks: 'engine' },
  { name: '  without event splitting', attribution: 'published', ablate: ['event-splitting'], tracks: 'engine' },
  { name: '  on true tracks', attribution: 'published', ablate: [], tracks: 'true' },
];

/** Figures of the AutoCheckout competition 2020 for the system that `published` is a port of (MPS, CMU). */
const paper = 'published scores of MPS 2020: macro F1 0.844, one shopper 0.877, several 0.714, perfect cases 18 of 30';

const fixed = (value: number | null) => (value === null ? '–' : value.toFixed(3));

/** Means over seeds of the macro case F1, all and by number of shoppers, and the share of perfect cases. */
export function publishedTable(
  rows: readonly { readonly variant: Variant; readonly results: readonly RunResult[] }[],
): string {
  const titles = ['case F1', 'one', 'several', 'perfect', 'exact carts', 'change P', 'change R', 'product', 'owner'];
  const lines = [`${''.padEnd(30)}${titles.map((title) => title.padStart(12)).join('')}`];
  for (const { variant, results } of rows) {
    const scores = poolScores(results.map((result) => result.counts));
    const shoppersIn = (result: RunResult) => result.trips.reduce((sum, trip) => sum + trip.members.length, 0);
    const caseF1 = (some: readonly RunResult[]) => poolScores(some.map((result) => result.counts)).caseF1;
    const perfect = results.filter(
      (result) => result.counts.carts === result.counts.exact && result.counts.missing === 0,
    );
    const cells = [
      fixed(scores.caseF1),
      fixed(caseF1(results.filter((result) => shoppersIn(result) === 1))),
      fixed(caseF1(results.filter((result) => shoppersIn(result) > 1))),
      `${perfect.length}/${results.length}`,
      fixed(scores.exactCartRate),
      fixed(scores.changePrecision),
      fixed(scores.changeRecall),
      fixed(scores.productAccuracy),
      fixed(scores.associationAccuracy),
    ];
    lines.push(`${variant.name.padEnd(30)}${cells.map((cell) => cell.padStart(12)).join('')}`);
  }
  return `${lines.join('\n')}\n${paper}`;
}
