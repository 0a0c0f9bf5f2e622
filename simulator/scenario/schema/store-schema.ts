import { z } from 'zod';
import { ANGLE, LENGTH, MASS, NUMBER, type Price, parsePrice } from '../units.ts';
import { distribution, point, triple } from './distribution.ts';
import { sku } from './names.ts';
import { shape } from './shape.ts';
import { choice, isMap, Misfit, quantity, text, value, whole, word } from './value.ts';

/** No store is larger than 10 km; anything beyond is a unit forgotten. */
const place = { min: -10_000, max: 10_000, text: 'at most 10000m' };
const size = { min: 0.001, max: 10_000, text: 'more than 0 and at most 10000m' };
const small = { min: 0.001, max: 20, text: 'more than 0 and at most 20m' };

export const storeSize = point(size);

export const doorSchema = shape({
  at: point(place),
  width: quantity(LENGTH, small).default(1),
  gate: word('card', 'app', 'palm', 'badge', 'none').optional(),
  use: word('entry', 'exit', 'both').optional(),
});

const height = quantity(LENGTH, { min: 0, max: 20, text: 'from 0 to 20m' });
const plates = whole(1, 1000);
const shelfShape = shape({ height, depth: quantity(LENGTH, small).optional(), plates: plates.optional() });

/** A shelf: its height alone, or with depth and plates. */
const shelfSchema = choice(
  { plain: height.transform((h): z.output<typeof shelfShape> => ({ height: h })), full: shelfShape },
  (raw) => (isMap(raw) ? 'full' : 'plain'),
);

export const fixtureSchema = shape({
  type: word('gondola', 'fridge', 'endcap', 'table', 'rack', 'counter', 'ledge'),
  at: point(place),
  facing: quantity(ANGLE, { min: -100, max: 100 }),
  length: quantity(LENGTH, { min: 0.01, max: 100, text: 'from 1cm to 100m' }),
  depth: quantity(LENGTH, small).optional(),
  height: quantity(LENGTH, small).optional(),
  shelves: z.array(shelfSchema).min(1).max(100),
  plates: plates.default(1),
  door: word('hinged', 'sliding').optional(),
});

export const zoneSchema = shape({ from: point(place), to: point(place) });

const count = whole(0, 100_000);
const counts = z.record(z.string(), count);
const countOrCounts = choice({ one: count, many: counts }, (raw) => (isMap(raw) ? 'many' : 'one'));
const skuOrCounts = choice({ one: sku, many: counts }, (raw) => (isMap(raw) ? 'many' : 'one'));

export const slotSchema = shape({
  sku: sku.optional(),
  skus: z.array(sku).min(1).max(1000).optional(),
  facings: whole(1, 1000).default(1),
  depth: whole(1, 1000).default(1),
  plates: z.array(whole(1, 1000)).min(1).max(1000).optional(),
  width: quantity(LENGTH, small).optional(),
  stock: countOrCounts.optional(),
  contents: skuOrCounts.optional(),
});

const price: z.ZodType<Price> = value(
  { type: 'string', pattern: '^\\d+(\\.\\d{1,3})?\\s*[A-Z]{3}(/kg)?$' },
  (raw) => parsePrice(raw) ?? new Misfit('a price such as 1.50 EUR or 2.49 EUR/kg'),
);

const heaviest = { min: 0, max: 50_000, text: 'at most 50kg (a bare number is in kilograms)' };

export const productSchema = shape({
  name: text('a name').optional(),
  price,
  weight: distribution(MASS, { ...heaviest, min: 0.001 }),
  size: triple({ min: 0.0001, max: 5, text: 'more than 0 and at most 5m' }),
  'catalogue-weight': quantity(MASS, { ...heaviest, min: 0.001 }).optional(),
  'sell-by': word('each', 'weighed').default('each'),
  multipack: shape({ of: sku, count: whole(2, 1000) }).optional(),
  restriction: text('a kind of restriction such as alcohol').optional(),
  popularity: quantity(NUMBER, { min: 0, max: 1e6, text: 'from 0 to 1000000' }).default(1),
});

export type DoorSpec = z.output<typeof doorSchema>;
export type FixtureSpec = z.output<typeof fixtureSchema>;
export type ZoneSpec = z.output<typeof zoneSchema>;
export type SlotSpec = z.output<typeof slotSchema>;
export type ProductSpec = z.output<typeof productSchema>;
