/** Where payment providers tell what happened: one address per retailer, proved by the provider's own signature. */
import type { FastifyInstance } from 'fastify';
import type { PaymentNotices } from './payment-notices.ts';
import { NotificationError } from './payment-port.ts';

/** Providers send one event, or a handful. */
const MAX_NOTICE_BYTES = 512 * 1024;

export interface NoticeRoutesParts {
  readonly notices: PaymentNotices;
  /** False for ids that no configuration knows. */
  readonly isRetailer: (retailerId: string) => boolean;
}

/** `POST /v1/payment-notices/:retailerId`: 200 when taken in, 400 when forged, 409 when it came before its payment. */
export function paymentNoticeRoutes({ notices, isRetailer }: NoticeRoutesParts) {
  return async (app: FastifyInstance): Promise<void> => {
    await app.register(async (own) => {
      own.removeAllContentTypeParsers();
      // The signature covers the bytes as they came.
      own.addContentTypeParser('*', { parseAs: 'string' }, async (_: unknown, text: string) => text);
      const options = {
        bodyLimit: MAX_NOTICE_BYTES,
        config: { scope: 'public' as const },
        schema: { hide: true } as object,
      };
      own.post<{ Params: { retailerId: string } }>(
        '/v1/payment-notices/:retailerId',
        options,
        async (request, reply) => {
          const { retailerId } = request.params;
          if (!isRetailer(retailerId)) return reply.code(404).send();
          const headers: Record<string, string | undefined> = {};
          for (const [name, value] of Object.entries(request.headers)) headers[name] = String(value);
          try {
            const outcomes = await notices.receive(retailerId, String(request.body ?? ''), headers);
            // Its payment is not written down yet: the provider will send it again.
            if (outcomes.includes('unknown payment')) return reply.code(409).send();
            return reply.code(200).send('[accepted]');
          } catch (error) {
            if (!(error instanceof NotificationError)) throw error;
            request.log.warn({ error: error.message }, 'payment notice refused');
            return reply.code(400).send();
          }
        },
      );
    });
  };
}
