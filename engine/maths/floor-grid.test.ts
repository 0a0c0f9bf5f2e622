import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FloorGrid } from './floor-grid.ts';

test('finds every point within a cell length, on the floor and off it', () => {
  const coordinate = fc.double({ min: -3, max: 13, noNaN: true });
  const points = fc.array(fc.tuple(coordinate, coordinate), { maxLength: 150 });
  fc.assert(
    fc.property(points, fc.tuple(coordinate, coordinate), (list, [x, y]) => {
      const grid = new FloorGrid([10, 8], 1.2);
      grid.build(Float64Array.from(list.flat()), list.length, 2);
      const found = new Int32Array(200);
      const near = [...found.subarray(0, grid.nearInto(found, x, y))];
      expect(new Set(near).size).toBe(near.length);
      list.forEach(([px, py], i) => {
        if (Math.hypot(px - x, py - y) <= 1.2) expect(near).toContain(i);
      });
    }),
  );
});
