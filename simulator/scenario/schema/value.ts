import { z } from 'zod';
import { didYouMean, listed } from '../scenario-error.ts';
import { type Kind, parseQuantity, quantityPattern } from '../units.ts';

/** A JSON Schema (draft-7) fragment. */
export type Json = Readonly<Record<string, unknown>>;

/** What a value should have been, for the error text; `found` only where the value itself does not say it. */
export class Misfit {
  readonly expected: string;
  readonly found: string | undefined;
  readonly path: readonly (string | number)[];

  constructor(expected: string, found?: string, path: readonly (string | number)[] = []) {
    this.expected = expected;
    this.found = found;
    this.path = path;
  }
}

/** Fragments shared by name under `#/definitions`. */
export const definitions = new Map<string, Json>();
/** Schemas whose published form is written by hand. */
const published = new WeakMap<object, () => Json>();

/** The hand-written JSON Schema of one of the schemas made here, or undefined. */
export function publishedForm(schema: object): Json | undefined {
  return published.get(schema)?.();
}

/** A schema from a parser that returns the value or a `Misfit`. `json` is its published form. */
export function value<T>(json: Json | (() => Json), parse: (raw: unknown) => T | Misfit): z.ZodType<T> {
  const schema = z.unknown().transform((raw, ctx): T => {
    const result = parse(raw);
    if (!(result instanceof Misfit)) return result;
    const { expected, found, path } = result;
    ctx.addIssue({ code: 'custom', path: [...path], params: found === undefined ? { expected } : { expected, found } });
    return z.NEVER;
  });
  published.set(schema, typeof json === 'function' ? json : () => json);
  return schema;
}

/** A published form kept once under `#/definitions` and referred to by name. */
export function shared(name: string, json: Json): Json {
  if (!definitions.has(name)) definitions.set(name, json);
  return { $ref: `#/definitions/${name}` };
}

export interface Bounds {
  readonly min?: number;
  readonly max?: number;
  /** How the bounds read in the scenario's own units: "from 0 to 50kg". */
  readonly text?: string;
}

export function within(number: number, { min, max }: Bounds): boolean {
  return number >= (min ?? Number.NEGATIVE_INFINITY) && number <= (max ?? Number.POSITIVE_INFINITY);
}

export function expectedOf(kind: Kind, { text }: Bounds): string {
  return text ? `${kind.expected}, ${text}` : kind.expected;
}

/** A number with a unit. */
export function quantity(kind: Kind, bounds: Bounds = {}): z.ZodType<number> {
  return value(quantityJson(kind), (raw) => {
    const number = parseQuantity(kind, raw);
    return number !== undefined && within(number, bounds) ? number : new Misfit(expectedOf(kind, bounds));
  });
}

export function quantityJson(kind: Kind): Json {
  const text = { type: 'string', pattern: quantityPattern(kind) };
  const json = kind.bare ? { anyOf: [{ type: 'number' }, text] } : text;
  return shared(kind.name.replaceAll(' ', '-'), { ...json, description: kind.expected });
}

/** A whole number, also where it was written with a plus sign or leading zeros. */
export function whole(min: number, max: number): z.ZodType<number> {
  return value({ type: 'integer', minimum: min, maximum: max }, (raw) => {
    const number = typeof raw === 'string' && /^[+-]?\d{1,17}$/.test(raw) ? Number(raw) : raw;
    const fits = typeof number === 'number' && Number.isSafeInteger(number) && number >= min && number <= max;
    return fits ? number : new Misfit(`a whole number from ${min} to ${max}`);
  });
}

/** One of a few words. */
export function word<W extends string>(...words: readonly W[]): z.ZodType<W> {
  return value({ enum: [...words] }, (raw) => {
    if (words.includes(raw as W)) return raw as W;
    return new Misfit(`${listed(words, 30)}${typeof raw === 'string' ? didYouMean(raw, words) : ''}`);
  });
}

/** Free text, or a name; numbers are taken as they were written. */
export function text(what: string): z.ZodType<string> {
  return value(shared('text', { type: ['string', 'number'] }), (raw) => {
    if (typeof raw === 'number') return String(raw);
    return typeof raw === 'string' && raw !== '' ? raw : new Misfit(what);
  });
}

export const flag: z.ZodType<boolean> = value({ type: 'boolean' }, (raw) =>
  typeof raw === 'boolean' ? raw : new Misfit('true or false'),
);

/** `x` or `[x, …]`. */
export function oneOrMore<T>(item: z.ZodType<T>): z.ZodType<readonly T[]> {
  const many = z.array(item).min(1);
  return choice({ one: item.transform((x): readonly T[] => [x]), many: many as z.ZodType<readonly T[]> }, (raw) =>
    Array.isArray(raw) ? 'many' : 'one',
  );
}

type Outputs<T extends Record<string, z.ZodType>> = { [K in keyof T]: z.output<T[K]> }[keyof T];

/** One of several shapes, told apart by looking at the raw value first, so that its errors are those of one shape. */
export function choice<T extends Record<string, z.ZodType>>(
  options: T,
  pick: (raw: unknown) => keyof T | Misfit,
): z.ZodType<Outputs<T>> {
  const schema = z.unknown().transform((raw, ctx): Outputs<T> => {
    const key = pick(raw);
    if (key instanceof Misfit) {
      const { expected, found, path } = key;
      ctx.addIssue({
        code: 'custom',
        path: [...path],
        params: found === undefined ? { expected } : { expected, found },
      });
      return z.NEVER;
    }
    const result = options[key]!.safeParse(raw);
    if (result.success) return result.data as Outputs<T>;
    for (const issue of result.error.issues) ctx.issues.push({ ...issue, input: raw } as never);
    return z.NEVER;
  });
  alternatives.set(schema, Object.values(options));
  return schema;
}

const alternatives = new WeakMap<object, readonly z.ZodType[]>();

/** The shapes of a `choice`, or undefined for other schemas. */
export function alternativesOf(schema: object): readonly z.ZodType[] | undefined {
  return alternatives.get(schema);
}

export function isMap(raw: unknown): raw is Record<string, unknown> {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw);
}
