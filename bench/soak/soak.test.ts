import { expect, test } from 'vitest';
import { growthPerHour, type SoakSample, soak } from './soak.ts';

const at = (simulatedHours: number, heapBytes: number): SoakSample => ({
  ...{ simulatedHours, heapBytes },
  ...{ buffersBytes: 0, rssBytes: 0, carts: 0, wallSeconds: 0 },
});

test('fits growth through the second half of the samples', () => {
  const heap = (sample: SoakSample) => sample.heapBytes;
  const warming = [at(0, 0), at(1, 90), at(2, 95)];
  expect(growthPerHour([...warming, at(3, 100), at(4, 110), at(5, 120)], heap)).toBeCloseTo(10, 9);
  expect(growthPerHour([...warming, at(3, 100), at(4, 100), at(5, 100)], heap)).toBe(0);
  expect(growthPerHour([at(0, 0)], heap)).toBeNull();
});

test('samples memory through a stretch of the day and settles carts', () => {
  const samples: SoakSample[] = [];
  soak({
    hours: 0.1,
    parties: 60,
    everyHours: 0.05,
    parts: 'both',
    engine: {},
    sample: (sample) => samples.push(sample),
  });
  expect(samples.map(({ simulatedHours }) => Math.round(20 * simulatedHours))).toEqual([0, 1, 2]);
  expect(samples.at(-1)!.carts).toBeGreaterThan(0);
  for (const { heapBytes } of samples) expect(heapBytes).toBeGreaterThan(1e6);
});
