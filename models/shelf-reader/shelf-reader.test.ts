import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBackend } from '../backend/open-backend.ts';
import type { Gallery } from '../product-recogniser/gallery.ts';
import { ProductRecogniser } from '../product-recogniser/product-recogniser.ts';
import { drawCamera } from '../train/camera-settings.ts';
import { catalogueGallery } from '../train/catalogue-gallery.ts';
import { Dice } from '../train/dice.ts';
import { generatePackages } from '../train/packages.ts';
import { openRange, type Range } from '../train/recogniser-examples.ts';
import { slotShot } from '../train/shelf-scene.ts';
import { ShelfReader } from './shelf-reader.ts';

const plans = generatePackages(920_001, 16);
let range: Range;
let recogniser: ProductRecogniser;
let reader: ShelfReader;
let gallery: Gallery;

beforeAll(async () => {
  const { backend } = await openBackend();
  recogniser = await ProductRecogniser.open(backend);
  reader = await ShelfReader.open(backend, recogniser);
  gallery = await catalogueGallery(recogniser, plans);
  range = await openRange(plans);
}, 60_000);
afterAll(async () => {
  await reader.dispose();
  await recogniser.dispose();
});

test('tells stocked slots from empty ones mostly, and counts no more facings than there are', async () => {
  const dice = new Dice(8, 'slots');
  let right = 0;
  for (let i = 0; i < 40; i++) {
    const expected = dice.below(plans.length);
    const actual = i % 2 === 0 ? expected : null;
    const wish = { expected, actual, facings: 2, settings: drawCamera(dice), sidePx: 44 };
    const { picture, facings } = slotShot(range.stage, range.looks, wish, dice);
    const reading = await reader.read({ picture, facings, sku: plans[expected].sku }, gallery);
    expect(reading.facings).toBeLessThanOrEqual(2);
    expect(reading.prob).toBeGreaterThan(0);
    if ((reading.state === 'empty') === (actual === null)) right += 1;
  }
  expect(right).toBeGreaterThan(30);
}, 60_000);

test('refuses slots without facings and products the gallery does not have', async () => {
  const picture = { widthPx: 2, heightPx: 2, rgb: new Uint8Array(12) };
  await expect(reader.read({ picture, facings: [], sku: plans[0].sku }, gallery)).rejects.toThrow('no facings');
  const facings = [{ u: 1, v: 1, sidePx: 2 }];
  await expect(reader.read({ picture, facings, sku: 'nothing' }, gallery)).rejects.toThrow('sku nothing');
});
