import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clearOf, countClear } from './clear.ts';
import { countHota, hotaOf } from './hota.ts';
import { countIdentity, idf1Of } from './identity.ts';
import { boxSimilarity, groundSimilarity, sequenceFrom } from './tracking-sequence.ts';

/** One body, followed by the given track ids (0 = not found) at the given similarity. */
const follow = (tracks: readonly number[], similarity = 1) =>
  sequenceFrom(
    tracks.map((id) => ({
      truthIds: [1],
      trackIds: id === 0 ? [] : [id],
      similarity: [id === 0 ? [] : [similarity]],
    })),
  );

test('counts a change of track as one switch', () => {
  // Four frames, tracks 7 7 8 8. TP 4, one switch: MOTA = 1 − 1/4. Best single track holds 2 frames:
  // IDF1 = 2·2 / (2·2 + 2 + 2) = 1/2.
  const sequence = follow([7, 7, 8, 8]);
  expect(countClear(sequence)).toMatchObject({ tp: 4, fn: 0, fp: 0, idSwitches: 1, fragments: 0, mostlyTracked: 1 });
  expect(clearOf(countClear(sequence)).mota).toBe(3 / 4);
  expect(idf1Of(countIdentity(sequence))).toBe(1 / 2);
  // HOTA: every detection found, DetA 1; each pair of ids shares 2 of the 4 + 2 − 2 frames, AssA 1/2; √(1 · 1/2).
  const { detA, assA, hota } = hotaOf(countHota(sequence));
  expect([detA, assA]).toEqual([1, 1 / 2]);
  expect(hota).toBeCloseTo(Math.sqrt(1 / 2), 12);
});

test('lowers HOTA as thresholds pass the similarity', () => {
  // Similarity 0.5 reaches 10 of the 19 alphas (0.05 … 0.50): DetA = AssA = HOTA = 10/19. LocA is 0.5 where there is
  // a match and 1 by definition where there is none: (10 · 0.5 + 9) / 19.
  const { hota, detA, locA } = hotaOf(countHota(follow([3, 3, 3], 0.5)));
  expect(hota).toBeCloseTo(10 / 19, 12);
  expect(detA).toBeCloseTo(10 / 19, 12);
  expect(locA).toBeCloseTo(14 / 19, 12);
});

test('keeps a match over a slightly better new one', () => {
  // Frame 2: the old track lies at 0.6, a new one at 0.9; continuity wins and the new one is a false alarm.
  const sequence = sequenceFrom([
    { truthIds: [1], trackIds: [1], similarity: [[0.9]] },
    { truthIds: [1], trackIds: [1, 2], similarity: [[0.6, 0.9]] },
  ]);
  expect(countClear(sequence)).toMatchObject({ tp: 2, fp: 1, idSwitches: 0 });
  expect(clearOf(countClear(sequence)).motp).toBeCloseTo(0.75, 12);
});

test('counts a gap in which another is tracked as a fragment', () => {
  // Body 1 is lost in the middle frame while body 2 is followed throughout.
  const both = {
    truthIds: [1, 2],
    trackIds: [1, 2],
    similarity: [
      [1, 0],
      [0, 1],
    ],
  };
  const one = { truthIds: [1, 2], trackIds: [2], similarity: [[0], [1]] };
  expect(countClear(sequenceFrom([both, one, both]))).toMatchObject({ tp: 5, fn: 1, fragments: 1, idSwitches: 0 });
});

test('measures overlap of boxes and nearness on the floor', () => {
  // 2 × 2 boxes one apart share 2 of 6; touching ones share nothing.
  expect(boxSimilarity([0, 0, 2, 2], [1, 0, 2, 2])).toBeCloseTo(1 / 3, 12);
  expect(boxSimilarity([0, 0, 2, 2], [2, 0, 2, 2])).toBe(0);
  expect([0, 0.25, 0.5, 1, 3].map(groundSimilarity)).toEqual([1, 0.75, 0.5, 0, 0]);
});

test('stays within bounds for any tracker, and at 1 for a perfect one', () => {
  const frame = fc.record({
    truthIds: fc.uniqueArray(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }),
    trackIds: fc.uniqueArray(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }),
    seed: fc.array(fc.integer({ min: 0, max: 10 }), { minLength: 16, maxLength: 16 }),
  });
  fc.assert(
    fc.property(fc.array(frame, { minLength: 1, maxLength: 8 }), (frames) => {
      const sequence = sequenceFrom(
        frames.map(({ truthIds, trackIds, seed }) => ({
          truthIds,
          trackIds,
          similarity: truthIds.map((_, i) => trackIds.map((_, j) => seed[4 * i + j] / 10)),
        })),
      );
      const { hota, detA, assA, locA } = hotaOf(countHota(sequence));
      for (const value of [hota, detA, assA, locA, idf1Of(countIdentity(sequence)) ?? 0]) {
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(1 + 1e-12);
      }
      expect(clearOf(countClear(sequence)).mota ?? 0).toBeLessThanOrEqual(1);
      const same = frames.map(({ truthIds }) => ({
        truthIds,
        trackIds: truthIds,
        similarity: truthIds.map((a) => truthIds.map((b) => (a === b ? 1 : 0))),
      }));
      if (same.some(({ truthIds }) => truthIds.length > 0)) {
        expect(hotaOf(countHota(sequenceFrom(same))).hota).toBeCloseTo(1, 9);
        expect(idf1Of(countIdentity(sequenceFrom(same)))).toBe(1);
      }
    }),
  );
});
