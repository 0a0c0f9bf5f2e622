import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAX_ATTEMPTS, retryAfterMs, retryWaitMs } from './retry-schedule.ts';

test("follows the specification's schedule and then gives up", () => {
  const waits = Array.from({ length: MAX_ATTEMPTS - 1 }, (_, i) => retryWaitMs(i + 1, 0)! / 1000);
  expect(waits).toEqual([5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400]);
  expect(waits.reduce((sum, wait) => sum + wait, 0) / 3600).toBeCloseTo(75.6, 1);
  expect(retryWaitMs(MAX_ATTEMPTS, 0)).toBeNull();
});

test('lets jitter add up to a fifth and never take away', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: MAX_ATTEMPTS - 1 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (n, draw) => {
        const ratio = retryWaitMs(n, draw)! / retryWaitMs(n, 0)!;
        expect(ratio).toBeGreaterThanOrEqual(1);
        expect(ratio).toBeLessThanOrEqual(1.2);
      },
    ),
  );
});

test('waits as long as Retry-After asks, a day at most, and never less than the schedule', () => {
  expect(retryWaitMs(1, 0, 60_000)).toBe(60_000);
  expect(retryWaitMs(2, 0, 1_000)).toBe(300_000);
  expect(retryWaitMs(1, 0, 1e12)).toBe(86_400_000);
});

test('reads both forms of Retry-After and ignores the rest', () => {
  const nowMs = Date.parse('2026-01-01T00:00:00Z');
  expect(retryAfterMs('120', nowMs)).toBe(120_000);
  expect(retryAfterMs('Thu, 01 Jan 2026 00:01:00 GMT', nowMs)).toBe(60_000);
  expect(retryAfterMs('Thu, 01 Jan 2025 00:01:00 GMT', nowMs)).toBe(0);
  for (const odd of ['-5', '1.5', 'soon', '', undefined]) expect(retryAfterMs(odd, nowMs)).toBeNull();
});
