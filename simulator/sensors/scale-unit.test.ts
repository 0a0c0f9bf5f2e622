import { describe, expect, test } from 'vitest';
import { quantile, sdOfSeries } from '../../bench/noise/plate-statistics.ts';
import type { ScaleNoise } from '../scenario/run.ts';
import { noiseSet } from './noise.ts';
import { fakeRun, gondola, readingsOf, sense, seriesOf } from './test-world.ts';

const none = noiseSet('none').scale;
const UNIT = 'scales/A.1';

function run(noise: Partial<ScaleNoise>, seed = 7, scaleRateHz = 60) {
  return fakeRun({
    fixtures: [gondola('A', 4, 3)],
    scaled: true,
    scaleNoise: { ...none, ...noise },
    seed,
    scaleRateHz,
  });
}

/** 623 g leave cell 1 in the tick at 2 s. */
function pick(world: { loadGrams: Float64Array }, tick: number): void {
  world.loadGrams.fill(1000);
  if (tick >= 120) world.loadGrams[1] = 377;
}

test('shows the load exactly without noise, in batches of the right shape and times', () => {
  const readings = sense(run({}), 3, pick);
  const batches = readingsOf(readings, 'scale', UNIT);
  expect(batches.length).toBeGreaterThan(12);
  batches.forEach((batch, i) => {
    expect(batch.grams.length).toBe(12 * 4);
    expect(batch.sequence).toBe(i);
    if (i > 0) expect(Math.abs(batch.timeUs - batches[i - 1]!.timeUs - 200_000)).toBeLessThanOrEqual(1);
  });
  const cell = seriesOf(readings, UNIT, 1, 4);
  expect(cell[0]).toBe(1000);
  expect(cell[cell.length - 1]).toBe(377);
  expect(seriesOf(readings, UNIT, 0, 4).every((grams) => grams === 1000)).toBe(true);
});

test('moves neighbours the same way by 1 to 2 % of the step, and no one further off', () => {
  const step = (cell: number, seed: number) => {
    const series = seriesOf(
      sense(run({ crosstalk: { uniform: { low: 0.01, high: 0.02 } } }, seed), 4, pick),
      UNIT,
      cell,
      4,
    );
    return series[series.length - 1]! - series[0]!;
  };
  for (const seed of [1, 2, 3]) {
    expect(step(1, seed)).toBeCloseTo(-623, 3);
    for (const neighbour of [0, 2]) {
      expect(step(neighbour, seed)).toBeLessThan(-6.2);
      expect(step(neighbour, seed)).toBeGreaterThan(-12.5);
    }
    expect(step(3, seed)).toBe(0);
  }
});

test('feels a press while it lasts', () => {
  const cell = seriesOf(
    sense(run({}), 3, (world, tick) => {
      world.loadGrams.fill(500);
      world.pressGrams[2] = tick >= 60 && tick < 90 ? 53 : 0;
    }),
    UNIT,
    2,
    4,
  );
  expect(cell.filter((grams) => grams === 553).length).toBeGreaterThanOrEqual(28);
  expect(cell[0]).toBe(500);
  expect(cell[cell.length - 1]).toBe(500);
});

test('settles like a first-order system: 63 % after one time constant', () => {
  const cell = seriesOf(sense(run({ settleUs: 200_000 }), 5, pick), UNIT, 1, 4);
  const start = cell.findIndex((grams) => grams < 1000);
  const after = (1000 - cell[start + 12]!) / 623;
  expect(after).toBeGreaterThan(0.58);
  expect(after).toBeLessThan(0.7);
  expect(cell[cell.length - 1]).toBeCloseTo(377, 1);
});

test('makes a pick’s step in three samples with the default settling', () => {
  const cell = seriesOf(sense(run({ settleUs: noiseSet('default').scale.settleUs }), 4, pick), UNIT, 1, 4);
  const between = cell.filter((grams) => grams < 1000 - 0.05 * 623 && grams > 377 + 0.05 * 623).length;
  expect(between).toBeLessThanOrEqual(3);
});

test('draws white noise of the asked SD, without memory', () => {
  const cell = seriesOf(sense(run({ whiteGrams: { fixed: 2 } }), 60), UNIT, 0, 4);
  expect(sdOfSeries(cell)).toBeGreaterThan(1.9);
  expect(sdOfSeries(cell)).toBeLessThan(2.1);
  for (const lag of [1, 2, 5, 12, 24]) {
    let sum = 0;
    for (let i = lag; i < cell.length; i++) sum += cell[i]! * cell[i - lag]!;
    expect(Math.abs(sum / cell.length / 4)).toBeLessThan(0.06);
  }
});

test('keeps cells’ noises apart', () => {
  const readings = sense(run({ whiteGrams: { fixed: 1 }, hum: [{ hz: 5, share: 1 }] }), 60);
  const [a, b] = [seriesOf(readings, UNIT, 0, 4), seriesOf(readings, UNIT, 1, 4)];
  const together = a.reduce((sum, value, i) => sum + value * b[i]!, 0) / a.length / (sdOfSeries(a) * sdOfSeries(b));
  expect(Math.abs(together)).toBeLessThan(0.1);
});

describe('bursts', () => {
  const burst = { perMinute: 6, peakGrams: { fixed: 50 }, durationUs: { fixed: 2_000_000 }, shared: 0.5 };
  const readings = sense(run({ burst }), 120, (world) => world.loadGrams.fill(300));

  test('come about as often as asked, last their time, peak near their size and leave nothing behind', () => {
    const cell = seriesOf(readings, UNIT, 0, 4);
    const loud = cell.map((grams) => (Math.abs(grams - 300) > 2 ? 1 : 0));
    const share = loud.reduce((sum, one) => sum + one, 0) / loud.length;
    // 6 a minute of 2 s each: a fifth of the time at full length, less at the soft edges and zero crossings.
    expect(share).toBeGreaterThan(0.04);
    expect(share).toBeLessThan(0.35);
    expect(quantile(cell, 0.5)).toBe(300);
    const highest = cell.reduce((peak, grams) => Math.max(peak, Math.abs(grams - 300)), 0);
    expect(highest).toBeGreaterThan(20);
    expect(highest).toBeLessThan(200);
  });

  test('reach other shelves when shared and not otherwise', () => {
    const isLoud = (id: string, shared: number) => {
      const series = seriesOf(sense(run({ burst: { ...burst, shared } }), 60), id, 0, 4);
      return Array.from(
        { length: Math.floor(series.length / 30) },
        (_, w) => sdOfSeries(series, 30 * w, 30 * w + 30) > 1,
      );
    };
    const [a, b] = [isLoud('scales/A.1', 1), isLoud('scales/A.3', 1)];
    const both = a.filter((loud, i) => loud && b[i]).length;
    expect(both / a.filter(Boolean).length).toBeGreaterThan(0.8);
    const [c, d] = [isLoud('scales/A.1', 0), isLoud('scales/A.3', 0)];
    const chance = c.filter((loud, i) => loud && d[i]).length;
    expect(chance / c.filter(Boolean).length).toBeLessThan(0.6);
  });
});

test('drifts with the asked SD and correlation time', () => {
  const starts: number[] = [];
  const moves: number[] = [];
  for (let seed = 0; seed < 12; seed++) {
    const readings = sense(run({ driftSdGrams: 10, driftTauUs: 5_000_000 }, seed), 20);
    for (let cell = 0; cell < 4; cell++) {
      for (const id of ['A.1', 'A.2', 'A.3', 'A.4']) {
        const x = seriesOf(readings, `scales/${id}`, cell, 4);
        starts.push(x[0]!);
        moves.push(x[900]! - x[600]!);
      }
    }
  }
  const sd = sdOfSeries(Float64Array.from(starts));
  expect(sd).toBeGreaterThan(8.5);
  expect(sd).toBeLessThan(11.5);
  // After one correlation time: sd · √(2 (1 − 1/e)).
  expect(sdOfSeries(Float64Array.from(moves))).toBeGreaterThan(9.6);
  expect(sdOfSeries(Float64Array.from(moves))).toBeLessThan(12.9);
});

test('samples slower scales at their own rate', () => {
  const batches = readingsOf(sense(run({ batch: 4 }, 7, 20), 10), 'scale', UNIT);
  expect(batches[0]!.periodUs).toBe(50_000);
  expect(batches.length).toBeGreaterThanOrEqual(49);
  expect(batches.length).toBeLessThanOrEqual(51);
});
