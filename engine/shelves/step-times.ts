import type { SampleHistory } from './sample-history.ts';
import { ACTIVE_SD_GRAMS } from './step-constants.ts';

export function sumOf(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum;
}

/**
 * When the summed load of cells [fromCell, toCell) went from its old level to its new one, `deltaGrams` away, with
 * `middleGrams` between: the change point with the least squared error (Page 1954, CUSUM with known levels), looking
 * at rows from `fromRow` on. Unlike the last crossing it is not moved by shaking after the change.
 */
export function changePointUs(
  history: SampleHistory,
  fromRow: number,
  fromCell: number,
  toCell: number,
  middleGrams: number,
  deltaGrams: number,
): number {
  const sign = deltaGrams < 0 ? 1 : -1;
  let sum = 0;
  let best = 0;
  let bestRow = fromRow;
  for (let row = fromRow; row < history.end - 1; row++) {
    sum += sign * (loadOf(history, row, fromCell, toCell) - middleGrams);
    if (sum <= best) continue;
    best = sum;
    bestRow = row + 1;
  }
  return history.timeUs(bestRow);
}

/** First moment at which the whole unit's load was clearly off `grams`. */
export function firstAwayUs(history: SampleHistory, fromRow: number, grams: number): number {
  for (let row = fromRow; row < history.end; row++) {
    if (Math.abs(loadOf(history, row, 0, history.cells) - grams) > ACTIVE_SD_GRAMS) return history.timeUs(row);
  }
  return history.timeUs(fromRow);
}

/** Last moment at which the whole unit's load was clearly off `grams`. */
export function lastAwayUs(history: SampleHistory, fromRow: number, grams: number): number {
  for (let row = history.end - 1; row >= fromRow; row--) {
    if (Math.abs(loadOf(history, row, 0, history.cells) - grams) > ACTIVE_SD_GRAMS) return history.timeUs(row);
  }
  return history.timeUs(history.end - 1);
}

function loadOf(history: SampleHistory, row: number, fromCell: number, toCell: number): number {
  let sum = 0;
  for (let cell = fromCell; cell < toCell; cell++) sum += history.grams(row, cell);
  return sum;
}
