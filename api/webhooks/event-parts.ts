/** The parts that events' data is made of, each with an example from which `aisle trigger` builds its samples. */
import { z } from 'zod';

const id = (example: string) =>
  z
    .string()
    .min(1)
    .max(255)
    .meta({ examples: [example] });

export const storeId = id('store-1');
export const tripId = id('7d0d6a3c-8c2d-4b0e-9d6f-3d0f3f7a9b10');
export const orderId = id('ord_01JDQ8').describe('Our id of the order');
export const externalId = id('PO-2026-000042').describe("The retailer's id of the order");
export const paymentId = id('pay_01JDQ8');
export const refundId = id('re_01JDQ8');
export const reviewId = id('rev_01JDQ8');
export const disputeId = id('dsp_01JDQ8');
export const endpointId = id('ep_01JDQ8');
export const gateId = id('gate-in-1');
export const sku = id('cola-330');
export const receiptNumber = id('R-2026-000042');
export const about = id('shelf-3/slot-2').describe('The shelf, place or sensor that is meant');
export const reason = z
  .string()
  .max(500)
  .meta({ examples: ['scale silent for 30 s'] });
export const at = z.iso.datetime().meta({ examples: ['2026-03-01T12:00:00.000Z'] });
export const attempts = z
  .int()
  .min(1)
  .meta({ examples: [10] });
export const groupSize = z
  .int()
  .min(1)
  .max(100)
  .meta({ examples: [1] });
export const confidence = z
  .number()
  .min(0)
  .max(1)
  .meta({ examples: [0.98] })
  .describe('Probability that every line is right');

export const denial = z
  .enum(['credential', 'fraud', 'payment', 'debt', 'closed', 'store_full', 'unavailable'])
  .describe('The step that refused; the words for the shopper are on the assist screen');

export const amount = z
  .object({
    amountMinor: z
      .int()
      .meta({ examples: [1099] })
      .describe('Minor units: 1099 is EUR 10.99 and JPY 1099'),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/)
      .meta({ examples: ['EUR'] })
      .describe('ISO 4217'),
  })
  .describe('An amount of money, never a decimal fraction');

export const lines = z
  .array(
    z.object({
      sku,
      quantity: z.object({
        value: z
          .number()
          .positive()
          .meta({ examples: [2] }),
        unit: z.enum(['each', 'g']),
      }),
      confidence: z
        .number()
        .min(0)
        .max(1)
        .meta({ examples: [0.99] }),
      takenAt: at.optional().describe('When the last of them was taken, for prices that change during the day'),
    }),
  )
  .max(1000);
