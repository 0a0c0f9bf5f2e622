import { toDecimal } from '../money.ts';
import type { Receipt } from '../orders/order.ts';
import { checkReceipt } from './check-receipt.ts';
import { later, type OrderSink, refused, type SinkResult, taken } from './order-sink.ts';

export interface VendureOptions {
  /** The Admin API, such as `https://shop.example/admin-api`. */
  readonly url: string;
  readonly username: string;
  readonly password: string;
  /** Token of the channel; the default one where left out. */
  readonly channel?: string;
  /** A method that costs nothing, for goods that were carried home. */
  readonly shippingMethodId: string;
  /** Code of the payment method under which the money is booked that we captured. */
  readonly paymentMethod: string;
}

interface VendureOrder {
  readonly id: string;
  readonly code: string;
  readonly state: string;
  readonly totalWithTax: number;
  readonly currencyCode: string;
}

/** What Vendure says no to for good. */
class Refusal extends Error {}

const ORDER = 'id code state totalWithTax currencyCode';
const SETTLED = ['PaymentSettled', 'PartiallyShipped', 'Shipped', 'PartiallyDelivered', 'Delivered'];

/**
 * Books paid orders in Vendure through its Admin API: a draft with one line per SKU, then a payment for what was captured.
 * Vendure prices by itself, in minor units as we do; where its total is another one, the draft is deleted and the
 * receipt refused, since one of the two price lists is wrong. The receipt's id stands as the guest's last name, by which a
 * repeat finds the order that an earlier attempt made.
 */
export class VendureSink implements OrderSink {
  readonly name = 'vendure';
  readonly #options: VendureOptions;
  #token: string | null = null;

  constructor(options: VendureOptions) {
    this.#options = options;
  }

  async take(receipt: Receipt, signal: AbortSignal): Promise<SinkResult> {
    checkReceipt(receipt);
    if (receipt.kind !== 'receipt') return refused('Vendure takes credit notes by hand only');
    try {
      const known = await this.#find(receipt.id, signal);
      if (known !== null && SETTLED.includes(known.state)) return taken(known.code);
      // A draft or an unpaid order of an attempt that broke off: made anew or paid.
      if (known?.state === 'Draft') await this.#drop(known.id, signal);
      const order = known === null || known.state === 'Draft' ? await this.#draft(receipt, signal) : known;
      return taken((await this.#pay(order, receipt, signal)).code);
    } catch (error) {
      return error instanceof Refusal ? refused(error.message) : later((error as Error).message);
    }
  }

  async close(): Promise<void> {
    this.#token = null;
  }

  async #find(receiptId: string, signal: AbortSignal): Promise<VendureOrder | null> {
    const query = `query($name: String!) { orders(options: { filter: { customerLastName: { eq: $name } }, take: 2 }) { items { ${ORDER} } } }`;
    const { orders } = await this.#ask<{ orders: { items: VendureOrder[] } }>(query, { name: receiptId }, signal);
    return orders.items[0] ?? null;
  }

  async #draft(receipt: Receipt, signal: AbortSignal): Promise<VendureOrder> {
    const { lines, totalMinor, currency } = receipt.prices;
    const items: { productVariantId: string; quantity: number }[] = [];
    for (const { sku, quantity } of lines) {
      if (quantity.unit !== 'each')
        throw new Refusal(`${sku}: Vendure counts items, it cannot take ${quantity.value} g`);
      items.push({ productVariantId: await this.#variant(sku, signal), quantity: quantity.value });
    }
    const orderId = (await this.#do('createDraftOrder', {}, signal)).id;
    try {
      const order = await this.#fill(orderId, receipt, items, signal);
      if (order.totalWithTax === totalMinor && order.currencyCode === currency) return order;
      const theirs = `${toDecimal({ amountMinor: order.totalWithTax, currency: order.currencyCode })} ${order.currencyCode}`;
      throw new Refusal(
        `total: Vendure has ${theirs}, the receipt ${toDecimal({ amountMinor: totalMinor, currency })} ${currency}`,
      );
    } catch (error) {
      if (error instanceof Refusal) await this.#drop(orderId, signal);
      throw error;
    }
  }

  async #fill(orderId: string, receipt: Receipt, items: readonly object[], signal: AbortSignal): Promise<VendureOrder> {
    const guest = { firstName: 'Aisle', lastName: receipt.id, emailAddress: `${receipt.id}@receipts.invalid` };
    await this.#do('setCustomerForDraftOrder', { orderId, input: guest }, signal);
    for (const input of items) await this.#do('addItemToDraftOrder', { orderId, input }, signal);
    const address = { streetLine1: receipt.storeName, countryCode: await this.#country(signal) };
    await this.#do('setDraftOrderShippingAddress', { orderId, input: address }, signal);
    return this.#do(
      'setDraftOrderShippingMethod',
      { orderId, shippingMethodId: this.#options.shippingMethodId },
      signal,
    );
  }

  async #pay(order: VendureOrder, receipt: Receipt, signal: AbortSignal): Promise<VendureOrder> {
    if (order.state !== 'ArrangingPayment')
      await this.#do('transitionOrderToState', { id: order.id, state: 'ArrangingPayment' }, signal);
    const input = {
      orderId: order.id,
      method: this.#options.paymentMethod,
      transactionId: receipt.id,
      metadata: { receipt: receipt.number },
    };
    const paid = await this.#do('addManualPaymentToOrder', { input }, signal);
    if (!SETTLED.includes(paid.state)) throw new Refusal(`order ${paid.code}: found it ${paid.state} after payment`);
    return paid;
  }

  async #drop(orderId: string, signal: AbortSignal): Promise<void> {
    await this.#ask('mutation($id: ID!) { deleteDraftOrder(orderId: $id) { result } }', { id: orderId }, signal);
  }

  async #variant(sku: string, signal: AbortSignal): Promise<string> {
    const query =
      'query($sku: String!) { productVariants(options: { filter: { sku: { eq: $sku } }, take: 1 }) { items { id } } }';
    const { productVariants } = await this.#ask<{ productVariants: { items: { id: string }[] } }>(
      query,
      { sku },
      signal,
    );
    const found = productVariants.items[0];
    if (found === undefined) throw new Refusal(`${sku}: Vendure has no such SKU`);
    return found.id;
  }

  async #country(signal: AbortSignal): Promise<string> {
    const query = '{ countries(options: { filter: { enabled: { eq: true } }, take: 1 }) { items { code } } }';
    const { countries } = await this.#ask<{ countries: { items: { code: string }[] } }>(query, {}, signal);
    const found = countries.items[0];
    if (found === undefined) throw new Refusal('Vendure has no country');
    return found.code;
  }

  /** Runs a mutation that answers with an order or with an error of Vendure's. */
  async #do(name: keyof typeof ARGUMENTS, variables: object, signal: AbortSignal): Promise<VendureOrder> {
    const types = Object.entries(ARGUMENTS[name]);
    const head = types.length === 0 ? '' : `(${types.map(([key, type]) => `$${key}: ${type}`).join(', ')})`;
    const args = types.length === 0 ? '' : `(${types.map(([key]) => `${key}: $${key}`).join(', ')})`;
    const fields = SURE.includes(name)
      ? ORDER
      : `__typename ... on Order { ${ORDER} } ... on ErrorResult { errorCode message }`;
    const answer = await this.#ask<Record<string, VendureOrder & { errorCode?: string; message?: string }>>(
      `mutation${head} { ${name}${args} { ${fields} } }`,
      variables,
      signal,
    );
    const order = answer[name]!;
    if (order.errorCode !== undefined) throw new Refusal(`${name}: ${order.errorCode}: ${order.message}`);
    return order;
  }

  async #ask<T>(query: string, variables: object, signal: AbortSignal): Promise<T> {
    this.#token ??= await this.#login(signal);
    const answer = await this.#post<T>(query, variables, signal);
    if (!answer.errors?.some(({ extensions }) => extensions?.code === 'FORBIDDEN')) return dataOf(answer);
    // The session may have ended: one new login, then it is a matter of rights.
    this.#token = await this.#login(signal);
    return dataOf(await this.#post<T>(query, variables, signal));
  }

  async #login(signal: AbortSignal): Promise<string> {
    const { username, password } = this.#options;
    const query =
      'mutation($u: String!, $p: String!) { login(username: $u, password: $p, rememberMe: false) { __typename } }';
    const answer = await this.#post<{ login: { __typename: string } }>(query, { u: username, p: password }, signal);
    if (dataOf(answer).login.__typename !== 'CurrentUser' || answer.token === null)
      throw new Error('Vendure refused the login');
    return answer.token;
  }

  async #post<T>(query: string, variables: object, signal: AbortSignal): Promise<Answer<T>> {
    const { url, channel } = this.#options;
    const response = await fetch(url, {
      method: 'POST',
      redirect: 'error',
      signal,
      headers: {
        'content-type': 'application/json',
        ...(this.#token === null ? {} : { authorization: `Bearer ${this.#token}` }),
        ...(channel === undefined ? {} : { 'vendure-token': channel }),
      },
      body: JSON.stringify({ query, variables }),
    });
    if (!response.ok && response.status !== 400) throw new Error(`Vendure answered ${response.status}`);
    return { ...((await response.json()) as Answer<T>), token: response.headers.get('vendure-auth-token') };
  }
}

interface Answer<T> {
  readonly data?: T | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
  readonly token: string | null;
}

/** Mutations that answer with an order whatever happens. */
const SURE: readonly string[] = ['createDraftOrder', 'setDraftOrderShippingAddress'];

const ARGUMENTS = {
  createDraftOrder: {},
  setCustomerForDraftOrder: { orderId: 'ID!', input: 'CreateCustomerInput' },
  addItemToDraftOrder: { orderId: 'ID!', input: 'AddItemToDraftOrderInput!' },
  setDraftOrderShippingAddress: { orderId: 'ID!', input: 'CreateAddressInput!' },
  setDraftOrderShippingMethod: { orderId: 'ID!', shippingMethodId: 'ID!' },
  transitionOrderToState: { id: 'ID!', state: 'String!' },
  addManualPaymentToOrder: { input: 'ManualPaymentInput!' },
} as const;

function dataOf<T>({ data, errors }: Answer<T>): T {
  if (data === undefined || data === null || errors !== undefined)
    throw new Error(`Vendure: ${errors?.[0]?.message ?? 'no answer'}`);
  return data;
}
