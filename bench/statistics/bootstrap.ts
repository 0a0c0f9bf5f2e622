import { RandomStream } from '../../simulator/random.ts';

/** One measurement of one case with one seed: a sum and what it is divided by. */
export interface Cell {
  readonly seed: number;
  readonly case: string;
  readonly num: number;
  readonly den: number;
}

export interface Interval {
  readonly value: number;
  /** 95 % percentile interval. */
  readonly low: number;
  readonly high: number;
  /** One-sided 95 % bounds. */
  readonly atLeast: number;
  readonly atMost: number;
}

export interface Difference extends Interval {
  /** Two-sided, from the bootstrap: twice the smaller tail, never 0. */
  readonly p: number;
}

export const DRAWS = 2000;

/**
 * How often each cell counts in each draw. Seeds and cases are drawn separately with replacement and a cell counts as
 * the product of both: commissioning errors and cell noise are shared by all cases of a seed, the script by all seeds of
 * a case, so both ways are clusters (pigeonhole bootstrap, Owen 2007; slightly too wide rather than too narrow).
 */
export class TwoWayDraws {
  readonly cells: number;
  readonly #weights: Uint16Array;

  constructor(cells: readonly Pick<Cell, 'seed' | 'case'>[], draws = DRAWS) {
    this.cells = cells.length;
    const seeds = [...new Set(cells.map((cell) => cell.seed))].sort((a, b) => a - b);
    const cases = [...new Set(cells.map((cell) => cell.case))].sort();
    const seedOf = cells.map((cell) => seeds.indexOf(cell.seed));
    const caseOf = cells.map((cell) => cases.indexOf(cell.case));
    const stream = new RandomStream(1, 'bench/bootstrap');
    this.#weights = new Uint16Array(draws * cells.length);
    for (let draw = 0; draw < draws; draw++) {
      const bySeed = drawCounts(seeds.length, stream);
      const byCase = drawCounts(cases.length, stream);
      for (let i = 0; i < cells.length; i++) {
        this.#weights[draw * cells.length + i] = bySeed[seedOf[i]!]! * byCase[caseOf[i]!]!;
      }
    }
  }

  /** Σ num / Σ den in each draw, ascending; draws without a denominator are left out. */
  ratios(cells: readonly Pick<Cell, 'num' | 'den'>[]): number[] {
    return this.#each((sum) => {
      const den = sum(cells, 'den');
      return den > 0 ? sum(cells, 'num') / den : null;
    });
  }

  /** Ratio of `a` minus ratio of `b` in each draw, ascending; both on the same draw. */
  differences(a: readonly Pick<Cell, 'num' | 'den'>[], b: readonly Pick<Cell, 'num' | 'den'>[]): number[] {
    return this.#each((sum) => {
      const [denA, denB] = [sum(a, 'den'), sum(b, 'den')];
      return denA > 0 && denB > 0 ? sum(a, 'num') / denA - sum(b, 'num') / denB : null;
    });
  }

  #each(
    value: (sum: (cells: readonly Pick<Cell, 'num' | 'den'>[], key: 'num' | 'den') => number) => number | null,
  ): number[] {
    const found: number[] = [];
    for (let at = 0; at < this.#weights.length; at += this.cells) {
      const drawn = value((cells, key) => {
        let total = 0;
        for (let i = 0; i < cells.length; i++) total += this.#weights[at + i]! * cells[i]![key];
        return total;
      });
      if (drawn !== null) found.push(drawn);
    }
    return found.sort((a, b) => a - b);
  }
}

function drawCounts(n: number, stream: RandomStream): Uint8Array {
  const counts = new Uint8Array(n);
  for (let i = 0; i < n; i++) counts[stream.below(n)]!++;
  return counts;
}

const ratioOf = (cells: readonly Pick<Cell, 'num' | 'den'>[]) => {
  const den = cells.reduce((sum, cell) => sum + cell.den, 0);
  return den > 0 ? cells.reduce((sum, cell) => sum + cell.num, 0) / den : null;
};

/** Σ num / Σ den with its intervals; null without a denominator. */
export function ratioInterval(cells: readonly Cell[], draws = new TwoWayDraws(cells)): Interval | null {
  const value = ratioOf(cells);
  return value === null ? null : intervalOf(value, draws.ratios(cells));
}

/** Ratio of `a` minus ratio of `b`, cell by cell on the same cases and seeds; throws where they are not. */
export function pairedDifference(
  a: readonly Cell[],
  b: readonly Cell[],
  draws = new TwoWayDraws(a),
): Difference | null {
  if (a.length !== b.length || a.some((cell, i) => cell.seed !== b[i]!.seed || cell.case !== b[i]!.case))
    throw new Error('paired difference: found different cases or seeds, expected the same in the same order');
  const [left, right] = [ratioOf(a), ratioOf(b)];
  if (left === null || right === null) return null;
  const drawn = draws.differences(a, b);
  const below = drawn.filter((value) => value <= 0).length;
  const above = drawn.filter((value) => value >= 0).length;
  const p = Math.min(1, (2 * (Math.min(below, above) + 1)) / (drawn.length + 1));
  return { ...intervalOf(left - right, drawn), p };
}

function intervalOf(value: number, sorted: readonly number[]): Interval {
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.max(0, Math.round(share * (sorted.length - 1))))]!;
  return { value, low: at(0.025), high: at(0.975), atLeast: at(0.05), atMost: at(0.95) };
}
