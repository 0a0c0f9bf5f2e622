/** What the store sends to a retailer's connector, and what it answers; unknown fields are ignored, as the format asks. */
import { z } from 'zod';
import { riskMoneySchema } from './wire-money.ts';

const uuid = z.string().regex(/^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$/);
const short = z.string().min(1).max(255);
const timestamp = z.iso.datetime();
const visitorType = z.enum(['SHOPPER', 'ASSOCIATE', 'CASH', 'LOYALTY']);

export const PATHS = {
  identityKeys: '/v1/identity/identity-keys',
  shopper: '/v1/identity/shopper',
  scan: '/v1/identity/scan',
  scanDetails: '/v1/identity/scan/details',
  authorization: '/v1/fraudandabuse/shopperauthorization',
  purchases: '/v1/order/purchases',
} as const;

export const identityKeysRequestSchema = z.object({
  requestId: uuid,
  /** Base64 of the code's text. */
  identityKey: z.base64().min(1).max(1000),
  storeId: short,
  authEvent: z.object({ id: uuid, timestamp, location: z.enum(['ENTRY', 'EXIT']) }),
  keyChannel: z.literal('OPTICAL').optional(),
});
export const identityKeysAnswerSchema = z.object({
  visitorDetails: z.object({ id: short, type: z.enum(['SHOPPER', 'ASSOCIATE']) }),
});

export const shopperRequestSchema = z.object({
  requestId: uuid,
  shopperKey: z.base64().min(1).max(1000),
  shopperKeyType: z.enum(['QR_CODE', 'PHONE_NUMBER']).optional(),
  storeId: short,
  timestamp: timestamp.optional(),
});

export const scanRequestSchema = z.object({
  requestId: uuid,
  storeId: short,
  scanEvent: z.object({
    id: uuid,
    timestamp,
    location: z.enum(['ENTRY', 'EXIT']),
    value: z.string().min(1),
    channel: z.literal('OPTICAL').optional(),
  }),
});
/** `action: REJECT` denies; anything else lets in. */
export const scanAnswerSchema = z.object({ id: short, type: visitorType, action: z.string().optional() });

export const scanDetailsRequestSchema = z.object({
  storeId: short,
  scanResult: z.object({ id: short, type: visitorType }),
});
export const scanDetailsAnswerSchema = z.object({ provider: z.string().max(255), promotionIds: z.array(z.string()) });

export const authorizationRequestSchema = z.object({
  storeId: short,
  shopperIdentity: z.object({ id: short }),
  authorizedAmount: riskMoneySchema,
  shopperInteraction: z.object({
    shoppingTripId: uuid,
    gateAuthenticationEvent: z.object({
      id: uuid,
      type: z.string(),
      interactionType: z.string(),
      timestamp,
      location: z.literal('ENTRY'),
    }),
  }),
});
const decision = z.object({
  shopperAuthorized: z.boolean(),
  authorizationConditions: z.array(z.object({ type: z.string(), amount: riskMoneySchema })).default([]),
  shopperRisks: z.array(z.string()).default([]),
});
/** The answer's shape is not published; the request's `recommendation` is taken, bare or wrapped. */
export const authorizationAnswerSchema = z.union([
  decision,
  z.object({ recommendation: decision }).transform(({ recommendation }) => recommendation),
]);

export const purchasesRequestSchema = z.object({
  requestId: uuid,
  idempotentShoppingTripId: uuid,
  storeId: short,
  shoppingTrip: z.object({
    startTime: timestamp,
    endTime: timestamp,
    authEvents: z
      .array(
        z.object({
          id: uuid,
          timestamp,
          location: z.enum(['ENTRY', 'EXIT', 'MANUAL_IN_STORE']),
          payloadType: z.enum(['FINANCIAL', 'SCAN_CODE']),
          scanResult: z.object({ id: short, type: visitorType }).optional(),
        }),
      )
      .min(1),
  }),
  /** An empty cart is a purchase like any other. */
  cartItems: z.array(
    z.object({
      id: short,
      type: z.enum(['SKU', 'SCANCODE']),
      quantity: z.object({
        value: z
          .string()
          .max(10)
          .regex(/^\d+\.\d+$/),
        unit: z.string().max(10),
      }),
      externalIdentifiers: z
        .array(z.object({ id: short, type: z.enum(['UPC', 'EAN', 'BARCODE', 'GTIN', 'PLU']) }))
        .optional(),
      lineItemId: short.optional(),
    }),
  ),
  shopperIdentity: z.object({ id: short }).optional(),
});
/** `purchaseId` was optional once. */
export const purchasesAnswerSchema = z.object({ purchaseId: short.optional() });

export const errorAnswerSchema = z.object({ errorMsg: z.string() });
