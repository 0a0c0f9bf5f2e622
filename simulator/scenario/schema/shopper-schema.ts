import { z } from 'zod';
import { DURATION, LENGTH, NUMBER, RATE, SHARE, SPEED } from '../units.ts';
import { actionSchema } from './action-schema.ts';
import { distribution, moment } from './distribution.ts';
import { doorName, shopperName } from './names.ts';
import { shape } from './shape.ts';
import { choice, flag, isMap, Misfit, quantity, text, value, whole, word } from './value.ts';

const share = quantity(SHARE, { min: 0, max: 1, text: 'from 0 to 100%' });
const weight = quantity(SHARE, { min: 0, max: 1e6, text: 'not negative' });
const shade = word('light', 'mid', 'dark');
const dressed = shape({ shade: shade.optional(), uniform: flag.optional() });
const equipment = word('none', 'basket', 'trolley', 'pram', 'bag');

const person = {
  height: distribution(LENGTH, { min: 0.5, max: 2.3, text: 'from 0.5 to 2.3m' }).default({
    normal: { mean: 1.7, sd: 0.1 },
  }),
  speed: distribution(SPEED, { min: 0.2, max: 2.5, text: 'from 0.2 to 2.5m/s' }).default({
    normal: { mean: 0.9, sd: 0.2 },
  }),
  handed: word('left', 'right').optional(),
  clothing: choice({ shade: shade.transform((s): z.output<typeof dressed> => ({ shade: s })), dressed }, (raw) =>
    isMap(raw) ? 'dressed' : 'shade',
  ).optional(),
  door: doorName.optional(),
};

const scripted = shape({
  at: moment.optional(),
  do: z.array(actionSchema).max(10_000).default([]),
  ...person,
  role: word('shopper', 'staff').default('shopper'),
  party: text('the name of a party').optional(),
  tailgates: shopperName.optional(),
  'carried-by': shopperName.optional(),
  refused: flag.default(false),
  equipment: equipment.default('none'),
  'swap-hands': share.default(0),
  brings: z.record(z.string(), whole(1, 1000)).default({}),
});

/** A map of names to weights, at least one above 0. */
function weights<K extends string>(key: z.ZodType<K>) {
  return z
    .record(key as z.ZodType<K> & z.core.$ZodRecordKey, weight)
    .refine((map) => Object.values(map).some((w) => (w as number) > 0), {
      params: { expected: 'at least one share above 0' },
    }) as unknown as z.ZodType<Partial<Record<K, number>>>;
}

const partySize = value({ type: 'string', pattern: '^[1-8]$' }, (raw) =>
  /^[1-8]$/.test(String(raw)) ? String(raw) : new Misfit('a party size from 1 to 8'),
);

const profile = z
  .record(z.string(), quantity(NUMBER, { min: 0, max: 1000, text: 'from 0 to 1000' }))
  .transform((map) => {
    return Object.entries(map).map(([clock, factor]) => ({ clock, factor }));
  });

const arrive = shape({
  poisson: quantity(RATE, { min: 0, max: 1000, text: 'from 0 to 1000/s' }).optional(),
  count: whole(0, 100_000).optional(),
  from: moment.optional(),
  to: moment.optional(),
  profile: profile.optional(),
});

const itemHabits = {
  putback: share.optional(),
  misplace: share.optional(),
  retake: share.optional(),
  slow: share.optional(),
  'hold-long': share.optional(),
  touch: share.optional(),
  hide: share.optional(),
  drop: share.optional(),
  'same-weight': share.optional(),
  pass: share.optional(),
  exchange: share.optional(),
};

/** A habit that an item of the basket may follow. */
export type ItemHabit = keyof typeof itemHabits;

const population = shape({
  arrive,
  party: weights(partySize).default({ 1: 0.78, 2: 0.18, 3: 0.04 }),
  basket: distribution(NUMBER, { min: 0, max: 1000, text: 'from 0 to 1000' }).default({ geometric: { mean: 6 } }),
  dwell: distribution(DURATION, { min: 0, text: 'not negative' }).default({
    lognormal: { median: 6_400_000, p95: 51_000_000 },
  }),
  ...person,
  equipment: choice(
    { all: equipment.transform((e) => ({ [e]: 1 }) as Partial<Record<typeof e, number>>), some: weights(equipment) },
    (raw) => (isMap(raw) ? 'some' : 'all'),
  ).default({ none: 0.51, basket: 0.28, trolley: 0.2 }),
  habits: shape({ 'browse-only': share.default(0), 'swap-hands': share.default(0), ...itemHabits }).optional(),
  adversarial: share.default(0),
});

export const shopperSchema = choice(
  {
    scripted: scripted.transform((fields) => ({ kind: 'scripted' as const, ...fields })),
    population: population.transform((fields) => ({ kind: 'population' as const, ...fields })),
  },
  (raw) => {
    if (!isMap(raw)) return new Misfit('a map with do (a script) or arrive (a population)');
    if ('arrive' in raw && 'do' in raw) return new Misfit('do (a script) or arrive (a population), not both');
    return 'arrive' in raw ? 'population' : 'scripted';
  },
);

export type ShopperSpec = z.output<typeof shopperSchema>;
export type ScriptedSpec = Extract<ShopperSpec, { kind: 'scripted' }>;
export type PopulationSpec = Extract<ShopperSpec, { kind: 'population' }>;
