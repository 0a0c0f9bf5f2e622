import { expect, test } from 'vitest';
import { meanOf, sdOf, streams } from './random.ts';
import type { Distribution } from './scenario/run.ts';

test('gives the same numbers for the same seed and path, others for another', () => {
  const first = streams(7)('shopper/ana/walk');
  const again = streams(7)('shopper/ana/walk');
  const other = streams(7)('shopper/ana/reach');
  const values = Array.from({ length: 50 }, () => first.uint32());
  expect(Array.from({ length: 50 }, () => again.uint32())).toEqual(values);
  expect(Array.from({ length: 50 }, () => other.uint32())).not.toEqual(values);
});

test('draws each distribution with its stated mean and spread', () => {
  const cases: Distribution[] = [
    { normal: { mean: 5, sd: 2 } },
    { lognormal: { median: 6, p95: 15 } },
    { uniform: { low: -1, high: 3 } },
    { geometric: { mean: 2.4 } },
    { poisson: { rate: 3.5 } },
  ];
  for (const d of cases) {
    const stream = streams(1)(JSON.stringify(d));
    const n = 40_000;
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < n; i++) {
      const x = stream.draw(d);
      sum += x;
      squares += x * x;
    }
    const mean = sum / n;
    expect(Math.abs(mean - meanOf(d))).toBeLessThan(0.03 * Math.abs(meanOf(d)) + 0.02);
    expect(Math.abs(Math.sqrt(squares / n - mean * mean) / sdOf(d) - 1)).toBeLessThan(0.06);
  }
});

test('picks by weight and refuses an empty list', () => {
  const stream = streams(3)('pick');
  let heavy = 0;
  for (let i = 0; i < 4000; i++) if (stream.pick([1, 3], (w) => w) === 3) heavy++;
  expect(heavy / 4000).toBeCloseTo(0.75, 1);
  expect(() => stream.pick([], () => 1)).toThrow('expected more than 0');
});
