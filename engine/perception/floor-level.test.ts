import { expect, test } from 'vitest';
import { Lens, worldFromImageInto } from '../geometry/lens.ts';
import { LEARNING_PICTURES } from './background.ts';
import { floorLevel } from './floor-level.ts';
import { Perceiver } from './perceiver.ts';
import { type Box, bodyOf, cameraAt, GONDOLA, headOf, TestScene, testStore } from './test-scene.ts';

const AT = [0.4, 4.4, 2.6] as const;
const camera = cameraAt(AT, [3, 1.8, 0.9]);
const person = { x: 2.5, y: 3 };

/** Height error of a head that a camera sees which stands otherwise than it was described, metres. */
function heightError(told: ReturnType<typeof cameraAt>, boxes: readonly Box[] = GONDOLA): number {
  const scene = new TestScene(camera, boxes, 0.0014);
  const perceiver = new Perceiver(told, testStore(told));
  for (let i = 0; i < LEARNING_PICTURES; i++) perceiver.perceive(scene.picture([]), null);
  const { headsInImagePx: at, headDepthM } = perceiver.perceive(scene.picture(bodyOf(person)), null);
  expect(headDepthM).toHaveLength(1);
  const point = new Float64Array(3);
  worldFromImageInto(point, new Lens(told), at[0], at[1], headDepthM[0]);
  return point[2] - headOf(person)[2];
}

test('heights are right although the camera hangs lower and looks elsewhere than described', () => {
  const asDescribed = heightError(camera);
  for (const told of [
    cameraAt([0.4, 4.4, 2.66], [3, 1.8, 0.96]),
    cameraAt(AT, [3, 1.8, 0.95]),
    cameraAt([0.42, 4.42, 2.57], [3, 1.8, 0.88]),
  ])
    expect(Math.abs(heightError(told) - asDescribed)).toBeLessThan(0.01);
});

test('a camera that sees no floor is believed', () => {
  const wall: Box[] = [[1, -1, 0, 1.2, 6, 3]];
  const perceiver = new Perceiver(camera, testStore(camera));
  const scene = new TestScene(camera, wall, 0.0014);
  for (let i = 0; i < LEARNING_PICTURES; i++) perceiver.perceive(scene.picture([]), null);
  const { grid, foreground } = perceiver;
  expect(floorLevel(grid, foreground.background, { ...testStore(camera), fixtures: [] })).toBeNull();
});
