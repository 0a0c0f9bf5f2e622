import { expect, test } from 'vitest';
import { FloorUse } from './floor-use.ts';

const walk = (use: FloorUse, steps: number, first = 0) => {
  for (let i = first; i < first + steps; i++) use.add(i * 100_000, Int32Array.of(3), Float32Array.of(0.1 + i * 0.1, 1));
};

test('counts the seconds that somebody was there, and the way they went', () => {
  const use = new FloorUse([10, 4]);
  walk(use, 41);
  expect(use.seconds.reduce((a, b) => a + b)).toBeCloseTo(4, 3);
  expect(use.eastM.reduce((a, b) => a + b)).toBeCloseTo(4, 3);
  expect(use.northM.every((metres) => metres === 0)).toBe(true);
});

test('goes on from what was counted before without counting anything twice', () => {
  const whole = new FloorUse([10, 4]);
  walk(whole, 41);
  const early = new FloorUse([10, 4]);
  walk(early, 21);
  const late = new FloorUse([10, 4]);
  late.restore(JSON.parse(JSON.stringify(early.soFar())));
  walk(late, 41);
  const sum = (values: Float32Array) => values.reduce((a, b) => a + b);
  expect(sum(late.seconds)).toBeCloseTo(sum(whole.seconds), 1);
  // The step across the seam has no beginning.
  expect(sum(whole.eastM) - sum(late.eastM)).toBeLessThan(0.15);
});

test('takes a jump for somebody else, and leaves out who is outside', () => {
  const use = new FloorUse([10, 4]);
  use.add(0, Int32Array.of(1), Float32Array.of(1, 1));
  use.add(100_000, Int32Array.of(1), Float32Array.of(9, 1));
  use.add(200_000, Int32Array.of(1), Float32Array.of(-1, 1));
  expect(use.eastM.every((metres) => metres === 0)).toBe(true);
  expect(use.seconds.reduce((a, b) => a + b)).toBeCloseTo(0.1, 5);
});
