import { type Curve, curveLegend, curvePlot } from '../report/curves.ts';
import { html, Markup } from '../report/markup.ts';
import { pageStyle } from '../report/page-style.ts';
import type { SweepPoint, SweepResult } from './sweeps.ts';

const PLOTS: readonly {
  readonly title: string;
  readonly of: (point: SweepPoint) => { y: number; low?: number; high?: number } | null;
  readonly range?: readonly [number, number];
}[] = [
  { title: 'item F1', of: ({ figures }) => bounded(figures['itemF1']), range: [0, 1] },
  { title: 'exact carts', of: ({ figures }) => bounded(figures['exactCarts']), range: [0, 1] },
  { title: 'reviews per 1,000 carts', of: ({ figures }) => bounded(figures['reviewed']), range: [0, 1000] },
  { title: 'calibration error of lines', of: ({ lineEce }) => (lineEce === null ? null : { y: lineEce }) },
];

function bounded(interval: SweepPoint['figures'][string] | undefined) {
  return interval ? { y: interval.value, low: interval.low, high: interval.high } : null;
}

/** One self-contained page: what happens to each method as one thing gets harder. */
export function robustnessPage(results: readonly SweepResult[], about: string): string {
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Robustness</title><style>${new Markup(pageStyle)}</style></head>
<body><header><h1>What happens as it gets harder</h1><p>${about}</p><p class="note">Every method on the same readings. Bars hold 95 % of 2,000 bootstrap
draws over seeds.</p></header>${results.map(sweepSection)}</body></html>
`.text;
}

function sweepSection({ sweep, seeds, curves }: SweepResult): Markup {
  const isNamed = sweep.points.some(({ x, place }) => String(x) !== place);
  const plots = PLOTS.map(({ title, of, range }) => {
    const drawn = [...curves].map(
      ([name, points]): Curve => ({
        name,
        points: points.flatMap((point) => {
          const value = of(point);
          return value ? [{ x: point.x, ...value }] : [];
        }),
      }),
    );
    return html`<figure><h3>${title}</h3>${curvePlot({
      ...{ title: `${title} over ${sweep.name}`, xLabel: sweep.xLabel, yLabel: title, curves: drawn, logX: sweep.logX },
      ...(isNamed ? { places: sweep.points.map(({ place }) => place) } : {}),
      ...(range ? { range } : {}),
    })}</figure>`;
  });
  return html`<h2>${sweep.name} <span class="note">${sweep.file}, ${seeds.length} seeds</span></h2>${curveLegend([...curves.keys()])}<div class="plots">${plots}</div>`;
}
