import { reliabilityBins, riskCoverage } from '../score/calibration.ts';
import type { RunResult } from '../score/run-result.ts';
import { addCounts, poolScores, type ScoreName, type Scores } from '../score/score-counts.ts';
import type { WrongLine } from '../score/wrong-lines.ts';
import { exactCarts, runSection } from './cart-section.ts';
import { percent, plain } from './figures.ts';
import type { FailedRun } from './junit.ts';
import { html, Markup } from './markup.ts';
import { pageStyle } from './page-style.ts';
import { delayPlot, reliabilityPlot, riskCoveragePlot, type WeightTrace, weightPlot } from './plots.ts';
import { wrongLineSection } from './wrong-line-section.ts';

/** What a run may keep for its report beside its result. */
export interface RunReport {
  readonly wrongLines: readonly WrongLine[];
  readonly traces: readonly WeightTrace[];
}

export interface ReportedRun {
  readonly result: RunResult;
  readonly report: RunReport | null;
}

/** Scores that are no fractions. */
const notFractions: ReadonlySet<ScoreName> = new Set<ScoreName>([
  ...(['overchargedUnits', 'underchargedUnits', 'overchargedMinor', 'underchargedMinor', 'leakedUnits'] as const),
  ...(['receiptDelaySecondsP50', 'receiptDelaySecondsP95', 'reviewsPer1000', 'acd', 'mccd'] as const),
  ...(['idSwitches', 'fragments', 'mostlyTracked', 'mostlyLost'] as const),
  ...(['missingCarts', 'phantomCarts', 'unsettledCarts'] as const),
]);

const written = (name: ScoreName, value: number | null) => (notFractions.has(name) ? plain(value) : percent(value));

const headline: readonly [ScoreName, string][] = [
  ['caseF1', 'case F1'],
  ['itemF1', 'item F1'],
  ['exactCartRate', 'exact carts'],
  ['overchargedUnits', 'overcharged'],
  ['underchargedUnits', 'undercharged'],
  ['productAccuracy', 'product'],
  ['associationAccuracy', 'owner'],
  ['calibrationError', 'calibration error'],
  ['reviewRate', 'in review'],
  ['unsettledCarts', 'unsettled'],
  ['receiptDelaySecondsP95', 'receipt p95, s'],
  ['hota', 'HOTA'],
  ['idf1', 'IDF1'],
];

/**
 * One self-contained page about any number of runs, those that could not be made included: no scripts, no fonts, nothing
 * from the network.
 */
export function reportHtml(runs: readonly ReportedRun[], failed: readonly FailedRun[] = []): string {
  const results = runs.map((run) => run.result);
  const passed = results.filter((result) => result.verdict === 'pass').length;
  const all = results.length + failed.length;
  const title = [...new Set([...results.map((result) => result.scenario), ...failed.map(({ file }) => file)])];
  const name = title.length === 1 ? title[0] : `${title.length} scenarios`;
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${name}: ${passed} of ${all} runs pass</title><style>${new Markup(pageStyle)}</style></head>
<body>${pageHead(name, results, passed, failed.length)}
${notMade(failed)}<h2>Scores</h2>${scoreTable(results)}
<h2>Trust and delay</h2>${plots(results)}
<h2>Runs</h2>${results.map(runSection)}
${wrongLines(runs)}</body></html>
`;
  return page.text;
}

/** Runs without a result, and why. */
function notMade(failed: readonly FailedRun[]): Markup | null {
  if (failed.length === 0) return null;
  return html`<h2>Not run</h2>${failed.map(({ file, seed, problem }) => {
    const which = seed === null ? html`` : html` <span class="note">seed ${seed}</span>`;
    return html`<details open><summary><span class="verdict fail">✗ error</span> <strong>${file}</strong>${which}</summary><pre class="bad">${problem}</pre></details>`;
  })}
`;
}

function pageHead(name: string, results: readonly RunResult[], passed: number, failed: number): Markup {
  const all = passed === results.length + failed;
  const counts = addCounts(results.map((result) => result.counts));
  const modes = [...new Set(results.map((result) => `${result.cameras} cameras`))].join(', ');
  const scores = poolScores([counts]);
  return html`<header><h1>${name}</h1>
<p><span class="verdict ${all ? 'pass' : 'fail'}">${all ? '✓' : '✗'} ${passed} of ${results.length + failed} runs pass</span>${failed > 0 ? `, ${failed} could not be made` : ''} · ${exactCarts({ counts })}${modes === '' ? '' : ` · ${modes}`}</p>
<dl class="figures">${headline.slice(0, 6).map(([key, label]) => html`<div><dt>${label}</dt><dd>${written(key, scores[key])}</dd></div>`)}</dl></header>`;
}

function scoreTable(results: readonly RunResult[]): Markup {
  const groups = [...Map.groupBy(results, (result) => result.attribution)].map(([attribution, some]) => {
    return { attribution, runs: some.length, scores: poolScores(some.map((result) => result.counts)) };
  });
  const names = Object.keys(groups[0]?.scores ?? {}) as ScoreName[];
  const cell = (scores: Scores, name: ScoreName) => html`<td class="number">${written(name, scores[name])}</td>`;
  return html`<div class="wide"><table><thead><tr><th>attribution</th><th class="number">runs</th>${headline.map(([, label]) => html`<th class="number">${label}</th>`)}</tr></thead>
<tbody>${groups.map((group) => html`<tr><th scope="row">${group.attribution}</th><td class="number">${group.runs}</td>${headline.map(([key]) => cell(group.scores, key))}</tr>`)}</tbody></table></div>
<details><summary>All ${names.length} scores <span class="note">pooled over runs; case F1 is the mean over cases</span></summary><div class="wide"><table><thead><tr><th>score</th>${groups.map((group) => html`<th class="number">${group.attribution}</th>`)}</tr></thead>
<tbody>${names.map((key) => html`<tr><th scope="row">${key}</th>${groups.map((group) => cell(group.scores, key))}</tr>`)}</tbody></table></div></details>`;
}

/** Plots of each attribution by itself: pooled over several they would describe none. */
function plots(results: readonly RunResult[]): Markup[] {
  const groups = [...Map.groupBy(results, (result) => result.attribution)];
  return groups.map(([attribution, some]) => {
    const head = groups.length > 1 ? html`<h3>${attribution}</h3>` : null;
    return html`${head}${plotsOf(some)}`;
  });
}

function plotsOf(results: readonly RunResult[]): Markup {
  const { cartOutcomes, lineOutcomes, delaySeconds } = addCounts(results.map((result) => result.counts));
  return html`<div class="plots">
<figure><h3>Risk against coverage</h3>${riskCoveragePlot(riskCoverage(cartOutcomes), riskCoverage(lineOutcomes))}<figcaption>Solid: ${cartOutcomes.length} carts. Dashed: ${lineOutcomes.length} lines.</figcaption></figure>
<figure><h3>Calibration of lines</h3>${reliabilityPlot(reliabilityBins(lineOutcomes))}<figcaption>Equal-mass bins; on the diagonal, confidence keeps its promise.</figcaption></figure>
<figure><h3>Receipt delay</h3>${delayPlot(delaySeconds)}<figcaption>${delaySeconds.length} settled trips, from the true exit.</figcaption></figure></div>`;
}

function wrongLines(runs: readonly ReportedRun[]): Markup {
  const some = runs.filter(({ report }) => report && report.wrongLines.length + report.traces.length > 0);
  if (some.length === 0) return html``;
  return html`<h2>Wrong lines</h2>${some.map(
    ({
      result,
      report,
    }) => html`<h3>${result.scenario} <span class="note">seed ${result.seed} · ${result.attribution}</span></h3>
${report!.wrongLines.map(wrongLineSection)}
${report!.traces.map((trace) => html`<figure><h3>${trace.title}</h3>${weightPlot(trace)}</figure>`)}`,
  )}`;
}
