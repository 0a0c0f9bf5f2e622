import { describe, expect, test } from 'vitest';
import { commission } from '../commission.ts';
import { TruePoses } from '../render/true-poses.ts';
import type { FaultPlan } from '../scenario/run.ts';
import { noiseSet } from '../sensors/noise.ts';
import { camera, fakeRun, fault, gondola } from '../sensors/test-world.ts';

const noise = noiseSet('none');
const run = (...faults: FaultPlan[]) =>
  fakeRun({ fixtures: [gondola('A', 4, 1.5)], cameras: [camera('c1', noise), camera('c2', noise)], faults });
const off = { size: { uniform: { low: 0.02, high: 0.2 } }, size2: { uniform: { low: 0.01, high: 0.1 } } };
const always = fault({ kind: 'calibration', targets: ['c1'], toUs: Number.POSITIVE_INFINITY, ...off });
const first = { ...always, toUs: 5e6 };
const toldPose = (...faults: FaultPlan[]) => commission(run(...faults)).cameras[0].cameraFromWorld;
const truePose = (timeUs: number, ...faults: FaultPlan[]) => {
  const one = run(...faults);
  return [...new TruePoses(one, one.cameras[0]).at(timeUs)];
};

describe('a calibration fault', () => {
  test('that holds all the run is a pose told wrong', () => {
    expect(toldPose(always)).not.toEqual(toldPose());
    expect(truePose(1e6, always)).toEqual(truePose(1e6));
  });

  test('from the start for a time is a knock that ends', () => {
    expect(toldPose(first)).toEqual(toldPose());
    expect(truePose(1e6, first)).not.toEqual(truePose(1e6));
    expect(truePose(6e6, first)).toEqual(truePose(6e6));
  });

  test('is drawn the same whatever other faults there are, and wherever it stands among them', () => {
    const others = [
      fault({ kind: 'latency', targets: ['c1'] }),
      fault({ kind: 'calibration', targets: ['c2'], toUs: Number.POSITIVE_INFINITY, ...off }),
      { ...first, fromUs: 2e6 },
    ];
    expect(toldPose(...others, always)).toEqual(toldPose(always));
    expect(truePose(1e6, others[0], others[1], always, first)).toEqual(truePose(1e6, first));
  });
});
