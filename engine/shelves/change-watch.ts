import type { ScaleReading } from '../readings.ts';
import type { ScaleUnit } from '../store.ts';
import { BlockRing } from './block-ring.ts';
import { CellLevel } from './cell-level.ts';
import {
  BLOCK_MEMORY,
  BLOCK_US,
  CHANGED_GRAMS,
  FLAT_BLOCKS,
  GAP_US,
  PATIENCE_US,
  SAMPLES_US,
  STALE_US,
} from './change-constants.ts';
import { findPlateau } from './plateau.ts';
import { SampleHistory } from './sample-history.ts';
import type { ShelfStep } from './shelf-step.ts';
import { changePointUs } from './step-times.ts';

/** Loads beyond this cannot come from a shelf scale (20 kg plates, measured set-up); such a sample counts as missing. */
const MAX_ABS_GRAMS = 1_000_000;
/** A sequence this far behind means a restart, not two stamps that changed places. */
const RESTART_SEQUENCES = 8;
/** Share of a change that its load must have moved to be under way, and may lack to be over. */
const EDGE_SHARE = 0.1;

/** Blocks [fromBlock, toBlock) in which a load rested between two changes. */
interface Plateau {
  readonly fromBlock: number;
  readonly toBlock: number;
}

/**
 * Finds changes on one scale unit cell by cell, each against its own noise: a disturbance opens where a cell leaves its
 * level and closes when all cells that were disturbed beside each other hold still again.
 */
export class ChangeWatch {
  /** Times this unit's sequence began anew. */
  restarts = 0;
  readonly #unit: ScaleUnit;
  readonly #unitIndex: number;
  readonly #history: SampleHistory;
  readonly #blocks: BlockRing;
  readonly #levels: readonly CellLevel[];
  /** Last valid value of every cell: a missing sample repeats it. */
  readonly #row: Float32Array;
  #lastUs = Number.NEGATIVE_INFINITY;
  #lastSequence = -1;

  constructor(unit: ScaleUnit, unitIndex: number) {
    const cells = unit.cells.length;
    this.#unit = unit;
    this.#unitIndex = unitIndex;
    this.#history = new SampleHistory(cells, Math.max(64, Math.ceil((SAMPLES_US / 1e6) * unit.rateHz * 1.1)));
    this.#blocks = new BlockRing(cells, unit.rateHz, BLOCK_US);
    this.#levels = unit.cells.map((_, cell) => new CellLevel(this.#blocks, cell, unit.noiseGrams));
    this.#row = new Float32Array(cells);
  }

  /** Time of the newest sample, −∞ before the first. */
  get lastUs(): number {
    return this.#lastUs;
  }

  /** When the oldest open disturbance began, event time; null while all is quiet. */
  get openSinceUs(): number | null {
    let sinceUs: number | null = null;
    for (const level of this.#levels) {
      if (!level.isDisturbed || !level.matters) continue;
      if (sinceUs === null || level.disturbedUs < sinceUs) sinceUs = level.disturbedUs;
    }
    return sinceUs;
  }

  /** Takes one batch and appends settled changes to `out`. */
  push(reading: ScaleReading, out: ShelfStep[]): void {
    if (!Number.isSafeInteger(reading.timeUs)) return;
    const cells = this.#row.length;
    const samples = Math.floor(reading.grams.length / cells);
    if (reading.sequence + RESTART_SEQUENCES < this.#lastSequence && reading.timeUs > this.#lastUs) this.#restart();
    this.#lastSequence = Math.max(reading.sequence, this.#lastSequence);
    for (let i = 0; i < samples; i++) {
      const timeUs = reading.timeUs - Math.round((samples - 1 - i) * reading.periodUs);
      if (timeUs > this.#lastUs && this.#takeRow(reading.grams, i * cells)) this.#sample(timeUs, out);
    }
  }

  /** Settles what is open at the end of the input with what has been seen. */
  flush(out: ShelfStep[]): void {
    if (this.#blocks.end < FLAT_BLOCKS) return;
    this.#forEachGroup((from, to) => this.#settle(from, to, out));
  }

  #restart(): void {
    this.restarts++;
    this.#lastSequence = -1;
    this.#blocks.drop();
    for (const level of this.#levels) level.forget();
  }

  #takeRow(grams: Float32Array, at: number): boolean {
    let any = false;
    for (let cell = 0; cell < this.#row.length; cell++) {
      const value = grams[at + cell]!;
      if (!(Math.abs(value) < MAX_ABS_GRAMS)) continue;
      this.#row[cell] = value;
      any = true;
    }
    return any;
  }

  #sample(timeUs: number, out: ShelfStep[]): void {
    const gapUs = timeUs - this.#lastUs;
    if (gapUs > GAP_US) this.#gap(gapUs > STALE_US);
    this.#lastUs = timeUs;
    this.#history.append(timeUs, this.#row);
    if (!this.#blocks.append(timeUs, this.#row)) return;
    for (const level of this.#levels) level.look();
    this.#forEachGroup((from, to) => this.#closeGroup(from, to, out));
  }

  /** What changed in a silence is seen by comparing the levels on its two sides. */
  #gap(isStale: boolean): void {
    this.#blocks.drop();
    for (const level of this.#levels) {
      if (isStale) level.forget();
      else level.disturb();
    }
  }

  /** Calls back with every run [from, to) of disturbed cells. */
  #forEachGroup(visit: (from: number, to: number) => void): void {
    const levels = this.#levels;
    for (let from = 0; from < levels.length; from++) {
      if (!levels[from]!.isDisturbed) continue;
      let to = from + 1;
      while (to < levels.length && levels[to]!.isDisturbed) to++;
      visit(from, to);
      from = to;
    }
  }

  #closeGroup(from: number, to: number, out: ShelfStep[]): void {
    let isFlat = true;
    let isLong = true;
    let sinceUs = Number.POSITIVE_INFINITY;
    for (let cell = from; cell < to; cell++) {
      const level = this.#levels[cell]!;
      isFlat &&= level.flatBlocks >= FLAT_BLOCKS;
      isLong &&= level.flatBlocks >= 2 * FLAT_BLOCKS;
      sinceUs = Math.min(sinceUs, level.disturbedUs);
    }
    const isOverdue = this.#lastUs - sinceUs > PATIENCE_US;
    if (!isFlat && !isOverdue) return;
    if (this.#hasChanged(from, to)) this.#settle(from, to, out);
    // The slow beginning of a pull may look flat for half a second, not for a whole one.
    else if (isLong || isOverdue) for (let cell = from; cell < to; cell++) this.#levels[cell]!.restart();
  }

  #hasChanged(from: number, to: number): boolean {
    for (let cell = from; cell < to; cell++) if (this.#levels[cell]!.hasChanged) return true;
    return false;
  }

  #settle(from: number, to: number, out: ShelfStep[]): void {
    const cells = this.#levels.length;
    const cellDeltaGrams = new Float64Array(cells);
    const cellSdGrams = new Float64Array(cells);
    let heaviest = from;
    let deltaGrams = 0;
    let sinceUs = Number.POSITIVE_INFINITY;
    const isChange = this.#hasChanged(from, to);
    for (let cell = Math.max(0, from - 1); cell < Math.min(cells, to + 1); cell++) {
      const level = this.#levels[cell]!;
      cellDeltaGrams[cell] = level.deltaGrams;
      cellSdGrams[cell] = level.deltaSdGrams;
      deltaGrams += level.deltaGrams;
      if (cell < from || cell >= to) continue;
      sinceUs = Math.min(sinceUs, level.disturbedUs);
      if (Math.abs(cellDeltaGrams[cell]!) > Math.abs(cellDeltaGrams[heaviest]!)) heaviest = cell;
    }
    if (isChange) {
      const step = { ...this.#stepOf(sinceUs, heaviest, from, to, cellDeltaGrams), deltaGrams, cellDeltaGrams };
      const plateau = this.#plateauOf(from, to, sinceUs);
      if (plateau === null) out.push({ ...step, cellSdGrams });
      else out.push(...this.#splitAt(plateau, step, cellSdGrams));
    }
    for (let cell = from; cell < to; cell++) this.#levels[cell]!.restart();
  }

  /** Rest of the load between two sharp changes in one direction: two hands in a row; null without. */
  #plateauOf(from: number, to: number, sinceUs: number): Plateau | null {
    const blocks = this.#blocks;
    const first = Math.max(0, blocks.end - BLOCK_MEMORY, blocks.blockAt(sinceUs) - 1);
    const sums = Array.from({ length: blocks.end - first }, (_, i) => blocks.sum(first + i, from, to));
    let before = 0;
    let after = 0;
    let sd = 0;
    for (let cell = from; cell < to; cell++) {
      before += this.#levels[cell]!.grams;
      after += this.#levels[cell]!.grams + this.#levels[cell]!.deltaGrams;
      sd = Math.max(sd, this.#levels[cell]!.blockSdGrams);
    }
    const found = findPlateau(sums, before, after, sd);
    return found === null ? null : { fromBlock: first + found.from, toBlock: first + found.to };
  }

  #splitAt({ fromBlock, toBlock }: Plateau, whole: ShelfStep, cellSdGrams: Float64Array): ShelfStep[] {
    const blocks = this.#blocks;
    const sdGrams = cellSdGrams.map((sd, cell) =>
      sd === 0 ? 0 : Math.max(sd, this.#levels[cell]!.blockSdGrams / Math.sqrt(toBlock - fromBlock)),
    );
    const firsts = whole.cellDeltaGrams.map((delta, cell) =>
      delta === 0 ? 0 : blocks.mean(fromBlock, toBlock, cell) - this.#levels[cell]!.grams,
    );
    const [splitFromUs, splitToUs] = [blocks.timeUs(fromBlock), blocks.timeUs(toBlock - 1)];
    return [firsts, whole.cellDeltaGrams.map((delta, cell) => delta - firsts[cell]!)].map((cellDeltaGrams, i) => {
      const rows = [this.#history.rowAt(i === 0 ? whole.fromUs - BLOCK_US : splitToUs - BLOCK_US)] as const;
      let heaviest = 0;
      cellDeltaGrams.forEach((delta, cell) => {
        if (Math.abs(delta) > Math.abs(cellDeltaGrams[heaviest]!)) heaviest = cell;
      });
      const delta = cellDeltaGrams[heaviest]!;
      const before = this.#levels[heaviest]!.grams + (i === 0 ? 0 : firsts[heaviest]!);
      const found = changePointUs(this.#history, rows[0], heaviest, heaviest + 1, before + delta / 2, delta);
      const timeUs = i === 0 ? Math.min(found, splitFromUs) : Math.max(found, splitToUs - BLOCK_US);
      return {
        ...whole,
        fromUs: i === 0 ? whole.fromUs : splitToUs - BLOCK_US,
        toUs: i === 0 ? splitFromUs : Math.max(whole.toUs, timeUs),
        timeUs,
        deltaGrams: cellDeltaGrams.reduce((sum, one) => sum + one, 0),
        cellDeltaGrams,
        cellTimesUs: cellDeltaGrams.map(() => timeUs),
        cellSdGrams: sdGrams,
      };
    });
  }

  #stepOf(sinceUs: number, heaviest: number, from: number, to: number, cellDeltaGrams: Float64Array) {
    const history = this.#history;
    const fromRow = history.rowAt(sinceUs - 3 * BLOCK_US);
    const cellTimesUs = new Float64Array(cellDeltaGrams.length).fill(Number.NaN);
    for (let cell = from; cell < to; cell++) {
      const delta = cellDeltaGrams[cell]!;
      if (Math.abs(delta) < CHANGED_GRAMS) continue;
      const before = this.#levels[cell]!.grams;
      cellTimesUs[cell] = changePointUs(history, fromRow, cell, cell + 1, before + delta / 2, delta);
    }
    const [fromUs, toUs] = this.#edges(fromRow, heaviest, cellDeltaGrams[heaviest]!);
    return {
      unitIndex: this.#unitIndex,
      scaleId: this.#unit.id,
      shelfId: this.#unit.shelfId,
      timeUs: Number.isNaN(cellTimesUs[heaviest]!) ? sinceUs : cellTimesUs[heaviest]!,
      fromUs,
      toUs,
      settledUs: this.#lastUs,
      cellTimesUs: cellTimesUs.map((timeUs) => (Number.isNaN(timeUs) ? cellTimesUs[heaviest]! : timeUs)),
    };
  }

  /** First moment at which a cell had left its old level, last at which it had not reached the new one. */
  #edges(fromRow: number, cell: number, delta: number): [number, number] {
    const history = this.#history;
    const before = this.#levels[cell]!.grams;
    const most = Math.max(2 * CHANGED_GRAMS, EDGE_SHARE * Math.abs(delta));
    let first = fromRow;
    while (first < history.end - 1 && Math.abs(history.grams(first, cell) - before) <= most) first++;
    let last = history.end - 1;
    while (last > first && Math.abs(history.grams(last, cell) - before - delta) <= most) last--;
    return [history.timeUs(first), history.timeUs(last)];
  }
}
