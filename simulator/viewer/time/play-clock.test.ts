import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PlayClock } from './play-clock.ts';

const frames = fc.array(fc.integer({ min: 1, max: 250 }), { minLength: 1, maxLength: 200 });

test('never goes back and never beyond what is known while it follows a store', () => {
  fc.assert(
    fc.property(frames, fc.constantFrom(0.25, 1, 5, 100), (all, speed) => {
      const clock = new PlayClock();
      let latestUs = 0;
      let lastUs = 0;
      for (const elapsedMs of all) {
        latestUs += elapsedMs * 1000 * speed;
        clock.advance(elapsedMs, latestUs, speed);
        expect(clock.timeUs).toBeGreaterThanOrEqual(lastUs);
        expect(clock.timeUs).toBeLessThanOrEqual(latestUs);
        lastUs = clock.timeUs;
      }
    }),
  );
});

test('comes within a second of a store it joins late', () => {
  const clock = new PlayClock();
  clock.advance(16, 3600e6, 1);
  expect(3600e6 - clock.timeUs).toBeLessThan(1e6);
});

test('stands still when it is paused, and says that it is not live', () => {
  const clock = new PlayClock();
  clock.seek(5e6);
  clock.pause();
  clock.advance(1000, 60e6, 1);
  expect(clock.timeUs).toBe(5e6);
  expect(clock.isLive).toBe(false);
});

test('plays back at its own pace and follows again when it has caught up', () => {
  const clock = new PlayClock();
  clock.seek(5e6);
  clock.speed = 2;
  clock.advance(1000, 60e6, 1);
  expect(clock.timeUs).toBe(7e6);
  expect(clock.isLive).toBe(false);
  clock.seek(59e6);
  clock.advance(1000, 60e6, 1);
  expect(clock.isLive).toBe(true);
});
