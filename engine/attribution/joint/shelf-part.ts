import type { ShelfStep } from '../../shelves/shelf-step.ts';
import { CROSS_TALK, CROSS_TALK_SD, FELT_SHARE, GAIN_SD } from './joint-constants.ts';
import type { ShelfPlace } from './shelf-place.ts';

/** Cells side by side that changed the same way, with what they weighed: one thing that was taken or put, or a few. */
export interface ShelfPart {
  readonly step: ShelfStep;
  readonly place: ShelfPlace;
  readonly changeId: string;
  readonly timeUs: number;
  readonly fromUs: number;
  readonly toUs: number;
  /** Without what neighbours felt; negative = taken. */
  readonly deltaGrams: number;
  readonly sdGrams: number;
  /** Part of its square that comes from what neighbouring cells felt: the same on the same spot. */
  readonly spotVariance: number;
  /** First and last cell that was pressed. */
  readonly fromCell: number;
  readonly toCell: number;
  /** Per cell of the unit: share of the weight it carried. */
  readonly shares: Float64Array;
  /** Middle of the weight along the shelf, metres; as fine as the cells are. */
  readonly middleM: number;
}

/** Least change of a cell that takes part, grams; below is noise or a neighbour. */
const LEAST_GRAMS = 2.5;
/** So many cells away a load is still felt: on the real trace −12.9 g beside −623 g, and −8.2 g two plates away. */
const FELT_CELLS = 2;
/** How often a load beside a package is its edge rather than what a neighbour feels. */
const EDGE_PROB = 0.1;
/** Slow pulls aside, everything in one step happens within this. */
const EDGE_US = 400_000;

/** Splits a step into runs of pressed cells, in order of time; what is only felt by neighbours is taken off. */
export function partsOf(step: ShelfStep, place: ShelfPlace): ShelfPart[] {
  const deltas = step.cellDeltaGrams;
  const isPressed = (cell: number) => {
    const size = Math.abs(deltas[cell]!);
    let beside = 0;
    for (let k = 1; k <= FELT_CELLS; k++)
      beside = Math.max(beside, Math.abs(deltas[cell - k] ?? 0), Math.abs(deltas[cell + k] ?? 0));
    return size > LEAST_GRAMS && size > 3 * (step.cellSdGrams?.[cell] ?? 0) && size > FELT_SHARE * beside;
  };
  const parts: ShelfPart[] = [];
  for (let from = 0; from < deltas.length; from++) {
    if (!isPressed(from)) continue;
    let to = from;
    while (to + 1 < deltas.length && isPressed(to + 1) && deltas[to + 1]! > 0 === deltas[from]! > 0) to++;
    parts.push(partOf(step, place, from, to));
    from = to;
  }
  parts.sort((a, b) => a.timeUs - b.timeUs || a.fromCell - b.fromCell);
  if (parts.length < 2) return parts;
  return parts.map((part, i) => ({ ...part, changeId: `${part.changeId}.${i + 1}` }));
}

function partOf(step: ShelfStep, place: ShelfPlace, fromCell: number, toCell: number): ShelfPart {
  const { cellDeltaGrams: deltas, cellTimesUs } = step;
  const shares = new Float64Array(deltas.length);
  let deltaGrams = 0;
  let variance = 0;
  let spotVariance = 0;
  let heaviest = fromCell;
  for (let cell = fromCell; cell <= toCell; cell++) {
    const left = cell > fromCell ? deltas[cell - 1]! : 0;
    const right = cell < toCell ? deltas[cell + 1]! : 0;
    const own = deltas[cell]! - CROSS_TALK * (left + right);
    shares[cell] = own;
    deltaGrams += own;
    variance += (step.cellSdGrams?.[cell] ?? 1) ** 2;
    spotVariance += CROSS_TALK_SD ** 2 * (left * left + right * right);
    if (Math.abs(own) > Math.abs(shares[heaviest]!)) heaviest = cell;
  }
  // What a cell beside felt beyond cross-talk may be the edge of the package.
  for (const [beside, edge] of [
    [fromCell - 1, fromCell],
    [toCell + 1, toCell],
  ] as const) {
    const over = (deltas[beside] ?? 0) - CROSS_TALK * deltas[edge]!;
    if (over > 0 === deltaGrams > 0 && Math.abs(over) < FELT_SHARE * Math.abs(deltas[edge]!))
      spotVariance += EDGE_PROB * over * over;
  }
  let middleM = 0;
  for (let cell = fromCell; cell <= toCell; cell++) {
    shares[cell]! /= deltaGrams;
    middleM += shares[cell]! * place.cellMiddlesM[cell]!;
  }
  const timeUs = cellTimesUs[heaviest]!;
  return {
    step,
    place,
    changeId: `${step.scaleId}@${timeUs}`,
    timeUs,
    fromUs: Math.max(step.fromUs, timeUs - 10_000_000),
    toUs: Math.max(timeUs, Math.min(step.toUs, timeUs + EDGE_US)),
    deltaGrams,
    sdGrams: Math.sqrt(variance + spotVariance + (GAIN_SD * deltaGrams) ** 2),
    spotVariance,
    fromCell,
    toCell,
    shares,
    middleM,
  };
}
