import { expect, test } from 'vitest';
import type { CameraPlan } from '../scenario/run.ts';
import { focalPx, lookAt } from '../sensors/true-camera.ts';
import { pictureModel } from './picture-model.ts';
import { PictureSource } from './picture-source.ts';
import { type Instances, MATRIX } from './scene/instances.ts';
import { sceneShapes } from './scene/shapes.ts';
import { demoRun, small, snapshotsAt } from './test-scene.ts';
import { drawInBrowser, type WebglPicture } from './testing/webgl-browser.ts';
import type { WebglScene } from './testing/webgl-page.ts';

const CAMERAS = 8;
const run = demoRun((plan: CameraPlan) => ({ ...small(plan), k1: 0, k2: 0 }));
const cameras = run.cameras.slice(0, CAMERAS);

/** The scene as WebGL takes it: the same geometries, the same matrices. */
function webglScene(parts: readonly Instances[]): WebglScene {
  const shapes = sceneShapes().map((geometry) => ({ position: Array.from(geometry.attributes.position.array) }));
  const instances = shapes.map((_, shape) => {
    const matrices: number[] = [];
    const ids: number[] = [];
    for (const part of parts)
      for (let i = 0; i < part.count; i++) {
        if (part.shape[i] !== shape) continue;
        const m = part.matrix.subarray(i * MATRIX, (i + 1) * MATRIX);
        for (let column = 0; column < 4; column++)
          matrices.push(m[3 * column], m[3 * column + 1], m[3 * column + 2], column === 3 ? 1 : 0);
        ids.push(part.id[i]);
      }
    return { matrices, ids };
  });
  return {
    shapes,
    instances,
    cameras: cameras.map((plan) => ({
      widthPx: plan.widthPx,
      heightPx: plan.heightPx,
      focalPx: focalPx(plan),
      cameraFromWorld: Array.from(lookAt(plan.atM, plan.lookM)),
    })),
  };
}

test('agrees with WebGL about what is where', async (context) => {
  const { snapshots, writer } = snapshotsAt(run, [46]);
  const source = new PictureSource(await pictureModel(run, writer.log));
  const ours = cameras.map((_, camera) => {
    const { view, rasteriser } = source.show(snapshots[0], camera);
    view.draw(rasteriser, source.scene.still, source.scene.moving, 1);
    return view.picture.aux.slice(0, view.plan.widthPx * view.plan.heightPx);
  });
  let theirs: readonly WebglPicture[];
  try {
    theirs = await drawInBrowser(webglScene([source.scene.still, source.scene.moving]));
  } catch (error) {
    // The browser comes with the packages: where nobody watches, its absence is a failure.
    if (process.env['CI']) throw error;
    console.warn(`no conformance against WebGL: the browser did not start: ${String(error)}`);
    return context.skip();
  }
  let same = 0;
  let pixels = 0;
  const depthOff: number[] = [];
  ours.forEach((aux, camera) => {
    const [ids, depthMm] = theirs[camera];
    aux.forEach((both, p) => {
      pixels += 1;
      if (both >>> 16 === ids[p]) same += 1;
      depthOff.push(Math.abs((both & 0xffff) - depthMm[p]));
    });
  });
  depthOff.sort((a, b) => a - b);
  console.info(
    `WebGL: ids ${((100 * same) / pixels).toFixed(3)} % equal, depth p99 ${depthOff[Math.floor(0.99 * depthOff.length)]} mm`,
  );
  expect(same / pixels).toBeGreaterThanOrEqual(0.998);
  expect(depthOff[Math.floor(0.99 * depthOff.length)]).toBeLessThanOrEqual(5);
});
