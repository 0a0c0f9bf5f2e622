import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DeviceClock } from './device-clock.ts';

test('finds the offset up to the shortest delay, whatever the others were', () => {
  const delays = fc.array(fc.integer({ min: 2_000, max: 900_000 }), { minLength: 20, maxLength: 60 });
  fc.assert(
    fc.property(fc.integer({ min: -1e9, max: 1e9 }), delays, (offsetUs, delaysUs) => {
      const clock = new DeviceClock();
      let estimateUs = 0;
      delaysUs.forEach((delayUs, i) => {
        const sentUs = 1e12 + i * 100_000;
        estimateUs = clock.note(sentUs - offsetUs, sentUs + delayUs);
      });
      expect(estimateUs).toBe(offsetUs + Math.min(...delaysUs));
    }),
  );
});

test('follows a clock that drifts, and one that was set anew, within a minute or so', () => {
  const clock = new DeviceClock();
  let driftUs = 0;
  for (let second = 0; second < 600; second++) {
    const nowUs = 1e12 + second * 1e6;
    // 100 ppm slow, and an hour back after five minutes.
    driftUs = second * 100 + (second > 300 ? 3_600_000_000 : 0);
    clock.note(nowUs - driftUs, nowUs + 3_000);
  }
  expect(Math.abs(clock.offsetUs - 3_000 - driftUs)).toBeLessThan(7_000);
});
