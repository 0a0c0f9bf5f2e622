import { expect, test } from 'vitest';
import type { DetectionReading } from '../readings.ts';
import { isBetween } from './merged-heads.ts';
import { Anchors } from './sightings.ts';
import { floorStore } from './test-cameras.ts';
import { TestScene, type Visit } from './test-visits.ts';

function anchorsAt(...places: readonly (readonly [number, number])[]): Anchors {
  const anchors = new Anchors();
  anchors.count = places.length;
  anchors.onFloorM.set(places.flat());
  return anchors;
}

test('takes a head halfway between two bodies for both in one, and one at a body for that body', () => {
  const anchors = anchorsAt([2, 2], [2.5, 2]);
  expect(isBetween(anchors, 0, 1, 2.25, 2.05)).toBe(true);
  expect(isBetween(anchors, 1, 0, 2.25, 1.95)).toBe(true);
  expect(isBetween(anchors, 0, 1, 2.05, 2)).toBe(false);
  expect(isBetween(anchors, 0, 1, 2.25, 2.4)).toBe(false);
});

test('believes heads between bodies that are far apart or long unseen', () => {
  expect(isBetween(anchorsAt([2, 2], [3.5, 2]), 0, 1, 2.75, 2)).toBe(false);
  const unseen = anchorsAt([2, 2], [2.5, 2]);
  unseen.unseenUs[1] = 1_000_000;
  expect(isBetween(unseen, 0, 1, 2.25, 2)).toBe(false);
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
