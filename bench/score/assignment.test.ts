import fc from 'fast-check';
import { expect, test } from 'vitest';
import { maxAssignmentInto } from './assignment.ts';

function assign(rows: readonly (readonly number[])[]): number[] {
  const cols = rows[0]?.length ?? 0;
  const colOfRow = new Int32Array(rows.length).fill(99);
  maxAssignmentInto(colOfRow, Float64Array.from(rows.flat()), rows.length, cols);
  return [...colOfRow];
}

const total = (rows: readonly (readonly number[])[], colOfRow: readonly number[]) =>
  colOfRow.reduce((sum, col, row) => sum + (col >= 0 ? rows[row][col] : 0), 0);

/** Best sum over all one-to-one choices of min(rows, cols) pairs, by trying them all. */
function bestByTrial(rows: readonly (readonly number[])[], row = 0, used = 0): number {
  const cols = rows[0].length;
  const skips = Math.max(0, rows.length - cols);
  const skipped = row - [...Array(cols).keys()].filter((col) => used & (1 << col)).length;
  if (row === rows.length) return 0;
  let best = skipped < skips ? bestByTrial(rows, row + 1, used) : Number.NEGATIVE_INFINITY;
  for (let col = 0; col < cols; col++) {
    if (used & (1 << col)) continue;
    best = Math.max(best, rows[row][col] + bestByTrial(rows, row + 1, used | (1 << col)));
  }
  return best;
}

test('prefers the best sum over the best single pair', () => {
  // 9 + 1 < 8 + 7.
  expect(
    assign([
      [9, 8],
      [7, 1],
    ]),
  ).toEqual([1, 0]);
});

test('leaves rows without a column when there are too few', () => {
  expect(assign([[1], [5], [2]])).toEqual([-1, 0, -1]);
  expect(assign([[1, 5, 2]])).toEqual([1]);
});

test('is as good as trying everything', () => {
  const matrix = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 })).chain(([rows, cols]) => {
    const row = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: cols, maxLength: cols });
    return fc.array(row, { minLength: rows, maxLength: rows });
  });
  fc.assert(
    fc.property(matrix, (rows) => {
      const colOfRow = assign(rows);
      const chosen = colOfRow.filter((col) => col >= 0);
      expect(chosen).toHaveLength(Math.min(rows.length, rows[0].length));
      expect(new Set(chosen).size).toBe(chosen.length);
      expect(total(rows, colOfRow)).toBe(bestByTrial(rows));
    }),
  );
});

test('refuses values that are not finite', () => {
  expect(() => assign([[Number.NaN]])).toThrow('finite');
});
