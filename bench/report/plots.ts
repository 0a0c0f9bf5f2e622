import type { ReliabilityBin, RiskPoint } from '../score/calibration.ts';
import { plain } from './figures.ts';
import { html, type Markup } from './markup.ts';

/** Weight of one scale around a moment worth a look. */
export interface WeightTrace {
  readonly title: string;
  /** Times of the samples, rising, and their weights. */
  readonly seriesUs: ArrayLike<number>;
  readonly grams: ArrayLike<number>;
  readonly marks: readonly { readonly timeUs: number; readonly label: string }[];
}

const WIDTH = 360;
const HEIGHT = 230;
const LEFT = 44;
const RIGHT = 22;
const TOP = 22;
const BOTTOM = 38;

export interface Axis {
  readonly low: number;
  readonly high: number;
  readonly label: string;
  readonly write: (value: number) => string;
}

const share = (label: string): Axis => ({ low: 0, high: 1, label, write: (value) => `${Math.round(100 * value)} %` });

/** 1, 2 or 5 times a power of ten, so that a span has four to eight steps. */
function niceStep(span: number): number {
  const rough = span / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((k) => k * power).find((step) => step >= rough)!;
}

function ticks({ low, high }: Axis): number[] {
  const step = niceStep(high - low);
  const first = Math.ceil(low / step);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, k) => (first + k) * step);
}

/** A picture with two axes: places on it, rounded to a tenth of a pixel. */
export class Frame {
  readonly x: Axis;
  readonly y: Axis;
  readonly #width: number;

  constructor(x: Axis, y: Axis, width = WIDTH) {
    this.x = x;
    this.y = y;
    this.#width = width;
  }

  atX(value: number): number {
    const { low, high } = this.x;
    return round(LEFT + ((value - low) / (high - low)) * (this.#width - LEFT - RIGHT));
  }

  atY(value: number): number {
    const { low, high } = this.y;
    return round(HEIGHT - BOTTOM - ((value - low) / (high - low)) * (HEIGHT - TOP - BOTTOM));
  }

  path(points: readonly (readonly [x: number, y: number])[]): string {
    return points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${this.atX(x)} ${this.atY(y)}`).join('');
  }

  /** Picture with grid, axes and what the plot draws; `title` is read out to those who cannot see it. */
  draw(title: string, inside: readonly Markup[]): Markup {
    const { x, y } = this;
    const bottom = HEIGHT - BOTTOM;
    return html`<svg viewBox="0 0 ${this.#width} ${HEIGHT}" role="img" aria-label="${title}">
${ticks(y).map((v) => html`<line class="grid" x1="${LEFT}" x2="${this.#width - RIGHT}" y1="${this.atY(v)}" y2="${this.atY(v)}"/><text x="${LEFT - 6}" y="${this.atY(v) + 4}" text-anchor="end">${y.write(v)}</text>`)}
${ticks(x).map((v) => html`<line class="tick" x1="${this.atX(v)}" x2="${this.atX(v)}" y1="${bottom}" y2="${bottom + 4}"/><text x="${this.atX(v)}" y="${bottom + 16}" text-anchor="middle">${x.write(v)}</text>`)}
<line class="axis" x1="${LEFT}" x2="${this.#width - RIGHT}" y1="${bottom}" y2="${bottom}"/>
<text class="label" x="${round((LEFT + this.#width - RIGHT) / 2)}" y="${HEIGHT - 6}" text-anchor="middle">${x.label}</text>
<text class="label" x="${LEFT}" y="${TOP - 10}">${y.label}</text>
${inside}</svg>`;
  }
}

const round = (value: number) => Math.round(10 * value) / 10;

/** Error against the share of carts and lines trusted, most confident first. */
export function riskCoveragePlot(carts: readonly RiskPoint[], lines: readonly RiskPoint[]): Markup {
  const highest = Math.max(0.05, ...[...carts, ...lines].map((point) => point.risk));
  const frame = new Frame(share('trusted, most confident first'), {
    ...share('wrong'),
    high: Math.min(1, 1.1 * highest),
  });
  const curve = (points: readonly RiskPoint[]) => frame.path(points.map((point) => [point.coverage, point.risk]));
  const dots = (points: readonly RiskPoint[], kind: string) =>
    points.length > 40
      ? []
      : points.map(
          (p) => html`<circle class="${kind}" cx="${frame.atX(p.coverage)}" cy="${frame.atY(p.risk)}" r="2.5"/>`,
        );
  return frame.draw('Risk against coverage of carts and lines', [
    html`<path class="line quiet" d="${curve(lines)}"/><path class="line" d="${curve(carts)}"/>`,
    ...dots(lines, 'dot quiet'),
    ...dots(carts, 'dot'),
  ]);
}

/** What was promised against what came true; dots as large as their bins. */
export function reliabilityPlot(bins: readonly ReliabilityBin[]): Markup {
  const frame = new Frame(share('confidence'), share('right'));
  const most = Math.max(1, ...bins.map((bin) => bin.count));
  return frame.draw('Share of lines that were right against their confidence', [
    html`<path class="line ideal" d="${frame.path([
      [0, 0],
      [1, 1],
    ])}"/>`,
    ...bins.map((bin) => {
      const [x, y] = [frame.atX(bin.meanProb), frame.atY(bin.rightShare)];
      const title = html`<title>${bin.count} lines: ${plain(bin.meanProb)} promised, ${plain(bin.rightShare)} right</title>`;
      return html`<line class="gap" x1="${x}" x2="${x}" y1="${y}" y2="${frame.atY(bin.meanProb)}"/><circle class="dot" cx="${x}" cy="${y}" r="${round(2.5 + 4 * Math.sqrt(bin.count / most))}">${title}</circle>`;
    }),
  ]);
}

/** How long after the exit receipts were there. */
export function delayPlot(delaySeconds: readonly number[]): Markup {
  const low = Math.min(0, ...delaySeconds.map(Math.floor));
  const high = Math.max(low + 5, ...delaySeconds.map((delay) => Math.ceil(delay + 1e-9)));
  const step = Math.max(0.5, niceStep(high - low) / 4);
  const bins = Array.from({ length: Math.ceil((high - low) / step) }, () => 0);
  for (const delay of delaySeconds) bins[Math.min(bins.length - 1, Math.floor((delay - low) / step))]++;
  const highest = Math.max(1, ...bins);
  const frame = new Frame(
    { low, high: low + bins.length * step, label: 'seconds from exit to receipt', write: (v) => plain(v) },
    { low: 0, high: Math.max(4, 1.05 * highest), label: 'carts', write: (v) => plain(v) },
  );
  const bars = bins.map((count, k) => {
    const [from, to] = [frame.atX(low + k * step), frame.atX(low + (k + 1) * step)];
    const height = round(frame.atY(0) - frame.atY(count));
    return count === 0
      ? html``
      : html`<rect class="bar" x="${from + 1}" y="${frame.atY(count)}" width="${round(Math.max(1, to - from - 2))}" height="${height}"><title>${count} carts</title></rect>`;
  });
  return frame.draw('Receipt delays', bars);
}

const TRACE_WIDTH = 760;
/** Points drawn per trace: about two per pixel. */
const TRACE_POINTS = 1200;

/** One scale's weight over time with marked moments; long series are thinned to the least and most of each stretch. */
export function weightPlot({ title, seriesUs, grams, marks }: WeightTrace): Markup {
  const points = thinned(seriesUs, grams);
  if (points.length === 0) return html`<p class="note">No samples.</p>`;
  const values = points.map(([, g]) => g);
  const times = [points[0][0], points.at(-1)![0], ...marks.map((mark) => mark.timeUs / 1e6)];
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const margin = Math.max(2, 0.08 * (most - least));
  const [from, to] = [Math.min(...times), Math.max(...times)];
  const frame = new Frame(
    { low: from, high: Math.max(to, from + 0.1), label: 'seconds', write: (v) => plain(v, 6) },
    { low: least - margin, high: most + margin, label: 'grams', write: (v) => plain(v, 6) },
    TRACE_WIDTH,
  );
  return frame.draw(title, [
    ...marks.map(({ timeUs, label }, i) => {
      const x = frame.atX(timeUs / 1e6);
      const left = x > TRACE_WIDTH - 150;
      return html`<line class="mark" x1="${x}" x2="${x}" y1="${TOP}" y2="${HEIGHT - BOTTOM}"/><text class="label" x="${left ? x - 4 : x + 4}" y="${TOP + 10 + 13 * (i % 4)}" text-anchor="${left ? 'end' : 'start'}">${label}</text>`;
    }),
    html`<path class="line" d="${frame.path(points)}"/>`,
  ]);
}

/** Seconds and grams without missing samples; per stretch only its least and its most, in order. */
function thinned(seriesUs: ArrayLike<number>, grams: ArrayLike<number>): [number, number][] {
  const all: [number, number][] = [];
  for (let i = 0; i < grams.length; i++) if (Number.isFinite(grams[i])) all.push([seriesUs[i] / 1e6, grams[i]]);
  if (all.length <= TRACE_POINTS) return all;
  const size = Math.ceil((2 * all.length) / TRACE_POINTS);
  const kept: [number, number][] = [];
  for (let from = 0; from < all.length; from += size) {
    const part = all.slice(from, from + size);
    const least = part.reduce((a, b) => (b[1] < a[1] ? b : a));
    const most = part.reduce((a, b) => (b[1] > a[1] ? b : a));
    kept.push(...(least[0] === most[0] ? [least] : [least, most].sort((a, b) => a[0] - b[0])));
  }
  return kept;
}
