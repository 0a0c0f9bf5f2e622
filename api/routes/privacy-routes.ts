import { z } from 'zod';
import { isoTime } from '../clock.ts';
import type { Gateway } from '../gateway.ts';
import { ErasureHeld, erase, publicKeyText, signingKeyOf } from '../privacy/erasure.ts';
import { PERSON_FIELDS } from '../privacy/purpose.ts';
import type { RetentionHours } from '../privacy/retention.ts';
import { transparencyPage, transparencyReport } from '../privacy/transparency.ts';
import { principalOf } from '../server/authorise.ts';
import { ProblemError, problemSchema } from '../server/problem.ts';
import type { App } from '../server.ts';
import type { TripRow } from '../trips/trip-rows.ts';
import { consentRoutes } from './consent-routes.ts';

const id = z.string().min(1).max(4096);

/** What is known of a person, forgetting it, and what everybody may know of this gateway. */
export function privacyRoutes(gateway: Gateway, hours: RetentionHours): (app: App) => void {
  return (app) => {
    for (const kind of ['shopper', 'card'] as const) {
      subjectRoutes(app, gateway, kind);
      consentRoutes(app, gateway, kind);
    }
    transparencyRoutes(app, gateway, hours);
  };
}

function subjectRoutes(app: App, gateway: Gateway, kind: 'shopper' | 'card'): void {
  const { database, shoppers, clock, vault, outbox, audit } = gateway;
  const key = signingKeyOf(gateway.signingKey);
  const exported = z.object({
    subject: z.string(),
    kept: z.record(z.string(), z.unknown()).describe('Every field that is kept, opened: wallet, receipt-address, …'),
    visits: z.array(z.object({ tripId: z.string(), storeId: z.string(), startedAt: z.iso.datetime() })),
  });
  app.get(
    `/v1/${kind}s/:id/export`,
    {
      config: { scope: 'privacy:write' },
      schema: {
        summary: 'Everything that is kept of a person (GDPR articles 15 and 20)',
        description: 'Visits that are paid are no longer linked to anybody.',
        tags: ['Privacy'],
        params: z.object({ id }),
        response: { 200: exported, 404: problemSchema },
      },
    },
    async (request) => {
      const { retailerId } = principalOf(request);
      const subject = await shoppers.find(database, retailerId, kind, request.params.id);
      if (subject === null) throw new ProblemError('not-found');
      const trips = await database.query<TripRow>('SELECT * FROM trips WHERE subject_id = ? ORDER BY started_at_ms', [
        subject,
      ]);
      const visits = trips.map((trip) => ({
        tripId: trip.id,
        storeId: trip.store_id,
        startedAt: isoTime(trip.started_at_ms),
      }));
      const kept: Record<string, unknown> = {};
      for (const field of PERSON_FIELDS) {
        const value = await vault.get(database, subject, field, 'subject-access');
        if (value !== null) kept[field] = value;
      }
      return { subject, kept, visits };
    },
  );
  app.delete(
    `/v1/${kind}s/:id`,
    {
      config: { scope: 'privacy:write' },
      schema: {
        summary: 'Forget a person (GDPR article 17); gives a signed receipt',
        tags: ['Privacy'],
        params: z.object({ id }),
        response: {
          200: z.object({
            subject: z.string(),
            erasedAt: z.iso.datetime(),
            erased: z.array(z.string()).readonly(),
            kept: z.array(z.object({ what: z.string(), why: z.string(), count: z.int() })).readonly(),
            signature: z.string(),
          }),
          404: problemSchema,
          409: problemSchema,
        },
      },
    },
    async (request) => {
      const { retailerId, keyId } = principalOf(request);
      return database.transaction(async (tx) => {
        const subjectId = await shoppers.find(tx, retailerId, kind, request.params.id);
        if (subjectId === null) throw new ProblemError('not-found');
        const receipt = await erase(tx, { vault, outbox, key }, { retailerId, subjectId, nowMs: clock.nowMs() }).catch(
          (error: unknown) => {
            if (error instanceof ErasureHeld) throw new ProblemError('conflict', error.message);
            throw error;
          },
        );
        await audit.append(tx, { retailerId, actor: `key:${keyId}`, action: 'person.erased', about: subjectId });
        return receipt;
      });
    },
  );
}

function transparencyRoutes(app: App, { tenants, signingKey }: Gateway, hours: RetentionHours): void {
  const erasureKey = publicKeyText(signingKeyOf(signingKey));
  app.get(
    '/transparency',
    {
      config: { scope: 'public' },
      schema: {
        summary: 'What is watched, kept and passed on, made from the running configuration',
        tags: ['Privacy'],
      },
    },
    async (request, reply) => {
      const report = transparencyReport(
        tenants.all.map(({ retailer }) => retailer),
        hours,
        erasureKey,
      );
      reply.serializer((body: unknown) => (typeof body === 'string' ? body : JSON.stringify(body)));
      if (request.headers.accept?.includes('text/html')) return reply.type('text/html').send(transparencyPage(report));
      return reply.type('application/json').send(report);
    },
  );
}
