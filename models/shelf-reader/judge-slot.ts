import type { Recognition } from '../product-recogniser/product-recogniser.ts';

/** Share of stocked slots that are taken to hold what the planogram says: an assumption, to be set per shop by its own audits. */
const EXPECTED_PRIOR = 0.85;

/** What stands in a slot. */
export interface SlotReading {
  readonly state: 'stocked' | 'empty' | 'wrong';
  /** The product that stands there, or null: nothing, or nothing of the gallery. */
  readonly sku: string | null;
  /** Probability of that product, or of emptiness. */
  readonly prob: number;
  /** Facings with something in them. */
  readonly facings: number;
}

/**
 * Puts together what each facing looks like: facings are independent pictures of one product, and the planogram is the
 * prior. `recognitions` hold every product of the gallery; throws nothing.
 */
export function judgeSlot(
  expected: string,
  stockedProbs: readonly number[],
  recognitions: readonly Recognition[],
): SlotReading {
  const stocked = stockedProbs.flatMap((prob, i) => (prob >= 0.5 ? [i] : []));
  if (stocked.length === 0) {
    const prob = stockedProbs.reduce((product, one) => product * (1 - one), 1);
    return { state: 'empty', sku: null, prob, facings: 0 };
  }
  const logs = new Map<string | null, number>();
  const add = (sku: string | null, prob: number) =>
    logs.set(sku, (logs.get(sku) ?? 0) + Math.log(Math.max(1e-6, prob)));
  for (const i of stocked) {
    for (const { sku, prob } of recognitions[i].candidates) add(sku, prob);
    add(null, recognitions[i].noneProb);
  }
  const others = (1 - EXPECTED_PRIOR) / Math.max(1, logs.size - 1);
  let best: string | null = null;
  let most = Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (const [sku, log] of logs) {
    const total = log + Math.log(sku === expected ? EXPECTED_PRIOR : others);
    logs.set(sku, total);
    if (total > most) [best, most] = [sku, total];
  }
  for (const total of logs.values()) sum += Math.exp(total - most);
  return { state: best === expected ? 'stocked' : 'wrong', sku: best, prob: 1 / sum, facings: stocked.length };
}
