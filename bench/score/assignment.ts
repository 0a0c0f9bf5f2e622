/**
 * Best one-to-one assignment of rows to columns: shortest augmenting paths with dual variables, O(n³)
 * (Jonker & Volgenant 1987, in Crouse's rectangular form, IEEE TAES 52(4) 2016, which SciPy also uses; ties are
 * broken as there, so scores agree with tools built on it).
 */

let size = 0;
let u = new Float64Array(0);
let v = new Float64Array(0);
let shortest = new Float64Array(0);
let path = new Int32Array(0);
let rowOfCol = new Int32Array(0);
let colOfLine = new Int32Array(0);
let remaining = new Int32Array(0);
let inRows = new Uint8Array(0);
let inCols = new Uint8Array(0);

/** Scratch for the largest side seen so far. */
function reserve(side: number): void {
  if (side <= size) return;
  size = Math.max(64, side * 2);
  u = new Float64Array(size);
  v = new Float64Array(size);
  shortest = new Float64Array(size);
  path = new Int32Array(size);
  rowOfCol = new Int32Array(size);
  colOfLine = new Int32Array(size);
  remaining = new Int32Array(size);
  inRows = new Uint8Array(size);
  inCols = new Uint8Array(size);
}

/** Scratch for a transposed matrix. */
let turned = new Float64Array(0);

/**
 * Writes to `colOfRow` the column of each row, −1 where there are more rows than columns, so that the sum of the
 * chosen values is largest. Exactly min(rows, cols) rows are assigned, zero values included.
 *
 * @param value rows × cols, row-major, finite.
 */
export function maxAssignmentInto(colOfRow: Int32Array, value: Float64Array, rows: number, cols: number): void {
  reserve(Math.max(rows, cols));
  if (rows <= cols) {
    solve(value, rows, cols);
    for (let i = 0; i < rows; i++) colOfRow[i] = colOfLine[i];
    return;
  }
  if (turned.length < rows * cols) turned = new Float64Array(rows * cols * 2);
  for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) turned[j * rows + i] = value[i * cols + j];
  solve(turned, cols, rows);
  for (let i = 0; i < rows; i++) colOfRow[i] = rowOfCol[i];
}

function solve(value: Float64Array, rows: number, cols: number): void {
  u.fill(0, 0, rows);
  v.fill(0, 0, cols);
  rowOfCol.fill(-1, 0, cols);
  colOfLine.fill(-1, 0, rows);
  for (let row = 0; row < rows; row++) augment(value, cols, row, rows);
}

function augment(value: Float64Array, cols: number, start: number, rows: number): void {
  inRows.fill(0, 0, rows);
  inCols.fill(0, 0, cols);
  shortest.fill(Number.POSITIVE_INFINITY, 0, cols);
  for (let j = 0; j < cols; j++) remaining[j] = cols - j - 1;
  let left = cols;
  let least = 0;
  let row = start;
  let sink = -1;
  while (sink === -1) {
    inRows[row] = 1;
    let index = -1;
    let lowest = Number.POSITIVE_INFINITY;
    for (let k = 0; k < left; k++) {
      const j = remaining[k];
      const reduced = least - value[row * cols + j] - u[row] - v[j];
      if (reduced < shortest[j]) {
        path[j] = row;
        shortest[j] = reduced;
      }
      if (shortest[j] < lowest || (shortest[j] === lowest && rowOfCol[j] === -1)) {
        lowest = shortest[j];
        index = k;
      }
    }
    if (lowest === Number.POSITIVE_INFINITY) throw new Error('assignment: every value must be finite');
    least = lowest;
    const col = remaining[index];
    if (rowOfCol[col] === -1) sink = col;
    else row = rowOfCol[col];
    inCols[col] = 1;
    remaining[index] = remaining[--left];
  }
  u[start] += least;
  for (let i = 0; i < rows; i++) if (inRows[i] && i !== start) u[i] += least - shortest[colOfLine[i]];
  for (let j = 0; j < cols; j++) if (inCols[j]) v[j] -= least - shortest[j];
  for (let col = sink; ; ) {
    const owner = path[col];
    rowOfCol[col] = owner;
    const before = colOfLine[owner];
    colOfLine[owner] = col;
    if (owner === start) return;
    col = before;
  }
}
