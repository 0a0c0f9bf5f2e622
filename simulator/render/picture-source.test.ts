import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { pictureModel } from './picture-model.ts';
import { PictureSource } from './picture-source.ts';
import { productOfId, shopperOfId } from './scene/ids.ts';
import { ABSENT } from './scene/instances.ts';
import { sharedPicture } from './shared-picture.ts';
import { demoRun, snapshotsAt } from './test-scene.ts';
import { PicturePool } from './testing/picture-pool.ts';

const run = demoRun();
const times = Array.from({ length: 12 }, (_, i) => 30 + 2 * i);
const { snapshots, writer } = snapshotsAt(run, times);
const model = await pictureModel(run, writer.log);

function hashOf(...arrays: readonly (Uint8Array | Uint16Array | Uint32Array)[]): string {
  const hash = createHash('sha256');
  for (const array of arrays) hash.update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  return hash.digest('hex');
}

function drawn(source: PictureSource, moment: number, camera: number): string {
  const picture = sharedPicture(320, 240, true);
  source.drawInto(picture, snapshots[moment], camera, moment, times[moment] * 1e6);
  return hashOf(picture.rgb, picture.depthMm, picture.ids!);
}

test('draws over what it kept exactly what it draws afresh', () => {
  const source = new PictureSource(model);
  for (let moment = 0; moment < snapshots.length; moment++) {
    for (let camera = 0; camera < run.cameras.length; camera += 3) {
      const { view, rasteriser } = source.show(snapshots[moment], camera);
      const { still, moving, brightness } = source.scene;
      view.draw(rasteriser, still, moving, brightness);
      const kept = hashOf(view.picture.rgba, view.picture.aux);
      view.drawAfresh(rasteriser, still, moving, brightness);
      expect(hashOf(view.picture.rgba, view.picture.aux)).toBe(kept);
    }
  }
});

test('draws the same frame in any order of frames', () => {
  const inOrder = new PictureSource(model);
  const forwards = snapshots.map((_, moment) => drawn(inOrder, moment, 2));
  const backwards = new PictureSource(model);
  const reversed = snapshots.map((_, i) => drawn(backwards, snapshots.length - 1 - i, 2)).reverse();
  expect(reversed).toEqual(forwards);
  expect(new Set(forwards).size).toBe(forwards.length);
});

test('draws the same frames over any number of workers', async () => {
  const hashes = [];
  for (const workers of [1, 2, 3]) {
    const pool = new PicturePool(model, workers);
    const pictures = snapshots.flatMap((snapshot, moment) =>
      [0, 4].map((camera) => ({ snapshot, moment, camera, out: sharedPicture(320, 240, true) })),
    );
    await Promise.all(
      pictures.map(({ snapshot, moment, camera, out }) =>
        pool.draw({ snapshot, camera, frameIndex: moment, timeUs: times[moment] * 1e6, out }),
      ),
    );
    await pool.close();
    hashes.push(hashOf(...pictures.flatMap(({ out }) => [out.rgb, out.depthMm, out.ids!])));
  }
  expect(hashes[1]).toBe(hashes[0]);
  expect(hashes[2]).toBe(hashes[0]);
});

test('shows a shelf without what was taken from it', () => {
  const source = new PictureSource(model);
  source.show(snapshots[0], 0);
  const gone: number[] = [];
  const before = source.scene.still.shape.slice();
  source.show(snapshots[snapshots.length - 1], 0);
  source.scene.still.shape.subarray(0, source.scene.still.count).forEach((shape, i) => {
    if (shape === ABSENT && before[i] !== ABSENT) gone.push(i);
  });
  expect(gone.length).toBeGreaterThan(2);
  // Wherever the taken things stood in view, a camera sees something else now.
  const counts = [0, snapshots.length - 1].map((moment) => {
    let seen = 0;
    for (let camera = 0; camera < run.cameras.length; camera++) {
      const { view, rasteriser } = source.show(snapshots[moment], camera);
      const { still, brightness } = source.scene;
      const none = { ...source.scene.moving, count: 0 } as typeof source.scene.moving;
      view.drawAfresh(rasteriser, still, none, brightness);
      const ids = new Set(gone.map((i) => still.id[i]));
      for (const aux of view.picture.aux) if (ids.has(aux >>> 16)) seen++;
    }
    return seen;
  });
  expect(counts[1]).toBeLessThan(counts[0]);
});

test('gives ids of people and products that exist', () => {
  const source = new PictureSource(model);
  const picture = sharedPicture(320, 240, true);
  const people = new Set<number>();
  const products = new Set<number>();
  for (let camera = 0; camera < run.cameras.length; camera++) {
    source.drawInto(picture, snapshots[10], camera, 0, 0);
    for (const id of picture.ids!) {
      if (shopperOfId(id) >= 0) people.add(shopperOfId(id));
      if (productOfId(id) >= 0) products.add(productOfId(id));
    }
  }
  expect(people.size).toBeGreaterThan(2);
  for (const index of people) expect(run.shoppers[index]).toBeDefined();
  expect(products.size).toBeGreaterThan(30);
  for (const index of products) expect(run.products[index]).toBeDefined();
});
