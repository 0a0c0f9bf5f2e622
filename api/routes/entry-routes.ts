import { toBuffer, toString as toText } from 'qrcode';
import { z } from 'zod';
import { isoTime } from '../clock.ts';
import { DENIALS } from '../entry/denial.ts';
import { walletSchema } from '../entry/shoppers.ts';
import type { Gateway } from '../gateway.ts';
import { storeOf } from '../retailer/tenants.ts';
import { principalOf, storeIdOf } from '../server/authorise.ts';
import { ProblemError, problemSchema } from '../server/problem.ts';
import type { App } from '../server.ts';

const id = z.string().min(1).max(255);
const codeSchema = z.object({
  handle: z.string(),
  code: z.string().describe('What the gate must read now: letters and digits only'),
  rotatesAt: z.iso.datetime().describe('When to ask for the next one'),
  expiresAt: z.iso.datetime(),
  qrSvg: z.string().describe('The code as a picture'),
});

/** Entry codes, shoppers' wallets, and gates that ask. */
export function entryRoutes(gateway: Gateway): (app: App) => void {
  return (app) => {
    codeRoutes(app, gateway);
    shopperRoutes(app, gateway);
    gateRoutes(app, gateway);
  };
}

function codeRoutes(app: App, gateway: Gateway): void {
  const { database, clock, codes, shoppers, tenants } = gateway;
  app.post(
    '/v1/entry-codes',
    {
      config: { scope: 'entry:write' },
      schema: {
        summary: 'Make a code that opens the gate for a shopper; it changes with every time step',
        tags: ['Entry'],
        body: z.strictObject({ shopperId: id, storeId: id, groupSize: z.int().min(1).max(20).default(1) }),
        response: { 201: codeSchema, 404: problemSchema },
      },
    },
    async (request, reply) => {
      const { retailerId } = principalOf(request);
      const { shopperId, groupSize } = request.body;
      const { retailer } = tenants.get(retailerId);
      const storeId = storeIdOf(request, request.body.storeId)!;
      if (storeOf(retailer, storeId) === null) throw new ProblemError('not-found', 'no such store');
      const nowMs = clock.nowMs();
      const issued = await database.transaction(async (tx) => {
        const subjectId = await shoppers.find(tx, retailerId, 'shopper', shopperId);
        if (subjectId === null) throw new ProblemError('not-found', 'no such shopper: put their wallet first');
        return codes.issue(tx, retailer, { storeId, subjectId, groupSize, nowMs });
      });
      return reply.code(201).send(await shown(issued));
    },
  );
  app.get(
    '/v1/entry-codes/:handle',
    {
      config: { scope: 'entry:write' },
      schema: {
        summary: 'The same code at this time step',
        tags: ['Entry'],
        params: z.object({ handle: id }),
        response: { 200: codeSchema, 404: problemSchema },
      },
    },
    async (request) => shown(await currentCode(gateway, principalOf(request).retailerId, request.params.handle)),
  );
  app.get(
    '/v1/entry-codes/:handle/qr.png',
    {
      config: { scope: 'entry:write' },
      schema: {
        summary: 'The code at this time step as a PNG picture',
        tags: ['Entry'],
        params: z.object({ handle: id }),
        querystring: z.object({ widthPx: z.coerce.number().int().min(64).max(1024).default(320) }),
      },
    },
    async (request, reply) => {
      const { code } = await currentCode(gateway, principalOf(request).retailerId, request.params.handle);
      const picture = await toBuffer(code, { width: request.query.widthPx, errorCorrectionLevel: 'M' });
      return reply
        .type('image/png')
        .header('cache-control', 'no-store')
        .serializer((body: unknown) => body as string)
        .send(picture);
    },
  );
}

async function currentCode({ codes, database, tenants, clock }: Gateway, retailerId: string, handle: string) {
  const issued = await codes.rotate(database, tenants.get(retailerId).retailer, handle, clock.nowMs());
  if (issued === null) throw new ProblemError('not-found');
  return issued;
}

async function shown(issued: { handle: string; code: string; rotatesAtMs: number; expiresAtMs: number }) {
  const { handle, code, rotatesAtMs, expiresAtMs } = issued;
  const qrSvg = await toText(code, { type: 'svg', errorCorrectionLevel: 'M' });
  return { handle, code, rotatesAt: isoTime(rotatesAtMs), expiresAt: isoTime(expiresAtMs), qrSvg };
}

function shopperRoutes(app: App, { database, clock, shoppers, audit }: Gateway): void {
  for (const kind of ['shopper', 'card'] as const) {
    app.put(
      `/v1/${kind}s/:id`,
      {
        config: { scope: 'shoppers:write' },
        schema: {
          summary:
            kind === 'shopper' ? 'Set how a shopper of the app pays' : 'Set how whoever shows this card at a gate pays',
          tags: ['Entry'],
          params: z.object({ id }),
          body: walletSchema,
          response: { 204: z.null().describe('Kept, sealed') },
        },
      },
      async (request, reply) => {
        const { retailerId, keyId } = principalOf(request);
        const { params, body } = request;
        await database.transaction(async (tx) => {
          const about = await shoppers.register(tx, retailerId, kind, params.id, body, clock.nowMs());
          await audit.append(tx, { retailerId, actor: `key:${keyId}`, action: 'wallet.put', about });
        });
        return reply.code(204).send(null);
      },
    );
  }
}

function gateRoutes(app: App, { tenants, desk, clock, database }: Gateway): void {
  app.post(
    '/v1/gates/:gateId/interactions',
    {
      config: { scope: 'device:gate' },
      schema: {
        summary: 'Ask whether the gate may open; the same event id is always answered the same',
        tags: ['Entry'],
        params: z.object({ gateId: id }),
        body: z.strictObject({
          eventId: z.uuid(),
          storeId: id,
          credential: z.string().min(1).max(4096),
          groupSize: z.int().min(1).max(20).default(1),
        }),
        response: {
          200: z.object({
            eventId: z.string(),
            open: z.boolean(),
            tripId: z.string().nullable().describe('To be sent as the credential of the gate reading'),
            groupSize: z.int(),
            reason: z.enum(Object.keys(DENIALS) as [keyof typeof DENIALS]).nullable(),
            assist: z.string().nullable().describe('What the assist screen says'),
            standIn: z.boolean(),
          }),
          404: problemSchema,
          409: problemSchema,
        },
      },
    },
    async (request) => {
      const { retailerId } = principalOf(request);
      const { eventId, credential, groupSize } = request.body;
      const storeId = storeIdOf(request, request.body.storeId)!;
      if (storeOf(tenants.get(retailerId).retailer, storeId) === null)
        throw new ProblemError('not-found', 'no such store');
      const [session] = await database.query<{ id: string }>(
        'SELECT id FROM sessions WHERE retailer_id = ? AND store_id = ? AND ended_at_ms IS NULL ORDER BY number DESC LIMIT 1',
        [retailerId, storeId],
      );
      if (!session) throw new ProblemError('conflict', 'the store is not open');
      const answer = await desk.ask({
        ...{ eventId, retailerId, storeId, sessionId: session.id, gateId: request.params.gateId },
        ...{ credential, isStaff: false, groupSize, atMs: clock.nowMs() },
      });
      const { admitted, ...rest } = answer;
      return { open: admitted, ...rest };
    },
  );
}
