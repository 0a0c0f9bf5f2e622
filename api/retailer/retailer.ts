import { z } from 'zod';
import { amountMinorSchema, currencySchema } from '../money.ts';
import { alertSchema, sinkSchema } from '../sinks/sink-config.ts';

const id = z
  .string()
  .regex(/^[0-9a-zA-Z_-]+$/)
  .max(255);

/** Settings of a noun of its own: read by its adapter, which brings the strict schema. */
const adapter = z.looseObject({ kind: z.string() });

export const storeConfigSchema = z.strictObject({
  id,
  name: z.string().max(255),
  /** IANA name, for receipts and hours of sale. */
  timeZone: z.string().default('UTC'),
  /** Another way to shop here for who objects to being tracked (a staffed till, a kiosk); start-up warns without one. */
  alternative: z.string().optional(),
});

export const retailerSchema = z.strictObject({
  id,
  name: z.string().max(255),
  currency: currencySchema,
  stores: z.array(storeConfigSchema).min(1),
  /**
   * Who takes the money of an order: `gateway` captures by itself once an order is priced; `retailer` calls capture, so
   * the gateway never does. Only ever one of the two.
   */
  captureBy: z.enum(['gateway', 'retailer']).default('gateway'),
  /** Who identifies shoppers and prices orders: `reference` is built in, `jwo` speaks the Just Walk Out wire format. */
  connector: adapter.default({ kind: 'reference' }),
  /** Who holds and captures money: `test` is built in. */
  payment: adapter.default({ kind: 'test' }),
  /** Where finished orders go besides webhooks. */
  sinks: z.array(sinkSchema).default([]),
  /** Who is told of an order or a sink that is stuck. */
  alerts: z.array(alertSchema).default([]),
  hold: z
    .strictObject({
      /** Reserved at entry. */
      amountMinor: amountMinorSchema.default(5_000),
      /** The most the shopper agreed to at entry that the hold may grow to (PSD2, article 75). */
      capMinor: amountMinorSchema.default(20_000),
    })
    .prefault({}),
  /** What the store may risk while retailer or payment do not answer. */
  standIn: z
    .strictObject({
      enabled: z.boolean().default(true),
      /** Per card over all its trips that are not settled yet. */
      floorLimitMinor: amountMinorSchema.default(5_000),
    })
    .prefault({}),
  /** A card that owes more than this from earlier visits is not let in. */
  debtBlocksAboveMinor: amountMinorSchema.default(0),
  entryCode: z
    .strictObject({
      stepSeconds: z.int().min(10).max(120).default(30),
      /** Steps before and after the current one that still count. */
      driftSteps: z.int().min(0).max(4).default(1),
    })
    .prefault({}),
  /** Points for members: people who agreed to have them counted. Priced by the built-in retailer only. */
  loyalty: z.strictObject({ pointsPerMajorUnit: z.int().min(1).max(1_000) }).optional(),
  /** Each of the three questions at the gate must be answered within this. */
  entryTimeoutMs: z.int().min(100).max(30_000).default(3_000),
});

export type Retailer = z.infer<typeof retailerSchema>;
export type StoreConfig = z.infer<typeof storeConfigSchema>;
