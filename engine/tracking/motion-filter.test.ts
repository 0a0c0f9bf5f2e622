import { expect, test } from 'vitest';
import { COV_SIZE, correctMotion, mahalanobis2, predictMotion, STATE_SIZE, startMotion } from './motion-filter.ts';
import { Dice } from './test-dice.ts';

const cov2 = Float64Array.of(0.01, 0.004, 0.02);

/** The 4 × 4 covariance in full. */
function fullCovariance(c: Float64Array): number[][] {
  return [
    [c[0]!, c[1]!, c[3]!, c[4]!],
    [c[1]!, c[2]!, c[5]!, c[6]!],
    [c[3]!, c[5]!, c[7]!, c[8]!],
    [c[4]!, c[6]!, c[8]!, c[9]!],
  ];
}

/** Smallest pivot of a Cholesky factorisation; positive for a positive definite matrix. */
function smallestPivot(matrix: number[][]): number {
  const m = matrix.map((row) => [...row]);
  let smallest = Number.POSITIVE_INFINITY;
  for (let k = 0; k < m.length; k++) {
    smallest = Math.min(smallest, m[k]![k]!);
    for (let i = k + 1; i < m.length; i++)
      for (let j = k + 1; j < m.length; j++) m[i]![j]! -= (m[i]![k]! * m[k]![j]!) / m[k]![k]!;
  }
  return smallest;
}

test('stays positive definite through sightings, misses and coasting', () => {
  const dice = new Dice(2);
  const state = new Float64Array(STATE_SIZE);
  const cov = new Float64Array(COV_SIZE);
  startMotion(state, cov, 1, 2, cov2);
  for (let step = 0; step < 2000; step++) {
    const isSeen = dice.uniform() < 0.6;
    predictMotion(state, cov, dice.between(0.02, 0.5), isSeen ? 1 : 0.8);
    if (isSeen) correctMotion(state, cov, dice.normal(), dice.normal(), cov2[0]!, cov2[1]!, cov2[2]!);
    expect(smallestPivot(fullCovariance(cov))).toBeGreaterThan(0);
  }
});

test('errs as much as it says when bodies move as it assumes', () => {
  // Normalised innovations squared have mean 2 (Bar-Shalom et al. 2001, 5.4.2).
  const dice = new Dice(9);
  const [x, v] = [
    [0, 0],
    [0.5, -0.3],
  ];
  const state = new Float64Array(STATE_SIZE);
  const cov = new Float64Array(COV_SIZE);
  startMotion(state, cov, 0, 0, Float64Array.of(0.0025, 0, 0.0025));
  let sum = 0;
  const steps = 4000;
  for (let step = 0; step < steps; step++) {
    for (let axis = 0; axis < 2; axis++) {
      // White acceleration of the filter's density over 0.1 s.
      const kick = Math.sqrt(0.8 * 0.1) * dice.normal();
      x![axis]! += 0.1 * v![axis]! + 0.05 * kick;
      v![axis]! += kick;
    }
    predictMotion(state, cov, 0.1, 1);
    const [mx, my] = [x![0]! + 0.05 * dice.normal(), x![1]! + 0.05 * dice.normal()];
    sum += mahalanobis2(mx - state[0]!, my - state[1]!, cov[0]! + 0.0025, cov[1]!, cov[2]! + 0.0025);
    correctMotion(state, cov, mx, my, 0.0025, 0, 0.0025);
  }
  expect(sum / steps).toBeGreaterThan(1.8);
  expect(sum / steps).toBeLessThan(2.2);
});
