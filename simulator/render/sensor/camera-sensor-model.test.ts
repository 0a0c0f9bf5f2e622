import { expect, test } from 'vitest';
import type { PictureNoise } from '../../scenario/run.ts';
import { lookAt } from '../../sensors/true-camera.ts';
import { CameraView } from '../camera-view.ts';
import { demoRun } from '../test-scene.ts';
import { CameraSensorModel } from './camera-sensor-model.ts';
import { Exposure } from './exposure.ts';
import { idealLens, lensMap } from './lens-map.ts';
import { NO_PICTURE_NOISE, PICTURE_NOISE } from './picture-noise.ts';

const [plan] = demoRun().cameras;
const pixels = plan.widthPx * plan.heightPx;
const GREY = 0xff808080;
const SHINY_ID = 9;
const shiny = new Uint8Array(65536);
shiny[SHINY_ID] = 1;

/** A view that shows one colour, id and depth everywhere, but for what `paint` changes. */
function still(colour: number, id: number, depthMm: number, paint: (view: CameraView) => void = () => {}): CameraView {
  const view = new CameraView(plan, lookAt(plan.atM, plan.lookM), idealLens(plan));
  view.picture.rgba.fill(colour);
  view.picture.aux.fill((id << 16) | depthMm);
  paint(view);
  return view;
}

function developed(view: CameraView, noise: Partial<PictureNoise>, frame = 0, timeUs = 0) {
  const out = { rgb: new Uint8Array(3 * pixels), depthMm: new Uint16Array(pixels), ids: null };
  const model = new CameraSensorModel(1, view, { ...NO_PICTURE_NOISE, ...noise }, shiny);
  model.developInto(out, frame, timeUs);
  return out;
}

function spreadOf(values: ArrayLike<number>): { mean: number; sd: number } {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  const mean = sum / values.length;
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += (values[i] - mean) * (values[i] - mean);
  return { mean, sd: Math.sqrt(squares / values.length) };
}

test('leaves an ideal picture as it is', () => {
  const { rgb, depthMm } = developed(still(0xff302010, 5, 2345), {});
  expect(rgb.every((value, i) => value === [0x10, 0x20, 0x30][i % 3])).toBe(true);
  expect(depthMm.every((mm) => mm === 2345)).toBe(true);
});

test.each([1000, 2000, 3500, 6000])('spreads depth at %i mm with the square of distance', (mm) => {
  const { depthMm } = developed(still(GREY, 5, mm), { depthAt1M: 0.0014 });
  const { mean, sd } = spreadOf(depthMm);
  const expected = Math.sqrt((1.4 * (mm / 1000) * (mm / 1000)) ** 2 + 1 / 12);
  expect(Math.abs(mean - mm)).toBeLessThan(0.5 + 0.01 * expected);
  expect(Math.abs(sd / expected - 1)).toBeLessThan(0.06);
});

test('stays within what was measured of a time-of-flight camera at 3.5 m', () => {
  const { depthMm } = developed(still(GREY, 5, 3500), { depthAt1M: PICTURE_NOISE.depthAt1M });
  const { sd } = spreadOf(depthMm);
  expect(sd).toBeGreaterThan(8);
  expect(sd).toBeLessThanOrEqual(17.5);
});

test('spreads colour by amplifier and signal', () => {
  const { rgb } = developed(still(GREY, 5, 2000), { readLevels: 1.2, shotLevels: 3.5 });
  const { mean, sd } = spreadOf(rgb);
  const expected = Math.sqrt(1.2 * 1.2 + (3.5 * 3.5 * 128) / 255 + 1 / 12);
  expect(Math.abs(mean - 128)).toBeLessThan(0.1);
  expect(Math.abs(sd / expected - 1)).toBeLessThan(0.06);
});

test('gives steps of depth', () => {
  const { depthMm } = developed(still(GREY, 5, 2001), { depthAt1M: 0.002, depthStepMm: 8 });
  expect(depthMm.every((mm) => mm % 8 === 0)).toBe(true);
});

test('returns nothing from beyond its range', () => {
  expect(developed(still(GREY, 5, 12_001), { rangeM: 12 }).depthMm.every((mm) => mm === 0)).toBe(true);
  expect(developed(still(GREY, 5, 11_999), { rangeM: 12 }).depthMm.every((mm) => mm === 11_999)).toBe(true);
});

test('lets pixels fly only beside jumps in depth', () => {
  const half = still(GREY, 5, 2000, ({ picture }) => {
    for (let p = 0; p < pixels; p++) if (p % plan.widthPx >= 160) picture.aux[p] = (5 << 16) | 4000;
  });
  const { depthMm } = developed(half, { flyingProb: 0.5 });
  const flying: number[] = [];
  depthMm.forEach((mm, p) => {
    if (mm !== 2000 && mm !== 4000) flying.push(p);
  });
  expect(flying.every((p) => p % plan.widthPx === 160)).toBe(true);
  expect(flying.length / plan.heightPx).toBeGreaterThan(0.35);
  expect(flying.length / plan.heightPx).toBeLessThan(0.65);
  expect(flying.every((p) => depthMm[p] > 2000 && depthMm[p] < 4000)).toBe(true);
});

test('loses depth on black, more far away, and none on grey', () => {
  const holes = (colour: number, mm: number) =>
    developed(still(colour, 5, mm), { darkHoleProb: 0.5 }).depthMm.filter((depth) => depth === 0).length / pixels;
  expect(holes(GREY, 4000)).toBe(0);
  expect(Math.abs(holes(0xff000000, 4000) - 0.5)).toBeLessThan(0.02);
  expect(Math.abs(holes(0xff000000, 2000) - 0.25)).toBeLessThan(0.02);
});

test('loses depth on shiny things at spots that stay from frame to frame', () => {
  const view = still(GREY, SHINY_ID, 2000);
  const spots = new Set<number>();
  for (let frame = 0; frame < 30; frame++)
    developed(view, { shinyHoleProb: 0.35 }, frame).depthMm.forEach((mm, p) => {
      if (mm === 0) spots.add(p);
    });
  expect(spots.size / pixels).toBeGreaterThan(0.08);
  expect(spots.size / pixels).toBeLessThan(0.16);
});

test('gives every frame noise of its own, the same whenever it is drawn', () => {
  const view = still(GREY, 5, 3000);
  const [a, b, again] = [4, 5, 4].map((frame) => developed(view, { depthAt1M: 0.0014, readLevels: 2 }, frame));
  expect(again).toEqual(a);
  let product = 0;
  a.depthMm.forEach((mm, p) => {
    product += (mm - 3000) * (b.depthMm[p] - 3000);
  });
  const { sd } = spreadOf(a.depthMm);
  expect(Math.abs(product / pixels / (sd * sd))).toBeLessThan(0.02);
});

test('keeps neighbouring pixels independent', () => {
  const { depthMm } = developed(still(GREY, 5, 3000), { depthAt1M: 0.0014 });
  const { mean, sd } = spreadOf(depthMm);
  for (const step of [1, plan.widthPx]) {
    let product = 0;
    for (let p = 0; p + step < pixels; p++) product += (depthMm[p] - mean) * (depthMm[p + step] - mean);
    expect(Math.abs(product / (pixels - step) / (sd * sd))).toBeLessThan(0.03);
  }
});

test('wanders in exposure slowly and within its share', () => {
  const exposure = new Exposure(1, 'c1', 0.03);
  let before = exposure.gainAt(0);
  for (let timeUs = 100_000; timeUs < 120e6; timeUs += 100_000) {
    const gain = exposure.gainAt(timeUs);
    expect(Math.abs(gain - 1)).toBeLessThanOrEqual(0.03);
    expect(Math.abs(gain - before)).toBeLessThan(0.002);
    before = gain;
  }
});

test('shows nothing where the lens shows nothing', () => {
  const folded = { ...plan, k1: -0.9, k2: 0 };
  const { source, canvasWidthPx, canvasHeightPx } = lensMap(folded);
  const nowhere = canvasWidthPx * canvasHeightPx;
  expect(source.some((from) => from === nowhere)).toBe(true);
  expect(source.every((from) => from >= 0 && from <= nowhere)).toBe(true);
});
