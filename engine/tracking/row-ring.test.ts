import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RowRing } from './row-ring.ts';

test('keeps every row of the span it is asked for, in order, and bounded memory beyond', () => {
  const gaps = fc.array(fc.nat(40), { minLength: 1, maxLength: 400 });
  fc.assert(
    fc.property(gaps, fc.integer({ min: 10, max: 500 }), fc.nat(8000), (list, keepUs, askedUs) => {
      const ring = new RowRing(2, keepUs, 16);
      const times: number[] = [];
      let timeUs = 0;
      for (const gap of list) {
        timeUs += gap;
        times.push(timeUs);
        ring.append(timeUs, Float64Array.of(9, timeUs, -timeUs), 1);
      }
      const kept = times.filter((one) => one >= timeUs - keepUs);
      expect(Array.from({ length: ring.count }, (_, row) => ring.timeUs(row))).toEqual(kept);
      expect(ring.value(ring.count - 1, 1)).toBe(-timeUs);
      const from = ring.findFrom(askedUs);
      expect(from).toBe(kept.filter((one) => one < askedUs).length);
    }),
  );
});

test('takes over only newer rows of another ring', () => {
  const one = new RowRing(1, 1000, 16);
  const other = new RowRing(1, 1000, 16);
  one.append(10, Float64Array.of(1), 0);
  one.append(20, Float64Array.of(2), 0);
  for (const timeUs of [15, 25, 35]) other.append(timeUs, Float64Array.of(timeUs), 0);
  one.appendAll(other);
  expect(Array.from({ length: one.count }, (_, row) => one.timeUs(row))).toEqual([10, 20, 25, 35]);
});
