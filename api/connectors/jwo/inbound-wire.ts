/** What a retailer sends to the store's side of the connector; unknown fields are ignored, as the format asks. */
import { z } from 'zod';
import { checkoutMoneySchema, paymentMoneySchema } from './wire-money.ts';

const storeId = z
  .string()
  .regex(/^[0-9a-zA-Z_-]*$/)
  .max(255);
const tripId = z
  .string()
  .regex(/^[0-9a-zA-Z_-]+$/)
  .max(255);
const head = { storeId, shoppingTripId: tripId };

/** Above zero: nothing is captured, raised or given back by nothing. */
const positive = paymentMoneySchema.refine(({ amount }) => amount > 0, 'expected an amount above zero');

export const adjustRequestSchema = z.object({ ...head, amount: positive });
export const cancelRequestSchema = z.object(head);
export const captureRequestSchema = z.object({ ...head, amount: positive });
export const REFUND_REASONS = ['DAMAGED_ITEM', 'EXPIRED_ITEM', 'UNWANTED_ITEM', 'JWO_TECH_ERROR', 'OTHER'] as const;
export const refundRequestSchema = z.object({
  ...head,
  amount: positive,
  refundRequestId: z
    .string()
    .max(36)
    .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-5][0-9a-f]{3}-[089ab][0-9a-f]{3}-[0-9a-f]{12}$/),
  refundReasonCode: z.enum(REFUND_REASONS),
});
export const transactionalDataRequestSchema = z.object(head);
export const shopperIdentityRequestSchema = z.object({
  storeId,
  shopperId: z.object({
    id: z
      .string()
      .regex(/^[0-9a-zA-Z_.-]+$/)
      .max(255),
  }),
});
export const paymentStatusRequestSchema = z.object({
  ...head,
  totalAmount: paymentMoneySchema,
  settledAmount: paymentMoneySchema,
  paymentStatusTime: z.number().optional(),
});

const charge = { salesTax: checkoutMoneySchema };
export const checkoutRequestSchema = z.object({
  idempotentShoppingTripId: tripId,
  storeId,
  lineItems: z
    .array(
      z.object({
        productId: z.string().min(1).max(255),
        type: z.enum(['SKU', 'SCANCODE']),
        quantity: z.object({
          value: z
            .string()
            .max(10)
            .regex(/^\d+(\.\d+)?$/),
          unit: z.string().max(10),
        }),
        unitPrice: z.object({
          totalPrice: checkoutMoneySchema,
          price: checkoutMoneySchema,
          ...charge,
          depositsAndFees: z
            .array(
              z.object({
                depositAndFeeAmount: checkoutMoneySchema,
                depositAndFeeDescription: z.string(),
                salesTax: checkoutMoneySchema.optional(),
              }),
            )
            .default([]),
          promotions: z
            .array(z.object({ promotionAmount: checkoutMoneySchema, promotionDescription: z.string() }))
            .default([]),
        }),
      }),
    )
    .min(1, 'cart content validation failed: an empty cart is not checked out'),
  orderTotals: z.object({
    priceTotal: checkoutMoneySchema,
    subTotal: checkoutMoneySchema,
    promotionsTotal: checkoutMoneySchema.optional(),
    salesTaxTotal: checkoutMoneySchema,
    depositsAndFeesTotal: checkoutMoneySchema.optional(),
  }),
});
export type CheckoutRequest = z.infer<typeof checkoutRequestSchema>;

/** Digits a barcode of each kind has. */
const BARCODE_DIGITS = { UPC: [8, 12], ISBN: [10], EAN: [13], EAN8: [8], GTIN: [14] } as const;
export const catalogItemSchema = z
  .object({
    item_sku: z.string().min(1).max(255),
    external_product_id: z.string().min(1).max(255),
    external_product_id_type: z.enum(['UPC', 'ISBN', 'EAN', 'EAN8', 'GTIN', 'PLU']).optional(),
    item_name: z.string().min(1).max(255),
    store_id: storeId.min(1),
    standard_price: z
      .string()
      .regex(/^\d{1,9}(\.\d{1,3})?$/)
      .optional(),
    product_tax_code: z.string().max(255).optional(),
    brand_name: z.string().max(255).optional(),
    product_category: z.string().max(255).optional(),
    product_subcategory: z.string().max(255).optional(),
  })
  .refine(({ external_product_id_type: type, external_product_id: id }) => {
    if (type === undefined) return true;
    if (type === 'PLU') return /^\d{1,6}$/.test(id);
    const lengths: readonly number[] = BARCODE_DIGITS[type];
    return lengths.includes(id.length) && /^\d+[\dX]$/.test(id);
  }, 'external_product_id: expected as many digits as its type has');
export type CatalogItem = z.infer<typeof catalogItemSchema>;

export const MAX_CATALOG_ITEMS = 10_000;
export const catalogUploadSchema = z.object({ catalogItems: z.array(z.unknown()).min(1).max(MAX_CATALOG_ITEMS) });
export const catalogArchiveSchema = z.object({
  catalogItems: z
    .array(z.object({ item_sku: z.string().min(1).max(255) }))
    .min(1)
    .max(MAX_CATALOG_ITEMS),
});
export const catalogStatusRequestSchema = z.object({ ingestionId: z.string().min(1).max(255) });
