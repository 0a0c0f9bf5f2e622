import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CROP_PX, CROP_VALUES, cropInto, MARGIN, type RgbPicture } from './crop.ts';

const plain = (widthPx: number, heightPx: number, level: number): RgbPicture => ({
  widthPx,
  heightPx,
  rgb: new Uint8Array(3 * widthPx * heightPx).fill(level),
});

test('keeps values within −1..1 for any box, inside the picture or not', () => {
  const place = fc.double({ min: -500, max: 500, noNaN: true });
  const side = fc.double({ min: 0.01, max: 2000, noNaN: true });
  const out = new Float32Array(CROP_VALUES);
  fc.assert(
    fc.property(place, place, side, fc.nat(255), (u, v, sidePx, level) => {
      cropInto(out, 0, plain(9, 7, level), { u, v, sidePx });
      for (const value of out) if (!(value >= -1 - 1e-6 && value <= 1 + 1e-6)) return false;
      return true;
    }),
    { numRuns: 60 },
  );
});

test('shows a plain picture plain, at any scale', () => {
  const out = new Float32Array(CROP_VALUES);
  for (const sidePx of [6, 30, 41.7, 80]) {
    cropInto(out, 0, plain(200, 200, 200), { u: 100, v: 100, sidePx });
    for (const value of out) expect(value).toBeCloseTo(200 / 127.5 - 1, 4);
  }
});

test('copies pixels where the square is exactly as large as the crop', () => {
  const picture = plain(64, 64, 0);
  for (let i = 0; i < picture.rgb.length; i++) picture.rgb[i] = (i * 37) % 256;
  const out = new Float32Array(CROP_VALUES);
  cropInto(out, 0, picture, { u: 32, v: 32, sidePx: CROP_PX / MARGIN });
  const at = (x: number, y: number, c: number) => picture.rgb[3 * ((y + 8) * 64 + x + 8) + c] / 127.5 - 1;
  for (const [x, y] of [
    [0, 0],
    [47, 0],
    [20, 31],
  ])
    for (let c = 0; c < 3; c++) expect(out[3 * (y * CROP_PX + x) + c]).toBeCloseTo(at(x, y, c), 3);
});

test('blanks what lies outside the picture and outside the depth window, and keeps pixels without depth', () => {
  const out = new Float32Array(CROP_VALUES);
  cropInto(out, 0, plain(10, 10, 255), { u: -300, v: 5, sidePx: 40 });
  expect(out.every((value) => Math.abs(value) < 1e-6)).toBe(true);
  const picture = plain(60, 60, 255);
  const depthMm = new Uint16Array(3600).fill(3000);
  const window = { depthMm, nearMm: 1000, farMm: 2000 };
  cropInto(out, 0, picture, { u: 30, v: 30, sidePx: 30 }, window);
  expect(out.every((value) => Math.abs(value) < 1e-6)).toBe(true);
  depthMm.fill(0);
  cropInto(out, 0, picture, { u: 30, v: 30, sidePx: 30 }, window);
  expect(out.every((value) => Math.abs(value - 1) < 1e-6)).toBe(true);
});
