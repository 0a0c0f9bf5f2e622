import type { Product } from '../../store.ts';
import type { BelievedCart } from '../attribution.ts';
import type { Beam } from './beam.ts';
import { countsOf, type Hypothesis, type Thing } from './hypothesis.ts';
import type { SlotBelief } from './slot-belief.ts';

/** A trip's likeliest cart over all stories, and which stories agree with it. */
export interface BestCart extends Omit<BelievedCart, 'eventIds'> {
  isBest(hypothesis: Hypothesis): boolean;
}

/** The likeliest whole cart; a story in which something unknown is held counts for the cart but not as exact. */
export function bestCart(beam: Beam, tripId: string, names: SlotBelief): BestCart {
  const weights = beam.weights();
  const carts: { counts: Map<Product, number>; prob: number; exactProb: number; agreedProb: number }[] = [];
  const cartOf: number[] = [];
  beam.hypotheses.forEach(({ holds, agrees }, i) => {
    const things = holds.get(tripId) ?? [];
    const counts = countsOf(things);
    let at = carts.findIndex((cart) => sameCounts(cart.counts, counts));
    if (at < 0) at = carts.push({ counts, prob: 0, exactProb: 0, agreedProb: 0 }) - 1;
    carts[at]!.prob += weights[i]!;
    if (agrees) carts[at]!.agreedProb += weights[i]!;
    if (things.every(({ product }) => product !== null)) carts[at]!.exactProb += weights[i]!;
    cartOf.push(at);
  });
  let best = 0;
  // What other carts say already is not charged twice, however likely.
  carts.forEach(({ agreedProb }, i) => {
    if (agreedProb > carts[best]!.agreedProb) best = i;
  });
  const { counts, exactProb } = carts[best]!;
  const things = beam.hypotheses[cartOf.indexOf(best)]!.holds.get(tripId) ?? [];
  let allNamedProb = 1;
  const lines = [...counts].map(([product, quantity]) => {
    let prob = 0;
    for (const cart of carts) if (cart.counts.get(product) === quantity) prob += cart.prob;
    const namedProb = nameProbOf(things, product, names);
    allNamedProb *= namedProb;
    return { sku: product.sku, quantity, prob: Math.min(1, prob * namedProb) };
  });
  const chosen = new Set(beam.hypotheses.filter(({ agrees }, i) => agrees && cartOf[i] === best));
  return { lines, prob: Math.min(1, exactProb * allNamedProb), isBest: (hypothesis) => chosen.has(hypothesis) };
}

/** Probability that all labels which a product's items were named by are right. */
function nameProbOf(things: readonly Thing[], product: Product, names: SlotBelief): number {
  const slots = new Set(things.flatMap((thing) => (thing.product === product && thing.named ? [thing.named] : [])));
  let prob = 1;
  for (const placed of slots) prob *= names.nameProbOf(placed, product);
  return prob;
}

function sameCounts(a: ReadonlyMap<Product, number>, b: ReadonlyMap<Product, number>): boolean {
  if (a.size !== b.size) return false;
  for (const [product, quantity] of a) if (b.get(product) !== quantity) return false;
  return true;
}
