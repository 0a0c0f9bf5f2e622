import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Origins } from './origins.ts';

const NOW = Number.POSITIVE_INFINITY;

test('takes a track for itself until it is mixed with another, and only from then on', () => {
  const origins = new Origins();
  origins.mix(1, 2, 0.1, 5e6);
  expect(origins.at(1, 4e6)).toEqual([{ trackId: 1, prob: 1 }]);
  expect(origins.at(1, 5e6)).toEqual([
    { trackId: 1, prob: 0.9 },
    { trackId: 2, prob: 0.1 },
  ]);
  expect(origins.isSure(3)).toBe(true);
  expect(origins.isSure(2)).toBe(false);
});

test('carries doubt on to those who are met next', () => {
  const origins = new Origins();
  origins.mix(1, 2, 0.5, 1e6);
  origins.mix(2, 3, 0.5, 2e6);
  expect(origins.at(3, NOW).map(({ trackId, prob }) => [trackId, prob])).toEqual([
    [3, 0.5],
    [1, 0.25],
    [2, 0.25],
  ]);
});

test('always sums to 1', () => {
  const meeting = fc.tuple(
    fc.integer({ min: 1, max: 6 }),
    fc.integer({ min: 7, max: 12 }),
    fc.double({ min: 0, max: 0.5, noNaN: true }),
  );
  fc.assert(
    fc.property(fc.array(meeting, { maxLength: 30 }), (meetings) => {
      const origins = new Origins();
      for (const [i, [a, b, prob]] of meetings.entries()) origins.mix(a, b, prob, i);
      for (let id = 1; id <= 12; id++)
        expect(origins.at(id, NOW).reduce((sum, { prob }) => sum + prob, 0)).toBeCloseTo(1, 9);
    }),
  );
});
