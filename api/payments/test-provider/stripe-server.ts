/**
 * A payment provider of ours that speaks Stripe's wire format: form-encoded requests, idempotency keys, PaymentIntents
 * with manual capture, refunds, checkout sessions and signed webhooks. It holds no money and knows no cards.
 * Paths under `/test/` play the people a provider has on its other side.
 */
import { createHmac } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import { Bank, type BankNews, BankRefusal } from './bank.ts';
import { amountOf, type Form, groupOf, parseForm, textOf } from './form.ts';
import { mischiefOf } from './magic.ts';
import { cardError, intentObject, refundObject, stripeEvent } from './stripe-objects.ts';
import { type WireAnswer, type WireFace, type WireRequest, WireServer, type WireServerOptions } from './wire-server.ts';

export interface TestStripeOptions extends WireServerOptions {
  readonly clock: Clock;
  readonly apiKey: string;
  readonly webhookSecret: string;
  /** Where events are sent; null = nowhere. */
  webhookUrl: string | null;
}

const API_VERSION = '2026-10-28.endive';
const INVALID_REQUEST = new Set([
  'payment_intent_unexpected_state',
  'amount_too_large',
  'amount_too_small',
  'charge_expired_for_capture',
  'charge_disputed',
  'resource_missing',
]);

interface Session {
  readonly id: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly metadata: Readonly<Record<string, string>>;
  isPaid: boolean;
}

export class TestStripe {
  readonly bank: Bank;
  readonly server: WireServer;
  readonly #options: TestStripeOptions;
  readonly #sessions = new Map<string, Session>();

  constructor(options: TestStripeOptions) {
    this.#options = options;
    this.bank = new Bank(options.clock);
    const face: WireFace = {
      refuse: (request) => this.#refuse(request),
      mischief: ({ body }) => {
        const form = parseForm(body);
        return mischiefOf(amountOf(form, 'amount_to_capture') ?? amountOf(form, 'amount') ?? 0);
      },
      answer: (request) => this.#answer(request),
      trouble: (status, code, message) => trouble(status, code, message),
    };
    this.server = new WireServer(face, options);
    this.bank.onNews((news) => this.#tell(news));
  }

  set webhookUrl(url: string | null) {
    this.#options.webhookUrl = url;
  }

  #refuse({ path, headers }: WireRequest): WireAnswer | null {
    if (path.startsWith('/test/') || headers.authorization === `Bearer ${this.#options.apiKey}`) return null;
    return trouble(401, 'api_key_invalid', 'Invalid API Key provided.');
  }

  #answer(request: WireRequest): WireAnswer {
    const form = parseForm(request.method === 'POST' ? request.body : request.query.toString());
    const [, , noun, id, verb] = request.path.split('/');
    try {
      if (request.path.startsWith('/test/')) return this.#play(noun!, id!, form);
      if (noun === 'payment_intents') return this.#intents(request.method, id, verb, form);
      if (noun === 'refunds') return this.#refunds(request.method, form);
      if (request.path === '/v1/checkout/sessions' && request.method === 'POST') return this.#newSession(form);
    } catch (error) {
      if (!(error instanceof BankRefusal)) throw error;
      if (error.code === 'resource_missing') return trouble(404, error.code, error.message);
      if (INVALID_REQUEST.has(error.code)) return trouble(400, error.code, error.message);
      return { status: 402, body: { error: cardError(error.code, error.message) } };
    }
    return trouble(404, 'url_invalid', `Unrecognized request URL (${request.method}: ${request.path}).`);
  }

  #intents(method: string, id: string | undefined, verb: string | undefined, form: Form): WireAnswer {
    const answer = (payment = this.bank.payment(id!)) => ({ status: 200, body: intentObject(payment, true) });
    if (method === 'GET') return id ? answer() : this.#listIntents(form);
    if (!id) return this.#newIntent(form);
    if (verb === 'increment_authorization') return answer(this.bank.increment(id, required(form, 'amount')));
    if (verb === 'capture') {
      const amountMinor = amountOf(form, 'amount_to_capture') ?? this.bank.payment(id).amountMinor;
      return answer(this.bank.capture(id, amountMinor));
    }
    if (verb === 'cancel') return answer(this.bank.cancel(id));
    return trouble(404, 'url_invalid', `Unrecognized verb ${verb}.`);
  }

  #newIntent(form: Form): WireAnswer {
    const currency = textOf(form, 'currency');
    const method = textOf(form, 'payment_method');
    if (!currency || !/^[a-z]{3}$/.test(currency)) return trouble(400, 'parameter_invalid', 'Invalid currency.');
    if (!method || textOf(form, 'confirm') !== 'true')
      return trouble(400, 'parameter_missing', 'This server knows only intents that are confirmed at once.');
    const payment = this.bank.authorise({
      ...{ method, amountMinor: required(form, 'amount'), currency: currency.toUpperCase() },
      metadata: groupOf(form, 'metadata'),
      capturesAtOnce: textOf(form, 'capture_method') !== 'manual',
      isOffSession: textOf(form, 'off_session') === 'true',
    });
    const intent = intentObject(payment, true);
    if (!payment.error) return { status: 200, body: intent };
    const { code, message } = payment.error;
    return { status: 402, body: { error: { ...cardError(code, message), payment_intent: intent } } };
  }

  /** Newest first, like Stripe; `created[gte]` and `starting_after` are understood. */
  #listIntents(form: Form): WireAnswer {
    const fromS = Number(groupOf(form, 'created')['gte'] ?? 0);
    const all = [...this.bank.payments.values()].reverse().filter((p) => Math.floor(p.createdAtMs / 1000) >= fromS);
    const after = all.findIndex(({ id }) => id === textOf(form, 'starting_after')) + 1;
    const limit = Number(textOf(form, 'limit') ?? 10);
    const data = all.slice(after, after + limit).map((payment) => intentObject(payment, true));
    const body = { object: 'list', url: '/v1/payment_intents', has_more: after + limit < all.length, data };
    return { status: 200, body };
  }

  #refunds(method: string, form: Form): WireAnswer {
    const payment = this.bank.payment(textOf(form, 'payment_intent') ?? '');
    if (method === 'POST') {
      const amountMinor = amountOf(form, 'amount') ?? payment.capturedMinor - payment.refundedMinor;
      const refund = this.bank.refund(payment.id, amountMinor, groupOf(form, 'metadata'));
      return { status: 200, body: refundObject(refund, payment, true) };
    }
    const found = [...this.bank.refunds.values()].filter(({ paymentId }) => paymentId === payment.id);
    const data = found.map((refund) => refundObject(refund, payment, true));
    return { status: 200, body: { object: 'list', url: '/v1/refunds', has_more: false, data } };
  }

  #newSession(form: Form): WireAnswer {
    const item = (form['line_items'] as Form | undefined)?.['0'] as Form | undefined;
    const price = (item?.['price_data'] ?? {}) as Form;
    const session: Session = {
      ...{ id: this.bank.newId('cs'), amountMinor: required(price, 'unit_amount'), isPaid: false },
      ...{ currency: textOf(price, 'currency') ?? '', metadata: groupOf(form, 'metadata') },
    };
    this.#sessions.set(session.id, session);
    return { status: 200, body: sessionObject(session) };
  }

  /** `/test/authenticate/{id}`, `/test/pay/{session}`, `/test/dispute/{id}`, `/test/close-dispute/{id}`, `/test/fail-refund/{id}` */
  #play(noun: string, id: string, form: Form): WireAnswer {
    const succeeds = textOf(form, 'succeeds') !== 'false';
    if (noun === 'authenticate') this.bank.authenticate(id, succeeds);
    else if (noun === 'dispute') this.bank.dispute(id, amountOf(form, 'amount') ?? this.bank.payment(id).capturedMinor);
    else if (noun === 'close-dispute') this.bank.closeDispute(id, succeeds);
    else if (noun === 'fail-refund') this.bank.failRefund(id);
    else if (noun === 'pay') this.#pay(id);
    else return trouble(404, 'url_invalid', `Nobody plays ${noun}.`);
    return { status: 200, body: { done: noun } };
  }

  #pay(id: string): void {
    const session = this.#sessions.get(id);
    if (!session) throw new BankRefusal('resource_missing', `No such session: ${id}`);
    session.isPaid = true;
    this.#send({
      ...{ id: this.bank.newId('evt'), object: 'event', api_version: API_VERSION, livemode: false },
      ...{ created: Math.floor(this.#options.clock.nowMs() / 1000), pending_webhooks: 1, request: null },
      ...{ type: 'checkout.session.completed', data: { object: sessionObject(session) } },
    });
  }

  #tell(news: BankNews): void {
    const event = stripeEvent(news, this.bank.newId('evt'), this.#options.clock.nowMs(), API_VERSION);
    if (!event) return;
    const amountMinor =
      'refund' in news ? news.refund.amountMinor : news.payment.capturedMinor || news.payment.amountMinor;
    this.#send(event);
    if (mischiefOf(amountMinor) === 'twice') this.#send(event);
  }

  /** Signs as Stripe does: `t=…,v1=HMAC-SHA256(secret, t.body)`. */
  #send(event: object): void {
    if (this.#options.webhookUrl === null) return;
    const body = JSON.stringify(event);
    const atS = Math.floor(this.#options.clock.nowMs() / 1000);
    const v1 = createHmac('sha256', this.#options.webhookSecret).update(`${atS}.${body}`).digest('hex');
    const headers = { 'content-type': 'application/json', 'stripe-signature': `t=${atS},v1=${v1}` };
    this.server.notify(this.#options.webhookUrl, headers, body);
  }
}

function sessionObject({ id, amountMinor, currency, metadata, isPaid }: Session) {
  return {
    ...{ id, object: 'checkout.session', amount_total: amountMinor, currency, metadata, mode: 'payment' },
    ...{ payment_status: isPaid ? 'paid' : 'unpaid', status: isPaid ? 'complete' : 'open' },
    url: `https://pay.test/${id}`,
  };
}

function required(form: Form, name: string): number {
  const amountMinor = amountOf(form, name);
  if (amountMinor === null || amountMinor === 0) throw new BankRefusal('amount_too_small', `Invalid ${name}.`);
  return amountMinor;
}

function trouble(status: number, code: string, message: string): WireAnswer {
  const type =
    status === 400 && code === 'idempotency_error' ? code : status >= 500 ? 'api_error' : 'invalid_request_error';
  return { status, body: { error: { type, code, message } } };
}
