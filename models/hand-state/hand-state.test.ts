import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openBackend } from '../backend/open-backend.ts';
import { CROP_VALUES } from '../picture/crop.ts';
import { RECOGNISER_FOLDER } from '../product-recogniser/product-recogniser.ts';
import { drawCamera } from '../train/camera-settings.ts';
import { cropShot } from '../train/crop-scene.ts';
import { Dice } from '../train/dice.ts';
import { handShot } from '../train/hand-scene.ts';
import { generatePackages } from '../train/packages.ts';
import { openRange } from '../train/recogniser-examples.ts';
import { HandStateReader, sharpened } from './hand-state.ts';
import { HAND_STATES } from './net.ts';

test('tells most hands it has never seen apart', async () => {
  const { backend } = await openBackend();
  const reader = await HandStateReader.open(backend);
  const { stage, looks } = await openRange(generatePackages(910_001, 24));
  const dice = new Dice(6, 'hands');
  const perState = 24;
  const crops = new Float32Array(HAND_STATES.length * perState * CROP_VALUES);
  for (let i = 0; i < HAND_STATES.length * perState; i++) {
    const state = HAND_STATES[i % HAND_STATES.length];
    cropShot(crops, i * CROP_VALUES, handShot(stage, looks, state, drawCamera(dice), 56, dice));
  }
  const found = await reader.read(crops);
  expect(found).toHaveLength(HAND_STATES.length * perState);
  let right = 0;
  found.forEach((probs, i) => {
    expect(HAND_STATES.reduce((sum, state) => sum + probs[state], 0)).toBeCloseTo(1, 6);
    if (HAND_STATES.every((state) => probs[HAND_STATES[i % HAND_STATES.length]] >= probs[state])) right += 1;
  });
  expect(right / found.length).toBeGreaterThan(0.75);
  await reader.dispose();
}, 60_000);

test('does not open the weights of another model', async () => {
  const { backend } = await openBackend();
  await expect(HandStateReader.open(backend, RECOGNISER_FOLDER)).rejects.toThrow('classes: found none, expected empty');
});

test('sharpens without changing the order, and adds up to 1', () => {
  const share = fc.float({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(
      fc.tuple(share, share, share, share, share),
      fc.double({ min: 0.3, max: 2, noNaN: true }),
      (list, power) => {
        const probs = sharpened(Float32Array.from(list), 0, power);
        expect(HAND_STATES.reduce((sum, state) => sum + probs[state], 0)).toBeCloseTo(1, 6);
        const best = HAND_STATES[list.indexOf(Math.max(...list))];
        for (const state of HAND_STATES) expect(probs[best]).toBeGreaterThanOrEqual(probs[state]);
      },
    ),
  );
});
