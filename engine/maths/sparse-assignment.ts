/**
 * Cheapest one-to-one assignment over a sparse set of allowed pairs, each row free to stay alone at a cost.
 * Shortest augmenting paths (Jonker and Volgenant 1987, Computing 38:325), run on the listed pairs only: a row that
 * conflicts with nobody costs one look at its pairs, so the work grows with the crowding, not with rows × columns.
 */
export class SparseAssignment {
  /** Column of each row, −1 for none; valid until the next `reset`. */
  columnOfRow = new Int32Array(64);
  #rowCount = 0;
  #columnCount = 0;
  #pairCount = 0;
  #pairRow = new Int32Array(256);
  #pairColumn = new Int32Array(256);
  #pairCost = new Float64Array(256);
  /** The same pairs grouped by row; columns ≥ `columnCount` are the rows' own "alone" columns. */
  #start = new Int32Array(65);
  #column = new Int32Array(256);
  #cost = new Float64Array(256);
  #rowOfColumn = new Int32Array(128);
  #rowPrice = new Float64Array(64);
  #columnPrice = new Float64Array(128);
  #distance = new Float64Array(128);
  #from = new Int32Array(128);
  /** Columns: 0 untouched, 1 reached, 2 settled. */
  #mark = new Uint8Array(128);
  #touched = new Int32Array(128);

  reset(rowCount: number, columnCount: number): void {
    this.#rowCount = rowCount;
    this.#columnCount = columnCount;
    this.#pairCount = 0;
  }

  /** Allows a pair; lower costs are better, negative ones allowed. A pair may be given once only. */
  add(row: number, column: number, cost: number): void {
    if (this.#pairCount === this.#pairRow.length) this.#growPairs();
    const at = this.#pairCount++;
    this.#pairRow[at] = row;
    this.#pairColumn[at] = column;
    this.#pairCost[at] = cost;
  }

  /** Finds the assignment of least total cost, where a row left alone costs `aloneCost`. */
  solve(aloneCost: number): Int32Array {
    this.#growRows();
    this.#group();
    const { columnOfRow } = this;
    columnOfRow.fill(-1, 0, this.#rowCount);
    this.#rowOfColumn.fill(-1, 0, this.#columnCount + this.#rowCount);
    this.#columnPrice.fill(0, 0, this.#columnCount + this.#rowCount);
    this.#mark.fill(0, 0, this.#columnCount + this.#rowCount);
    for (let row = 0; row < this.#rowCount; row++) this.#augment(row, aloneCost);
    for (let row = 0; row < this.#rowCount; row++) if (columnOfRow[row]! >= this.#columnCount) columnOfRow[row] = -1;
    return columnOfRow;
  }

  #group(): void {
    const start = this.#start.fill(0, 0, this.#rowCount + 1);
    for (let i = 0; i < this.#pairCount; i++) start[this.#pairRow[i]! + 1]!++;
    for (let row = 0; row < this.#rowCount; row++) start[row + 1]! += start[row]!;
    // Filling from the back moves each start to its row's first pair and keeps the pairs' order.
    for (let i = this.#pairCount - 1; i >= 0; i--) {
      const at = --start[this.#pairRow[i]! + 1]!;
      this.#column[at] = this.#pairColumn[i]!;
      this.#cost[at] = this.#pairCost[i]!;
    }
    for (let row = 0; row < this.#rowCount; row++) start[row] = start[row + 1]!;
    start[this.#rowCount] = this.#pairCount;
  }

  /** Dijkstra over columns from one new row to the nearest free column, then flips the path. */
  #augment(newRow: number, aloneCost: number): void {
    const start = this.#start;
    const column = this.#column;
    const cost = this.#cost;
    const distance = this.#distance;
    const mark = this.#mark;
    const from = this.#from;
    const touched = this.#touched;
    const rowPrice = this.#rowPrice;
    const columnPrice = this.#columnPrice;
    const rowOfColumn = this.#rowOfColumn;
    let touchedCount = 0;
    let row = newRow;
    let reached = 0;
    let sink = -1;
    rowPrice[newRow] = 0;
    while (sink < 0) {
      const end = start[row + 1]!;
      for (let i = start[row]!; i <= end; i++) {
        const c = i < end ? column[i]! : this.#columnCount + row;
        if (mark[c] === 2) continue;
        const d = reached + (i < end ? cost[i]! : aloneCost) - rowPrice[row]! - columnPrice[c]!;
        if (mark[c] === 0) {
          mark[c] = 1;
          touched[touchedCount++] = c;
        } else if (d >= distance[c]!) continue;
        distance[c] = d;
        from[c] = row;
      }
      let best = -1;
      for (let i = 0; i < touchedCount; i++) {
        const c = touched[i]!;
        if (mark[c] === 1 && (best < 0 || distance[c]! < distance[best]!)) best = c;
      }
      mark[best] = 2;
      reached = distance[best]!;
      if (rowOfColumn[best]! < 0) sink = best;
      else row = rowOfColumn[best]!;
    }
    rowPrice[newRow] = rowPrice[newRow]! + reached;
    for (let i = 0; i < touchedCount; i++) {
      const c = touched[i]!;
      if (mark[c] === 2 && c !== sink) {
        rowPrice[rowOfColumn[c]!]! += reached - distance[c]!;
        columnPrice[c]! -= reached - distance[c]!;
      }
      mark[c] = 0;
    }
    for (let c = sink; ; ) {
      const owner = from[c]!;
      const next = this.columnOfRow[owner]!;
      rowOfColumn[c] = owner;
      this.columnOfRow[owner] = c;
      if (owner === newRow) break;
      c = next;
    }
  }

  #growPairs(): void {
    const size = this.#pairRow.length * 2;
    this.#pairRow = grownInt(this.#pairRow, size);
    this.#pairColumn = grownInt(this.#pairColumn, size);
    const cost = new Float64Array(size);
    cost.set(this.#pairCost);
    this.#pairCost = cost;
    this.#column = new Int32Array(size);
    this.#cost = new Float64Array(size);
  }

  #growRows(): void {
    const columns = this.#columnCount + this.#rowCount;
    if (this.#rowCount > this.columnOfRow.length) {
      const size = 2 * this.#rowCount;
      this.columnOfRow = new Int32Array(size);
      this.#start = new Int32Array(size + 1);
      this.#rowPrice = new Float64Array(size);
    }
    if (columns <= this.#mark.length) return;
    const size = 2 * columns;
    this.#rowOfColumn = new Int32Array(size);
    this.#columnPrice = new Float64Array(size);
    this.#distance = new Float64Array(size);
    this.#from = new Int32Array(size);
    this.#mark = new Uint8Array(size);
    this.#touched = new Int32Array(size);
  }
}

function grownInt(from: Int32Array, size: number): Int32Array<ArrayBuffer> {
  const to = new Int32Array(size);
  to.set(from);
  return to;
}
