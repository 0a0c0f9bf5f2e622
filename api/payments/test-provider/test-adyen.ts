/**
 * The same bank behind an Adyen-shaped wire format: JSON requests, authorisations answered at once, changes of them
 * only by signed notifications.
 */
import { z } from 'zod';
import type { Clock } from '../../clock.ts';
import { type AdyenItem, itemSignature } from '../adyen-words.ts';
import { Bank, type BankNews, type BankPayment, BankRefusal } from './bank.ts';
import { mischiefOf } from './magic.ts';
import { type WireAnswer, type WireFace, type WireRequest, WireServer, type WireServerOptions } from './wire-server.ts';

export interface TestAdyenOptions extends WireServerOptions {
  readonly clock: Clock;
  readonly apiKey: string;
  readonly merchantAccount: string;
  readonly hmacKey: string;
  webhookUrl: string | null;
}

const bodySchema = z.object({
  merchantAccount: z.string(),
  reference: z.string(),
  amount: z.object({ value: z.int().positive(), currency: z.string() }).optional(),
  paymentMethod: z.object({ storedPaymentMethodId: z.string() }).optional(),
  shopperInteraction: z.string().optional(),
  additionalData: z.record(z.string(), z.string()).optional(),
});
type Body = z.infer<typeof bodySchema>;

const REFUSALS: Readonly<Record<string, string>> = {
  generic_decline: '2',
  expired_card: '6',
  insufficient_funds: '12',
  fraudulent: '20',
  lost_card: '26',
};

export class TestAdyen {
  readonly bank: Bank;
  readonly server: WireServer;
  readonly #options: TestAdyenOptions;
  readonly #links = new Map<string, Body>();

  constructor(options: TestAdyenOptions) {
    this.#options = options;
    this.bank = new Bank(options.clock);
    const face: WireFace = {
      refuse: ({ path, headers }) =>
        path.startsWith('/test/') || headers['x-api-key'] === options.apiKey
          ? null
          : trouble(401, '000', 'HTTP Status Response - Unauthorized'),
      mischief: ({ body }) => {
        const read = bodySchema.safeParse(parsed(body));
        return mischiefOf(read.data?.amount?.value ?? 0);
      },
      answer: (request) => this.#answer(request),
      trouble,
    };
    this.server = new WireServer(face, options);
    this.bank.onNews((news) => this.#hear(news));
  }

  set webhookUrl(url: string | null) {
    this.#options.webhookUrl = url;
  }

  #answer(request: WireRequest): WireAnswer {
    const path = request.path.split('/').slice(2);
    if (request.path.startsWith('/test/')) return this.#play(path[0]!, path[1]!, request);
    const read = bodySchema.safeParse(parsed(request.body));
    if (!read.success) return trouble(422, '702', 'Structure of the request is invalid.');
    const body = read.data;
    if (body.merchantAccount !== this.#options.merchantAccount) return trouble(403, '901', 'Invalid Merchant Account');
    if (path[0] === 'payments' && path.length === 1) return this.#newPayment(body);
    if (path[0] === 'payments' && path.length === 3) return this.#modify(path[1]!, path[2]!, body);
    if (path[0] === 'paymentLinks') return this.#newLink(body);
    return trouble(404, '000', 'Not found');
  }

  #newPayment(body: Body): WireAnswer {
    if (!body.amount || !body.paymentMethod) return trouble(422, '100', 'Required field amount is not provided.');
    const payment = this.bank.authorise(
      {
        ...{ method: body.paymentMethod.storedPaymentMethodId, amountMinor: body.amount.value },
        ...{ currency: body.amount.currency, metadata: { reference: body.reference } },
        capturesAtOnce: body.additionalData?.['manualCapture'] !== 'true',
        isOffSession: body.shopperInteraction === 'ContAuth',
      },
      this.bank.newId('psp'),
    );
    const head = { pspReference: payment.id, merchantReference: body.reference, amount: body.amount };
    if (payment.error) {
      const refusalReasonCode = REFUSALS[payment.error.code] ?? '2';
      const refusal = { resultCode: 'Refused', refusalReason: payment.error.code, refusalReasonCode };
      return { status: 200, body: { ...head, ...refusal } };
    }
    if (payment.status === 'requires_action') {
      const action = { type: 'redirect', method: 'GET', url: `https://bank.test/${payment.id}` };
      return { status: 200, body: { ...head, resultCode: 'RedirectShopper', action } };
    }
    return { status: 200, body: { ...head, resultCode: 'Authorised' } };
  }

  /** Accepted now, done a moment later, told by a notification. */
  #modify(id: string, verb: string, body: Body): WireAnswer {
    if (!this.bank.payments.has(id)) return trouble(422, '167', 'Original pspReference required for this operation');
    const modification = this.bank.newId('mod');
    const amountMinor = body.amount?.value ?? this.bank.payment(id).amountMinor;
    const steps: Record<string, { readonly eventCode: string; readonly run: () => unknown }> = {
      amountUpdates: { eventCode: 'AUTHORISATION_ADJUSTMENT', run: () => this.bank.increment(id, amountMinor) },
      captures: { eventCode: 'CAPTURE', run: () => this.bank.capture(id, amountMinor) },
      cancels: { eventCode: 'CANCELLATION', run: () => this.bank.cancel(id) },
      refunds: { eventCode: 'REFUND', run: () => this.bank.refund(id, amountMinor, { reference: body.reference }) },
    };
    const step = steps[verb];
    if (!step) return trouble(404, '000', 'Not found');
    setImmediate(() => {
      const facts = { pspReference: modification, merchantReference: body.reference, value: amountMinor };
      try {
        step.run();
        this.#send({ ...facts, eventCode: step.eventCode, success: 'true', originalReference: id });
      } catch (error) {
        if (!(error instanceof BankRefusal)) throw error;
        const reason = error.code;
        this.#send({ ...facts, eventCode: step.eventCode, success: 'false', originalReference: id, reason });
      }
    });
    const { reference, amount } = body;
    const answer = { pspReference: modification, paymentPspReference: id, status: 'received', reference, amount };
    return { status: 201, body: answer };
  }

  #newLink(body: Body): WireAnswer {
    const id = this.bank.newId('PL');
    this.#links.set(id, body);
    return { status: 201, body: { id, url: `https://pay.test/${id}`, status: 'active', reference: body.reference } };
  }

  /** `/test/authenticate/{id}`, `/test/pay/{link}`, `/test/dispute/{id}`, `/test/close-dispute/{id}`, `/test/fail-capture/{id}`, `/test/fail-refund/{id}` */
  #play(noun: string, id: string, { query }: WireRequest): WireAnswer {
    const succeeds = query.get('succeeds') !== 'false';
    try {
      if (noun === 'authenticate') this.#sendAuthorisation(this.bank.authenticate(id, succeeds));
      else if (noun === 'dispute') this.bank.dispute(id, this.bank.payment(id).capturedMinor);
      else if (noun === 'close-dispute') this.bank.closeDispute(id, succeeds);
      else if (noun === 'fail-refund') this.bank.failRefund(id);
      else if (noun === 'fail-capture') this.#failCapture(id);
      else if (noun === 'pay') this.#pay(id);
      else return trouble(404, '000', `Nobody plays ${noun}.`);
    } catch (error) {
      if (!(error instanceof BankRefusal)) throw error;
      return trouble(422, error.code, error.message);
    }
    return { status: 200, body: { done: noun } };
  }

  #sendAuthorisation(payment: BankPayment): void {
    this.#send({
      ...{ eventCode: 'AUTHORISATION', success: payment.status === 'declined' ? 'false' : 'true' },
      ...{ pspReference: payment.id, merchantReference: payment.metadata['reference']!, value: payment.amountMinor },
    });
  }

  #failCapture(id: string): void {
    const payment = this.bank.payment(id);
    payment.status = 'cancelled';
    this.#send({
      ...{ eventCode: 'CAPTURE_FAILED', success: 'true', pspReference: this.bank.newId('mod'), originalReference: id },
      ...{ merchantReference: payment.metadata['reference']!, value: payment.capturedMinor, reason: 'Capture Failed' },
    });
  }

  #pay(id: string): void {
    const link = this.#links.get(id);
    if (!link) throw new BankRefusal('resource_missing', `No such link: ${id}`);
    this.#send({
      ...{ eventCode: 'AUTHORISATION', success: 'true', pspReference: this.bank.newId('psp') },
      ...{ merchantReference: link.reference, value: link.amount!.value, additionalData: { paymentLinkId: id } },
    });
  }

  #hear(news: BankNews): void {
    const { payment } = news;
    const head = {
      originalReference: payment.id,
      merchantReference: payment.metadata['reference']!,
      success: 'true',
    } as const;
    if (news.kind === 'disputed') {
      const additionalData = { defensePeriodEndsAt: new Date(news.dispute.evidenceDueAtMs).toISOString() };
      const facts = { pspReference: news.dispute.id, value: news.dispute.amountMinor, reason: 'Fraud', additionalData };
      this.#send({ ...head, ...facts, eventCode: 'CHARGEBACK' });
    } else if (news.kind === 'dispute_closed') {
      const eventCode = news.dispute.status === 'won' ? 'CHARGEBACK_REVERSED' : 'SECOND_CHARGEBACK';
      this.#send({ ...head, eventCode, pspReference: news.dispute.id, value: news.dispute.amountMinor });
    } else if (news.kind === 'refund_failed') {
      const facts = { pspReference: news.refund.id, value: news.refund.amountMinor, reason: 'account closed' };
      this.#send({
        ...head,
        ...facts,
        eventCode: 'REFUND_FAILED',
        merchantReference: news.refund.metadata['reference']!,
      });
    }
  }

  #send(facts: Omit<AdyenItem, 'merchantAccountCode' | 'amount' | 'eventDate'> & { readonly value: number }): void {
    if (this.#options.webhookUrl === null) return;
    const { value, ...rest } = facts;
    const payment = this.bank.payments.get(facts.originalReference ?? facts.pspReference);
    const item: AdyenItem = {
      ...rest,
      merchantAccountCode: this.#options.merchantAccount,
      amount: { value, currency: payment?.currency ?? 'EUR' },
      eventDate: new Date(this.#options.clock.nowMs()).toISOString(),
    };
    const hmacSignature = itemSignature(item, this.#options.hmacKey);
    const signed = { ...item, additionalData: { ...item.additionalData, hmacSignature } };
    const body = JSON.stringify({ live: 'false', notificationItems: [{ NotificationRequestItem: signed }] });
    const times = mischiefOf(value) === 'twice' ? 2 : 1;
    for (let sent = 0; sent < times; sent++)
      this.server.notify(this.#options.webhookUrl, { 'content-type': 'application/json' }, body);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function trouble(status: number, errorCode: string, message: string): WireAnswer {
  return { status, body: { status, errorCode, message, errorType: status < 500 ? 'validation' : 'internal' } };
}
