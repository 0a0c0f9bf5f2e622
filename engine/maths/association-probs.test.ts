import fc from 'fast-check';
import { expect, test } from 'vitest';
import { associationProbs } from './association-probs.ts';

/** Exact marginals by summing over all assignments. */
function exactProbs(weights: Float64Array, rows: number, columns: number): Float64Array {
  const probs = new Float64Array(rows * (columns + 1));
  let total = 0;
  const chosen: number[] = [];
  const visit = (row: number, taken: number, weight: number) => {
    if (row === rows) {
      total += weight;
      chosen.forEach((column, i) => {
        probs[i * (columns + 1) + column]! += weight;
      });
      return;
    }
    for (let column = 0; column <= columns; column++) {
      if (column < columns && taken & (1 << column)) continue;
      chosen[row] = column;
      const next = column < columns ? weight * weights[row * columns + column]! : weight;
      if (next > 0) visit(row + 1, column < columns ? taken | (1 << column) : taken, next);
    }
  };
  visit(0, 0, 1);
  return probs.map((prob) => prob / total);
}

test('agrees with summing over all assignments for one row or one column', () => {
  const odds = fc.double({ min: 0, max: 500, noNaN: true });
  fc.assert(
    fc.property(fc.array(odds, { minLength: 1, maxLength: 5 }), fc.boolean(), (list, isRow) => {
      const weights = Float64Array.from(list);
      const [rows, columns] = isRow ? [1, list.length] : [list.length, 1];
      const exact = exactProbs(weights, rows!, columns!);
      associationProbs(weights, rows!, columns!).forEach((prob, i) => {
        expect(prob).toBeCloseTo(exact[i]!, 6);
      });
    }),
  );
});

test('stays near the exact answer, sums to 1 and never prefers the wrong column strongly', () => {
  const odds = fc.oneof(fc.constant(0), fc.double({ min: 0.01, max: 300, noNaN: true }));
  fc.assert(
    fc.property(fc.array(odds, { minLength: 9, maxLength: 9 }), (list) => {
      const weights = Float64Array.from(list);
      const exact = exactProbs(weights, 3, 3);
      const probs = associationProbs(weights, 3, 3);
      for (let i = 0; i < 3; i++) {
        const row = [...probs.subarray(4 * i, 4 * i + 4)];
        expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 9);
        row.forEach((prob, j) => {
          expect(Math.abs(prob - exact[4 * i + j]!)).toBeLessThan(0.25);
        });
      }
    }),
    { numRuns: 300 },
  );
});

test('shares two equal places evenly between two equal rows', () => {
  const probs = associationProbs(Float64Array.of(1000, 1000, 1000, 1000), 2, 2);
  expect(probs[0]).toBeCloseTo(probs[1]!, 9);
  expect(probs[0]).toBeGreaterThan(0.45);
});
