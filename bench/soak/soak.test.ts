import { expect, test } from 'vitest';
import { growthPerHour, type SoakSample, soak } from './soak.ts';

const at = (simulatedHours: number, heapBytes: number): SoakSample => ({
  ...{ simulatedHours, heapBytes },
  ...{ buffersBytes: 0, rssBytes: 0, carts: 0, wallSeconds: 0 },
});

test('fits growth through all samples but the first', () => {
  const heap = (sample: SoakSample) => sample.heapBytes;
  expect(growthPerHour([at(0, 0), at(1, 100), at(2, 110), at(3, 120)], heap)).toBeCloseTo(10, 9);
  expect(growthPerHour([at(0, 0), at(1, 100), at(2, 100)], heap)).toBe(0);
  expect(growthPerHour([at(0, 0), at(1, 100)], heap)).toBeNull();
});

test('samples memory through a stretch of the day and settles carts', () => {
  const samples: SoakSample[] = [];
  soak({ hours: 0.1, everyHours: 0.05, parts: 'both', engine: {}, sample: (sample) => samples.push(sample) });
  expect(samples.map(({ simulatedHours }) => Math.round(20 * simulatedHours))).toEqual([0, 1, 2, 2]);
  expect(samples.at(-1)!.carts).toBeGreaterThan(0);
  for (const { heapBytes } of samples) expect(heapBytes).toBeGreaterThan(1e6);
});
