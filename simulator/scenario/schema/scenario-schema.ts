import { z } from 'zod';
import { LIMITS } from '../limits.ts';
import { DURATION, FREQUENCY } from '../units.ts';
import { clockTime } from './distribution.ts';
import { expectSchema } from './expect-schema.ts';
import { faultSchema } from './fault-schema.ts';
import { noiseSchema } from './noise-schema.ts';
import { sensorSchema } from './sensor-schema.ts';
import { shape } from './shape.ts';
import { shopperSchema } from './shopper-schema.ts';
import { doorSchema, fixtureSchema, productSchema, slotSchema, storeSize, zoneSchema } from './store-schema.ts';
import { Misfit, quantity, text, value, whole, word } from './value.ts';

const knowledge = word('commissioned', 'perfect');

export const runSchema = shape({
  seed: whole(0, Number.MAX_SAFE_INTEGER).default(1),
  start: clockTime.default(12 * 3_600_000_000),
  duration: quantity(DURATION, { min: 1_000_000, max: LIMITS.durationUs, text: 'from 1s to 7 days (168h)' }).default(
    300_000_000,
  ),
  tick: quantity(FREQUENCY, { min: 10, max: 240, text: 'from 10 to 240Hz' }).default(60),
  warmup: quantity(DURATION, { min: 0, max: LIMITS.durationUs, text: 'from 0 to 7 days' }).default(10_000_000),
  noise: noiseSchema.optional(),
  knowledge: knowledge.optional(),
});

/** The parts of a scenario that are not keyed collections. */
export const headSchemas = {
  scenario: text('a name for the scenario'),
  version: value({ const: 1 }, (raw) =>
    String(raw) === '1' ? (1 as const) : new Misfit('version: 1, the one this program reads'),
  ),
  about: text('free text').optional(),
  run: runSchema.prefault({}),
  noise: noiseSchema.optional(),
  knowledge: knowledge.optional(),
  expect: expectSchema.prefault({}),
};

export const storeHeadSchemas = { name: text('a name').optional(), size: storeSize };

const planogramSchema = z.array(slotSchema).max(LIMITS.slots);

/** Collections by where they stand, with the schema of one entry. */
export const collectionSchemas = {
  doors: doorSchema,
  fixtures: fixtureSchema,
  zones: zoneSchema,
  planogram: planogramSchema,
  catalog: productSchema,
  sensors: sensorSchema,
  shoppers: shopperSchema,
};

/** Values a sweep may give: a list, or a range of integers. */
const sweepValues = value(
  { anyOf: [{ type: 'array' }, { type: 'string', pattern: '^\\d+\\.\\.\\d+(\\.\\.\\d+)?$' }] },
  (raw) => raw,
);

const keyed = <T extends z.ZodType>(entry: T) => z.record(z.string(), entry).optional();

/** The whole file, for editors; the parser checks it piece by piece so that one mistake hides no other. */
export const scenarioSchema = shape({
  ...headSchemas,
  extends: value(
    { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] },
    (raw) => raw,
  ).optional(),
  store: shape({
    ...storeHeadSchemas,
    doors: keyed(doorSchema),
    fixtures: keyed(fixtureSchema),
    zones: keyed(zoneSchema),
    planogram: keyed(planogramSchema),
  }).optional(),
  catalog: keyed(productSchema),
  sensors: keyed(sensorSchema),
  faults: z.array(faultSchema).optional(),
  shoppers: keyed(shopperSchema),
  sweep: z.record(z.string(), sweepValues).optional(),
});
