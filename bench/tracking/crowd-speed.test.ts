import { expect, test } from 'vitest';
import { crowdFrames } from './crowd.ts';
import { measureCrowd } from './crowd-speed.ts';

test('makes the same crowd for the same seed, with about one sighting in twenty missing', () => {
  const [one, other] = [crowdFrames(50, 100), crowdFrames(50, 100)];
  expect(one).toEqual(other);
  const sightings = one.reduce((sum, frame) => sum + frame.scores.length, 0);
  expect(sightings / 5000).toBeGreaterThan(0.94);
  expect(sightings / 5000).toBeLessThan(1);
});

test('keeps who is who in a crowd', () => {
  expect(measureCrowd(50, 200, 1).idf1).toBeGreaterThan(0.9);
});
