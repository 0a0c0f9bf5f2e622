import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Camera } from '../store.ts';
import { imageFromWorldInto, isInPicture, Lens, undistortedRadius, worldFromImageInto } from './lens.ts';

/** Cameras anywhere, turned anyhow (unit quaternions), with mild to strong distortion of both signs. */
const lenses = fc
  .record({
    q: fc.tuple(...[0, 1, 2, 3].map(() => fc.double({ min: -1, max: 1, noNaN: true }))),
    t: fc.tuple(...[0, 1, 2].map(() => fc.double({ min: -10, max: 10, noNaN: true }))),
    f: fc.double({ min: 200, max: 900, noNaN: true }),
    k1: fc.double({ min: -0.3, max: 0.3, noNaN: true }),
    k2: fc.double({ min: -0.05, max: 0.05, noNaN: true }),
  })
  .filter(({ q }) => Math.hypot(...q) > 0.1)
  .map(({ q, t, f, k1, k2 }) => new Lens(cameraOf(q, t, { fx: f, fy: f * 1.01, cx: 321, cy: 239, k1, k2 })));

function cameraOf(q: number[], t: number[], intrinsics: Camera['intrinsics']): Camera {
  const length = Math.hypot(...q);
  const [w, x, y, z] = q.map((one) => one / length) as [number, number, number, number];
  const cameraFromWorld = [
    1 - 2 * (y * y + z * z),
    2 * (x * y - w * z),
    2 * (x * z + w * y),
    t[0]!,
    2 * (x * y + w * z),
    1 - 2 * (x * x + z * z),
    2 * (y * z - w * x),
    t[1]!,
    2 * (x * z - w * y),
    2 * (y * z + w * x),
    1 - 2 * (x * x + y * y),
    t[2]!,
  ];
  return { id: 'c', widthPx: 640, heightPx: 480, intrinsics, cameraFromWorld, rateHz: 10 };
}

const PLAIN = { fx: 400, fy: 400, cx: 320, cy: 240, k1: 0, k2: 0 };
const image = new Float64Array(3);
const world = new Float64Array(3);

test('returns every pixel of the picture to itself by way of the world', () => {
  const pixels = fc.tuple(fc.double({ min: 0, max: 640, noNaN: true }), fc.double({ min: 0, max: 480, noNaN: true }));
  fc.assert(
    fc.property(lenses, pixels, fc.double({ min: 0.2, max: 20, noNaN: true }), (lens, [u, v], depthM) => {
      const radius = Math.hypot((u - lens.cx) / lens.fx, (v - lens.cy) / lens.fy);
      // At the very limit of the lens model the image stands still, and no precision can be had.
      fc.pre(radius < 0.98 * lens.distortedLimit);
      expect(worldFromImageInto(world, lens, u, v, depthM)).toBe(true);
      expect(imageFromWorldInto(image, lens, world[0]!, world[1]!, world[2]!)).toBe(true);
      expect(image[0]).toBeCloseTo(u, 6);
      expect(image[1]).toBeCloseTo(v, 6);
      expect(image[2]).toBeCloseTo(depthM, 9);
    }),
    { numRuns: 500 },
  );
});

test('undoes distortion wherever the lens model holds, and says where it does not', () => {
  fc.assert(
    fc.property(lenses, fc.double({ min: 0, max: 3, noNaN: true }), (lens, radius) => {
      const straight = undistortedRadius(lens, radius);
      if (radius > lens.distortedLimit) {
        expect(straight).toBeNaN();
        return;
      }
      const s = straight * straight;
      expect(straight).toBeLessThanOrEqual(lens.radiusLimit);
      expect(straight * (1 + s * (lens.k1 + s * lens.k2))).toBeCloseTo(radius, 5);
    }),
    { numRuns: 500 },
  );
});

test('puts the lens where the extrinsics say', () => {
  const lens = new Lens(cameraOf([1, 0, 0, 0], [1, 2, 3], PLAIN));
  expect([...lens.centreInWorldM]).toEqual([-1, -2, -3]);
});

test('projects a hand-worked point', () => {
  // Looks along +z of the world from the origin: x/z = 0.5, y/z = 0.25; r² = 0.3125, stretch 1 + 0.1 r² + 0.01 r⁴.
  const lens = new Lens(cameraOf([1, 0, 0, 0], [0, 0, 0], { ...PLAIN, k1: 0.1, k2: 0.01 }));
  expect(imageFromWorldInto(image, lens, 1, 0.5, 2)).toBe(true);
  const stretch = 1 + 0.03125 + 0.0009765625;
  expect(image[0]).toBeCloseTo(320 + 200 * stretch, 9);
  expect(image[1]).toBeCloseTo(240 + 100 * stretch, 9);
  expect(image[2]).toBe(2);
});

test('sees nothing behind the camera, beyond the lens model or outside the picture', () => {
  const lens = new Lens(cameraOf([1, 0, 0, 0], [0, 0, 0], { ...PLAIN, k1: -0.3 }));
  expect(imageFromWorldInto(image, lens, 0, 0, -1)).toBe(false);
  expect(imageFromWorldInto(image, lens, 5, 0, 1)).toBe(false);
  expect(isInPicture(lens, 0, 0, 2)).toBe(true);
  expect(isInPicture(lens, 0, 1.9, 2)).toBe(false);
  expect(isInPicture(lens, 0, 0, -2)).toBe(false);
});
