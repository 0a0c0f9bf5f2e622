import type { Growth } from './grow-take.ts';
import type { ShelfPart } from './shelf-part.ts';
import type { SlotBelief } from './slot-belief.ts';
import type { WeightBook } from './weight-book.ts';

/** From this probability on a change teaches what its product weighs. */
const SURE_PROB = 0.98;
/** Most items of a change that still teach. */
const MOST_TEACHING = 3;

/** A sure change teaches what its product weighs, and whether its slot holds what it should. */
export function learnFrom(
  part: ShelfPart,
  grown: readonly Growth[],
  probs: readonly number[],
  slots: SlotBelief,
  weights: WeightBook,
): void {
  const byStory = new Map<string, { growth: Growth; prob: number }>();
  grown.forEach((growth, i) => {
    const { story } = growth;
    if (story?.placed == null || story.product === null || story.also !== null) return;
    const key = `${part.place.slots.indexOf(story.placed)}|${story.product.sku}|${story.count}`;
    const row = byStory.get(key) ?? { growth, prob: 0 };
    row.prob += probs[i]!;
    byStory.set(key, row);
  });
  for (const { growth, prob } of byStory.values()) {
    const { placed, product, count } = growth.story!;
    if (prob < SURE_PROB || count > MOST_TEACHING || product!.sellBy === 'weighed') continue;
    const grams = -part.deltaGrams;
    const scaleVar = part.sdGrams ** 2;
    slots.learn(placed!, (one) => weights.logDensity(one, count, grams, scaleVar));
    weights.learn(product!, count, grams, scaleVar);
  }
}
