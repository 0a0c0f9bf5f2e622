import type { z } from 'zod';
import type { Distribution } from '../run.ts';
import { didYouMean, shown } from '../scenario-error.ts';
import { DURATION, type Kind, LENGTH, parseClock, parseQuantity } from '../units.ts';
import { type Bounds, expectedOf, isMap, type Json, Misfit, quantityJson, shared, value, within } from './value.ts';

const NAMES = ['normal', 'lognormal', 'uniform', 'geometric', 'poisson'] as const;
const PAIRS = { normal: '[mean, sd]', lognormal: '[median, p95]', uniform: '[low, high]' } as const;

/** A quantity, or a distribution of quantities of the same kind. */
export function distribution(kind: Kind, bounds: Bounds = {}): z.ZodType<Distribution> {
  return value(distributionJson(kind), (raw) => parseDistribution(kind, bounds, raw));
}

/** As `distribution`, but a plain quantity is the SD of a normal around 0. */
export function spread(kind: Kind, bounds: Bounds = {}): z.ZodType<Distribution> {
  return value(distributionJson(kind), (raw) => {
    const parsed = parseDistribution(kind, bounds, raw);
    if (parsed instanceof Misfit || !('fixed' in parsed)) return parsed;
    return parsed.fixed >= 0 ? { normal: { mean: 0, sd: parsed.fixed } } : new Misfit(`${kind.expected}, not negative`);
  });
}

function parseDistribution(kind: Kind, bounds: Bounds, raw: unknown): Distribution | Misfit {
  if (!isMap(raw)) {
    const fixed = parseQuantity(kind, raw);
    if (fixed !== undefined && within(fixed, bounds)) return { fixed };
    return new Misfit(`${expectedOf(kind, bounds)} or a distribution`);
  }
  const keys = Object.keys(raw);
  const name = NAMES.find((known) => known === keys[0]);
  if (keys.length !== 1 || !name) {
    const hint = keys.length === 1 ? didYouMean(keys[0]!, NAMES) : '';
    return new Misfit(`a distribution: one of ${NAMES.join(', ')}${hint}`);
  }
  if (name === 'geometric' || name === 'poisson') return parseCount(kind, bounds, name, raw[name]);
  const pair = parsePair(kind, name, raw[name]);
  return pair instanceof Misfit ? pair : twoFigures(kind, bounds, name, pair);
}

function parseCount(kind: Kind, bounds: Bounds, name: 'geometric' | 'poisson', raw: unknown): Distribution | Misfit {
  const figure = parseQuantity(kind, raw);
  const least = name === 'geometric' ? 1 : 0;
  if (figure === undefined || figure < least || figure > 1e6 || !within(figure, bounds)) {
    return new Misfit(`${name} of ${expectedOf(kind, bounds)}, from ${least} to 1000000`, undefined, [name]);
  }
  return name === 'geometric' ? { geometric: { mean: figure } } : { poisson: { rate: figure } };
}

function parsePair(kind: Kind, name: keyof typeof PAIRS, raw: unknown): readonly [number, number] | Misfit {
  if (!Array.isArray(raw) || raw.length !== 2)
    return new Misfit(`${name} ${PAIRS[name]}, two figures`, undefined, [name]);
  const figures = raw.map((figure) => parseQuantity(kind, figure));
  const bad = figures.indexOf(undefined);
  if (bad >= 0) return new Misfit(kind.expected, undefined, [name, bad]);
  return [figures[0]!, figures[1]!];
}

function twoFigures(
  kind: Kind,
  bounds: Bounds,
  name: keyof typeof PAIRS,
  [a, b]: readonly [number, number],
): Distribution | Misfit {
  const misfit = (i: number, expected: string) => new Misfit(expected, undefined, [name, i]);
  if (!within(a, bounds)) return misfit(0, expectedOf(kind, bounds));
  if (name === 'normal')
    return b >= 0 ? { normal: { mean: a, sd: b } } : misfit(1, 'a standard deviation of at least 0');
  if (!within(b, bounds)) return misfit(1, expectedOf(kind, bounds));
  if (name === 'uniform') return b >= a ? { uniform: { low: a, high: b } } : misfit(1, 'at least the lower end');
  if (!(a > 0)) return misfit(0, 'a median above 0');
  return b >= a ? { lognormal: { median: a, p95: b } } : misfit(1, 'a 95th percentile of at least the median');
}

function distributionJson(kind: Kind): Json {
  const figure = quantityJson(kind);
  const pair = { type: 'array', items: figure, minItems: 2, maxItems: 2 };
  const one = (name: string, json: Json) => ({
    type: 'object',
    properties: { [name]: json },
    required: [name],
    additionalProperties: false,
  });
  const maps = NAMES.map((name) => one(name, name in PAIRS ? pair : figure));
  return shared(`${kind.name.replaceAll(' ', '-')}-distribution`, { anyOf: [figure, ...maps] });
}

/** A moment: a distribution of durations since the run's start, or a clock time. */
export type Moment = Distribution | { readonly clockUs: number };

const clockJson: Json = { type: 'string', pattern: '^\\d{1,2}:\\d{2}(:\\d{2})?$' };

/** Time since the run's start (d), or a clock time counted from `run.start`. */
export const moment: z.ZodType<Moment> = value(
  shared('moment', { anyOf: [distributionJson(DURATION), clockJson] }),
  (raw): Moment | Misfit => {
    const clockUs = parseClock(raw);
    if (clockUs !== undefined) return { clockUs };
    if (isMap(raw)) return parseDistribution(DURATION, { min: 0 }, raw);
    const fixed = parseQuantity(DURATION, raw);
    if (fixed !== undefined && fixed >= 0) return { fixed };
    return new Misfit('a time such as 40s (since the start) or 12:05', shown(raw));
  },
);

/** Microseconds since midnight. */
export const clockTime: z.ZodType<number> = value(
  clockJson,
  (raw) => parseClock(raw) ?? new Misfit('a clock time such as 12:00'),
);

/** `[x, y]` in metres. */
export function point(bounds: Bounds = {}): z.ZodType<readonly [number, number]> {
  return value(lengthsJson(2), (raw) => {
    const lengths = parseLengths(raw, '[x, y], two lengths', 2, bounds);
    return lengths instanceof Misfit ? lengths : [lengths[0]!, lengths[1]!];
  });
}

/** `[x, y, z]`, or width, depth and height, in metres. */
export function triple(bounds: Bounds = {}): z.ZodType<readonly [number, number, number]> {
  return value(lengthsJson(3), (raw) => {
    const lengths = parseLengths(raw, 'three lengths such as [0.3m, 0.3m, 2.8m]', 3, bounds);
    return lengths instanceof Misfit ? lengths : [lengths[0]!, lengths[1]!, lengths[2]!];
  });
}

function lengthsJson(size: number): Json {
  return shared(size === 2 ? 'point' : 'triple', {
    type: 'array',
    items: quantityJson(LENGTH),
    minItems: size,
    maxItems: size,
  });
}

function parseLengths(raw: unknown, expected: string, size: number, bounds: Bounds): number[] | Misfit {
  if (!Array.isArray(raw) || raw.length !== size) return new Misfit(expected);
  const lengths: number[] = [];
  for (let i = 0; i < size; i++) {
    const length = parseQuantity(LENGTH, raw[i]);
    if (length === undefined || !within(length, bounds)) return new Misfit(expectedOf(LENGTH, bounds), undefined, [i]);
    lengths.push(length);
  }
  return lengths;
}
