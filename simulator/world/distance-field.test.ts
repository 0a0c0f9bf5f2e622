import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DistanceFields, nextPointInto, UNREACHED } from './distance-field.ts';
import { Layout } from './layout.ts';
import { distanceToBox, NavGrid } from './nav-grid.ts';
import { gondola, testRun } from './test-run.ts';

const layout = new Layout(testRun([]));
const grid = new NavGrid(layout);

test('leads from every free place to every other by cells clear of fixtures', () => {
  const fields = new DistanceFields(grid);
  const place = fc.tuple(
    fc.double({ min: 0.3, max: 5.7, noNaN: true }),
    fc.double({ min: 0.3, max: 5.7, noNaN: true }),
  );
  const next = new Float64Array(2);
  fc.assert(
    fc.property(place, place, (from, to) => {
      const field = fields.towards(to[0], to[1], 'person')!;
      const start = grid.nearestFree(from[0], from[1], 'person');
      let x = grid.xOf(start);
      let y = grid.yOf(start);
      for (let i = 0; i < 200 && grid.cellAt(x, y) !== field.goalCell; i++) {
        expect(nextPointInto(next, grid, field, 'person', x, y)).toBeLessThan(50);
        x = next[0]!;
        y = next[1]!;
        for (const fixture of layout.fixtures) expect(distanceToBox(fixture, x, y)).toBeGreaterThan(0.15);
      }
      expect(grid.cellAt(x, y)).toBe(field.goalCell);
    }),
    { numRuns: 100 },
  );
});

test('goes round a fixture, not through it', () => {
  const field = new DistanceFields(grid).towards(3, 1.5, 'person')!;
  const behind = grid.cellAt(3, 2.7);
  expect(field.cost[behind]! / 100).toBeGreaterThan(1.2);
  expect(field.cost[grid.cellAt(3, 2.2)]).toBe(UNREACHED);
});

test('does not lead a trolley through a gap of 50 cm', () => {
  const fixtures = [gondola('A', [2.15, 3], 0).fixture, gondola('B', [2.15, 4.7], 0).fixture];
  const narrow = new Layout(testRun([], {}, { sizeM: [4, 6], fixtures, slots: [], doors: [] }));
  const wall = (yM: number) => new NavGrid(narrow).clearanceM[new NavGrid(narrow).cellAt(1.95, yM)]!;
  expect(wall(3.85)).toBeLessThan(0.34);
  expect(wall(3.85)).toBeGreaterThan(0.2);
});

test('shares a field between near goals of one girth', () => {
  const fields = new DistanceFields(grid);
  const first = fields.towards(0.8, 0.8, 'person');
  expect(fields.towards(0.9, 0.85, 'person') === first).toBe(true);
  expect(fields.towards(0.8, 0.8, 'cart') === first).toBe(false);
});

test('drops the least recently used field when memory is full', () => {
  const fields = new DistanceFields(grid, 3 * 2 * grid.clearanceM.length);
  const kept = fields.towards(0.8, 0.8, 'person');
  const dropped = fields.towards(4, 0.8, 'person');
  fields.towards(0.8, 3, 'person');
  expect(fields.towards(0.8, 0.8, 'person') === kept).toBe(true);
  fields.towards(5, 5, 'person');
  expect(fields.towards(0.8, 0.8, 'person') === kept).toBe(true);
  expect(fields.towards(4, 0.8, 'person') === dropped).toBe(false);
});
