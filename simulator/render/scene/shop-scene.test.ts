import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pictureModel } from '../picture-model.ts';
import { PictureSource } from '../picture-source.ts';
import { demoRun, snapshotsAt } from '../test-scene.ts';
import { brightnessAt } from './daylight.ts';
import { shopperOfId } from './ids.ts';
import { ABSENT, type Instances, MATRIX } from './instances.ts';
import { SHAPE } from './shapes.ts';
import { BODIES, BODY, bodiesAt, HANDS_AT, lengthOf, SHOPPER, timeOf } from './snapshot-layout.ts';

const run = demoRun();
const times = [20, 34, 46, 58, 75];
const { snapshots, writer } = snapshotsAt(run, times);
const model = await pictureModel(run, writer.log);

function determinant(instances: Instances, index: number): number {
  const m = instances.matrix.subarray(index * MATRIX, index * MATRIX + 9);
  return m[0] * (m[4] * m[8] - m[5] * m[7]) - m[3] * (m[1] * m[8] - m[2] * m[7]) + m[6] * (m[1] * m[5] - m[2] * m[4]);
}

test('mirrors nothing, so that every face keeps its outside', () => {
  const source = new PictureSource(model);
  for (const snapshot of snapshots) {
    source.show(snapshot, 0);
    for (const instances of [source.scene.still, source.scene.moving])
      for (let i = 0; i < instances.count; i++) expect(determinant(instances, i)).toBeGreaterThan(0);
  }
});

test('puts the palms where the world has the hands', () => {
  const source = new PictureSource(model);
  let hands = 0;
  for (const snapshot of snapshots) {
    source.show(snapshot, 0);
    const { moving } = source.scene;
    for (let row = 0; row < snapshot[BODIES]; row++) {
      const at = bodiesAt(snapshot) + row * BODY;
      for (const hand of [at + HANDS_AT, at + HANDS_AT + 3]) {
        const [x, y, z] = snapshot.subarray(hand, hand + 3);
        let found = false;
        for (let i = 0; i < moving.count; i++) {
          if (moving.shape[i] !== SHAPE.ball || shopperOfId(moving.id[i]) !== snapshot[at + SHOPPER]) continue;
          const o = i * MATRIX + 9;
          found ||= moving.matrix[o] === x && moving.matrix[o + 1] === y && moving.matrix[o + 2] === z;
        }
        expect(found).toBe(true);
        hands += 1;
      }
    }
  }
  expect(hands).toBeGreaterThan(20);
});

test('keeps bodies as tall as their plans say, feet on the floor', () => {
  const source = new PictureSource(model);
  for (const snapshot of snapshots) {
    source.show(snapshot, 0);
    const { moving } = source.scene;
    const reach = new Map<number, { low: number; high: number }>();
    for (let i = 0; i < moving.count; i++) {
      const shopper = shopperOfId(moving.id[i]);
      if (shopper < 0) continue;
      const seen = reach.get(shopper) ?? { low: 9, high: 0 };
      const o = i * MATRIX;
      const isHead = moving.shape[i] === SHAPE.head;
      seen.low = Math.min(seen.low, moving.matrix[o + 11]);
      seen.high = Math.max(seen.high, moving.matrix[o + 11] + (isHead ? 1.05 * moving.matrix[o + 8] : 0));
      reach.set(shopper, seen);
    }
    for (const [shopper, { low, high }] of reach) {
      const { heightM } = run.shoppers[shopper];
      expect(low).toBeGreaterThanOrEqual(0);
      expect(low).toBeLessThan(0.15);
      expect(high).toBeLessThan(1.1 * heightM);
    }
  }
});

test('stands goods on the boards of shelves', () => {
  const source = new PictureSource(model);
  source.show(snapshots[0], 0);
  const { still } = source.scene;
  const heights = run.store.fixtures.flatMap((fixture) => fixture.shelves.map((shelf) => shelf.heightM));
  const products = new Map(run.products.map((product, i) => [16384 + i, product]));
  let goods = 0;
  for (let i = 0; i < still.count; i++) {
    const product = products.get(still.id[i]);
    if (!product || still.shape[i] === ABSENT) continue;
    goods += 1;
    const z = still.matrix[i * MATRIX + 11];
    const onBoard = heights.some((height) => {
      const layers = (z - height) / product.sizeM[2];
      return layers > -1e-3 && Math.abs(layers - Math.round(layers)) < 1e-3;
    });
    expect(onBoard).toBe(true);
  }
  expect(goods).toBeGreaterThan(1000);
});

test('mends exactly what changed, whatever comes and goes', () => {
  const source = new PictureSource(model);
  const { view, rasteriser } = source.show(snapshots[2], 3);
  const { still, moving } = source.scene;
  const shapes = still.shape.slice();
  view.draw(rasteriser, still, moving, 1);
  fc.assert(
    fc.property(fc.array(fc.nat(still.count - 1), { minLength: 1, maxLength: 4 }), (toggled) => {
      for (const i of toggled) {
        view.mark(still, i);
        still.shape[i] = still.shape[i] === ABSENT ? shapes[i] : ABSENT;
      }
      view.draw(rasteriser, still, moving, 1);
      const mended = [view.picture.rgba.slice(), view.picture.aux.slice()];
      view.drawAfresh(rasteriser, still, moving, 1);
      return [view.picture.rgba, view.picture.aux].every((now, k) => now.every((value, p) => value === mended[k][p]));
    }),
    { numRuns: 60, seed: 1 },
  );
});

test('says in a snapshot what time it is and how long it is', () => {
  snapshots.forEach((snapshot, i) => {
    expect(Math.abs(timeOf(snapshot) - times[i] * 1e6)).toBeLessThan(1e6 / run.tickHz);
    expect(lengthOf(snapshot)).toBeLessThanOrEqual(snapshot.length);
    expect(snapshot.byteLength).toBeLessThan(2000);
  });
});

test('is never dark, and brightest by day', () => {
  const hour = 3.6e9;
  expect(brightnessAt(13 * hour, 0)).toBe(1);
  for (let h = 0; h < 24; h++) expect(brightnessAt(0, h * hour)).toBeGreaterThan(0.85);
  expect(brightnessAt(8 * hour, 0)).toBe(brightnessAt(8 * hour, 59e6));
});
