import { expect, test } from 'vitest';
import { noiseFigures, noisePage, noiseText } from './noise-page.ts';
import { simulatedPlates } from './plate-series.ts';
import { quantile, quantumOf, sdOfSeries, tails } from './plate-statistics.ts';

test('works out statistics as by hand', () => {
  expect(quantile([1, 2, 3, 4, 5], 0.25)).toBe(2);
  expect(sdOfSeries(Float64Array.of(1, 3, 1, 3))).toBe(1);
  expect(quantumOf([Float64Array.of(10, 10.482, 10.241, 10), Float64Array.of(0, 0.241)])).toBeCloseTo(0.241, 9);
  // 25 × −1, one 0, 23 × 1: median 0, MAD 1, so σ is 1.4826: 5 is beyond 3 σ and 8 beyond 5 σ.
  const x = Float64Array.of(...Array<number>(25).fill(-1), 0, ...Array<number>(23).fill(1), 5, 8);
  expect(tails([x])).toEqual([2 / 51, 1 / 51, 0]);
});

test('plays the plates of an empty shop, as long as the real trace, and draws them', () => {
  const series = simulatedPlates('default', [1]).slice(0, 60);
  expect(new Set(series.map((x) => x.length))).toEqual(new Set([1020]));
  const set = { name: 'default', series };
  expect(noiseFigures(set)['quantum, g']).toBeCloseTo(0.241, 2);
  expect(noiseText([set, set])).toContain('p95 g');
  expect(noisePage([set], 'test')).not.toMatch(/NaN|undefined|Infinity/);
});
