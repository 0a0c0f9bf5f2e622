import { relative } from 'node:path';
import { curveLegend, curvePlot } from '../report/curves.ts';
import { percent } from '../report/figures.ts';
import { html, Markup } from '../report/markup.ts';
import { pageStyle } from '../report/page-style.ts';
import { delayPlot, reliabilityPlot, riskCoveragePlot } from '../report/plots.ts';
import { wrongLineSection } from '../report/wrong-line-section.ts';
import { reliabilityBins, riskCoverage } from '../score/calibration.ts';
import { PROJECT } from '../splits.ts';
import type { Accuracy } from './accuracy.ts';
import type { CaseRow } from './case-row.ts';
import type { Bounded, SuiteFigures } from './comparison.ts';
import { cartOutcomes, contestedOutcomes, delays, FIGURES, figure, lineOutcomes } from './figures.ts';
import { dash, leadLines, WHOLE } from './table.ts';

/** Wrong lines a page can bear per suite. */
const WRONG_LINES_MAX = 150;

/** One self-contained page about a comparison: tables with intervals, plots, and why each line of the champion is wrong. */
export function accuracyPage({ suites, rows }: Accuracy, about: string): string {
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Accuracy</title><style>${new Markup(pageStyle)}</style></head>
<body><header><h1>Who took what: methods compared on the same readings</h1><p>${about}</p>
<p class="note">Scores are of the best cart before any review, reviewed carts included. Brackets hold 95 % of 2,000 bootstrap draws over
seeds and cases; p-values are two-sided, those of a method's own parts after Holm's correction. A line is contested where people of
two parties stood within reach. Receipts that wait for a person are late without end.</p></header>
${suites.map((suite) => suiteSection(suite, rows.get(suite.suite)!))}</body></html>
`;
  return page.text;
}

function suiteSection(suite: SuiteFigures, rows: ReadonlyMap<string, readonly CaseRow[]>): Markup {
  const best = suite.champion;
  return html`<h2>${suite.suite} <span class="note">${suite.files} scenarios × ${suite.seeds.length} seeds</span></h2>
${figureTable(suite)}
<pre>${leadLines(suite)}</pre>
${casePlot(suite, rows)}
${[...new Set([best, 'published'])].map((name) => (rows.has(name) ? trustPlots(name, rows.get(name)!) : null))}
${wrongLines(best, rows.get(best)!)}`;
}

function bracketed(bounded: Bounded | null, write: (value: number) => string): Markup {
  if (bounded === null) return html`–`;
  return html`${write(bounded.value)}<br><span class="note">${write(bounded.low)} to ${write(bounded.high)}</span>`;
}

/** Ratios of the first table; the others stand in the second. */
const SCORES = FIGURES.findIndex(({ key }) => key === 'changeP');

function figureTable({ figures }: SuiteFigures): Markup {
  const table = (head: readonly string[], cells: (row: SuiteFigures['figures'][number]) => readonly Markup[]) =>
    html`<div class="wide"><table><thead><tr><th>method</th>${head.map((title) => html`<th class="number">${title}</th>`)}</tr></thead>
<tbody>${figures.map((row) => html`<tr><th scope="row">${row.method.label}</th>${cells(row).map((cell) => html`<td class="number">${cell}</td>`)}</tr>`)}</tbody></table></div>`;
  const [scores, rest] = [FIGURES.slice(0, SCORES), FIGURES.slice(SCORES)];
  const ratioCells = (some: typeof scores, { ratios }: SuiteFigures['figures'][number]) =>
    some.map(({ key, write }) => bracketed(ratios[key], write));
  return html`${table(
    scores.map(({ title }) => title),
    (row) => ratioCells(scores, row),
  )}${table([...rest.map(({ title }) => title), 'over/1000 ≤', 'auto carts'], (row) => [
    ...ratioCells(rest, row),
    html`${dash(row.overAtMost, (v) => v.toFixed(1))}`,
    html`${row.whole.autoCarts}`,
  ])}${table(
    WHOLE.map(({ title }) => title),
    ({ whole }) => WHOLE.map(({ of }) => html`${of(whole)}`),
  )}`;
}

/** Mean case F1 of each scenario, the champion's worst first, beside the published baseline. */
function casePlot({ champion }: SuiteFigures, rows: ReadonlyMap<string, readonly CaseRow[]>): Markup {
  const names = [champion, ...(champion === 'published' || !rows.has('published') ? [] : ['published'])];
  const files = [...new Set(rows.get(champion)!.map((row) => row.file))];
  const scoreOf = (name: string, file: string) =>
    figure(
      'caseF1',
      rows.get(name)!.filter((row) => row.file === file),
    ) ?? 0;
  const order = files.toSorted((a, b) => scoreOf(champion, a) - scoreOf(champion, b));
  const curves = names.map((name) => ({ name, points: order.map((file, x) => ({ x, y: scoreOf(name, file) })) }));
  const worst = order.slice(0, 12).map((file) => {
    const some = rows.get(champion)!.filter((row) => row.file === file);
    return html`<tr><td>${relative(PROJECT, file)}</td>${names.map((name) => html`<td class="number">${scoreOf(name, file).toFixed(3)}</td>`)}<td class="number">${percent(figure('exactCarts', some))}</td></tr>`;
  });
  return html`<div class="plots"><figure style="max-width:520px"><h3>Case F1 by scenario</h3>${curvePlot({
    ...{ title: 'Case F1 of each scenario, worst first', xLabel: 'scenario, worst first', yLabel: 'case F1' },
    ...{ curves, range: [0, 1] as const },
  })}${curveLegend(names)}</figure></div>
<details><summary>The weakest scenarios</summary><div class="wide"><table><thead><tr><th>scenario</th>${names.map((name) => html`<th class="number">${name}</th>`)}<th class="number">exact carts</th></tr></thead><tbody>${worst}</tbody></table></div></details>`;
}

function trustPlots(name: string, rows: readonly CaseRow[]): Markup {
  const [lines, contested, carts] = [lineOutcomes(rows), contestedOutcomes(rows), cartOutcomes(rows)];
  return html`<h3>${name}</h3><div class="plots">
<figure><h3>Risk against coverage</h3>${riskCoveragePlot(riskCoverage(carts), riskCoverage(lines))}<figcaption>Solid: ${carts.length} carts. Dashed: ${lines.length} lines.</figcaption></figure>
<figure><h3>Calibration of lines</h3>${reliabilityPlot(reliabilityBins(lines))}<figcaption>Equal-mass bins of ${lines.length} lines.</figcaption></figure>
<figure><h3>Calibration of contested lines</h3>${reliabilityPlot(reliabilityBins(contested))}<figcaption>${contested.length} lines.</figcaption></figure>
<figure><h3>Calibration of carts</h3>${reliabilityPlot(reliabilityBins(carts))}<figcaption>${carts.length} carts.</figcaption></figure>
<figure><h3>Receipt delay</h3>${delayPlot(delays(rows).filter(Number.isFinite))}<figcaption>Receipts that came without a person, from the true exit.</figcaption></figure></div>`;
}

function wrongLines(name: string, rows: readonly CaseRow[]): Markup {
  const found = rows.flatMap((row) => row.wrongLines.map((line) => ({ row, line })));
  if (found.length === 0) return html`<p class="note">No wrong line.</p>`;
  const shown = found.slice(0, WRONG_LINES_MAX);
  return html`<details><summary>Wrong lines of ${name}: ${shown.length} of ${found.length}, each with what was seen and what really happened</summary>
${shown.map(({ row, line }) => html`<h3>${row.scenario} <span class="note">${relative(PROJECT, row.file)}, seed ${row.seed}</span></h3>${wrongLineSection(line)}`)}</details>`;
}
