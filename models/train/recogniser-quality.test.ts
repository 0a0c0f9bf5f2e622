import { expect, test } from 'vitest';
import { Dice } from './dice.ts';
import { calibrate, recogniserMetrics } from './recogniser-quality.ts';
import type { Trial } from './recogniser-trials.ts';

/** Trials of a recogniser whose right cosines lie `gap` above the wrong ones, with noise. */
function trials(count: number, gap: number, noise: number): Trial[] {
  const dice = new Dice(3, 'trials');
  return Array.from({ length: count }, (_, i) => {
    const truth = i % 2 === 0 ? dice.below(8) : -1;
    const cosines = Float32Array.from({ length: 8 }, (_, k) => 0.3 + (k === truth ? gap : 0) + noise * dice.normal());
    const wordAlikes: number[] = [];
    const rest = {
      setting: 'held',
      visibleShare: 1,
      hasDepth: true,
      lookAlikes: truth < 0 ? [] : [(truth + 1) % 8],
    } as const;
    return { cosines, background: 0.3, truth, wordAlikes, sidePx: dice.between(12, 80), ...rest };
  });
}

test('measures a perfect recogniser as perfect and a blind one as chance', () => {
  const perfect = trials(800, 0.6, 0.01);
  const best = recogniserMetrics(perfect, calibrate(perfect));
  for (const name of ['top1From32Px', 'lookAlike16To32Px', 'auroc']) expect(best[name]).toBeGreaterThan(0.999);
  const blind = trials(4000, 0, 0.1);
  const worst = recogniserMetrics(blind, calibrate(blind));
  expect(worst['top1From32Px']).toBeLessThan(0.2);
  expect(worst['auroc']).toBeGreaterThan(0.45);
  expect(worst['auroc']).toBeLessThan(0.55);
});

test('finds a calibration whose probabilities come true', () => {
  const noisy = trials(6000, 0.15, 0.08);
  const calibration = calibrate(noisy.slice(0, 3000));
  expect(recogniserMetrics(noisy.slice(3000), calibration)['calibrationError']).toBeLessThan(0.05);
  const tooSure = { ...calibration, slope: 4 * calibration.slope, none: 4 * calibration.none };
  expect(recogniserMetrics(noisy.slice(3000), tooSure)['calibrationError']).toBeGreaterThan(0.08);
});
