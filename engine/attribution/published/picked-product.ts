import type { ShelfStep } from '../../shelves/shelf-step.ts';
import type { Product } from '../../store.ts';
import type { PublishedConstants } from './constants.ts';
import { countOf, type Explanation, explain, fitOf, residualGrams } from './explanation.ts';
import type { Planogram } from './planogram.ts';
import type { StepPart } from './split-step.ts';

/** Explanations of a part of a step by arrangement and weight (MPS §4.2), best first; empty without products. */
export function pickedProducts(
  step: ShelfStep,
  part: StepPart,
  planogram: Planogram,
  constants: PublishedConstants,
): Explanation[] {
  const { arrangementWeight } = constants;
  const grams = Math.abs(part.deltaGrams);
  const onUnit = planogram.onUnit(step.unitIndex);
  return ranked(planogram.products, grams, constants, (product) => {
    const arrangement = onUnit.has(product) ? arrangementScore(step, part, planogram, product) : 0;
    return arrangementWeight * arrangement + (1 - arrangementWeight) * weightScore(product, grams, constants);
  });
}

/** Explanations by weight alone: the product of the unit of which some number fits best. */
export function fittingProducts(
  step: ShelfStep,
  part: StepPart,
  planogram: Planogram,
  constants: PublishedConstants,
): Explanation[] {
  const grams = Math.abs(part.deltaGrams);
  const onUnit = planogram.onUnit(step.unitIndex);
  const products = planogram.products.filter((product) => onUnit.has(product));
  return ranked(products, grams, constants, (product) => {
    const count = countOf(product, grams);
    const more = product.sellBy === 'weighed' ? 1 : constants.moreItemShare ** (count - 1);
    return fitOf(product, count, grams, constants) * more;
  });
}

function ranked(
  products: readonly Product[],
  grams: number,
  constants: PublishedConstants,
  scoreOf: (product: Product) => number,
): Explanation[] {
  const scored = products
    .map((product) => {
      const count = countOf(product, grams);
      return { product, count, score: scoreOf(product), residual: residualGrams(product, count, grams) };
    })
    // Equal scores (several items at once fit no single weight) go to the count that fits best.
    .sort((a, b) => (Math.abs(a.score - b.score) > 1e-9 ? b.score - a.score : a.residual - b.residual));
  if (scored.length === 0) return [];
  const best = scored[0].score;
  return explain(
    scored.map((row) => ({ ...row, weight: Math.exp((row.score - best) / constants.scoreScale) })),
    grams,
    constants,
  );
}

/** Share of the change that fell on the product's own cells; beyond 0..1 where cells changed both ways. */
export function arrangementScore(step: ShelfStep, part: StepPart, planogram: Planogram, product: Product): number {
  let own = 0;
  for (const cell of part.cells) {
    if (planogram.onCell(step.unitIndex, cell).has(product)) own += step.cellDeltaGrams[cell];
  }
  return own / part.deltaGrams;
}

/** Overlap of two Gaussians around the change and the weight of one item. */
export function weightScore(product: Product, grams: number, constants: PublishedConstants): number {
  const { eventSigmaGrams, productSigmaGrams } = constants;
  return gaussianOverlap(grams, eventSigmaGrams, product.weightGrams.mean, productSigmaGrams);
}

/** Area under both of two Gaussians of about equal SD: 2 Φ(−|a − b| / (sigmaA + sigmaB)), exact where they are equal. */
export function gaussianOverlap(a: number, sigmaA: number, b: number, sigmaB: number): number {
  return 2 * normalTail(Math.abs(a - b) / (sigmaA + sigmaB));
}

/** P(Z > x) for x ≥ 0, error below 1e-7 (Abramowitz and Stegun 26.2.17). */
function normalTail(x: number): number {
  const t = 1 / (1 + 0.2316419 * x);
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * series;
}
