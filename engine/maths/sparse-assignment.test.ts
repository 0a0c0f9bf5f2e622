import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SparseAssignment } from './sparse-assignment.ts';

interface Problem {
  readonly rows: number;
  readonly columns: number;
  readonly pairs: readonly { readonly row: number; readonly column: number; readonly cost: number }[];
}

const problems: fc.Arbitrary<Problem> = fc
  .record({ rows: fc.integer({ min: 1, max: 6 }), columns: fc.integer({ min: 1, max: 6 }) })
  .chain(({ rows, columns }) =>
    fc
      .uniqueArray(
        fc.record({ row: fc.nat(rows - 1), column: fc.nat(columns - 1), cost: fc.integer({ min: -50, max: 50 }) }),
        { maxLength: 30, selector: ({ row, column }) => row * 10 + column },
      )
      .map((pairs) => ({ rows, columns, pairs })),
  );

/** Least cost over all assignments, by trying them. */
function bestByTrying(problem: Problem, aloneCost: number, row = 0, taken = 0): number {
  if (row === problem.rows) return 0;
  let best = aloneCost + bestByTrying(problem, aloneCost, row + 1, taken);
  for (const pair of problem.pairs) {
    if (pair.row !== row || taken & (1 << pair.column)) continue;
    best = Math.min(best, pair.cost + bestByTrying(problem, aloneCost, row + 1, taken | (1 << pair.column)));
  }
  return best;
}

const assignment = new SparseAssignment();

function solve(problem: Problem, aloneCost: number): number[] {
  assignment.reset(problem.rows, problem.columns);
  for (const { row, column, cost } of problem.pairs) assignment.add(row, column, cost);
  return [...assignment.solve(aloneCost).subarray(0, problem.rows)];
}

test('finds the cheapest assignment, as trying all of them does', () => {
  fc.assert(
    fc.property(problems, fc.integer({ min: -20, max: 60 }), (problem, aloneCost) => {
      const columnOfRow = solve(problem, aloneCost);
      const used = columnOfRow.filter((column) => column >= 0);
      expect(new Set(used).size).toBe(used.length);
      const cost = columnOfRow.reduce((sum, column, row) => {
        if (column < 0) return sum + aloneCost;
        return sum + problem.pairs.find((pair) => pair.row === row && pair.column === column)!.cost;
      }, 0);
      expect(cost).toBe(bestByTrying(problem, aloneCost));
    }),
    { numRuns: 500 },
  );
});

test('grows with its problem', () => {
  const rows = 500;
  const pairs = Array.from({ length: rows }, (_, row) => [
    { row, column: row, cost: 1 },
    { row, column: (row + 1) % rows, cost: 2 },
  ]).flat();
  expect(solve({ rows, columns: rows, pairs }, 10)).toEqual(Array.from({ length: rows }, (_, row) => row));
});
