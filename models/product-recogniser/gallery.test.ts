import fc from 'fast-check';
import { expect, test } from 'vitest';
import { galleryOf, galleryText, parseGallery } from './gallery.ts';
import { backgroundCosine, cosinesInto, probsInto } from './match.ts';
import { EMBEDDING } from './net.ts';

const MODEL = 'a'.repeat(64);
const unit = (k: number) => Float32Array.from({ length: EMBEDDING }, (_, i) => (i === k ? 1 : 0));
const gallery = galleryOf(['cola', 'water'], [0, 0, 1], [unit(0), unit(1), unit(2)], MODEL);

test('reads back what it wrote', () => {
  const back = parseGallery(galleryText(gallery), 'x', MODEL);
  expect(back).toEqual(gallery);
});

test('refuses a file that is none, a cut one, a broken vector and the vectors of another model', () => {
  const text = galleryText(gallery);
  expect(() => parseGallery('[]', 'g.json', MODEL)).toThrow('g.json: (top)');
  expect(() => parseGallery(text.slice(0, -20), 'g.json', MODEL)).toThrow('expected a gallery as JSON');
  expect(() => parseGallery(text, 'g.json', 'b'.repeat(64))).toThrow('enrol again');
  const short = text.replace(/"vectors":\["[^"]{8}/, '"vectors":["');
  expect(() => parseGallery(short, 'g.json', MODEL)).toThrow(/cola: found a vector of/);
  const zero = Buffer.from(new Float32Array(EMBEDDING).buffer).toString('base64');
  expect(() => parseGallery(text.replace(/"vectors":\["[^"]+"/, `"vectors":["${zero}"`), 'g.json', MODEL)).toThrow(
    'length 0',
  );
  expect(() => galleryOf(['a', 'a'], [0, 1], [unit(0), unit(1)], MODEL)).toThrow('the same sku twice');
});

test('takes the nearest of a product’s pictures', () => {
  const cosines = new Float32Array(2);
  const between = Float32Array.from({ length: EMBEDDING }, (_, i) => (i === 1 ? 0.8 : i === 2 ? 0.6 : 0));
  cosinesInto(cosines, gallery, between, 0);
  expect([...cosines].map((value) => Math.round(10 * value))).toEqual([8, 6]);
});

test('gives probabilities that add up to 1 and keep the order of the cosines, for any gallery and size', () => {
  const cosine = fc.float({ min: -1, max: 1, noNaN: true });
  const calibration = { slope: 18, slopePerOctave: 2, none: 11, nonePerOctave: -1, noneBackground: 5 };
  fc.assert(
    fc.property(
      fc.array(cosine, { minLength: 1, maxLength: 80 }),
      fc.double({ min: 1, max: 4000, noNaN: true }),
      cosine,
      (list, sidePx, background) => {
        const probs = new Float64Array(list.length + 1);
        const cosines = Float32Array.from(list);
        probsInto(probs, cosines, background, sidePx, calibration);
        expect(probs.reduce((a, b) => a + b)).toBeCloseTo(1, 9);
        const best = cosines.indexOf(Math.max(...cosines));
        expect(probs[best]).toBe(Math.max(...probs.subarray(0, list.length)));
      },
    ),
  );
});

test('takes the mean of the four nearest of the background, and nothing without any', () => {
  const cosines = [0.1, 0.9, -0.5, 0.7, 0.5, 0.3];
  const background = new Float32Array(cosines.length * EMBEDDING);
  cosines.forEach((value, i) => {
    background[i * EMBEDDING] = value;
  });
  const along = Float32Array.from({ length: EMBEDDING }, (_, i) => (i === 0 ? 1 : 0));
  expect(backgroundCosine(background, along, 0)).toBeCloseTo(0.6, 6);
  expect(backgroundCosine(new Float32Array(0), along, 0)).toBe(0);
});
