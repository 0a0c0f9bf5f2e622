/** What a person may see of payments and do about debts and disputes. */
import { z } from 'zod';
import { isoTime } from '../clock.ts';
import type { Gateway } from '../gateway.ts';
import { principalOf, storeIdOf } from '../server/authorise.ts';
import { ProblemError, problemSchema } from '../server/problem.ts';
import type { App } from '../server.ts';
import type { PaymentRecord } from './payment-book.ts';
import type { PaymentDesk } from './payment-desk.ts';
import { IllegalTransition, PAYMENT_STATUSES } from './payment-state.ts';

const id = z.string().min(1).max(255);
const minor = z.int().min(0);
const paymentSchema = z
  .object({
    id,
    storeId: id,
    tripId: id,
    orderId: id.nullable(),
    status: z.enum(PAYMENT_STATUSES),
    currency: z.string(),
    authorisedMinor: minor,
    capturedMinor: minor,
    refundedMinor: minor,
    debtMinor: minor,
    collectedMinor: minor,
    collectedRefundedMinor: minor.optional(),
    writtenOffMinor: minor,
    holdEndsAt: z.iso.datetime().nullable(),
    chargeback: z
      .object({
        amountMinor: minor,
        reason: z.string(),
        outcome: z.enum(['open', 'won', 'lost']),
        evidenceDueAt: z.iso.datetime().nullable(),
        evidenceSentAt: z.iso.datetime().nullable(),
      })
      .nullable(),
    steps: z.array(z.object({ at: z.iso.datetime(), event: z.string(), status: z.string() })).readonly(),
  })
  .meta({ id: 'Payment' });

const timeOf = (ms: number | null) => (ms === null ? null : isoTime(ms));
const CALL_TIMEOUT_MS = 20_000;

/** One payment with its history, and three things to do about it. */
export function paymentRoutes({ database, audit }: Gateway, payments: PaymentDesk): (app: App) => void {
  const { book } = payments;

  async function recordFor(request: Parameters<typeof principalOf>[0] & { readonly params: { readonly id: string } }) {
    const { retailerId, storeId } = principalOf(request);
    const record = await book.byId(database, request.params.id);
    if (record === null || record.retailerId !== retailerId || (storeId !== null && record.storeId !== storeId))
      throw new ProblemError('not-found');
    return record;
  }

  async function shown(record: PaymentRecord): Promise<z.infer<typeof paymentSchema>> {
    const steps = await book.steps(database, record.payment.paymentId);
    const told = steps.map(({ atMs, to, event }) => ({ at: isoTime(atMs), event: event.kind, status: to }));
    return { ...head(record), steps: told };
  }

  function head(record: PaymentRecord): Omit<z.infer<typeof paymentSchema>, 'steps'> {
    const { paymentId, tripKey, holdEndsAtMs, chargeback, ...payment } = record.payment;
    return {
      ...payment,
      ...{ id: paymentId, tripId: tripKey, storeId: record.storeId, orderId: record.orderId },
      holdEndsAt: timeOf(holdEndsAtMs),
      chargeback: chargeback && {
        ...{ amountMinor: chargeback.amountMinor, reason: chargeback.reason, outcome: chargeback.outcome },
        evidenceDueAt: timeOf(chargeback.evidenceDueAtMs),
        evidenceSentAt: timeOf(chargeback.evidenceSentAtMs),
      },
    };
  }

  return (app) => {
    const answers = { 404: problemSchema, 409: problemSchema };
    app.get(
      '/v1/payments',
      {
        config: { scope: 'payments:write' },
        schema: {
          summary: 'Payments, newest first: of a trip, in a state, or those with an open debt',
          tags: ['Payments'],
          querystring: z.strictObject({
            storeId: id.optional(),
            tripId: id.optional(),
            status: z.enum(PAYMENT_STATUSES).optional(),
            owing: z.enum(['true']).optional(),
            before: id.optional().describe('Id of the last payment of the page before'),
            limit: z.coerce.number().int().min(1).max(200).default(50),
          }),
          response: { 200: z.object({ payments: z.array(paymentSchema.omit({ steps: true })) }), 404: problemSchema },
        },
      },
      async (request) => {
        const { tripId, status, owing, before, limit } = request.query;
        const storeId = storeIdOf(request, request.query.storeId);
        if (before !== undefined && (await book.byId(database, before))?.retailerId !== principalOf(request).retailerId)
          throw new ProblemError('not-found');
        const records = await book.list(database, {
          ...{ retailerId: principalOf(request).retailerId, storeId, limit, isOwing: owing === 'true' },
          ...{ tripId: tripId ?? null, status: status ?? null, beforeId: before ?? null },
        });
        return { payments: records.map(head) };
      },
    );

    app.get(
      '/v1/payments/:id',
      {
        config: { scope: 'payments:write' },
        schema: {
          summary: 'One payment with its history',
          tags: ['Payments'],
          params: z.object({ id }),
          response: { 200: paymentSchema, 404: problemSchema },
        },
      },
      async (request) => shown(await recordFor(request)),
    );

    app.post(
      '/v1/payments/:id/collect',
      {
        config: { scope: 'payments:write' },
        schema: {
          summary: 'Ask for an open debt: by mandate where there is one, else by a pay link to pass on',
          tags: ['Payments'],
          params: z.object({ id }),
          body: z.strictObject({ description: z.string().min(1).max(200), returnUrl: z.url() }),
          response: { 200: z.object({ payLinkUrl: z.url().nullable(), payment: paymentSchema }), ...answers },
        },
      },
      async (request) => {
        const { payment, retailerId } = await recordFor(request);
        const actor = `key:${principalOf(request).keyId}`;
        await database.transaction((tx) =>
          audit.append(tx, { retailerId, actor, action: 'payment.collect', about: payment.paymentId }),
        );
        const signal = AbortSignal.timeout(CALL_TIMEOUT_MS);
        const asked = await payments.collectDebt(payment.paymentId, request.body, signal);
        if (asked === null) throw new ProblemError('conflict', 'found no debt that can be asked for now');
        const after = await recordFor(request);
        return { payLinkUrl: asked.by === 'pay_link' ? asked.url : null, payment: await shown(after) };
      },
    );

    const actions = [
      ['write-off', 'Give an open debt up', (paymentId: string) => payments.writeOff(paymentId)],
      [
        'evidence',
        'Note that evidence against a chargeback was handed in',
        (paymentId: string) => payments.noteEvidence(paymentId),
      ],
    ] as const;
    for (const [action, summary, act] of actions) {
      app.post(
        `/v1/payments/:id/${action}`,
        {
          config: { scope: 'payments:write' },
          schema: {
            summary,
            tags: ['Payments'],
            params: z.object({ id }),
            response: { 200: paymentSchema, ...answers },
          },
        },
        async (request) => {
          const { payment, retailerId } = await recordFor(request);
          const actor = `key:${principalOf(request).keyId}`;
          await act(payment.paymentId).catch((error: unknown) => {
            throw error instanceof IllegalTransition ? new ProblemError('conflict', error.message) : error;
          });
          await database.transaction((tx) =>
            audit.append(tx, { retailerId, actor, action: `payment.${action}`, about: payment.paymentId }),
          );
          const after = await recordFor(request);
          return shown(after);
        },
      );
    }
  };
}
