import type { Product } from '../../store.ts';
import { LOT_SPREAD, MIN_ITEM_SD_GRAMS } from './joint-constants.ts';

interface Known {
  mean: number;
  /** Of `mean`. */
  meanVar: number;
  /** Between items. */
  readonly itemVar: number;
}

const LOG_2PI = Math.log(2 * Math.PI);

/** Log of a normal density. */
export function logNormal(off: number, variance: number): number {
  return -0.5 * ((off * off) / variance + Math.log(variance) + LOG_2PI);
}

/** What one item of each product weighs: the catalogue's figure with its lot's doubt, sharpened by every sure change. */
export class WeightBook {
  readonly #known = new Map<Product, Known>();

  constructor(products: readonly Product[]) {
    for (const product of products) {
      const { mean, sd } = product.weightGrams;
      this.#known.set(product, {
        mean,
        meanVar: (LOT_SPREAD * mean) ** 2,
        itemVar: Math.max(MIN_ITEM_SD_GRAMS, sd) ** 2,
      });
    }
  }

  gramsOf(product: Product): number {
    return this.#known.get(product)!.mean;
  }

  itemVarOf(product: Product): number {
    return this.#known.get(product)!.itemVar;
  }

  /** Of one item, its lot's doubt included, grams². */
  varianceOf(product: Product): number {
    const { meanVar, itemVar } = this.#known.get(product)!;
    return meanVar + itemVar;
  }

  /** Log density, per gram, of `count` items weighing `grams` by a scale with error variance `scaleVar`. */
  logDensity(product: Product, count: number, grams: number, scaleVar: number): number {
    const { mean, meanVar, itemVar } = this.#known.get(product)!;
    return logNormal(grams - count * mean, count * itemVar + count * count * meanVar + scaleVar);
  }

  /** Takes a weighing that was surely `count` items of the product (Kalman's gain). */
  learn(product: Product, count: number, grams: number, scaleVar: number): void {
    const known = this.#known.get(product)!;
    const seenVar = (known.itemVar + scaleVar / count) / count;
    const gain = known.meanVar / (known.meanVar + seenVar);
    known.mean += gain * (grams / count - known.mean);
    known.meanVar *= 1 - gain;
  }
}
