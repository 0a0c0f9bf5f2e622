import { printAtlas } from '../../simulator/render/fronts/atlas.ts';
import { packageLooks } from '../../simulator/render/scene/stock-scene.ts';
import { CROP_VALUES } from '../picture/crop.ts';
import { type CameraSettings, drawCamera } from './camera-settings.ts';
import type { PackageLook } from './compose.ts';
import { cropShot, type Setting, type Shot, shopShot, studioShot } from './crop-scene.ts';
import { Dice } from './dice.ts';
import { ExampleSet } from './example-set.ts';
import { throughJpeg } from './jpeg.ts';
import type { PackagePlan } from './packages.ts';
import { Stage } from './stage.ts';

/** Sizes that packages are drawn in, pixels of the longer side. */
export const SIDE_PX = [12, 80] as const;
/** Share of training crops that are catalogue pictures. */
const STUDIO_SHARE = 0.12;
/** JPEG is done for so many pictures at a time. */
const SHEET = 128;

/** Products that can be drawn: their looks and a stage that has their prints. */
export interface Range {
  readonly looks: readonly PackageLook[];
  readonly stage: Stage;
}

/** Paints the fronts of products and sets up a stage for them. */
export async function openRange(plans: readonly PackagePlan[]): Promise<Range> {
  const atlas = await printAtlas(plans);
  const looks = packageLooks({ products: plans } as unknown as Parameters<typeof packageLooks>[0]);
  return { looks, stage: new Stage(atlas) };
}

/** A request for one picture of a product in the shop. */
export interface Wish {
  readonly product: number;
  readonly camera: CameraSettings;
  readonly setting: Setting;
  readonly sidePx: number;
}

/** Longer sides evenly spread over the logarithm. */
export function drawSidePx(dice: Dice, [low, high]: readonly [number, number] = SIDE_PX): number {
  return low * (high / low) ** dice.uniform();
}

/** Takes shots in order, JPEG included; calls `take` with each. */
export async function takeShots(
  range: Range,
  count: number,
  shoot: (index: number) => Shot,
  take: (index: number, shot: Shot) => void,
): Promise<void> {
  for (let from = 0; from < count; from += SHEET) {
    const shots = Array.from({ length: Math.min(SHEET, count - from) }, (_, i) => shoot(from + i));
    const squeezed = shots.filter((shot) => shot.jpegQuality > 0);
    const qualities = squeezed.map((shot) => shot.jpegQuality).sort((a, b) => a - b);
    const pictures = await throughJpeg(
      squeezed.map((shot) => shot.picture),
      qualities[from % Math.max(1, qualities.length)] ?? 80,
    );
    let next = 0;
    shots.forEach((shot, i) => {
      take(from + i, shot.jpegQuality > 0 ? { ...shot, picture: pictures[next++] } : shot);
    });
  }
  range.stage.scene.count = 0;
}

/** One picture of a product in the shop as wished. */
export function shoot(range: Range, wish: Wish, dice: Dice): Shot {
  return shopShot(range.stage, range.looks, wish.product, wish.camera, wish.setting, wish.sidePx, dice);
}

/** Training crops: every product `perProduct` times, in cameras of the seed; the label is the product. */
export async function recogniserExamples(
  range: Range,
  perProduct: number,
  cameras: number,
  seed: number,
  progress: (done: number) => void,
): Promise<ExampleSet> {
  const cameraDice = new Dice(seed, 'cameras');
  const settings = Array.from({ length: cameras }, () => drawCamera(cameraDice));
  const products = range.looks.length;
  const examples = new ExampleSet(products * perProduct);
  const crop = new Float32Array(CROP_VALUES);
  const shot = (index: number): Shot => {
    const dice = new Dice(seed, 'crop', index);
    const product = index % products;
    if (dice.chance(STUDIO_SHARE)) {
      const azimuthRad = dice.between(-Math.PI, Math.PI);
      const elevationRad = dice.between(-0.1, 1.2);
      return studioShot(range.stage, range.looks[product], azimuthRad, elevationRad, drawSidePx(dice, [20, 90]), dice);
    }
    const setting = dice.chance(0.55) ? 'held' : 'shelf';
    return shoot(range, { product, camera: dice.pick(settings), setting, sidePx: drawSidePx(dice) }, dice);
  };
  await takeShots(range, examples.count, shot, (index, one) => {
    cropShot(crop, 0, one);
    examples.put(index, crop, index % products, one.longSidePx);
    if (index % 256 === 0) progress(index / examples.count);
  });
  return examples;
}
