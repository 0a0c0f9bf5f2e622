import type { Reading } from '../../engine/readings.ts';
import type { WrongLine } from '../score/wrong-lines.ts';
import type { WeightTrace } from './plots.ts';

/** Weights kept per scale and second: steps show, noise is averaged. */
const rateHz = 5;
/** Seconds shown on both sides of the moment. */
const marginUs = 8_000_000;
/** Rows kept per scale: an hour; older ones are overwritten, so that a long run stays bounded. */
const rows = 3600 * rateHz;
/** Plots a page can bear. */
const tracesMax = 40;

/** Summed weight of one scale unit over time, as a ring of means. */
class UnitTrace {
  readonly timesUs = new Float64Array(rows);
  readonly grams = new Float64Array(rows);
  count = 0;
  private sum = 0;
  private samples = 0;
  private untilUs = 0;

  add(timeUs: number, grams: number): void {
    if (!Number.isFinite(grams)) return;
    this.sum += grams;
    this.samples++;
    if (timeUs < this.untilUs) return;
    const row = this.count++ % rows;
    this.timesUs[row] = timeUs;
    this.grams[row] = this.sum / this.samples;
    this.sum = 0;
    this.samples = 0;
    this.untilUs = timeUs + 1_000_000 / rateHz;
  }

  between(fromUs: number, toUs: number): { seriesUs: number[]; grams: number[] } {
    const seriesUs: number[] = [];
    const grams: number[] = [];
    for (let i = Math.max(0, this.count - rows); i < this.count; i++) {
      const timeUs = this.timesUs[i % rows]!;
      if (timeUs < fromUs || timeUs > toUs) continue;
      seriesUs.push(timeUs);
      grams.push(this.grams[i % rows]!);
    }
    return { seriesUs, grams };
  }
}

/** Keeps what the scales said, so that a report can show the weights around each wrong line. */
export class TraceKeeper {
  readonly #cellCounts: ReadonlyMap<string, number>;
  readonly #unitOfShelf: ReadonlyMap<string, string>;
  readonly #units = new Map<string, UnitTrace>();

  constructor(
    scales: readonly { readonly id: string; readonly shelfId: string; readonly cells: readonly unknown[] }[],
  ) {
    this.#cellCounts = new Map(scales.map((unit) => [unit.id, unit.cells.length]));
    this.#unitOfShelf = new Map(scales.map((unit) => [unit.shelfId, unit.id]));
  }

  reading(reading: Reading): void {
    if (reading.kind !== 'scale') return;
    const cells = this.#cellCounts.get(reading.sensorId);
    if (!cells || reading.grams.length % cells !== 0) return;
    let unit = this.#units.get(reading.sensorId);
    if (!unit) this.#units.set(reading.sensorId, (unit = new UnitTrace()));
    const samples = reading.grams.length / cells;
    for (let i = 0; i < samples; i++) {
      let sum = 0;
      for (let cell = 0; cell < cells; cell++) sum += reading.grams[i * cells + cell]!;
      unit.add(reading.timeUs - (samples - 1 - i) * reading.periodUs, sum);
    }
  }

  /** Weights around what the wrong lines rest on: their evidence and what really happened. */
  tracesOf(lines: readonly WrongLine[]): WeightTrace[] {
    const traces: WeightTrace[] = [];
    for (const line of lines) {
      const moments = [
        ...line.evidence.map((e) => ({ timeUs: e.timeUs, shelfId: e.shelfId, label: 'evidence' })),
        ...line.changes.map((c) => ({ timeUs: c.timeUs, shelfId: c.shelfId, label: 'truth' })),
      ];
      for (const [shelfId, marks] of Map.groupBy(moments, (moment) => moment.shelfId)) {
        const unit = this.#units.get(this.#unitOfShelf.get(shelfId) ?? '');
        if (!unit || traces.length >= tracesMax) continue;
        const times = marks.map((mark) => mark.timeUs);
        const series = unit.between(Math.min(...times) - marginUs, Math.max(...times) + marginUs);
        if (series.seriesUs.length > 1)
          traces.push({ title: `${line.shopper ?? 'nobody'}: ${line.sku} on ${shelfId}`, ...series, marks });
      }
    }
    return traces;
  }
}
