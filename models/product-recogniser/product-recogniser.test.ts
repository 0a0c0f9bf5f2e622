import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MANIFEST_FILE, readModel, TFJS_WEIGHTS_FILE } from '../backend/model-folder.ts';
import { openBackend, tryBackend } from '../backend/open-backend.ts';
import { INPUT, OUTPUT } from '../net/net-description.ts';
import { CROP_VALUES } from '../picture/crop.ts';
import { drawCamera } from '../train/camera-settings.ts';
import { catalogueGallery } from '../train/catalogue-gallery.ts';
import { cataloguePictures } from '../train/catalogue-views.ts';
import { Dice } from '../train/dice.ts';
import { generatePackages } from '../train/packages.ts';
import { openRange, type Range, shoot } from '../train/recogniser-examples.ts';
import type { Gallery } from './gallery.ts';
import { cutCrops, ProductRecogniser, RECOGNISER_FOLDER } from './product-recogniser.ts';

const plans = generatePackages(900_001, 24);
let recogniser: ProductRecogniser;
let gallery: Gallery;
let range: Range;

beforeAll(async () => {
  recogniser = await ProductRecogniser.open((await openBackend()).backend);
  gallery = await catalogueGallery(recogniser, plans);
  range = await openRange(plans);
}, 60_000);
afterAll(() => recogniser.dispose());

/** Crops of products from a camera, 40 px large. */
function crops(count: number) {
  const dice = new Dice(4, 'test');
  const wishes = Array.from({ length: count }, (_, i) => ({
    product: i % plans.length,
    camera: drawCamera(dice),
    setting: 'held' as const,
    sidePx: 40,
  }));
  return wishes.map((wish) => ({ wish, shot: shoot(range, wish, dice) }));
}

test('recognises most of what it has never seen from its catalogue pictures alone', async () => {
  const shots = crops(96);
  let right = 0;
  for (const { wish, shot } of shots) {
    const cut = cutCrops(shot.picture, [shot.box], [shot.window]);
    const [{ candidates, noneProb }] = await recogniser.recognise(cut, gallery, 3);
    expect(candidates).toHaveLength(3);
    expect(candidates[0].prob).toBeGreaterThanOrEqual(candidates[1].prob);
    expect(noneProb).toBeGreaterThanOrEqual(0);
    if (candidates[0].sku === plans[wish.product].sku) right += 1;
  }
  expect(right / shots.length).toBeGreaterThan(0.7);
});

test('gives the same probabilities for a crop alone as for one among others', async () => {
  const [{ shot }] = crops(1);
  const one = await recogniser.recognise(cutCrops(shot.picture, [shot.box]), gallery);
  const many = await recogniser.recognise(cutCrops(shot.picture, [shot.box, shot.box, shot.box]), gallery);
  expect(many).toHaveLength(3);
  for (const recognition of many) {
    expect(recognition.candidates[0].sku).toBe(one[0].candidates[0].sku);
    expect(recognition.noneProb).toBeCloseTo(one[0].noneProb, 5);
  }
});

test('knows one product alone, and takes strangers for none of it more often than itself', async () => {
  const alone = await recogniser.enrol([{ sku: 'only', pictures: cataloguePictures(range.stage, range.looks[0]) }]);
  let itself = 0;
  let strangers = 0;
  for (const { wish, shot } of crops(plans.length * 2)) {
    const [{ candidates, noneProb }] = await recogniser.recognise(cutCrops(shot.picture, [shot.box]), alone);
    expect(candidates[0].prob + noneProb).toBeCloseTo(1, 6);
    if (wish.product === 0) itself += noneProb / 2;
    else strangers += noneProb / (2 * plans.length - 2);
  }
  expect(strangers).toBeGreaterThan(itself);
});

test('refuses empty pictures, boxes that are none, galleries without products and of another model', async () => {
  const picture = { widthPx: 0, heightPx: 0, rgb: new Uint8Array(0) };
  expect(() => cutCrops(picture, [])).toThrow('picture: found 0 × 0 pixels');
  const small = { widthPx: 2, heightPx: 2, rgb: new Uint8Array(12) };
  expect(() => cutCrops(small, [{ u: 1, v: 1, sidePx: 0 }])).toThrow('boxes[0]');
  expect(() => cutCrops(small, [{ u: Number.NaN, v: 1, sidePx: 3 }])).toThrow('boxes[0]');
  await expect(recogniser.enrol([])).rejects.toThrow('gallery: found no products');
  await expect(recogniser.enrol([{ sku: 'a', pictures: [] }])).rejects.toThrow('gallery: a: found no pictures');
  const foreign = { ...gallery, modelSha256: 'f'.repeat(64) };
  const none = { values: new Float32Array(CROP_VALUES), sidePx: Float32Array.of(30) };
  await expect(recogniser.recognise(none, foreign)).rejects.toThrow('vectors of model ffffffffffff');
});

test('agrees with itself to 1e-4 on every backend that loads', async () => {
  const { files } = readModel(RECOGNISER_FOLDER);
  const dice = new Dice(5, 'parity');
  const picture = Float32Array.from({ length: 2 * CROP_VALUES }, () => dice.between(-1, 1));
  let first: Float32Array | null = null;
  for (const name of ['onnxruntime-node', 'tfjs-node', 'tfjs-wasm', 'tfjs-cpu'] as const) {
    const { backend, reason } = await tryBackend(name);
    if (backend === null) {
      console.log(`${name}: skipped, it does not load here: ${reason}`);
      continue;
    }
    const model = await backend.load(files);
    const output = (await model.run({ [INPUT]: picture }, 2))[OUTPUT];
    await model.dispose();
    first ??= output;
    const largest = Math.max(...first.map(Math.abs));
    output.forEach((value, i) => {
      expect(Math.abs(value - first![i])).toBeLessThan(1e-4 * Math.max(1, largest));
    });
  }
}, 60_000);

test('does not open weights that are not what their manifest says', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'weights-'));
  try {
    for (const name of readdirSync(RECOGNISER_FOLDER))
      writeFileSync(join(folder, name), readFileSync(join(RECOGNISER_FOLDER, name)));
    const weights = readFileSync(join(folder, TFJS_WEIGHTS_FILE));
    weights[1000] ^= 255;
    writeFileSync(join(folder, TFJS_WEIGHTS_FILE), weights);
    const { backend } = await openBackend();
    await expect(ProductRecogniser.open(backend, folder)).rejects.toThrow('model.bin: found sha256');
    const manifest = JSON.parse(readFileSync(join(RECOGNISER_FOLDER, MANIFEST_FILE), 'utf8'));
    delete manifest.calibration.slope;
    writeFileSync(join(folder, TFJS_WEIGHTS_FILE), readFileSync(join(RECOGNISER_FOLDER, TFJS_WEIGHTS_FILE)));
    writeFileSync(join(folder, MANIFEST_FILE), JSON.stringify(manifest));
    await expect(ProductRecogniser.open(backend, folder)).rejects.toThrow('no calibration.slope');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
