import { CROP_VALUES, cropInto } from '../../models/picture/crop.ts';
import type { Gallery } from '../../models/product-recogniser/gallery.ts';
import type { ProductRecogniser } from '../../models/product-recogniser/product-recogniser.ts';
import { catalogueGallery } from '../../models/train/catalogue-gallery.ts';
import type { Run } from '../../simulator/scenario/run.ts';
import { heldCrops } from './held-crops.ts';

/** How often held products in a shop's own pictures were recognised, by size. */
export interface StoreAccuracy {
  readonly products: number;
  readonly bySize: readonly { readonly size: string; crops: number; top1: number; top5: number; meanProb: number }[];
}

const SIZES = [
  ['10 to 16 px', 10, 16],
  ['16 to 32 px', 16, 32],
  ['from 32 px', 32, Number.POSITIVE_INFINITY],
] as const;

/** Recognises what shoppers hold in a run's pictures, with a gallery of the run's whole range. */
export async function storeAccuracy(recogniser: ProductRecogniser, run: Run, everyUs: number): Promise<StoreAccuracy> {
  const gallery: Gallery = await catalogueGallery(recogniser, run.products);
  const found: { values: Float32Array; sidePx: number; product: number }[] = [];
  await heldCrops(run, everyUs, ({ picture, box, window, sidePx, product }) => {
    const values = new Float32Array(CROP_VALUES);
    cropInto(values, 0, picture, box, window);
    found.push({ values, sidePx, product });
  });
  const bySize = SIZES.map(([size]) => ({ size, crops: 0, top1: 0, top5: 0, meanProb: 0 }));
  for (const { values, sidePx, product } of found) {
    const [{ candidates }] = await recogniser.recognise({ values, sidePx: Float32Array.of(sidePx) }, gallery);
    const row = bySize[SIZES.findIndex(([, low, high]) => sidePx >= low && sidePx < high)];
    const { sku } = run.products[product];
    row.crops += 1;
    row.meanProb += candidates[0].prob;
    if (candidates[0].sku === sku) row.top1 += 1;
    if (candidates.some((candidate) => candidate.sku === sku)) row.top5 += 1;
  }
  for (const row of bySize) {
    const n = Math.max(1, row.crops);
    row.top1 /= n;
    row.top5 /= n;
    row.meanProb /= n;
  }
  return { products: run.products.length, bySize };
}

export function storeAccuracyTable(name: string, { products, bySize }: StoreAccuracy): string {
  return bySize
    .map(({ size, crops, top1, top5, meanProb }) => {
      const figures = [top1, top5, meanProb].map((value) => value.toFixed(3)).join('  ');
      return `${name.padEnd(24)} ${String(products).padStart(4)} products  ${size.padEnd(12)} ${String(crops).padStart(6)} crops  ${figures}`;
    })
    .join('\n');
}
