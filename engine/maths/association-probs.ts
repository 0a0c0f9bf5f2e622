/** Rounds of message passing; it settles within tens, the cap only bounds the work. */
const ROUNDS = 500;
const SETTLED = 1e-9;

/**
 * Probabilities that row i belongs to column j when each row takes at most one column and each column at most one row.
 * `weights` is rows × columns, the odds of the pair against both staying alone. Returns rows × (columns + 1), the last
 * entry of a row being "alone"; rows sum to 1. Belief propagation after Williams and Lau 2014 (IEEE TAES 50:2942).
 */
export function associationProbs(weights: Float64Array, rowCount: number, columnCount: number): Float64Array {
  const towards = new Float64Array(rowCount * columnCount);
  const back = new Float64Array(rowCount * columnCount).fill(1);
  for (let round = 0; round < ROUNDS; round++) {
    sendTowards(towards, back, weights, rowCount, columnCount);
    if (sendBack(back, towards, rowCount, columnCount) < SETTLED) break;
  }
  const probs = new Float64Array(rowCount * (columnCount + 1));
  for (let i = 0; i < rowCount; i++) {
    let sum = 1;
    for (let j = 0; j < columnCount; j++) sum += weights[i * columnCount + j]! * back[i * columnCount + j]!;
    for (let j = 0; j < columnCount; j++)
      probs[i * (columnCount + 1) + j] = (weights[i * columnCount + j]! * back[i * columnCount + j]!) / sum;
    probs[i * (columnCount + 1) + columnCount] = 1 / sum;
  }
  return probs;
}

function sendTowards(
  out: Float64Array,
  back: Float64Array,
  weights: Float64Array,
  rows: number,
  columns: number,
): void {
  for (let i = 0; i < rows; i++) {
    let sum = 1;
    for (let j = 0; j < columns; j++) sum += weights[i * columns + j]! * back[i * columns + j]!;
    for (let j = 0; j < columns; j++) {
      const at = i * columns + j;
      // Rounding must not make the rest negative where one pair outweighs all others.
      out[at] = weights[at]! / Math.max(1, sum - weights[at]! * back[at]!);
    }
  }
}

/** Returns the largest relative change of a message. */
function sendBack(out: Float64Array, towards: Float64Array, rows: number, columns: number): number {
  let change = 0;
  for (let j = 0; j < columns; j++) {
    let sum = 1;
    for (let i = 0; i < rows; i++) sum += towards[i * columns + j]!;
    for (let i = 0; i < rows; i++) {
      const at = i * columns + j;
      const message = 1 / Math.max(1, sum - towards[at]!);
      change = Math.max(change, Math.abs(message - out[at]!) / message);
      out[at] = message;
    }
  }
  return change;
}
