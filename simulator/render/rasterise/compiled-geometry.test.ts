import { expect, test } from 'vitest';
import { SHAPE, type ShapeName, sceneShapes } from '../scene/shapes.ts';
import { compileGeometry } from './compiled-geometry.ts';

const geometries = sceneShapes();
const compiled = geometries.map(compileGeometry);
const names = Object.keys(SHAPE) as ShapeName[];

test('makes six quads of a box', () => {
  expect(compiled[SHAPE.box].faces).toBe(6);
  expect(Array.from(compiled[SHAPE.box].start)).toEqual([0, 4, 8, 12, 16, 20, 24]);
});

test.each(names)('keeps the surface of a %s when it merges triangles', (name) => {
  const { faces, start, loop, position, plane } = compiled[SHAPE[name]];
  let merged = 0;
  for (let f = 0; f < faces; f++) merged += areaOf(Array.from(loop.subarray(start[f], start[f + 1])), position);
  const points = geometries[SHAPE[name]].attributes.position;
  let triangles = 0;
  for (let t = 0; t < points.count; t += 3) triangles += areaOf([t, t + 1, t + 2], Float64Array.from(points.array));
  expect(merged).toBeCloseTo(triangles, 5);
  for (let f = 0; f < faces; f++) {
    const [a, b, c] = plane.subarray(4 * f, 4 * f + 3);
    expect(a * a + b * b + c * c).toBeCloseTo(1, 9);
    for (const v of loop.subarray(start[f], start[f + 1])) {
      const off = a * position[3 * v] + b * position[3 * v + 1] + c * position[3 * v + 2] - plane[4 * f + 3];
      expect(Math.abs(off)).toBeLessThan(1e-5);
    }
  }
});

test.each(names)('keeps the print of a %s inside its tile', (name) => {
  const { faces, start, loop, position, uv } = compiled[SHAPE[name]];
  for (let f = 0; f < faces; f++) {
    for (const v of loop.subarray(start[f], start[f + 1])) {
      for (const k of [0, 4]) {
        const a = 8 * f + k;
        const value =
          uv[a] * position[3 * v] + uv[a + 1] * position[3 * v + 1] + uv[a + 2] * position[3 * v + 2] + uv[a + 3];
        expect(value).toBeGreaterThanOrEqual(-1e-6);
        expect(value).toBeLessThanOrEqual(1 + 1e-6);
      }
    }
  }
});

/** Area of a planar convex polygon. */
function areaOf(loop: readonly number[], position: Float64Array): number {
  const at = (i: number) => position.subarray(3 * loop[i], 3 * loop[i] + 3);
  let area = 0;
  for (let i = 1; i + 1 < loop.length; i++) {
    const [a, b, c] = [at(0), at(i), at(i + 1)];
    const u = b.map((value, k) => value - a[k]);
    const w = c.map((value, k) => value - a[k]);
    area += Math.hypot(u[1] * w[2] - u[2] * w[1], u[2] * w[0] - u[0] * w[2], u[0] * w[1] - u[1] * w[0]) / 2;
  }
  return area;
}
