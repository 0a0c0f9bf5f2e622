import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cameraCalibration, cameraTransforms, storeScene } from './store-scene.ts';
import { sampleStore } from './test-run.ts';

type Quaternion = { x: number; y: number; z: number; w: number };

/** Row-major rotation of a unit quaternion. */
function matrixOf({ x, y, z, w }: Quaternion): number[] {
  return [
    1 - 2 * (y * y + z * z),
    2 * (x * y - z * w),
    2 * (x * z + y * w),
    2 * (x * y + z * w),
    1 - 2 * (x * x + z * z),
    2 * (y * z - x * w),
    2 * (x * z - y * w),
    2 * (y * z + x * w),
    1 - 2 * (x * x + y * y),
  ];
}

const part = fc.double({ min: -1, max: 1, noNaN: true });
const unit = fc
  .tuple(part, part, part, part)
  .filter((q) => Math.hypot(...q) > 0.1)
  .map((q) => q.map((p) => p / Math.hypot(...q)));
const place = fc.tuple(part, part, part);

test('places a camera so that its transform undoes camera-from-world', () => {
  fc.assert(
    fc.property(unit, place, place, ([x, y, z, w], eye, point) => {
      // Rows of camera-from-world are the columns of world-from-camera.
      const r = matrixOf({ x, y, z, w });
      const rows = [0, 1, 2].map((i) => [r[i], r[3 + i], r[6 + i]]);
      const cameraFromWorld = rows.flatMap((row) => [...row, -(row[0] * eye[0] + row[1] * eye[1] + row[2] * eye[2])]);
      const camera = { ...sampleStore.cameras[0], cameraFromWorld };
      const { transforms } = cameraTransforms({ ...sampleStore, cameras: [camera] }) as {
        transforms: { translation: { x: number; y: number; z: number }; rotation: Quaternion }[];
      };
      const { translation, rotation } = transforms[0];
      const inCamera = rows.map(
        (row, i) => row[0] * point[0] + row[1] * point[1] + row[2] * point[2] + cameraFromWorld[4 * i + 3],
      );
      const m = matrixOf(rotation);
      const back = [translation.x, translation.y, translation.z].map(
        (t, i) => m[3 * i] * inCamera[0] + m[3 * i + 1] * inCamera[1] + m[3 * i + 2] * inCamera[2] + t,
      );
      for (const i of [0, 1, 2]) expect(back[i]).toBeCloseTo(point[i], 9);
    }),
  );
});

test('draws a fixture behind its front edge, whatever way it faces', () => {
  const { entities } = storeScene(sampleStore) as {
    entities: { id: string; cubes: { pose: { position: { x: number; y: number } }; size: { x: number } }[] }[];
  };
  const gondola = entities.find(({ id }) => id === 'fixture/G1')!;
  const fixture = sampleStore.fixtures[0];
  expect(gondola.cubes.length).toBe(1 + fixture.shelves.length);
  for (const { pose, size } of gondola.cubes) {
    const [dx, dy] = [pose.position.x - fixture.atM[0], pose.position.y - fixture.atM[1]];
    const alongFacing = dx * Math.cos(fixture.facingRad) + dy * Math.sin(fixture.facingRad);
    expect(alongFacing).toBeCloseTo(-size.x / 2, 12);
  }
});

test('moves the image centre by half a pixel, as calibration messages count from pixel centres', () => {
  const { K, P, D } = cameraCalibration(sampleStore.cameras[0]) as { K: number[]; P: number[]; D: number[] };
  expect(K).toEqual([320, 0, 319.5, 0, 320, 239.5, 0, 0, 1]);
  expect([P[2], P[6]]).toEqual([319.5, 239.5]);
  expect(D).toEqual([-0.01, -0, 0, 0, 0]);
});
