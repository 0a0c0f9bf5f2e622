import type { ShelfStep } from '../../shelves/shelf-step.ts';
import type { PublishedConstants } from './constants.ts';
import type { Planogram } from './planogram.ts';

/** A part of a step that is looked at as one change. */
export interface StepPart {
  /** Cells that took part, left to right. */
  readonly cells: readonly number[];
  readonly deltaGrams: number;
  readonly timeUs: number;
}

/** The step as one part: what is done without event splitting, and where no cell stands out. */
export function wholeStep(step: ShelfStep): StepPart {
  const cells = Array.from(step.cellDeltaGrams, (_, cell) => cell);
  return { cells, deltaGrams: step.deltaGrams, timeUs: step.timeUs };
}

/**
 * Splits a step over the unit's cells (MPS §4.3): cells that changed by a third of the shelf's lightest product or
 * more take part; neighbours among them belong together while they share a product. In order of time.
 */
export function splitStep(step: ShelfStep, planogram: Planogram, constants: PublishedConstants): StepPart[] {
  const least = planogram.lightestGrams(step.unitIndex) * constants.activePlateShare;
  const groups: number[][] = [];
  let last = -2;
  step.cellDeltaGrams.forEach((delta, cell) => {
    if (!(Math.abs(delta) >= least)) return;
    const joins = cell === last + 1 && planogram.cellsShareProduct(step.unitIndex, last, cell);
    if (joins) groups[groups.length - 1].push(cell);
    else groups.push([cell]);
    last = cell;
  });
  if (groups.length === 0) return [wholeStep(step)];
  const taken = new Set(groups.flat());
  return groups
    .map((cells) => partOf(step, grown(cells, step, planogram, taken, constants.crossTalkShare)))
    .sort((a, b) => a.timeUs - b.timeUs || a.cells[0] - b.cells[0]);
}

/**
 * Ours: a group with what else its packages stand on: neighbouring cells of the same products, and those of others
 * that changed the same way by more than cross-talk. A package on two plates may press one of them with less than a
 * third of the lightest product.
 */
function grown(
  cells: readonly number[],
  step: ShelfStep,
  planogram: Planogram,
  taken: Set<number>,
  crossTalkShare: number,
): number[] {
  const deltas = step.cellDeltaGrams;
  const crossTalk = crossTalkShare * cells.reduce((sum, cell) => sum + deltas[cell], 0);
  const out = [...cells];
  for (const by of [-1, 1]) {
    let edge = by < 0 ? cells[0] : cells[cells.length - 1];
    for (let next = edge + by; next >= 0 && next < deltas.length && !taken.has(next); next += by) {
      const presses = deltas[next] / crossTalk > 1;
      if (!presses && !planogram.cellsShareProduct(step.unitIndex, edge, next)) break;
      taken.add(next);
      out.push(next);
      edge = next;
    }
  }
  return out.sort((a, b) => a - b);
}

function partOf(step: ShelfStep, cells: readonly number[]): StepPart {
  let deltaGrams = 0;
  let heaviest = cells[0];
  for (const cell of cells) {
    deltaGrams += step.cellDeltaGrams[cell];
    if (Math.abs(step.cellDeltaGrams[cell]) > Math.abs(step.cellDeltaGrams[heaviest])) heaviest = cell;
  }
  return { cells, deltaGrams, timeUs: step.cellTimesUs[heaviest] };
}
