import type { CataloguePicture } from '../picture/read-picture.ts';
import type { PackageLook } from './compose.ts';
import { studioShot } from './crop-scene.ts';
import { Dice } from './dice.ts';
import type { Stage } from './stage.ts';

/** How large a catalogue shows its products, pixels of the longest edge. */
const SIDE_PX = 84;

/** Directions that catalogue pictures are taken from: turn from the front, rise; radians. The first is the front. */
const VIEWS: readonly (readonly [number, number])[] = [
  [0, 0],
  [0.6, 0.1],
  [-0.6, 0.1],
  [1.57, 0.2],
  [-1.57, 0.2],
  [3.14, 0.2],
  [0, 0.6],
  [0.8, 0.6],
  [-0.8, 0.6],
  [2.4, 0.5],
  [-2.4, 0.5],
  [0, 1.1],
  [0.8, 1.1],
];

/** Catalogue pictures of a product, drawn by the simulator: the first `views` directions. */
export function cataloguePictures(stage: Stage, look: PackageLook, views = VIEWS.length): CataloguePicture[] {
  const dice = new Dice(0, 'catalogue');
  return VIEWS.slice(0, views).map(([azimuthRad, elevationRad]) => {
    const { picture, box } = studioShot(stage, look, azimuthRad, elevationRad, SIDE_PX, dice);
    return { picture, box };
  });
}
