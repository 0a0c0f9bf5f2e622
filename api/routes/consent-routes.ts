import { z } from 'zod';
import type { Gateway } from '../gateway.ts';
import { CONSENT_KINDS, type ConsentKind, consentReceipt, decideConsent } from '../privacy/consent.ts';
import { signingKeyOf } from '../privacy/erasure.ts';
import { principalOf } from '../server/authorise.ts';
import { ProblemError, problemSchema } from '../server/problem.ts';
import type { App } from '../server.ts';

/** What a person agrees to, and takes back, each time with a signed receipt to keep. */
export function consentRoutes(app: App, gateway: Gateway, kind: 'shopper' | 'card'): void {
  const { database, shoppers, vault, clock, tenants, audit } = gateway;
  const key = signingKeyOf(gateway.signingKey);
  app.put(
    `/v1/${kind}s/:id/consents/:purpose`,
    {
      config: { scope: 'shoppers:write' },
      schema: {
        summary: 'Note that a person agreed, or takes that back; gives a signed consent receipt',
        description:
          'A withdrawal counts at once, and what hung on the consent is removed. Nothing of it is needed to shop.',
        tags: ['Privacy'],
        params: z.object({
          id: z.string().min(1).max(255),
          purpose: z.enum(CONSENT_KINDS as [ConsentKind, ...ConsentKind[]]),
        }),
        body: z.strictObject({
          given: z.boolean(),
          notice: z.url().describe('The notice that was shown, at the version that was shown'),
          language: z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/),
        }),
        response: {
          200: z.object({
            receipt: z.string().describe('JWS (EdDSA) over the record, ISO/IEC TS 27560'),
            given: z.boolean(),
          }),
          404: problemSchema,
        },
      },
    },
    async (request) => {
      const { retailerId, keyId } = principalOf(request);
      const { id, purpose } = request.params;
      const { given, notice, language } = request.body;
      const record = await database.transaction(async (tx) => {
        const subjectId = await shoppers.find(tx, retailerId, kind, id);
        if (subjectId === null) throw new ProblemError('not-found');
        const actor = `key:${keyId}`;
        const action = `consent.${given ? 'given' : 'withdrawn'}`;
        await audit.append(tx, { retailerId, actor, action, about: subjectId });
        const controller = tenants.get(retailerId).retailer.name;
        const decided = { subjectId, kind: purpose, isGiven: given, controller, notice, language };
        return decideConsent(tx, vault, { ...decided, nowMs: clock.nowMs() });
      });
      return { receipt: consentReceipt(record, key), given };
    },
  );
}
