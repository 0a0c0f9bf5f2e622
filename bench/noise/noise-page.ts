import { type Curve, curveLegend, curvePlot } from '../report/curves.ts';
import { html, Markup } from '../report/markup.ts';
import { pageStyle } from '../report/page-style.ts';
import {
  floorOf,
  peaks,
  powerNear,
  quantile,
  quantumOf,
  quietSpectrum,
  sdsOfMeans,
  tails,
  windowedSds,
} from './plate-statistics.ts';

/** Plates of one origin, real or simulated. */
export interface PlateSet {
  readonly name: string;
  readonly series: readonly Float64Array[];
}

/** Frequencies at which the real plates hum. */
const LINES_HZ = [1.5, 16.5, 24.5];
const SHARES = Array.from({ length: 19 }, (_, i) => 0.05 * (i + 1));
/** Spectra are drawn from every fifth plate: the rest would add time and no detail. */
const everyFifth = (series: readonly Float64Array[]) => series.filter((_, i) => i % 5 === 0);

/** Figures of a set of plates, by name. */
export function noiseFigures({ series }: PlateSet): Readonly<Record<string, number>> {
  const [sds, means, peak] = [windowedSds(series), sdsOfMeans(series), peaks(series)];
  const [beyond3, beyond5, beyond10] = tails(series);
  const spectrum = quietSpectrum(everyFifth(series));
  return {
    plates: series.length,
    'SD in 1 s, p25 g': quantile(sds, 0.25),
    'p50 g': quantile(sds, 0.5),
    'p75 g': quantile(sds, 0.75),
    'p95 g': quantile(sds, 0.95),
    'SD of 1 s means, p50 g': quantile(means, 0.5),
    'means, p95 g': quantile(means, 0.95),
    'beyond 3 σ, %': 100 * beyond3,
    'beyond 5 σ, %': 100 * beyond5,
    'beyond 10 σ, %': 100 * beyond10,
    'peak, p50 g': quantile(peak, 0.5),
    'peak, p95 g': quantile(peak, 0.95),
    'quantum, g': quantumOf(series),
    ...Object.fromEntries(
      LINES_HZ.map((hz) => [`line at ${hz} Hz over floor`, powerNear(spectrum, hz) / (3 * floorOf(spectrum))]),
    ),
  };
}

/** Figures of several sets side by side, as text. */
export function noiseText(sets: readonly PlateSet[]): string {
  const columns = sets.map(noiseFigures);
  const names = Object.keys(columns[0] ?? {});
  const head = `${''.padEnd(28)}${sets.map(({ name }) => name.padStart(16)).join('')}`;
  const rows = names.map(
    (name) =>
      `${name.padEnd(28)}${columns.map((column) => String(Number(column[name]!.toPrecision(3))).padStart(16)).join('')}`,
  );
  return [head, ...rows].join('\n');
}

/** One page: noise of the simulated plates drawn over that of the real ones. */
export function noisePage(sets: readonly PlateSet[], about: string): string {
  const curvesOf = (points: (set: PlateSet) => Curve['points']): Curve[] =>
    sets.map((set) => ({ name: set.name, points: points(set) }));
  const figures = sets.map(noiseFigures);
  const quantiles = (of: (series: readonly Float64Array[]) => number[]) =>
    curvesOf(({ series }) => {
      const values = of(series);
      return SHARES.map((share) => ({ x: Math.max(1e-3, quantile(values, share)), y: share }));
    });
  const plot = (title: string, xLabel: string, yLabel: string, curves: Curve[], logX: boolean) =>
    html`<figure><h3>${title}</h3>${curvePlot({ title, xLabel, yLabel, curves, logX })}</figure>`;
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Scale noise</title><style>${new Markup(pageStyle)}</style></head>
<body><header><h1>Scale noise, simulated and real</h1><p>${about}</p></header>${curveLegend(sets.map(({ name }) => name))}
<div class="plots">
${plot('How loud plates are', 'SD in windows of 1 s, grams', 'share of windows', quantiles(windowedSds), true)}
${plot('How far their level strays', 'SD of 1 s means, grams', 'share of plates', quantiles(sdsOfMeans), true)}
${plot('How high they peak', 'largest distance from the median, grams', 'share of plates', quantiles(peaks), true)}
${plot('Tails', 'times the plate’s own σ', 'share of samples beyond, log10', curvesOf(tailPoints), false)}
${plot('Quiet spectrum', 'Hz', 'power per half hertz over the floor, log10', curvesOf(spectrumPoints), false)}
</div>
<div class="wide"><table><thead><tr><th>figure</th>${sets.map(({ name }) => html`<th class="number">${name}</th>`)}</tr></thead>
<tbody>${Object.keys(figures[0] ?? {}).map((name) => html`<tr><th scope="row">${name}</th>${figures.map((column) => html`<td class="number">${Number(column[name]!.toPrecision(3))}</td>`)}</tr>`)}</tbody></table></div></body></html>
`.text;
}

function tailPoints({ series }: PlateSet): Curve['points'] {
  const beyond = new Float64Array(13);
  let samples = 0;
  for (const x of series) {
    const median = quantile(x, 0.5);
    const away = x.map((value) => Math.abs(value - median));
    const sigma = 1.4826 * quantile(away, 0.5);
    if (sigma === 0) continue;
    samples += x.length;
    for (const value of away) for (let k = 1; k <= 12 && value > k * sigma; k++) beyond[k]!++;
  }
  return Array.from({ length: 12 }, (_, i) => ({ x: i + 1, y: Math.log10(Math.max(1e-6, beyond[i + 1]! / samples)) }));
}

function spectrumPoints({ series }: PlateSet): Curve['points'] {
  const spectrum = quietSpectrum(everyFifth(series));
  const floor = floorOf(spectrum);
  return Array.from({ length: 59 }, (_, k) => ({ x: (k + 1) / 2, y: Math.log10(spectrum[k + 1]! / floor) }));
}
