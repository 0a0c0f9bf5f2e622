import { expect, test } from 'vitest';
import { lookAt, trueCamera } from '../sensors/true-camera.ts';
import { CameraView } from './camera-view.ts';
import { compileGeometry } from './rasterise/compiled-geometry.ts';
import { SHOP_LIGHT } from './rasterise/lighting.ts';
import { Rasteriser } from './rasterise/rasteriser.ts';
import { Instances, PLAIN } from './scene/instances.ts';
import { SHAPE, sceneShapes } from './scene/shapes.ts';
import { lensMap } from './sensor/lens-map.ts';
import { demoRun } from './test-scene.ts';

const geometries = sceneShapes().map(compileGeometry);
const texture = { texels: new Uint32Array(1), widthPx: 1, heightPx: 1, tiles: new Float32Array(4) };

/** Middle of a small ball's pixels in the picture behind the lens. */
function middleOf(view: CameraView, rasteriser: Rasteriser, x: number, y: number, z: number, radiusM: number) {
  const { widthPx } = view.plan;
  const instances = new Instances(1);
  const ball = instances.add(SHAPE.fruit, 7, PLAIN, 0xffffffff);
  instances.place(ball, x, y, z - radiusM, 1, 0, 2 * radiusM, 2 * radiusM, 2 * radiusM);
  view.drawAfresh(rasteriser, new Instances(1), instances, 1);
  let [n, u, v] = [0, 0, 0];
  view.lens.source.forEach((from, p) => {
    if (view.picture.aux[from] >>> 16 !== 7) return;
    n += 1;
    u += (p % widthPx) + 0.5;
    v += Math.floor(p / widthPx) + 0.5;
  });
  return { u: u / n, v: v / n };
}

test('draws things where the true camera projects them', () => {
  const radiusM = 0.03;
  const asideU: number[] = [];
  const asideV: number[] = [];
  for (const plan of demoRun().cameras) {
    const camera = trueCamera(plan);
    const view = new CameraView(plan, lookAt(plan.atM, plan.lookM), lensMap(plan));
    const rasteriser = new Rasteriser(
      view.lens.canvasWidthPx * view.lens.canvasHeightPx,
      geometries,
      texture,
      SHOP_LIGHT,
    );
    for (let x = 0.7; x < 8; x += 0.9) {
      for (let y = 0.6; y < 5; y += 0.9) {
        const z = 0.9 + 0.1 * ((x * 7 + y * 3) % 8);
        if (!camera.project(x, y, z) || camera.depthM < 1.5) continue;
        const { u, v } = camera;
        const sizePx = (camera.focalPx * radiusM) / camera.depthM + 2;
        if (u < sizePx || v < sizePx || u > plan.widthPx - sizePx || v > plan.heightPx - sizePx) continue;
        const seen = middleOf(view, rasteriser, x, y, z, radiusM);
        asideU.push(seen.u - u);
        asideV.push(seen.v - v);
      }
    }
  }
  expect(asideU.length).toBeGreaterThan(100);
  // Each ball stands on the grid of pixels, so only the mean over many places says where pictures lie.
  for (const aside of [asideU, asideV]) {
    const mean = aside.reduce((sum, value) => sum + value, 0) / aside.length;
    const spread = Math.sqrt(aside.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / aside.length);
    expect(Math.abs(mean)).toBeLessThan(0.1);
    expect(spread).toBeLessThan(0.35);
  }
});

test('sends its rays through the pixels that the true camera projects to', () => {
  for (const plan of demoRun().cameras) {
    const ideal = { ...plan, k1: 0, k2: 0 };
    const camera = trueCamera(ideal);
    const { pinhole } = new CameraView(ideal, lookAt(plan.atM, plan.lookM), lensMap(ideal));
    for (const [i, j] of [
      [0, 0],
      [319, 239],
      [160, 120],
      [17, 201],
    ]) {
      const at = (k: number) =>
        pinhole.centre[k] + 3 * (pinhole.origin[k] + i * pinhole.stepX[k] + j * pinhole.stepY[k]);
      expect(camera.project(at(0), at(1), at(2))).toBe(true);
      expect(Math.abs(camera.u - (i + 0.5))).toBeLessThan(1e-6);
      expect(Math.abs(camera.v - (j + 0.5))).toBeLessThan(1e-6);
      expect(Math.abs(camera.depthM - 3)).toBeLessThan(1e-9);
    }
  }
});

test('bends the canvas as the true lens does', () => {
  for (const plan of demoRun().cameras.slice(0, 3)) {
    const camera = trueCamera(plan);
    const lens = lensMap(plan);
    const { pinhole } = new CameraView(plan, lookAt(plan.atM, plan.lookM), lens);
    for (const [i, j] of [
      [3, 4],
      [310, 230],
      [160, 120],
      [17, 201],
      [250, 30],
    ]) {
      const from = lens.source[j * plan.widthPx + i];
      const ci = from % lens.canvasWidthPx;
      const cj = Math.floor(from / lens.canvasWidthPx);
      const at = (k: number) =>
        pinhole.centre[k] + 2 * (pinhole.origin[k] + ci * pinhole.stepX[k] + cj * pinhole.stepY[k]);
      expect(camera.project(at(0), at(1), at(2))).toBe(true);
      // The nearest canvas pixel is at most half a pixel away.
      expect(Math.abs(camera.u - (i + 0.5))).toBeLessThan(0.51);
      expect(Math.abs(camera.v - (j + 0.5))).toBeLessThan(0.51);
    }
  }
});
