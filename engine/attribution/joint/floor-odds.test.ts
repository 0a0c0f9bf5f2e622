import { expect, test } from 'vitest';
import type { Bend } from './bend-watch.ts';
import { dropProbOf } from './floor-odds.ts';

const bend = (lowestShare: number): Bend => ({ trackId: 1, fromUs: 0, toUs: 1, lowestShare, inWorldM: [0, 0, 0] });

test('thinks of the floor where a body that carries something bends right down', () => {
  expect(dropProbOf(bend(0.51), 0.5, 0, false)).toBeGreaterThan(0.9);
});

test('thinks of a bottom shelf where it bends less, or carries nothing', () => {
  expect(dropProbOf(bend(0.62), 0, 0.5, false)).toBeLessThan(0.02);
  expect(dropProbOf(bend(0.51), 0, 0.5, false)).toBeLessThan(0.3);
});

test('takes a load that changed beside the body for what it bent for', () => {
  expect(dropProbOf(bend(0.53), 0.5, 0.5, true)).toBeLessThan(dropProbOf(bend(0.53), 0.5, 0.5, false));
});

test('goes by the bend alone where no hands were seen', () => {
  expect(dropProbOf(bend(0.51), null, null, false)).toBeGreaterThan(dropProbOf(bend(0.63), null, null, false));
});
