import { plain } from './figures.ts';
import { html, type Markup } from './markup.ts';
import { Frame } from './plots.ts';

export interface Curve {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number; readonly low?: number; readonly high?: number }[];
}

export interface CurvePlot {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly curves: readonly Curve[];
  /** Names of the places along x, for what is no number; points then stand at 0, 1, 2 … */
  readonly places?: readonly string[];
  /** Lowest and highest y; from the points where left out. */
  readonly range?: readonly [number, number];
  /** Draw x on a logarithmic scale. */
  readonly logX?: boolean;
}

const DASHES = ['', '5 3', '2 3', '9 3 2 3', '1 2'];

/** Several curves over one axis, told apart by dashes and by a name at their end; bars are intervals. */
export function curvePlot({ title, xLabel, yLabel, curves, places, range, logX = false }: CurvePlot): Markup {
  const at = (x: number) => (logX ? Math.log2(x) : x);
  const points = curves.flatMap((curve) => curve.points);
  if (points.length === 0) return html`<p class="note">No points.</p>`;
  const xs = points.map((point) => at(point.x));
  const ys = points.flatMap(({ y, low = y, high = y }) => [y, low, high]);
  const [least, most] = range ?? [Math.min(...ys), Math.max(...ys)];
  const [from, to] = [Math.min(...xs), Math.max(...xs)];
  const frame = new Frame(
    { low: from, high: Math.max(to, from + 1e-6), label: xLabel, write: (v) => nameOf(v, places, logX) },
    { low: least, high: Math.max(most, least + 1e-6), label: yLabel, write: (v) => plain(v) },
  );
  return frame.draw(
    title,
    curves.map((curve, i) => drawn(curve, i, frame, at)),
  );
}

function nameOf(value: number, places: readonly string[] | undefined, logX: boolean): string {
  if (logX) return plain(2 ** value);
  return places ? (places[value] ?? '') : plain(value);
}

function drawn({ name, points }: Curve, index: number, frame: Frame, at: (x: number) => number): Markup {
  if (points.length === 0) return html``;
  const kind = index === 0 ? 'line' : 'line quiet';
  const path = frame.path(points.map(({ x, y }) => [at(x), y]));
  const bars = points.map(({ x, y, low = y, high = y }) =>
    high > low
      ? html`<line class="gap" x1="${frame.atX(at(x))}" x2="${frame.atX(at(x))}" y1="${frame.atY(low)}" y2="${frame.atY(high)}"/>`
      : html``,
  );
  // So many dots would hide the line they stand on.
  const dots = (points.length > 24 ? [] : points).map(
    ({ x, y }) =>
      html`<circle class="${index === 0 ? 'dot' : 'dot quiet'}" cx="${frame.atX(at(x))}" cy="${frame.atY(y)}" r="2.5"><title>${name}: ${plain(y)}</title></circle>`,
  );
  return html`${bars}<path class="${kind}" style="stroke-dasharray: ${DASHES[index % DASHES.length]!.replaceAll(' ', ',') || 'none'}" d="${path}"/>${dots}`;
}

/** What the dashes of `curvePlot` stand for. */
export function curveLegend(names: readonly string[]): Markup {
  return html`<p class="note">${names.map(
    (name, i) =>
      html`<svg viewBox="0 0 34 8" style="display:inline-block;width:34px;height:8px" aria-hidden="true"><path class="${i === 0 ? 'line' : 'line quiet'}" style="stroke-dasharray: ${DASHES[i % DASHES.length]!.replaceAll(' ', ',') || 'none'}" d="M0 4L34 4"/></svg> ${name}   `,
  )}</p>`;
}
