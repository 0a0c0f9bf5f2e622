import { expect, test } from 'vitest';
import { RandomStream } from '../../simulator/random.ts';
import { quantile, robustSd, splitError } from './spread.ts';

const stream = new RandomStream(5, 'spread');

test('finds the SD of a normal whatever a few wild values say', () => {
  const values = Array.from({ length: 20_000 }, () => 3 * stream.normal());
  for (const found of [robustSd(values), robustSd([...values, ...new Array(200).fill(1e6)])])
    expect(Math.abs(found - 3)).toBeLessThan(0.15);
  expect(quantile([4, 1, 3, 2], 0.5)).toBe(3);
  expect(quantile([], 0.5)).toBe(Number.NaN);
});

test('tells what is new in each picture from what wanders', () => {
  const [white, slow, tauS, stepS] = [2, 5, 0.7, 0.1];
  const keep = Math.exp(-stepS / tauS);
  const errors: number[] = [];
  let wander = slow * stream.normal();
  for (let i = 0; i < 60_000; i++) {
    wander = keep * wander + slow * Math.sqrt(1 - keep * keep) * stream.normal();
    errors.push(wander + white * stream.normal());
  }
  const apart = (steps: number) => errors.slice(steps).map((error, i) => error - errors[i]);
  const split = splitError(errors, apart(1), apart(5), 0.5);
  expect(split.total).toBeCloseTo(Math.sqrt(white ** 2 + slow ** 2), 0);
  // Neighbours share most of the slow part, not all of it.
  expect(split.white).toBeGreaterThan(white);
  expect(split.white).toBeLessThan(white + 1);
  expect(split.slow).toBeGreaterThan(0.9 * slow);
  expect(split.tauS).toBeGreaterThan(0.5 * tauS);
  expect(split.tauS).toBeLessThan(2 * tauS);
});
