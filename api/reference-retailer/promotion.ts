import { z } from 'zod';
import { amountMinorSchema } from '../money.ts';
import type { CartItem } from '../orders/order.ts';
import type { CatalogueItem } from './catalogue.ts';

const base = {
  id: z.string().min(1).max(100),
  says: z.string().max(100),
  /** Only for people who agreed to be members. */
  membersOnly: z.boolean().optional(),
};

export const promotionSchema = z.discriminatedUnion('kind', [
  /** So much off one product, optionally only for what was taken within hours. */
  z.strictObject({
    kind: z.literal('percent'),
    ...base,
    sku: z.string(),
    ppm: z.int().min(1).max(1_000_000),
    takenFromMs: z.int().optional(),
    takenUntilMs: z.int().optional(),
  }),
  /** Three for the price of two. */
  z
    .strictObject({
      kind: z.literal('multibuy'),
      ...base,
      sku: z.string(),
      take: z.int().min(2).max(100),
      pay: z.int().min(1).max(99),
    })
    .refine(({ take, pay }) => pay < take, 'pay: expected less than take'),
  /** So much off the whole basket from an amount on. */
  z.strictObject({ kind: z.literal('basket'), ...base, fromMinor: amountMinorSchema, offMinor: amountMinorSchema }),
]);
export type Promotion = z.infer<typeof promotionSchema>;

/** What a promotion takes off one line, before others; never more than the line costs. */
export function lineDiscountMinor(
  promotion: Promotion,
  item: CatalogueItem,
  line: CartItem,
  grossMinor: number,
): number {
  if (promotion.kind === 'basket' || promotion.sku !== line.sku) return 0;
  if (promotion.kind === 'multibuy') {
    if (line.quantity.unit !== 'each') return 0;
    const bundles = Math.floor(line.quantity.value / promotion.take);
    return Math.min(grossMinor, bundles * (promotion.take - promotion.pay) * item.priceMinor);
  }
  return Math.min(grossMinor, Math.round((grossMinor * promotion.ppm * shareTaken(promotion, line)) / 1_000_000));
}

/** The share of a line's items that were taken within the promotion's time. */
function shareTaken(promotion: Promotion & { kind: 'percent' }, { takenAtMs }: CartItem): number {
  const { takenFromMs = Number.NEGATIVE_INFINITY, takenUntilMs = Number.POSITIVE_INFINITY } = promotion;
  if (promotion.takenFromMs === undefined && promotion.takenUntilMs === undefined) return 1;
  if (takenAtMs.length === 0) return 0;
  return takenAtMs.filter((ms) => ms >= takenFromMs && ms < takenUntilMs).length / takenAtMs.length;
}
