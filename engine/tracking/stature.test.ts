import { expect, test } from 'vitest';
import { likeness, Stature } from './stature.ts';

/** Two seconds upright with a centimetre of noise, and some bending. */
function seen(heightM: number, bentCount = 0): Stature {
  const stature = new Stature();
  for (let i = 0; i < 20; i++) stature.add(heightM - 0.01 + 0.001 * i);
  for (let i = 0; i < bentCount; i++) stature.add(heightM - 0.4);
  return stature;
}

test('finds the height of an upright head, however often it bends', () => {
  expect(seen(1.7).uprightM()).toBeCloseTo(1.7, 1);
  expect(Math.abs(seen(1.7, 30).uprightM() - 1.7)).toBeLessThan(0.02);
});

test('likes the same height better than another, and says nothing from a glance', () => {
  expect(likeness(seen(1.7), seen(1.7))).toBeGreaterThan(10 * likeness(seen(1.7), seen(1.64)));
  const glance = new Stature();
  glance.add(1.5);
  expect(likeness(glance, seen(1.7))).toBe(likeness(glance, seen(1.5)));
});

test('does not wholly exclude anybody who may be bending', () => {
  expect(likeness(seen(1.2), seen(1.7))).toBeGreaterThan(0.1);
});

test('forgets slowly, and keeps its height', () => {
  const stature = new Stature();
  for (let i = 0; i < 10_000; i++) stature.add(1.65);
  expect(stature.count).toBeLessThanOrEqual(1200);
  expect(stature.uprightM()).toBeCloseTo(1.65, 2);
});
