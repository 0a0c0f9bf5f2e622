import { expect, test } from 'vitest';
import { openBackend } from '../backend/open-backend.ts';
import type { RgbPicture } from '../picture/crop.ts';
import { HELD_TOP, HeldItemReader, heldBox, type SeenHands } from './held-item-reader.ts';
import { ProductRecogniser } from './product-recogniser.ts';

const [widthPx, heightPx, focalPx] = [200, 150, 200];

/** A square of a colour in front of grey, the background far away. */
function scene(colour: readonly number[], u0: number, v0: number, sidePx: number) {
  const rgb = new Uint8Array(3 * widthPx * heightPx).fill(90);
  const depthMm = new Uint16Array(widthPx * heightPx).fill(3000);
  for (let y = v0; y < v0 + sidePx; y++) {
    for (let x = u0; x < u0 + sidePx; x++) {
      rgb.set(colour, 3 * (y * widthPx + x));
      depthMm[y * widthPx + x] = 1500;
    }
  }
  const picture: RgbPicture = { widthPx, heightPx, rgb };
  return { picture, depthMm };
}

function handsAt(places: readonly (readonly [number, number, number])[]): SeenHands {
  return {
    handsInImagePx: Float32Array.from(places.flatMap((place) => place.slice(0, 2))),
    handDepthM: Float32Array.from(places, ([, , depthM]) => depthM),
    handOwner: Int16Array.from(places, () => 0),
    headsInImagePx: Float32Array.of(80, -200),
  };
}

test('boxes what is as far away as the hand, less the side that the arm comes from', () => {
  const { picture, depthMm } = scene([200, 20, 20], 70, 60, 20);
  const window = { depthMm, nearMm: 1400, farMm: 1600 };
  expect(heldBox(picture, window, focalPx, handsAt([[80, 66, 1.5]]), 0)).toEqual({ u: 80, v: 70, sidePx: 20 });
  // The arm comes from above and 5 cm of it are kept: 6.7 px, so 11 rows are left.
  expect(heldBox(picture, window, focalPx, handsAt([[80, 76, 1.5]]), 0)).toEqual({ u: 80, v: 74.5, sidePx: 20 });
  expect(heldBox(picture, window, focalPx, handsAt([[160, 40, 1.5]]), 0)).toBeNull();
});

test('names products per hand, and nothing where there is nothing', async () => {
  const { backend } = await openBackend('onnxruntime-node');
  const recogniser = await ProductRecogniser.open(backend);
  const colours = { red: [200, 20, 20], green: [20, 160, 30], blue: [30, 40, 200] } as const;
  const products = Object.entries(colours).map(([sku, colour]) => {
    const box = { u: 80, v: 80, sidePx: 60 };
    return { sku, pictures: [{ picture: scene(colour, 50, 50, 60).picture, box }] };
  });
  const gallery = await recogniser.enrol(products);
  await recogniser.dispose();
  const reader = await HeldItemReader.open(backend, gallery);
  const { picture, depthMm } = scene(colours.green, 70, 60, 24);
  const items = await reader.read(
    picture,
    depthMm,
    focalPx,
    handsAt([
      [82, 68, 1.5],
      [160, 30, 1.5],
    ]),
  );
  await reader.dispose();
  expect(items.top).toBe(Math.min(HELD_TOP, 3));
  expect(gallery.skus[items.productIndex[0]]).toBe('green');
  const sum = items.prob.subarray(0, 3).reduce((a, b) => a + b) + items.noneProb[0];
  expect(sum).toBeCloseTo(1, 5);
  expect([...items.productIndex.subarray(3)]).toEqual([-1, -1, -1]);
  expect(items.noneProb[1]).toBe(1);
});
