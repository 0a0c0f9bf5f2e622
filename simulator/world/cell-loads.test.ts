import fc from 'fast-check';
import { expect, test } from 'vitest';
import { noiseSet } from '../sensors/noise.ts';
import { CellLoads } from './cell-loads.ts';
import { gondola, scalesUnder, testRun } from './test-run.ts';

const SHELF = 'G1.1';

/** Six plates of 20 cm under each of three shelves. */
function loads(): CellLoads {
  return new CellLoads(testRun([]));
}

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

test('splits an item over the cells its footprint covers, by overlap', () => {
  const { cells, shares } = loads().footprint(SHELF, 0.15, 0.35);
  expect([...cells]).toEqual([0, 1]);
  expect(shares[0]).toBeCloseTo(0.25, 12);
  expect(shares[1]).toBeCloseTo(0.75, 12);
});

test('gives the cells beside a gap the mass that stands over it', () => {
  const { fixture, slots } = gondola('G1', [3, 2], 0);
  const [unit] = scalesUnder([fixture], noiseSet('none'));
  const cells = [
    { fromM: 0, toM: 0.5 },
    { fromM: 0.6, toM: 1.2 },
  ];
  const run = testRun([], { scales: [{ ...unit!, cells }] }, { fixtures: [fixture], slots });
  const { shares } = new CellLoads(run).footprint(SHELF, 0.4, 0.7);
  expect([...shares].map((share) => share.toFixed(6))).toEqual(['0.500000', '0.500000']);
});

test('leaves nothing behind when what came has gone, whatever the order', () => {
  const item = fc.record({
    fromM: fc.double({ min: 0, max: 1.1, noNaN: true }),
    widthM: fc.double({ min: 0.01, max: 0.4, noNaN: true }),
    grams: fc.double({ min: 0.1, max: 3000, noNaN: true }),
    order: fc.double({ noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(item, { maxLength: 30 }), (items) => {
      const cells = loads();
      const standing = items.map(({ fromM, widthM, grams, order }, id) => ({
        id,
        order,
        grams,
        footprint: cells.footprint(SHELF, fromM, Math.min(1.2, fromM + widthM)),
      }));
      for (const { footprint, grams } of standing) cells.rest(footprint, grams);
      const whole = standing.reduce((sum, { grams }) => sum + grams, 0);
      expect(total(cells.loadGrams)).toBeCloseTo(whole, 3);
      standing.sort((a, b) => a.order - b.order);
      standing.forEach(({ id, footprint, grams }, i) => {
        cells.lift(id, footprint, grams, i * 10_000, 25_000);
        cells.step(i * 10_000 + 5_000);
        expect(Math.min(...cells.loadGrams)).toBeGreaterThanOrEqual(0);
      });
      cells.step(1e9);
      expect([...cells.loadGrams]).toEqual(Array(cells.loadGrams.length).fill(0));
    }),
    { numRuns: 50 },
  );
});

test('lets a mass go over its time, not at once', () => {
  const cells = loads();
  const footprint = cells.footprint(SHELF, 0.01, 0.1);
  cells.rest(footprint, 500);
  cells.lift(1, footprint, 500, 1_000_000, 100_000);
  const seen = [1_000_000, 1_025_000, 1_050_000, 1_075_000, 1_100_000].map((timeUs) => {
    cells.step(timeUs);
    return cells.loadGrams[0]!;
  });
  expect(seen[0]).toBe(500);
  expect(seen[2]).toBeCloseTo(250, 6);
  expect(seen[4]).toBe(0);
  for (let i = 1; i < seen.length; i++) expect(seen[i]!).toBeLessThan(seen[i - 1]!);
});

test('keeps the whole mass while an item drags from one cell to the next', () => {
  const cells = loads();
  const before = cells.footprint(SHELF, 0.05, 0.15);
  cells.rest(before, 400);
  cells.shift(1, before, cells.footprint(SHELF, 0.15, 0.25), 400, 0, 100_000);
  for (const timeUs of [20_000, 50_000, 90_000, 110_000]) {
    cells.step(timeUs);
    expect(total(cells.loadGrams)).toBeCloseTo(400, 5);
  }
  expect(cells.loadGrams[0]).toBeCloseTo(200, 5);
});

test('takes an item away even while it is still being set down', () => {
  const cells = loads();
  const footprint = cells.footprint(SHELF, 0.01, 0.1);
  cells.lower(1, footprint, 500, 0, 100_000);
  cells.step(40_000);
  cells.lift(1, footprint, 500, 50_000, 20_000);
  cells.step(60_000);
  expect(cells.loadGrams[0]).toBeCloseTo(250, 6);
  cells.step(80_000);
  expect(cells.loadGrams[0]).toBe(0);
});

test('presses while a hand is there and not after', () => {
  const cells = loads();
  cells.press(cells.footprint(SHELF, 0.01, 0.1), 80, 0, 1_000_000, true);
  cells.step(500_000);
  expect(cells.pressGrams[0]).toBeCloseTo(80, 9);
  expect(cells.pressGrams[1]).toBe(0);
  cells.step(1_100_000);
  expect(total(cells.pressGrams)).toBe(0);
});
