import fc from 'fast-check';
import { expect, test } from 'vitest';
import { imageFromWorldInto, Lens } from '../../geometry/lens.ts';
import type { DetectionReading } from '../../readings.ts';
import type { Camera } from '../../store.ts';
import type { TrackHistory } from '../../tracking/track-view.ts';
import { testProduct, testStore } from '../test-world.ts';
import { ProductSight } from './product-sight.ts';

const products = [testProduct('a', 100), testProduct('b', 100), testProduct('c', 100)];
/** At the origin, looking along +x, right is −y. */
const camera: Camera = {
  id: 'cam',
  widthPx: 640,
  heightPx: 480,
  intrinsics: { fx: 400, fy: 400, cx: 320, cy: 240, k1: 0, k2: 0 },
  cameraFromWorld: [0, -1, 0, 0, 0, 0, -1, 0, 1, 0, 0, 0],
  rateHz: 10,
};
const store = { ...testStore(products, [{ skus: ['a'], cells: 3, stock: 6 }]), cameras: [camera] };
const HAND = [3, 0.4, 0.2] as const;
/** One track whose hand rests at `HAND`, another far off. */
const history: TrackHistory = {
  idsBetween: () => [1, 2],
  headInWorldInto: () => false,
  handsBetween: (trackId, fromUs, toUs) => {
    const rows: number[] = [];
    for (let timeUs = Math.ceil(fromUs / 1e5) * 1e5; timeUs <= toUs; timeUs += 1e5)
      rows.push(timeUs, HAND[0], HAND[1] + (trackId === 1 ? 0 : 1), HAND[2], 0.9);
    return Float64Array.from(rows);
  },
};

function reading(timeUs: number, probs: readonly number[], noneProb: number): DetectionReading {
  const seen = new Float64Array(3);
  imageFromWorldInto(seen, new Lens(camera), ...HAND);
  const order = [0, 1, 2].sort((a, b) => probs[b]! - probs[a]!);
  return {
    ...{ kind: 'detection', sensorId: 'cam', timeUs, arrivalUs: timeUs, sequence: timeUs / 1e5 },
    detections: {
      headsInImagePx: new Float32Array(0),
      headDepthM: new Float32Array(0),
      headScore: new Float32Array(0),
      handsInImagePx: Float32Array.of(seen[0]!, seen[1]!),
      handDepthM: Float32Array.of(seen[2]!),
      handScore: Float32Array.of(0.9),
      handOwner: Int16Array.of(-1),
      handProducts: {
        top: 3,
        productRow: Int16Array.from(order),
        prob: Float32Array.from(order, (row) => probs[row]!),
        noneProb: Float32Array.of(noneProb),
      },
    },
  };
}

const after = (sight: ProductSight, timeUs: number) => sight.around(history, timeUs, 'after', products);

test('speaks for what was seen in the hand of the body that held it, and for no other body', () => {
  const sight = new ProductSight(store);
  for (let k = 0; k < 5; k++) sight.see([reading(1e6 + k * 1e5, [0.8, 0.05, 0.05], 0.1)]);
  const log = after(sight, 2e5);
  expect(log(1, products[0]!)).toBe(0);
  expect(log(1, products[1]!)).toBeLessThan(-2);
  for (const product of products) expect(log(2, product)).toBe(0);
  expect(log(-1, products[1]!)).toBe(0);
});

test('says nothing of what was seen long before or after', () => {
  const sight = new ProductSight(store);
  sight.see([reading(1e6, [0.8, 0.05, 0.05], 0.1)]);
  expect(after(sight, 2e6)(1, products[1]!)).toBe(0);
  expect(after(sight, 8e6)(1, products[1]!)).toBe(0);
  expect(sight.around(history, 2e6, 'before', products)(1, products[1]!)).toBeLessThan(0);
});

test('never speaks for anything, only against; not at all when nothing was made out', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 }), (draws) => {
      const sum = draws.reduce((a, b) => a + b, 1e-9);
      const probs = draws.map((draw) => draw / sum);
      const sight = new ProductSight(store);
      sight.see([reading(1e6, probs.slice(0, 3), probs[3]!)]);
      for (const product of [...products, null]) expect(after(sight, 3e5)(1, product)).toBeLessThanOrEqual(0);
    }),
  );
  const sight = new ProductSight(store);
  sight.see([reading(1e6, [0, 0, 0], 1)]);
  for (const product of products) expect(after(sight, 3e5)(1, product)).toBeCloseTo(0, 9);
});
