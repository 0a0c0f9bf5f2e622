import { expect, test } from 'vitest';
import type { Detections } from '../../engine/readings.ts';
import { RandomStream } from '../../simulator/random.ts';
import { noiseSet } from '../../simulator/sensors/noise.ts';
import { camera, FakeWorld, fakeRun, shopper } from '../../simulator/sensors/test-world.ts';
import { trueCamera } from '../../simulator/sensors/true-camera.ts';
import { DetectionMeter } from './detection-meter.ts';
import { DetectionSums } from './detection-sums.ts';
import { fitReport } from './fit-report.ts';
import { fittedNoise } from './fitted-noise.ts';

const run = fakeRun({ cameras: [camera('c1', noiseSet('none'))], shoppers: [shopper('ana')] });

interface Behaviour {
  readonly miss: number;
  readonly px: number;
  readonly falsePerPicture: number;
}

/** A camera that misses, errs and imagines as told, looking for 200 s at one who walks up and down. */
function sumsOf({ miss, px, falsePerPicture }: Behaviour): DetectionSums {
  const sums = new DetectionSums();
  const meter = new DetectionMeter(run, sums);
  const world = new FakeWorld(run);
  const stream = new RandomStream(3, 'camera');
  const lens = trueCamera(run.cameras[0]);
  for (let i = 0; i < 2000; i++) {
    world.timeUs = 100_000 * i;
    world.stand(0, 3 + ((i / 100) % 2), 3);
    const [x, y, z] = world.bodies[0].headInWorldM;
    lens.project(x, y, z);
    const rows: number[][] = [];
    if (!stream.chance(miss)) rows.push([lens.u + px * stream.normal(), lens.v + px * stream.normal(), lens.depthM]);
    for (let n = stream.poisson(falsePerPicture); n > 0; n--) rows.push([20, 20, 9]);
    meter.take(0, world as never, world.timeUs, headsAt(rows));
  }
  meter.settle(1e9);
  sums.endRun();
  return sums;
}

function headsAt(rows: readonly number[][]): Detections {
  const none = new Float32Array(0);
  return {
    headsInImagePx: Float32Array.from(rows.flatMap((row) => row.slice(0, 2))),
    headDepthM: Float32Array.from(rows, ([, , depthM]) => depthM),
    headScore: new Float32Array(rows.length).fill(0.9),
    ...{ handsInImagePx: none, handDepthM: none, handScore: none, handOwner: new Int16Array(0) },
  };
}

test('finds again what a camera was told to get wrong', () => {
  const sums = sumsOf({ miss: 0.2, px: 3, falsePerPicture: 0.1 });
  const { camera: fitted, headError } = fittedNoise(sums);
  const seenShare = sums.alarmHeadPictures / sums.pictures;
  expect(fitted.headMiss).toBeCloseTo(0.2, 1);
  expect(fitted.headPx).toBeCloseTo(3, 0);
  expect(headError.slow).toBeLessThan(1);
  // What is imagined at the other end of the store is not seen.
  expect(fitted.falsePerFrame).toBeGreaterThan(0.1);
  expect(fitted.falsePerFrame * seenShare).toBeCloseTo(0.1, 1);
  expect(fitted.headScoreSd).toBeCloseTo(0.1 / 0.7979, 3);
  expect(fitReport(sums, fittedNoise(sums))).not.toMatch(/NaN|undefined/);
});

test('finds nothing wrong with a camera that gets nothing wrong', () => {
  const { camera: fitted } = fittedNoise(sumsOf({ miss: 0, px: 0, falsePerPicture: 0 }));
  expect(fitted).toMatchObject({ headMiss: 0, falsePerFrame: 0, mergePerSecond: 0, missShared: 0 });
  expect(fitted.headPx).toBeLessThan(1e-4);
  expect(Math.max(...fitted.missStrata!.head)).toBe(0);
});

test('keeps strata apart and leans those hardly seen on all', () => {
  const sums = new DetectionSums();
  for (let i = 0; i < 1000; i++) {
    sums.shown(0, 0, true);
    sums.shown(0, 4, i % 2 === 0);
  }
  sums.shown(0, 8, false);
  const { head } = fittedNoise(sums).camera.missStrata!;
  expect(head[0]).toBeLessThan(0.03);
  expect(head[4]).toBeGreaterThan(0.45);
  expect(head[8]).toBeGreaterThan(0.2);
  expect(head[8]).toBeLessThan(0.3);
});

test('counts as shared only misses beyond coincidence', () => {
  const share = (isShared: boolean) => {
    const sums = new DetectionSums();
    const stream = new RandomStream(9, `shared/${isShared}`);
    for (let i = 0; i < 5000; i++) {
      const common = stream.chance(0.2);
      for (let view = 0; view < 3; view++) {
        const isSeen = isShared ? !common : !stream.chance(0.2);
        sums.view(100_000 * i, 0, 0, isSeen);
        sums.shown(0, 0, isSeen);
      }
    }
    sums.endRun();
    return fittedNoise(sums).camera.missShared;
  };
  expect(share(false)).toBeLessThan(0.02);
  expect(share(true)).toBeGreaterThan(0.9);
});
