import type { LoadedModel } from '../backend/inference-backend.ts';
import { CROP_VALUES } from '../picture/crop.ts';
import { embed } from '../product-recogniser/embedder.ts';
import { type Gallery, galleryOf } from '../product-recogniser/gallery.ts';
import { cosinesInto } from '../product-recogniser/match.ts';
import { EMBEDDING } from '../product-recogniser/net.ts';
import { enrolCropsInto } from '../product-recogniser/product-recogniser.ts';
import { drawCamera } from './camera-settings.ts';
import { cataloguePictures } from './catalogue-views.ts';
import { cropShot, type Setting } from './crop-scene.ts';
import { Dice } from './dice.ts';
import { familyOf, generatePackages } from './packages.ts';
import { drawSidePx, openRange, type Range, shoot, takeShots } from './recogniser-examples.ts';

/** Products per gallery. */
export const GALLERY = 64;

/** One crop looked up in one gallery. */
export interface Trial {
  readonly cosines: Float32Array;
  /** Place of the product in the gallery, or −1 when it is not there. */
  readonly truth: number;
  /** Places of its look-alikes in the gallery: other variants of one brand in one package. */
  readonly lookAlikes: readonly number[];
  readonly sidePx: number;
  readonly setting: Setting;
  readonly visibleShare: number;
  readonly hasDepth: boolean;
}

/** What trials are made from. Seeds other than training's give products and cameras never seen. */
export interface TrialPlan {
  readonly productSeed: number;
  readonly cameraSeed: number;
  readonly galleries: number;
  readonly crops: number;
  /** Catalogue pictures per product, front first. */
  readonly views: number;
}

/** Looks every crop up twice: in the gallery its product is in, and in one it is not in. */
export async function recogniserTrials(model: LoadedModel, plan: TrialPlan): Promise<Trial[]> {
  const plans = generatePackages(plan.productSeed, GALLERY * plan.galleries);
  const range = await openRange(plans);
  const galleries: Gallery[] = [];
  for (let g = 0; g < plan.galleries; g++) galleries.push(await galleryFor(model, range, g * GALLERY, plan.views));
  const families = plans.map(familyOf);
  const trials: Trial[] = [];
  await eachQuery(model, range, plan, (product, embedding, facts) => {
    const home = Math.floor(product / GALLERY);
    const here = product - home * GALLERY;
    for (const own of plan.galleries > 1 ? [true, false] : [true]) {
      const cosines = new Float32Array(GALLERY);
      cosinesInto(cosines, galleries[own ? home : (home + 1) % plan.galleries], embedding, 0);
      const lookAlikes = own ? familyMembers(families, home * GALLERY, here) : [];
      trials.push({ ...facts, cosines, truth: own ? here : -1, lookAlikes });
    }
  });
  return trials;
}

function familyMembers(families: readonly string[], from: number, here: number): number[] {
  const found: number[] = [];
  for (let i = 0; i < GALLERY; i++) if (i !== here && families[from + i] === families[from + here]) found.push(i);
  return found;
}

async function galleryFor(model: LoadedModel, range: Range, from: number, views: number): Promise<Gallery> {
  const rows: Float32Array[] = [];
  const productOf: number[] = [];
  for (let i = 0; i < GALLERY; i++) {
    const pictures = cataloguePictures(range.stage, range.looks[from + i], views);
    const crops = new Float32Array(pictures.length * 2 * CROP_VALUES);
    pictures.forEach(({ picture, box }, k) => {
      enrolCropsInto(crops, k * 2 * CROP_VALUES, picture, box);
    });
    const vectors = await embed(model, crops);
    for (let at = 0; at < vectors.length; at += EMBEDDING) {
      rows.push(vectors.slice(at, at + EMBEDDING));
      productOf.push(i);
    }
  }
  return galleryOf(
    Array.from({ length: GALLERY }, (_, i) => `sku-${i}`),
    productOf,
    rows,
    '',
  );
}

type Facts = Pick<Trial, 'sidePx' | 'setting' | 'visibleShare' | 'hasDepth'>;

async function eachQuery(
  model: LoadedModel,
  range: Range,
  { cameraSeed, crops, galleries }: TrialPlan,
  take: (product: number, embedding: Float32Array, facts: Facts) => void,
): Promise<void> {
  const cameraDice = new Dice(cameraSeed, 'cameras');
  const cameras = Array.from({ length: 32 }, () => drawCamera(cameraDice));
  const values = new Float32Array(crops * CROP_VALUES);
  const facts: Facts[] = [];
  const settings: Setting[] = [];
  const shot = (index: number) => {
    const dice = new Dice(cameraSeed, 'query', index);
    settings[index] = dice.chance(0.5) ? 'held' : 'shelf';
    const wish = { product: index % (GALLERY * galleries), camera: dice.pick(cameras), setting: settings[index] };
    return shoot(range, { ...wish, sidePx: drawSidePx(dice) }, dice);
  };
  await takeShots(range, crops, shot, (index, one) => {
    cropShot(values, index * CROP_VALUES, one);
    const { longSidePx: sidePx, visibleShare, window } = one;
    facts[index] = { sidePx, visibleShare, setting: settings[index], hasDepth: window !== null };
  });
  const embeddings = await embed(model, values);
  for (let i = 0; i < crops; i++)
    take(i % (GALLERY * galleries), embeddings.subarray(i * EMBEDDING, (i + 1) * EMBEDDING), facts[i]);
}
