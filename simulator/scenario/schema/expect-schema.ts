import { z } from 'zod';
import type { Expectation } from '../run.ts';
import { didYouMean } from '../scenario-error.ts';
import { DURATION, MASS, NUMBER, parseQuantity, SHARE } from '../units.ts';
import { shopperName } from './names.ts';
import { shape } from './shape.ts';
import { choice, isMap, type Json, Misfit, oneOrMore, quantity, shared, value, whole, word } from './value.ts';

/** Scores of `--json`, each with how its bounds are read. */
export const METRICS: Readonly<Record<string, 'share' | 'count' | 'seconds'>> = {
  itemPrecision: 'share',
  itemRecall: 'share',
  itemF1: 'share',
  caseF1: 'share',
  exactCartRate: 'share',
  overchargedUnits: 'count',
  underchargedUnits: 'count',
  overchargedMinor: 'count',
  underchargedMinor: 'count',
  changePrecision: 'share',
  changeRecall: 'share',
  productAccuracy: 'share',
  associationAccuracy: 'share',
  calibrationError: 'share',
  reviewRate: 'share',
  autoExactRate: 'share',
  receiptDelaySecondsP50: 'seconds',
  receiptDelaySecondsP95: 'seconds',
  hota: 'share',
  mota: 'share',
  idf1: 'share',
  detA: 'share',
  assA: 'share',
  locA: 'share',
  motp: 'share',
  idSwitches: 'count',
  fragments: 'count',
  mostlyTracked: 'count',
  mostlyLost: 'count',
  acd: 'count',
  mccd: 'count',
  mciou: 'share',
  shoppingListRecall: 'share',
  lineEce: 'share',
  cartEce: 'share',
  lineRiskArea: 'share',
  cartRiskArea: 'share',
  reviewsPer1000: 'count',
  leakedUnits: 'count',
  finalAtExitRate: 'share',
  missingCarts: 'count',
  phantomCarts: 'count',
  unsettledCarts: 'count',
};

const ALIASES: Readonly<Record<string, string>> = {
  'receipt-accuracy': 'exactCartRate',
  'receipt-delay.p50': 'receiptDelaySecondsP50',
  'receipt-delay.p95': 'receiptDelaySecondsP95',
};

/** JSON name of a metric as `expect` writes it (`item-f1` → `itemF1`), or undefined. */
export function metricOf(written: string): string | undefined {
  if (Object.hasOwn(ALIASES, written)) return ALIASES[written];
  if (/[A-Z]/.test(written)) return undefined;
  const camel = written.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return Object.hasOwn(METRICS, camel) ? camel : undefined;
}

const kebab = (name: string) => name.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();
export const metricNames: readonly string[] = [...Object.keys(METRICS).map(kebab), ...Object.keys(ALIASES)];

type Bound = Expectation['metrics'][number];

const boundJson: Json = shared('bound', { type: 'string', pattern: '^(>=|<=|==|>|<)\\s*[-+.0-9]' });
const boundsJson: Json = shared('bounds', { anyOf: [boundJson, { type: 'array', items: boundJson }] });
const EXAMPLES = { share: '">= 97%"', count: '"<= 2"', seconds: '"<= 5s"' };

function boundOf(metric: string): z.ZodType<readonly Bound[]> {
  const unit = METRICS[metric]!;
  const bound = value(boundJson, (raw): Bound | Misfit => {
    const match = typeof raw === 'string' ? /^\s*(>=|<=|==|>|<)\s*(.+)$/.exec(raw) : null;
    const kind = unit === 'share' ? SHARE : unit === 'seconds' ? DURATION : NUMBER;
    const figure = match ? parseQuantity(kind, match[2]) : undefined;
    if (figure === undefined) return new Misfit(`a bound such as ${EXAMPLES[unit]}`);
    return { metric, op: match![1] as Bound['op'], value: unit === 'seconds' ? figure / 1e6 : figure };
  });
  return oneOrMore(bound);
}

const metricSchemas = new Map(metricNames.map((name) => [name, boundOf(metricOf(name)!)]));

const metrics: z.ZodType<readonly Bound[]> = value(
  {
    type: 'object',
    properties: Object.fromEntries(metricNames.map((name) => [name, boundsJson])),
    additionalProperties: false,
  },
  (raw) => {
    if (typeof raw !== 'object' || raw === null || Array.isArray(raw))
      return new Misfit('a map of metric names to bounds');
    const bounds: Bound[] = [];
    for (const [name, written] of Object.entries(raw)) {
      const schema = metricSchemas.get(name);
      if (!schema) {
        return new Misfit(`a metric of ${metricNames.join(', ')}${didYouMean(name, metricNames)}`, `"${name}"`, [name]);
      }
      const parsed = schema.safeParse(written);
      if (!parsed.success)
        return new Misfit(`a bound such as ${EXAMPLES[METRICS[metricOf(name)!]!]}`, undefined, [name]);
      bounds.push(...parsed.data);
    }
    return bounds;
  },
);

const mass = quantity(MASS, { min: 0, max: 100_000, text: 'from 0 to 100kg' });

/** A count, or grams of what is weighed; or such a weight with how far the receipt may be off. */
const receiptLine = choice(
  { count: whole(0, 100_000), weighed: shape({ weight: mass, within: mass.optional() }) },
  (raw) => (isMap(raw) ? 'weighed' : 'count'),
);

export const expectSchema = shape({
  receipts: z.record(z.string(), z.record(z.string(), receiptLine)).default({}),
  metrics: metrics.default([]),
  never: z.array(word('negative-stock', 'item-in-two-carts', 'receipt-before-exit')).default([]),
  review: z.array(shopperName).default([]),
});

export type ExpectSpec = z.output<typeof expectSchema>;
