import { expect, test } from 'vitest';
import { atan2, cos, exp, log, sin } from './maths.ts';

const samples = Array.from({ length: 4001 }, (_, i) => (i - 2000) / 37);

test('agrees with the engine to 1e-10 where the simulator works', () => {
  for (const x of samples) {
    expect(Math.abs(sin(x) - Math.sin(x))).toBeLessThan(1e-10);
    expect(Math.abs(cos(x) - Math.cos(x))).toBeLessThan(1e-10);
    expect(Math.abs(exp(x) / Math.exp(x) - 1)).toBeLessThan(1e-12);
    if (x > 0) expect(Math.abs(log(x) - Math.log(x))).toBeLessThan(1e-12);
    expect(Math.abs(atan2(x, 1.3) - Math.atan2(x, 1.3))).toBeLessThan(1e-10);
    expect(Math.abs(atan2(0.7, x) - Math.atan2(0.7, x))).toBeLessThan(1e-10);
  }
});

test('keeps the edges of log and exp', () => {
  expect(log(0)).toBe(Number.NEGATIVE_INFINITY);
  expect(log(-1)).toBeNaN();
  expect(Math.abs(log(5e-324) - Math.log(5e-324))).toBeLessThan(1e-9);
  expect(exp(-800)).toBe(0);
  expect(exp(800)).toBe(Number.POSITIVE_INFINITY);
});
