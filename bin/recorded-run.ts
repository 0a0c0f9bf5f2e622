import { z } from 'zod';
import type { Recording } from '../engine/recording/replay.ts';
import { readTruth } from '../engine/recording/truth-reader.ts';
import type { Run } from '../simulator/scenario/run.ts';
import type { TruthCart, TruthEvent, TruthPose } from '../simulator/truth.ts';
import { UserError } from './user-error.ts';

const text = z.string();
const number = z.number();
const point = z.tuple([number, number]);
const counts = z.record(text, number);
const distribution = z.union([
  z.object({ fixed: number }),
  z.object({ normal: z.object({ mean: number, sd: number }) }),
  z.object({ lognormal: z.object({ median: number.positive(), p95: number.positive() }) }),
  z.object({ uniform: z.object({ low: number, high: number }) }),
  z.object({ geometric: z.object({ mean: number }) }),
  z.object({ poisson: z.object({ rate: number }) }),
]);

/** What a score reads of a run; the rest of the attachment is for people. */
const scoredRun = z.looseObject({
  seed: number,
  store: z.looseObject({
    sizeM: point,
    zones: z.array(z.looseObject({ minM: point, maxM: point })),
    slots: z.array(
      z.looseObject({ id: text, shelfId: text, contents: z.array(z.looseObject({ sku: text, count: number })) }),
    ),
  }),
  products: z.array(
    z.looseObject({
      sku: text,
      priceMinor: number,
      sellBy: z.enum(['each', 'weighed']),
      weightGrams: distribution,
      multipack: z.object({ of: text, count: number }).nullable(),
    }),
  ),
  shoppers: z.array(
    z.looseObject({ key: text, carriedBy: text.nullable(), brings: z.array(z.object({ sku: text, count: number })) }),
  ),
  expect: z.looseObject({
    receipts: z.record(text, counts),
    slackGrams: z.record(text, counts).optional(),
    metrics: z.array(z.object({ metric: text, op: z.enum(['>=', '<=', '>', '<', '==']), value: number })),
    never: z.array(z.enum(['negative-stock', 'item-in-two-carts', 'receipt-before-exit'])),
    review: z.array(text),
  }),
});

const role = z.enum(['shopper', 'staff']);
const events = z.discriminatedUnion('kind', [
  z.object({
    ...{ kind: z.literal('entered'), timeUs: number, shopper: text, party: text },
    ...{ credential: text.nullable(), role },
  }),
  z.object({ kind: z.literal('left'), timeUs: number, shopper: text }),
  z.object({
    ...{ kind: z.literal('moved'), timeUs: number, sku: text, itemId: number, grams: number },
    ...{ from: text, to: text, by: text, grasp: number },
  }),
  z.object({ kind: z.literal('touched'), timeUs: number, slot: text, by: text }),
  z.object({ kind: z.literal('skipped'), timeUs: number, shopper: text, action: number, reason: text }),
]);
// A missing place is written as null.
const places = z.array(number.nullable().transform((value) => value ?? Number.NaN));
const poses = z
  .object({ timeUs: number, shopperIndex: z.array(z.int().nonnegative()), inWorldM: places, onFloorM: places })
  .refine(({ shopperIndex: { length }, inWorldM, onFloorM }) => {
    return inWorldM.length === 9 * length && onFloorM.length === 2 * length;
  }, 'nine and two numbers per body')
  .transform(({ timeUs, shopperIndex, inWorldM, onFloorM }) => ({
    ...{ timeUs, shopperIndex: Int32Array.from(shopperIndex) },
    ...{ inWorldM: Float32Array.from(inWorldM), onFloorM: Float32Array.from(onFloorM) },
  }));
const carts = z.object({
  ...{ shopper: text, members: z.array(text), credential: text.nullable(), role },
  ...{ enteredAtUs: number, exitedAtUs: number.nullable() },
  lines: z.array(z.object({ sku: text, count: number })),
});

/** The run that a recording was made of, as far as a score needs it; throws `UserError`. */
export function recordedRun({ path, attachments }: Pick<Recording, 'path' | 'attachments'>): Run {
  const attachment = attachments.find(({ name }) => name === 'run.json');
  if (!attachment)
    throw new UserError(`${path}: found no attachment run.json, expected a recording of a simulated run`);
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(attachment.data).toString('utf8'));
  } catch (error) {
    throw new UserError(`${path}: run.json: found no JSON (${(error as Error).message}), expected a resolved run`);
  }
  return checked(scoredRun, json, `${path}: run.json`) as unknown as Run;
}

export type RecordedTruth =
  | { readonly kind: 'event'; readonly event: TruthEvent }
  | { readonly kind: 'pose'; readonly pose: TruthPose }
  | { readonly kind: 'cart'; readonly cart: TruthCart };

/** What really happened in a recorded run, in the order it was recorded; throws `UserError` and `RecordingError`. */
export function* recordedTruth(path: string): Generator<RecordedTruth, void> {
  for (const { channel, timeUs, json } of readTruth(path)) {
    const where = `${path}: ${channel} at ${timeUs} µs`;
    if (channel === 'truth/events') yield { kind: 'event', event: checked(events, json, where) };
    else if (channel === 'truth/poses') yield { kind: 'pose', pose: checked(poses, json, where) };
    else if (channel === 'truth/carts') yield { kind: 'cart', cart: checked(carts, json, where) };
  }
}

/** Only what happened, without where everybody was; throws `UserError` and `RecordingError`. */
export function* recordedEvents(path: string): Generator<TruthEvent, void> {
  for (const { channel, timeUs, json } of readTruth(path))
    if (channel === 'truth/events') yield checked(events, json, `${path}: ${channel} at ${timeUs} µs`);
}

function checked<T extends z.ZodType>(schema: T, json: unknown, where: string): z.output<T> {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const [{ path, message }] = result.error.issues;
  const found = path.reduce<unknown>((inside, key) => (inside as Record<PropertyKey, unknown>)?.[key], json);
  const shown = JSON.stringify(found)?.slice(0, 60) ?? 'nothing';
  const expected = message.replace(/^Invalid (?:input|option): expected /, '').replace(/, received .*$/, '');
  throw new UserError(`${where}: ${path.join('.') || 'all of it'}: found ${shown}, expected ${expected}`);
}
