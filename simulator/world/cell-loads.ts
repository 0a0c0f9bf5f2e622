import { clamp } from '../maths.ts';
import type { Run } from '../scenario/run.ts';

const MICRO = 1e6;

/** Where a thing presses on load cells: cells and the share of its mass each carries. */
export interface Footprint {
  readonly cells: Int32Array;
  readonly shares: Float64Array;
}

/** Mass on its way onto or off the cells. */
interface Ramp {
  readonly cells: Int32Array;
  readonly micrograms: Float64Array;
  /** Item it belongs to. */
  readonly owner: number;
  readonly arrives: boolean;
  readonly startUs: number;
  readonly durationUs: number;
}

interface Press {
  readonly footprint: Footprint;
  readonly grams: number;
  readonly startUs: number;
  readonly durationUs: number;
  /** Rise and fall; a pulse has half its duration for each. */
  readonly edgeUs: number;
}

/**
 * What rests and presses on every load cell. Resting mass is summed in whole micrograms, so that a cell nobody touches
 * never changes and nothing is left over when the last item has gone.
 */
export class CellLoads {
  readonly loadGrams: Float64Array;
  readonly pressGrams: Float64Array;
  /** Index of the first cell of each scale unit. */
  readonly cellOffset: Int32Array;
  private readonly restingMicrograms: Float64Array;
  private readonly unitsOfShelf = new Map<string, number[]>();
  private readonly units: Run['scales'];
  private ramps: Ramp[] = [];
  private presses: Press[] = [];

  constructor(run: Run) {
    this.units = run.scales;
    this.cellOffset = new Int32Array(run.scales.length);
    let cells = 0;
    run.scales.forEach((unit, i) => {
      this.cellOffset[i] = cells;
      cells += unit.cells.length;
      const there = this.unitsOfShelf.get(unit.shelfId);
      if (there) there.push(i);
      else this.unitsOfShelf.set(unit.shelfId, [i]);
    });
    this.loadGrams = new Float64Array(cells);
    this.pressGrams = new Float64Array(cells);
    this.restingMicrograms = new Float64Array(cells);
  }

  /**
   * Cells under the stretch `fromM..toM` of a shelf. A unit carries the share of the stretch between its first and
   * last cell, split by overlap; mass over a gap between two cells rests on those beside it.
   */
  footprint(shelfId: string, fromM: number, toM: number): Footprint {
    const cells: number[] = [];
    const shares: number[] = [];
    const widthM = Math.max(1e-9, toM - fromM);
    for (const unitIndex of this.unitsOfShelf.get(shelfId) ?? []) {
      const unit = this.units[unitIndex]!;
      const overlaps = unit.cells.map((cell) => Math.max(0, Math.min(cell.toM, toM) - Math.max(cell.fromM, fromM)));
      const covered = overlaps.reduce((sum, overlap) => sum + overlap, 0);
      if (covered <= 1e-6) continue;
      const first = Math.min(...unit.cells.map((cell) => cell.fromM));
      const last = Math.max(...unit.cells.map((cell) => cell.toM));
      const carried = Math.max(0, Math.min(last, toM) - Math.max(first, fromM)) / widthM;
      overlaps.forEach((overlap, i) => {
        if (overlap <= 0) return;
        cells.push(this.cellOffset[unitIndex]! + i);
        shares.push((overlap / covered) * carried);
      });
    }
    return { cells: Int32Array.from(cells), shares: Float64Array.from(shares) };
  }

  /** Puts an item down at once. */
  rest(footprint: Footprint, grams: number): void {
    const micrograms = microgramsOf(footprint, grams);
    this.addResting(footprint.cells, micrograms, 1);
    for (const cell of footprint.cells) this.loadGrams[cell] = this.restingMicrograms[cell]! / MICRO;
  }

  /** Lets an item's mass leave over a time. */
  lift(owner: number, footprint: Footprint, grams: number, startUs: number, durationUs: number): void {
    this.finish(owner);
    const micrograms = microgramsOf(footprint, grams);
    this.addResting(footprint.cells, micrograms, -1);
    this.ramps.push({ cells: footprint.cells, micrograms, owner, arrives: false, startUs, durationUs });
  }

  /** Lets an item's mass arrive over a time. */
  lower(owner: number, footprint: Footprint, grams: number, startUs: number, durationUs: number): void {
    this.finish(owner);
    this.arrive(owner, footprint, grams, startUs, durationUs);
  }

  /** Moves a resting item from one stretch of the shelf to another. */
  shift(owner: number, from: Footprint, to: Footprint, grams: number, startUs: number, durationUs: number): void {
    this.lift(owner, from, grams, startUs, durationUs);
    this.arrive(owner, to, grams, startUs, durationUs);
  }

  /** A hand's force: a pulse, or `isHeld` with short edges. */
  press(footprint: Footprint, grams: number, startUs: number, durationUs: number, isHeld: boolean): void {
    const edgeUs = isHeld ? Math.min(120_000, durationUs / 2) : durationUs / 2;
    if (footprint.cells.length > 0 && grams > 0)
      this.presses.push({
        footprint,
        grams,
        startUs,
        durationUs: Math.max(1, durationUs),
        edgeUs: Math.max(1, edgeUs),
      });
  }

  step(timeUs: number): void {
    if (this.ramps.length > 0) this.stepRamps(timeUs);
    if (this.presses.length > 0) this.stepPresses(timeUs);
  }

  /** Ends the ramps of an item at once. */
  private finish(owner: number): void {
    if (!this.ramps.some((ramp) => ramp.owner === owner)) return;
    for (const ramp of this.ramps) if (ramp.owner === owner) this.settle(ramp);
    this.ramps = this.ramps.filter((ramp) => ramp.owner !== owner);
  }

  private arrive(owner: number, footprint: Footprint, grams: number, startUs: number, durationUs: number): void {
    const micrograms = microgramsOf(footprint, grams);
    this.ramps.push({ cells: footprint.cells, micrograms, owner, arrives: true, startUs, durationUs });
  }

  private settle(ramp: Ramp): void {
    if (ramp.arrives) this.addResting(ramp.cells, ramp.micrograms, 1);
    for (const cell of ramp.cells) this.loadGrams[cell] = this.restingMicrograms[cell]! / MICRO;
  }

  private stepRamps(timeUs: number): void {
    let ended = false;
    for (const ramp of this.ramps) {
      if (timeUs < ramp.startUs + ramp.durationUs) {
        for (const cell of ramp.cells) this.loadGrams[cell] = this.restingMicrograms[cell]! / MICRO;
        continue;
      }
      ended = true;
      this.settle(ramp);
    }
    if (ended) this.ramps = this.ramps.filter((ramp) => timeUs < ramp.startUs + ramp.durationUs);
    for (const ramp of this.ramps) {
      const t = clamp((timeUs - ramp.startUs) / ramp.durationUs, 0, 1);
      const gone = t * t * (3 - 2 * t);
      const there = ramp.arrives ? gone : 1 - gone;
      for (let i = 0; i < ramp.cells.length; i++)
        this.loadGrams[ramp.cells[i]!]! += (ramp.micrograms[i]! * there) / MICRO;
    }
  }

  private stepPresses(timeUs: number): void {
    for (const { footprint } of this.presses) for (const cell of footprint.cells) this.pressGrams[cell] = 0;
    this.presses = this.presses.filter((press) => timeUs <= press.startUs + press.durationUs);
    for (const press of this.presses) {
      const since = timeUs - press.startUs;
      const strength = clamp(Math.min(since, press.durationUs - since) / press.edgeUs, 0, 1);
      const { cells, shares } = press.footprint;
      for (let i = 0; i < cells.length; i++) this.pressGrams[cells[i]!]! += press.grams * strength * shares[i]!;
    }
  }

  private addResting(cells: Int32Array, micrograms: Float64Array, sign: 1 | -1): void {
    for (let i = 0; i < cells.length; i++) this.restingMicrograms[cells[i]!]! += sign * micrograms[i]!;
  }
}

function microgramsOf(footprint: Footprint, grams: number): Float64Array {
  return footprint.shares.map((share) => Math.round(share * grams * MICRO));
}
