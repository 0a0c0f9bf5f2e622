import { describe, expect, test } from 'vitest';
import type { Outcome } from '../score/calibration.ts';
import { type Cell, pairedDifference, ratioInterval } from './bootstrap.ts';
import { holm } from './holm.ts';
import { CLIP, logLoss, logLossSkill } from './log-loss.ts';
import { poissonAtMost } from './rare-events.ts';

/** Cells of seeds × cases from a function. */
function grid(seeds: number, cases: number, value: (seed: number, index: number) => number): Cell[] {
  return Array.from({ length: seeds * cases }, (_, i) => ({
    seed: i % seeds,
    case: `case ${Math.floor(i / seeds)}`,
    num: value(i % seeds, Math.floor(i / seeds)),
    den: 1,
  }));
}

describe('the two-way bootstrap', () => {
  test('gives a constant no width', () => {
    expect(ratioInterval(grid(4, 5, () => 0.75))).toMatchObject({ value: 0.75, low: 0.75, high: 0.75 });
  });

  test('is null without a denominator', () => {
    expect(ratioInterval([{ seed: 1, case: 'a', num: 0, den: 0 }])).toBeNull();
  });

  test('weighs ratios by their denominators: 3 of 4 and 0 of 1 are 3 of 5', () => {
    const cells = [
      { seed: 1, case: 'a', num: 3, den: 4 },
      { seed: 2, case: 'a', num: 0, den: 1 },
    ];
    expect(ratioInterval(cells)!.value).toBeCloseTo(0.6, 12);
  });

  test('is as wide as the seeds differ when all cases of a seed go together', () => {
    // Ten cases say the same as one: only the 8 seeds count. Mean of 8 coin-like seeds, half 0 and half 1: SD 0.5/√8 = 0.177.
    const shared = ratioInterval(grid(8, 10, (seed) => seed % 2))!;
    expect(shared.high - shared.low).toBeGreaterThan(0.5);
    expect(shared.high - shared.low).toBeLessThan(0.85);
    // Were all 80 taken as independent, the interval would be 4 · 0.5/√80 = 0.22 wide.
  });

  test('finds a difference that every cell shares, whatever the cells themselves scatter', () => {
    const scatter = (seed: number, index: number) => ((7 * seed + 3 * index) % 10) / 20;
    const better = grid(5, 6, (seed, index) => scatter(seed, index) + 0.1);
    const found = pairedDifference(better, grid(5, 6, scatter))!;
    expect(found.value).toBeCloseTo(0.1, 12);
    expect(found.low).toBeCloseTo(0.1, 9);
    expect(found.p).toBeCloseTo(2 / 2001, 9);
  });

  test('sees none where there is none', () => {
    const found = pairedDifference(
      grid(6, 6, (seed) => seed % 2),
      grid(6, 6, (seed) => (seed + 1) % 2),
    )!;
    expect(found.value).toBe(0);
    expect(found.p).toBeGreaterThan(0.5);
  });

  test('refuses to pair different cases', () => {
    expect(() =>
      pairedDifference(
        grid(2, 2, () => 1),
        grid(2, 3, () => 1),
      ),
    ).toThrow('expected the same');
  });

  test('gives the same bounds every time', () => {
    const cells = grid(5, 5, (seed, index) => (seed * index) % 3);
    expect(ratioInterval(cells)).toEqual(ratioInterval(cells));
  });
});

describe("Holm's correction", () => {
  test('multiplies the smallest by all, the next by one fewer: 0.01, 0.04, 0.03 become 0.03, 0.06, 0.06', () => {
    const adjusted = holm([0.01, 0.04, 0.03]);
    [0.03, 0.06, 0.06].forEach((want, i) => {
      expect(adjusted[i]).toBeCloseTo(want, 12);
    });
  });

  test('never exceeds 1 and leaves a single comparison alone', () => {
    expect(holm([0.6, 0.7])).toEqual([1, 1]);
    expect(holm([0.2])).toEqual([0.2]);
    expect(holm([])).toEqual([]);
  });
});

describe('log loss', () => {
  const half: Outcome[] = [
    [0.8, 1],
    [0.2, 0],
  ];

  test('of 0.8 for what came true and 0.2 for what did not is −ln 0.8', () => {
    expect(logLoss(half)).toBeCloseTo(-Math.log(0.8), 12);
  });

  test('has skill 1 − ln 0.8 / ln 0.5 over a constant of one half', () => {
    expect(logLossSkill(half)).toBeCloseTo(1 - Math.log(0.8) / Math.log(0.5), 12);
  });

  test('has no skill where the constant is promised', () => {
    expect(
      logLossSkill([
        [0.5, 1],
        [0.5, 0],
      ]),
    ).toBeCloseTo(0, 12);
  });

  test('punishes a certain mistake by a bounded amount', () => {
    expect(logLoss([[1, 0]])).toBeCloseTo(-Math.log(CLIP), 12);
  });

  test('is undefined without outcomes, and skill where all came out alike', () => {
    expect([logLoss([]), logLossSkill([]), logLossSkill([[0.9, 1]])]).toEqual([null, null, null]);
  });
});

test('bounds rare events as the tables do: 0 → 2.996, 1 → 4.744, 10 → 16.96', () => {
  expect(poissonAtMost(0)).toBeCloseTo(2.9957, 3);
  expect(poissonAtMost(1)).toBeCloseTo(4.7439, 3);
  expect(poissonAtMost(10)).toBeCloseTo(16.9622, 3);
  expect(poissonAtMost(501) / 501).toBeGreaterThan(1.05);
});
