import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { resolveFile } from '../../bin/scenario-files.ts';
import type { NoiseSet, Run } from '../../simulator/scenario/run.ts';
import { Simulation } from '../../simulator/simulate.ts';
import { compareReport } from './compare-report.ts';
import { DetectionCameras } from './detection-cameras.ts';
import { DetectionMeter } from './detection-meter.ts';
import { DetectionSums } from './detection-sums.ts';
import { fittedNoise } from './fitted-noise.ts';

const file = fileURLToPath(new URL('../../scenarios/demo.yaml', import.meta.url));

/** What `detections` cameras with a noise set are measured to do in the first minute of the demo. */
function measured(noise: NoiseSet['name']): DetectionSums {
  const whole = resolveFile(file, 1, { noise });
  const cameras = whole.cameras.map((one) => ({ ...one, output: 'pixels' as const }));
  const run: Run = { ...whole, durationUs: 60e6, cameras };
  const sums = new DetectionSums();
  const meter = new DetectionMeter(run, sums);
  const others = new DetectionCameras(run);
  const simulation = new Simulation(run, {
    pictures: (camera, world, timeUs, isFogged) => {
      const seen = others.take(camera, world, isFogged)!;
      meter.take(camera, world, timeUs, seen);
      return seen;
    },
    watch: (world) => others.watch(world),
  });
  for (let step = simulation.step(); step; step = simulation.step()) meter.settle(step.timeUs);
  sums.endRun();
  return sums;
}

const ideal = measured('none');

test('agree with the truth about what is in sight, where they have no noise', () => {
  const { camera } = fittedNoise(ideal);
  expect(ideal.heads.all.reduce((sum, one) => sum + one, 0)).toBeGreaterThan(1000);
  // A picture may be a tick younger than the truth beside it.
  expect(camera.headMiss).toBeLessThan(0.01);
  expect(camera.handMiss).toBeLessThan(0.02);
  expect((ideal.falseHeads + ideal.falseHands) / ideal.pictures).toBeLessThan(0.005);
});

test('are found to do what their noise says', () => {
  const usual = measured('default');
  const { camera } = fittedNoise(usual);
  expect(camera.headMiss).toBeGreaterThan(0.015);
  expect(camera.headMiss).toBeLessThan(0.06);
  expect(camera.handMiss).toBeGreaterThan(0.05);
  expect(camera.handMiss).toBeLessThan(0.16);
  expect(camera.headPx).toBeGreaterThan(1);
  expect(camera.headPx).toBeLessThan(2.5);
  expect(compareReport(ideal, usual)).not.toMatch(/NaN|undefined/);
});
