import type { LoadedModel } from '../backend/inference-backend.ts';
import { CROP_VALUES } from '../picture/crop.ts';
import { embed } from '../product-recogniser/embedder.ts';
import { type Gallery, galleryOf } from '../product-recogniser/gallery.ts';
import { backgroundCosine, cosinesInto } from '../product-recogniser/match.ts';
import { EMBEDDING } from '../product-recogniser/net.ts';
import { enrolCropsInto } from '../product-recogniser/product-recogniser.ts';
import { drawCamera } from './camera-settings.ts';
import { cataloguePictures } from './catalogue-views.ts';
import { cropShot, type Setting } from './crop-scene.ts';
import { Dice } from './dice.ts';
import { differInColour, familyOf, generatePackages, type PackagePlan } from './packages.ts';
import { drawSidePx, openRange, type Range, shoot, takeShots } from './recogniser-examples.ts';

/** Products per gallery. */
export const GALLERY = 64;

/** One crop looked up in one gallery. */
export interface Trial {
  readonly cosines: Float32Array;
  /** Likeness to products of training. */
  readonly background: number;
  /** Place of the product in the gallery, or −1 when it is not there. */
  readonly truth: number;
  /** Places of its look-alikes in the gallery: other variants of one brand in one package. */
  readonly lookAlikes: readonly number[];
  /** Those of them that differ in small words alone. */
  readonly wordAlikes: readonly number[];
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
  /** True: no two products of a gallery are variants of one another. False: nearly all have look-alikes there. */
  readonly isDistinct: boolean;
  /** Catalogue pictures per product, front first; trials for each. */
  readonly views: readonly number[];
}

/** Looks every crop up twice: in the gallery its product is in, and in one it is not in; a list per entry of `views`. */
export async function recogniserTrials(
  model: LoadedModel,
  background: Float32Array,
  plan: TrialPlan,
): Promise<Trial[][]> {
  const plans = productsOf(plan);
  const range = await openRange(plans);
  const whole: Gallery[] = [];
  const most = Math.max(...plan.views);
  for (let g = 0; g < plan.galleries; g++) whole.push(await galleryFor(model, range, g * GALLERY, most));
  const galleries = plan.views.map((views) => whole.map((gallery) => firstViews(gallery, most, views)));
  const families = plans.map(familyOf);
  const trials: Trial[][] = plan.views.map(() => []);
  await eachQuery(model, range, plan, (product, embedding, facts) => {
    const home = Math.floor(product / GALLERY);
    const here = product - home * GALLERY;
    const lookAlikes = familyMembers(families, home * GALLERY, here);
    const wordAlikes = lookAlikes.filter((other) => !differInColour(plans[product], plans[home * GALLERY + other]));
    const likeness = backgroundCosine(background, embedding, 0);
    galleries.forEach((some, v) => {
      const look = (gallery: Gallery) => {
        const cosines = new Float32Array(GALLERY);
        cosinesInto(cosines, gallery, embedding, 0);
        return cosines;
      };
      trials[v].push({
        ...facts,
        background: likeness,
        cosines: look(some[home]),
        truth: here,
        lookAlikes,
        wordAlikes,
      });
      if (plan.galleries === 1) return;
      trials[v].push({
        ...facts,
        background: likeness,
        cosines: look(some[(home + 1) % plan.galleries]),
        truth: -1,
        lookAlikes: [],
        wordAlikes: [],
      });
    });
  });
  return trials;
}

function productsOf({ productSeed, galleries, isDistinct }: TrialPlan): PackagePlan[] {
  const wanted = GALLERY * galleries;
  if (!isDistinct) return generatePackages(productSeed, wanted);
  const seen = new Set<string>();
  const first = generatePackages(productSeed, 5 * wanted).filter((plan) => {
    const isNew = !seen.has(familyOf(plan));
    seen.add(familyOf(plan));
    return isNew;
  });
  return first.slice(0, wanted);
}

/** The same gallery with fewer pictures per product. */
function firstViews(gallery: Gallery, most: number, views: number): Gallery {
  const kept: number[] = [];
  gallery.productOf.forEach((_, v) => {
    if (v % (2 * most) < 2 * views) kept.push(v);
  });
  return galleryOf(
    gallery.skus,
    kept.map((v) => gallery.productOf[v]),
    kept.map((v) => gallery.vectors.subarray(v * EMBEDDING, (v + 1) * EMBEDDING)),
    gallery.modelSha256,
  );
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
