import type { Cart } from '../engine/cart.ts';
import type { Expectation } from '../simulator/scenario/run.ts';
import type { Violation } from './score/invariants.ts';
import type { Scores } from './score/score-counts.ts';

export interface Verdict {
  readonly verdict: 'pass' | 'fail';
  /** One sentence per expectation that was not met. */
  readonly failures: readonly string[];
}

/**
 * Judges a run by what its scenario expects. A weighed line is compared by its grams and may be off by its slack; an undefined score meets no bound.
 *
 * @param cartOf Cart of each trip by the key of the trip's first member.
 */
export function judge(
  expect: Expectation,
  scores: Scores,
  cartOf: ReadonlyMap<string, Cart>,
  violations: readonly Violation[],
): Verdict {
  const failures = [
    ...Object.keys(expect.receipts)
      .sort()
      .flatMap((shopper) =>
        judgeReceipt(shopper, expect.receipts[shopper], cartOf.get(shopper), expect.slackGrams?.[shopper] ?? {}),
      ),
    ...expect.review.flatMap((shopper) => judgeReview(shopper, cartOf.get(shopper))),
    ...expect.metrics.flatMap((bound) => judgeMetric(bound, scores)),
    ...violations
      .filter(({ invariant }) => expect.never.includes(invariant))
      .map(({ invariant, text }) => `never ${invariant}: ${text}`),
  ];
  return { verdict: failures.length === 0 ? 'pass' : 'fail', failures };
}

function judgeReceipt(
  shopper: string,
  receipt: Readonly<Record<string, number>>,
  cart: Cart | undefined,
  slackGrams: Readonly<Record<string, number>>,
): string[] {
  if (!cart) {
    const empty = Object.values(receipt).every((count) => count === 0);
    return empty ? [] : [`${shopper}: no cart, expected ${listed(receipt)}`];
  }
  if (cart.status === 'draft') return [`${shopper}: cart still a draft at the end of the run`];
  const got = new Map(cart.lines.map(({ sku, quantity }) => [sku, quantity.value]));
  return [...new Set([...Object.keys(receipt), ...got.keys()])].sort().flatMap((sku) => {
    const wanted = receipt[sku] ?? 0;
    const have = got.get(sku) ?? 0;
    const slack = wanted > 0 && have > 0 ? (slackGrams[sku] ?? 0) : 0;
    if (Math.abs(wanted - have) <= slack) return [];
    const about = slack > 0 ? ` ± ${slack} g` : '';
    return [`${shopper}: ${sku} expected ${wanted}${about}, got ${have}`];
  });
}

const listed = (receipt: Readonly<Record<string, number>>) =>
  Object.entries(receipt)
    .filter(([, count]) => count > 0)
    .map(([sku, count]) => `${count} × ${sku}`)
    .join(', ');

function judgeReview(shopper: string, cart: Cart | undefined): string[] {
  const status = cart?.status ?? 'no cart';
  return status === 'review' || status === 'reviewed' ? [] : [`${shopper}: expected review, got ${status}`];
}

const holds = {
  '>=': (a: number, b: number) => a >= b,
  '<=': (a: number, b: number) => a <= b,
  '>': (a: number, b: number) => a > b,
  '<': (a: number, b: number) => a < b,
  '==': (a: number, b: number) => a === b,
};

function judgeMetric({ metric, op, value }: Expectation['metrics'][number], scores: Scores): string[] {
  const found = metric in scores ? scores[metric as keyof Scores] : undefined;
  if (found === undefined) {
    throw new Error(`expect: metric ${metric} is no score, expected one of ${Object.keys(scores).join(', ')}`);
  }
  if (found === null) return [`${metric}: undefined, expected ${op} ${value}`];
  return holds[op](found, value) ? [] : [`${metric}: expected ${op} ${value}, got ${Number(found.toPrecision(4))}`];
}
