import { expect, test } from 'vitest';
import type { DetectionReading } from '../readings.ts';
import { CameraMemory } from './camera-memory.ts';
import { MERGED, PairJudge } from './pair-judge.ts';
import { Anchors } from './sightings.ts';
import { floorStore } from './test-cameras.ts';
import { TestScene, type Visit } from './test-visits.ts';
import { Views } from './views.ts';

const [LEFT, RIGHT] = [0, 1];

/** Judges pictures (each a list of x along a line, one per head) of two bodies expected at two places on it. */
function judged(expectedM: readonly [number, number], pictures: readonly (readonly number[])[], shownBefore = true) {
  const anchors = new Anchors();
  anchors.count = 2;
  const views = new Views();
  const memory = new CameraMemory();
  for (const k of [LEFT, RIGHT]) {
    anchors.onFloorM.set([expectedM[k]!, 2], 2 * k);
    anchors.covM2.set([0.0025, 0, 0.0025], 3 * k);
    anchors.headZM[k] = 1.7;
    anchors.headZVarM2[k] = 0.01;
    anchors.key[k] = k + 1;
  }
  const placeM = new Float64Array(64);
  const groupOfHead = new Int32Array(32).fill(-1);
  pictures.forEach((heads, camera) => {
    memory.begin(camera, 0);
    if (shownBefore) for (const key of [1, 2]) memory.note(camera, key, false);
    memory.begin(camera, 100_000);
    for (const x of heads) {
      const row = views.headCount++;
      views.headSource[row] = camera;
      views.headInWorldM.set([x, 2, 1.7], 3 * row);
      views.headCovM2.set([0.002, 0, 0.002], 3 * row);
      placeM.set([x, 2], 2 * row);
    }
    views.endSource(camera, 100_000);
  });
  anchors.timeUs = 100_000;
  new PairJudge(memory).judge(views, anchors, placeM, groupOfHead, LEFT, RIGHT);
  return [...groupOfHead.subarray(0, views.headCount)];
}

test('takes heads in the middle for both bodies where other pictures show the two apart', () => {
  expect(judged([4, 4.5], [[4, 4.5], [4.25], [4.26], [4.24]])).toEqual([LEFT, RIGHT, MERGED, MERGED, MERGED]);
});

test('sees through a merge although most pictures show it and the expected places are off', () => {
  // The left one stopped at 3.8 while it was expected at 4; merged heads lie nearer to 4 than its own.
  expect(judged([4, 4.4], [[3.8], [3.81], [4.1], [4.1], [4.1]])).toEqual([LEFT, LEFT, MERGED, MERGED, MERGED]);
});

test('leaves heads with the bodies they show', () => {
  expect(judged([4, 4.5], [[4.02, 4.52], [4.01, 4.5], [4.03]])).toEqual([LEFT, RIGHT, LEFT, RIGHT, LEFT]);
  expect(judged([4, 4.5], [[4.5], [4.51]], false)).toEqual([RIGHT, RIGHT]);
});

/** The first two heads of a picture as one, halfway, as detectors do with bodies that touch. */
function withFirstTwoMerged(reading: DetectionReading): DetectionReading {
  const d = reading.detections;
  if (d.headDepthM.length !== 2) return reading;
  const half = (a: number, b: number) => (a + b) / 2;
  const [u0, v0, u1, v1] = d.headsInImagePx as unknown as [number, number, number, number];
  return {
    ...reading,
    detections: {
      ...d,
      headsInImagePx: Float32Array.of(half(u0, u1), half(v0, v1)),
      headDepthM: Float32Array.of(half(d.headDepthM[0]!, d.headDepthM[1]!)),
      headScore: d.headScore.slice(0, 1),
      handOwner: d.handOwner.map(() => 0),
    },
  };
}

test('keeps two bodies apart while most cameras see them as one', () => {
  const stands = (x: number): Visit => ({
    fromSeconds: 0,
    pathM: [
      [x, 3],
      [x + 0.01, 3],
    ],
    speedMps: 0.0005,
  });
  const pair = [stands(4), stands(4.45)];
  let isMerging = false;
  const scene = new TestScene(floorStore([8, 6], 6), undefined, 4, (reading) =>
    isMerging && reading.sensorId !== 'camera-0' && reading.sensorId !== 'camera-3'
      ? withFirstTwoMerged(reading)
      : reading,
  );
  scene.run(pair, [], 5);
  const [left, right] = [scene.bodyAt(4, 3), scene.bodyAt(4.45, 3)];
  isMerging = true;
  scene.run(pair, [], 7.5);
  // Neither has been drawn to the middle.
  const placesM = [...scene.tracker.snapshot().onFloorM].filter((_, i) => i % 2 === 0).sort((a, b) => a - b);
  expect(placesM).toHaveLength(2);
  expect(Math.abs(placesM[0]! - 4)).toBeLessThan(0.12);
  expect(Math.abs(placesM[1]! - 4.45)).toBeLessThan(0.12);
  isMerging = false;
  scene.run(pair, [], 9);
  expect(left).not.toBe(right);
  expect(scene.tracker.bodies()).toHaveLength(2);
  expect([scene.bodyAt(4, 3), scene.bodyAt(4.45, 3)]).toEqual([left, right]);
});
