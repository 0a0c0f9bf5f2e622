import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CrowdSpace, CrowdTracker } from './crowd-tracker.ts';

/** Feeds looks of [place, score] rows one after the other and returns each look's track numbers. */
function keysOf(
  space: CrowdSpace,
  looks: readonly {
    readonly seconds: number;
    readonly rows: readonly (readonly number[])[];
    readonly score?: number;
  }[],
) {
  const tracker = new CrowdTracker(space, [0, 0, 20, 20]);
  const keys = looks.map(({ seconds, rows, score = 0.9 }) => {
    tracker.update(seconds, Float64Array.from(rows.flat()), new Float64Array(rows.length).fill(score), rows.length);
    return [...tracker.keyOfSighting.subarray(0, rows.length)];
  });
  return { tracker, keys };
}

const walk = (seconds: number) => [2 + 1.2 * seconds, 5];
const steps = (count: number, stepSeconds: number) => Array.from({ length: count }, (_, k) => k * stepSeconds);

test('keeps walkers apart who cross each other', () => {
  const looks = steps(60, 0.1).map((seconds) => ({
    seconds,
    rows: [
      [2 + 1.2 * seconds, 5],
      [9 - 1.2 * seconds, 5.2],
    ],
  }));
  for (const keys of keysOf('floor', looks).keys) expect(keys).toEqual([1, 2]);
});

test('follows alike at any rate of looks, for times are in seconds', () => {
  for (const stepSeconds of [0.04, 0.1, 0.5]) {
    const looks = steps(Math.round(6 / stepSeconds), stepSeconds).map((seconds) => ({
      seconds,
      rows: [walk(seconds)],
    }));
    expect(new Set(keysOf('floor', looks).keys.flat())).toEqual(new Set([1]));
  }
});

test('finds a walker again after a second unseen, and gives a new number after a long absence', () => {
  const at = (...seconds: number[]) => seconds.map((one) => ({ seconds: one, rows: [walk(one)] }));
  const seen = steps(20, 0.1);
  expect(keysOf('floor', at(...seen, 2.9, 3)).keys.at(-1)).toEqual([1]);
  expect(keysOf('floor', at(...seen, 9, 9.1)).keys.at(-1)).toEqual([2]);
});

test('keeps a body by weak sightings and starts none by them', () => {
  const looks = steps(30, 0.1).map((seconds) => ({ seconds, rows: [walk(seconds)], score: seconds < 1 ? 0.9 : 0.2 }));
  expect(keysOf('floor', looks).keys.at(-1)).toEqual([1]);
  const weak = looks.map((look) => ({ ...look, score: 0.2 }));
  expect(keysOf('floor', weak).tracker.count).toBe(0);
});

test('follows boxes that walk past each other in an image', () => {
  const looks = steps(50, 0.04).map((seconds) => ({
    seconds,
    rows: [
      [100 + 150 * seconds, 100, 60, 160],
      [420 - 150 * seconds, 130, 55, 150],
    ],
  }));
  for (const keys of keysOf('image', looks).keys) expect(keys).toEqual([1, 2]);
});

test('gives each sighting at most one track, and no track two sightings of one time', () => {
  const places = fc.array(
    fc.tuple(fc.double({ min: 0, max: 20, noNaN: true }), fc.double({ min: 0, max: 20, noNaN: true })),
    {
      maxLength: 30,
    },
  );
  fc.assert(
    fc.property(fc.array(places, { minLength: 1, maxLength: 8 }), (looks) => {
      const { keys } = keysOf(
        'floor',
        looks.map((rows, k) => ({ seconds: k / 10, rows })),
      );
      for (const look of keys) {
        expect(look.every((key) => key > 0)).toBe(true);
        expect(new Set(look).size).toBe(look.length);
      }
    }),
    { numRuns: 100 },
  );
});
