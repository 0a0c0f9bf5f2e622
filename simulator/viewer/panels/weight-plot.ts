import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { LiveMessage } from '../../../api/live.ts';

/** Shown before and after a change, µs. */
export const PLOT_BEFORE_US = 5e6;
export const PLOT_AFTER_US = 5e6;

/** Load of some scales around a moment, seconds against grams, relative to what lay there at the start. */
export class WeightPlot {
  readonly root = document.createElement('div');
  readonly #plot: uPlot;
  #shown = '';

  constructor(label: string) {
    this.root.className = 'weight-plot';
    const ink = 'CanvasText';
    const axis = {
      stroke: () => cssOf(this.root, '--quiet') || ink,
      grid: { show: true, width: 0.5 },
      ticks: { show: false },
    };
    this.#plot = new uPlot(
      {
        width: 320,
        height: 140,
        legend: { show: false },
        cursor: { y: false },
        scales: { x: { time: false } },
        axes: [
          { ...axis, values: (_, ticks) => ticks.map((tick) => `${tick} s`) },
          { ...axis, size: 52, values: (_, ticks) => ticks.map((tick) => `${tick} g`) },
        ],
        series: [{}, { label, stroke: () => cssOf(this.root, '--accent') || ink, width: 1.6, points: { show: false } }],
        hooks: { drawClear: [(plot) => this.#drawWindow(plot)] },
      },
      [[], []],
      this.root,
    );
  }

  #window: readonly [number, number] = [0, 0];

  /** Shows the sum of these scales over time; `fromUs` and `toUs` bound the change. */
  show(samples: readonly LiveMessage[], scaleIds: readonly string[], fromUs: number, toUs: number): void {
    const [times, grams] = sumOver(samples, scaleIds, toUs);
    const key = `${times.length}/${fromUs}/${this.root.clientWidth}`;
    if (key === this.#shown) return;
    this.#shown = key;
    this.#window = [(fromUs - toUs) / 1e6, 0];
    if (this.root.clientWidth > 0) this.#plot.setSize({ width: this.root.clientWidth, height: 140 });
    this.#plot.setData([times, grams]);
  }

  #drawWindow(plot: uPlot): void {
    const [left, right] = this.#window.map((value) => plot.valToPos(value, 'x', true));
    plot.ctx.save();
    plot.ctx.fillStyle = cssOf(this.root, '--accent');
    plot.ctx.globalAlpha = 0.12;
    plot.ctx.fillRect(left, plot.bbox.top, Math.max(2, right - left), plot.bbox.height);
    plot.ctx.restore();
  }
}

function cssOf(element: Element, name: string): string {
  return getComputedStyle(element).getPropertyValue(name).trim();
}

/** Samples of several scales added up on a common clock of 15 Hz, relative to the first; times in seconds from `zeroUs`. */
function sumOver(samples: readonly LiveMessage[], scaleIds: readonly string[], zeroUs: number): [number[], number[]] {
  const step = 66_667;
  const bins = new Map<number, Map<string, number>>();
  for (const { news } of samples as readonly (LiveMessage & { kind: 'news' })[]) {
    if (news.type !== 'scale' || !scaleIds.includes(news.scaleId)) continue;
    news.grams.forEach((grams, i) => {
      const timeUs = news.timeUs - (news.grams.length - 1 - i) * news.periodUs;
      const bin = Math.round(timeUs / step);
      const row = bins.get(bin) ?? new Map<string, number>();
      bins.set(bin, row.set(news.scaleId, grams));
    });
  }
  const order = [...bins.keys()].sort((a, b) => a - b);
  const last = new Map<string, number>();
  const times: number[] = [];
  const grams: number[] = [];
  for (const bin of order) {
    for (const [scaleId, value] of bins.get(bin)!) last.set(scaleId, value);
    if (last.size < scaleIds.length) continue;
    times.push((bin * step - zeroUs) / 1e6);
    grams.push([...last.values()].reduce((sum, value) => sum + value, 0));
  }
  const first = grams.slice(0, 10).sort((a, b) => a - b)[Math.min(4, Math.max(0, grams.length - 1))] ?? 0;
  return [times, grams.map((value) => Math.round(10 * (value - first)) / 10)];
}
