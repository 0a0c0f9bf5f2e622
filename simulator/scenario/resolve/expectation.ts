import type { Expectation } from '../run.ts';
import type { ScenarioSpec } from '../spec.ts';
import { firstMember } from './parties.ts';

/** One step of a shop scale to 15 kg (OIML R 76, class III, 3,000 steps), the most it may be off on up to 2.5 kg. */
const STEP_GRAMS = 5;

/** Receipts and reviews of a party stand under its first member. */
export function resolveExpectation(spec: ScenarioSpec): Expectation {
  const { receipts, metrics, never, review } = spec.expect;
  const keyOf = (name: string) => (spec.shoppers.has(name) || name.includes('/') ? name : firstMember(spec, name));
  const lines = Object.entries(receipts).map(([name, written]) => [keyOf(name), Object.entries(written)] as const);
  const slack = lines.flatMap(([key, written]) => {
    const weighed = written.filter(([sku]) => spec.catalog.get(sku)?.['sell-by'] === 'weighed');
    const grams = weighed.map(([sku, line]) => [sku, (typeof line === 'number' ? null : line.within) ?? STEP_GRAMS]);
    return grams.length === 0 ? [] : [[key, Object.fromEntries(grams)]];
  });
  return {
    receipts: Object.fromEntries(
      lines.map(([key, written]) => [
        key,
        Object.fromEntries(written.map(([sku, line]) => [sku, typeof line === 'number' ? line : line.weight])),
      ]),
    ),
    ...(slack.length === 0 ? {} : { slackGrams: Object.fromEntries(slack) }),
    metrics,
    never,
    review: review.map(keyOf),
  };
}
