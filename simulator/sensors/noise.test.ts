import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  floorOf,
  peaks,
  powerNear,
  quantile,
  quietSpectrum,
  sdOfSeries,
  sdsOfMeans,
  tails,
  windowedSds,
} from '../../bench/noise/plate-statistics.ts';
import type { NoiseSet } from '../scenario/run.ts';
import { noiseSet } from './noise.ts';
import { plateResiduals, plateTrace, plateTracePath } from './plate-trace.ts';
import { fakeRun, gondola, sense, seriesOf } from './test-world.ts';

const PLATES = 12;

/** 192 plates of an empty store for 17 s, as the trace has 240. */
function simulated(name: NoiseSet['name'], seeds: readonly number[]): Float64Array[] {
  const fixtures = [
    gondola('A', 2, 2, 0, 12),
    gondola('B', 2, 5, 0, 12),
    gondola('C', 7, 2, 0, 12),
    gondola('D', 7, 5, 0, 12),
  ];
  return seeds.flatMap((seed) => {
    const run = fakeRun({ noise: noiseSet(name), seed, scaled: true, fixtures });
    const readings = sense(run, 17.5);
    return run.scales.flatMap((scale) =>
      Array.from({ length: PLATES }, (_, cell) => seriesOf(readings, scale.id, cell, PLATES).slice(0, 1020)),
    );
  });
}

/** `found` within a factor of `times` of `documented`. */
function expectNear(found: number, documented: number, times: number): void {
  expect(found).toBeGreaterThan(documented / times);
  expect(found).toBeLessThan(documented * times);
}

const series = simulated('default', [1, 2, 3, 4, 5, 6]);
const everyFifth = (all: readonly Float64Array[]) => all.filter((_, i) => i % 5 === 0);

describe('the default scale noise', () => {
  test('has the documented SD in windows of a second', () => {
    const sds = windowedSds(series);
    expectNear(quantile(sds, 0.25), 0.66, 1.5);
    expectNear(quantile(sds, 0.5), 0.9, 1.35);
    expectNear(quantile(sds, 0.75), 2.2, 1.5);
    expectNear(quantile(sds, 0.95), 5.7, 1.7);
  });

  test('has the documented SD of means', () => {
    const sds = sdsOfMeans(series);
    expectNear(quantile(sds, 0.5), 0.18, 1.5);
    expectNear(quantile(sds, 0.95), 0.97, 2);
  });

  test('is bursty: its tails are the documented ones, not a normal’s', () => {
    const [beyond3, beyond5, beyond10] = tails(series);
    expectNear(beyond3, 0.059, 1.6);
    expectNear(beyond5, 0.018, 2);
    expectNear(beyond10, 0.002, 4);
  });

  test('peaks in bursts as documented', () => {
    const peak = peaks(series);
    expectNear(quantile(peak, 0.5), 8, 1.5);
    expectNear(quantile(peak, 0.95), 60, 2);
  });

  test('hums at 1.5, 16.5 and 24.5 Hz over a flat floor', () => {
    const spectrum = quietSpectrum(everyFifth(series));
    const floor = 3 * floorOf(spectrum);
    expect(powerNear(spectrum, 1.5) / floor).toBeGreaterThan(4);
    expect(powerNear(spectrum, 16.5) / floor).toBeGreaterThan(1.2);
    expect(powerNear(spectrum, 24.5) / floor).toBeGreaterThan(4);
    for (const hz of [5, 10, 20, 28]) expectNear(powerNear(spectrum, hz) / floor, 1, 1.35);
  });

  test('comes in whole quanta', () => {
    for (const x of series.slice(0, 5)) {
      for (const value of x) expect(Math.abs(value / 0.241 - Math.round(value / 0.241))).toBeLessThan(1e-3);
    }
  });

  test('shakes neighbouring gondolas in the same seconds', () => {
    const loudness = [series[0]!, series[4 * PLATES]!].map((x) =>
      Float64Array.from({ length: 34 }, (_, w) => Math.log(sdOfSeries(x, 30 * w, 30 * w + 30) + 0.05)),
    );
    const [a, b] = loudness as [Float64Array, Float64Array];
    const meanOf = (x: Float64Array) => x.reduce((sum, v) => sum + v, 0) / x.length;
    const covariance = a.reduce((sum, v, i) => sum + (v - meanOf(a)) * (b[i]! - meanOf(b)), 0) / a.length;
    expect(covariance / (sdOfSeries(a) * sdOfSeries(b))).toBeGreaterThan(0.5);
  });
});

describe('beside the real trace', () => {
  const isThere = existsSync(plateTracePath());
  if (!isThere) console.log(`skipped: no real plate trace at ${plateTracePath()}`);

  test.skipIf(!isThere)('the default noise has its percentiles, tails and spectrum', () => {
    const { shelves, samples } = plateTrace();
    const real = shelves.flat().map((x) => x.slice(0, samples));
    const fake = series;
    for (const share of [0.25, 0.5, 0.75, 0.95]) {
      expectNear(quantile(windowedSds(fake), share), quantile(windowedSds(real), share), 1.7);
    }
    expectNear(tails(fake)[0], tails(real)[0], 1.6);
    expectNear(tails(fake)[1], tails(real)[1], 1.8);
    const [one, other] = [quietSpectrum(everyFifth(fake)), quietSpectrum(everyFifth(real))];
    for (const hz of [1.5, 16.5, 24.5]) {
      expectNear(powerNear(one, hz) / floorOf(one), powerNear(other, hz) / floorOf(other), 1.4);
    }
  });

  test.skipIf(!isThere)('replayed noise has its percentiles, tails and spectrum', () => {
    const real = plateResiduals().flat();
    const fake = simulated('replay', [1, 2, 3]);
    for (const share of [0.25, 0.5, 0.75, 0.95]) {
      expectNear(quantile(windowedSds(fake), share), quantile(windowedSds(real), share), 1.7);
    }
    expectNear(tails(fake)[0], tails(real)[0], 1.6);
    const [one, other] = [quietSpectrum(everyFifth(fake)), quietSpectrum(everyFifth(real))];
    for (const hz of [1.5, 24.5]) {
      expectNear(powerNear(one, hz) / floorOf(one), powerNear(other, hz) / floorOf(other), 1.5);
    }
  });
});

test('gives frozen sets, so that nobody tunes one in passing', () => {
  for (const name of ['default', 'other', 'none', 'replay'] as const) {
    const set = noiseSet(name);
    expect(set.name).toBe(name);
    expect(Object.isFrozen(set) && Object.isFrozen(set.scale.burst) && Object.isFrozen(set.camera.missUs)).toBe(true);
  }
});

test('says where it looked when the trace for replay is missing', async () => {
  const before = process.env['AISLE_DATA'];
  process.env['AISLE_DATA'] = '/nowhere';
  try {
    const { vi } = await import('vitest');
    vi.resetModules();
    const fresh = await import('./plate-trace.ts');
    expect(() => fresh.plateTrace()).toThrow('/nowhere/plate-trace/plate_data.json');
  } finally {
    if (before === undefined) delete process.env['AISLE_DATA'];
    else process.env['AISLE_DATA'] = before;
  }
});
