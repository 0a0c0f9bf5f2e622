import { z } from 'zod';
import { fromDecimal, MoneyError, toDecimal } from '../money.ts';
import type { Receipt } from '../orders/order.ts';
import { checkReceipt } from './check-receipt.ts';
import { later, type OrderSink, refused, type SinkResult, taken } from './order-sink.ts';

export interface MedusaOptions {
  /** The backend's address, such as `https://shop.example`. */
  readonly url: string;
  /** A secret API key of an admin user. */
  readonly apiKey: string;
  /** Region whose currency and prices count. */
  readonly regionId: string;
  readonly salesChannelId?: string;
}

const orderSchema = z.object({
  id: z.string(),
  /** Decimal, in the unit of people: 4.89. */
  total: z.number(),
  currency_code: z.string(),
  payment_status: z.string().optional(),
});
type MedusaOrder = z.infer<typeof orderSchema>;
const listOf = (name: string) => z.object({ [name]: z.array(z.looseObject({ id: z.string() })) });

/** What Medusa says no to for good. */
class Refusal extends Error {}

/** Fields that are asked for by name, since Medusa's defaults differ by version. */
const FIELDS = 'fields=id,total,currency_code,payment_status,email';
/** Large answers are somebody else's mistake. */
const MAX_ANSWER_BYTES = 1_048_576;

/**
 * Books paid orders in Medusa 2 through its Admin API: a draft, made an order, its payment marked as paid. Medusa prices by
 * itself and in decimals; where its total is another one, the draft is deleted and the receipt refused. A repeat finds the
 * order by its e-mail address, which is the receipt's id.
 */
export class MedusaSink implements OrderSink {
  readonly name = 'medusa';
  readonly #options: MedusaOptions;

  constructor(options: MedusaOptions) {
    this.#options = options;
  }

  async take(receipt: Receipt, signal: AbortSignal): Promise<SinkResult> {
    checkReceipt(receipt);
    if (receipt.kind !== 'receipt') return refused('Medusa takes credit notes by hand only');
    try {
      const known = await this.#find('orders', receipt, signal);
      const order = known ?? (await this.#order(receipt, signal));
      if (order.payment_status !== 'captured') await this.#pay(order, receipt, signal);
      return taken(order.id);
    } catch (error) {
      if (error instanceof Refusal || error instanceof MoneyError) return refused(error.message);
      return later((error as Error).message);
    }
  }

  async close(): Promise<void> {}

  async #order(receipt: Receipt, signal: AbortSignal): Promise<MedusaOrder> {
    const draft = (await this.#find('draft-orders', receipt, signal)) ?? (await this.#draft(receipt, signal));
    const { totalMinor, currency } = receipt.prices;
    const theirs = draft.currency_code.toUpperCase();
    if (theirs !== currency || fromDecimal(draft.total, currency).amountMinor !== totalMinor) {
      await this.#ask('DELETE', `/admin/draft-orders/${draft.id}`, undefined, z.unknown(), signal);
      const ours = `${toDecimal({ amountMinor: totalMinor, currency })} ${currency}`;
      throw new Refusal(`total: Medusa has ${draft.total} ${theirs}, the receipt ${ours}`);
    }
    const made = z.object({ order: orderSchema });
    return (await this.#ask('POST', `/admin/draft-orders/${draft.id}/convert-to-order?${FIELDS}`, {}, made, signal))
      .order;
  }

  async #draft(receipt: Receipt, signal: AbortSignal): Promise<MedusaOrder> {
    const items: { variant_id: string; quantity: number }[] = [];
    for (const { sku, quantity } of receipt.prices.lines) {
      if (quantity.unit !== 'each')
        throw new Refusal(`${sku}: Medusa counts items, it cannot take ${quantity.value} g`);
      items.push({ variant_id: await this.#variant(sku, signal), quantity: quantity.value });
    }
    const { regionId, salesChannelId } = this.#options;
    const body = {
      ...{ region_id: regionId, email: emailOf(receipt), items, no_notification_order: true },
      ...(salesChannelId === undefined ? {} : { sales_channel_id: salesChannelId }),
      metadata: { receipt_id: receipt.id, receipt_number: receipt.number },
    };
    const made = z.object({ draft_order: orderSchema });
    return (await this.#ask('POST', `/admin/draft-orders?${FIELDS}`, body, made, signal)).draft_order;
  }

  async #variant(sku: string, signal: AbortSignal): Promise<string> {
    const path = `/admin/product-variants?sku=${encodeURIComponent(sku)}&fields=id&limit=2`;
    const { variants } = await this.#ask('GET', path, undefined, listOf('variants'), signal);
    if (variants!.length !== 1) throw new Refusal(`${sku}: found ${variants!.length} variants, expected one`);
    return variants![0]!.id;
  }

  async #find(kind: 'orders' | 'draft-orders', receipt: Receipt, signal: AbortSignal): Promise<MedusaOrder | null> {
    const email = emailOf(receipt);
    const path = `/admin/${kind}?q=${encodeURIComponent(email)}&${FIELDS}&limit=10`;
    const name = kind.replace('-', '_');
    const found = (await this.#ask('GET', path, undefined, listOf(name), signal))[name]!;
    const own = found.find((one) => one['email'] === email);
    return own === undefined ? null : orderSchema.parse(own);
  }

  async #pay(order: MedusaOrder, receipt: Receipt, signal: AbortSignal): Promise<void> {
    const { totalMinor, currency } = receipt.prices;
    const amount = Number(toDecimal({ amountMinor: totalMinor, currency }));
    const made = z.object({ payment_collection: z.object({ id: z.string() }) });
    const about = { order_id: order.id, amount };
    const { id } = (await this.#ask('POST', '/admin/payment-collections', about, made, signal)).payment_collection;
    const path = `/admin/payment-collections/${id}/mark-as-paid`;
    await this.#ask('POST', path, { order_id: order.id }, z.unknown(), signal);
  }

  async #ask<T>(
    method: string,
    path: string,
    body: object | undefined,
    answer: z.ZodType<T>,
    signal: AbortSignal,
  ): Promise<T> {
    const { url, apiKey } = this.#options;
    const response = await fetch(new URL(path, url), {
      ...{ method, signal, redirect: 'error' },
      headers: {
        authorization: `Basic ${Buffer.from(`${apiKey}:`).toString('base64')}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (text.length > MAX_ANSWER_BYTES) throw new Refusal(`${method} ${path}: the answer is too long`);
    if (response.ok) return answer.parse(JSON.parse(text));
    const said = `${method} ${path.split('?')[0]}: answered ${response.status}: ${text.slice(0, 200)}`;
    // 401 and 403 are mended by a new key, 409 and 429 by waiting.
    if ([400, 404, 422].includes(response.status)) throw new Refusal(said);
    throw new Error(said);
  }
}

function emailOf({ id }: Receipt): string {
  return `${id}@receipts.invalid`;
}
