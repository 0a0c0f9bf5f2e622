/** The connector's inbound operations on the gateway's server, for the retailers that are configured to speak it. */
import { z } from 'zod';
import type { Gateway } from '../../gateway.ts';
import { fromDecimal } from '../../money.ts';
import type { PaymentDesk } from '../../payments/payment-desk.ts';
import { Kiosk } from '../../receipts/kiosk.ts';
import { putItems } from '../../reference-retailer/catalogue.ts';
import { principalOf } from '../../server/authorise.ts';
import { ProblemError, problemSchema } from '../../server/problem.ts';
import type { App } from '../../server.ts';
import { jwoInboundRoutes } from './inbound-routes.ts';
import { JwoDesk } from './jwo-desk.ts';
import { jwoSettingsSchema } from './jwo-retailer.ts';

const REPORTS = '/v1/catalogue-reports';

/** Routes for every retailer whose connector is `jwo`; none where there is no such retailer. */
export function jwoRoutes(gateway: Gateway, payments: PaymentDesk): (app: App) => void {
  const { database, clock, orders, tenants, shoppers } = gateway;
  const kiosk = new Kiosk(gateway.vault, clock);
  const callers = tenants.all.flatMap(({ retailer }) => {
    if (retailer.connector.kind !== 'jwo') return [];
    const { auth, inboundAuth } = jwoSettingsSchema.parse(retailer.connector);
    const storeIds = retailer.stores.map(({ id }) => id);
    return [{ retailerId: retailer.id, storeIds, auth: inboundAuth ?? auth }];
  });
  const retailerOf = (retailerId: string) => tenants.get(retailerId).retailer;
  const desk = new JwoDesk({
    ...{ database, clock, orders, payments, retailerOf, reportBaseUrl: REPORTS },
    async putProducts(tx, retailerId, items) {
      const { currency } = retailerOf(retailerId);
      const products = items.map(({ item_sku: sku, item_name: name, standard_price: price }) => ({
        ...{ sku, name, priceMinor: price === undefined ? 0 : fromDecimal(price, currency).amountMinor },
        ...({ sellBy: 'each', depositMinor: 0, taxPpm: 0 } as const),
      }));
      await putItems(tx, retailerId, products);
    },
    async dropProducts(tx, retailerId, skus) {
      for (const sku of skus)
        await tx.query('DELETE FROM catalogue WHERE retailer_id = ? AND sku = ?', [retailerId, sku]);
    },
    async emailOf(retailerId, _storeId, shopperId) {
      const subjectId = await shoppers.find(database, retailerId, 'visitor', shopperId);
      return subjectId === null ? null : kiosk.addressOf(database, subjectId, 'retailer-identity');
    },
  });
  return (app) => {
    if (callers.length === 0) return;
    app.register(async (own) => jwoInboundRoutes({ callers, operations: desk, clock })(own as never));
    app.get(
      `${REPORTS}/:id`,
      {
        config: { scope: 'catalogue:write' },
        schema: {
          summary: 'What became of the items of a catalogue upload, one line each',
          tags: ['Catalogue'],
          params: z.object({ id: z.string().min(1).max(255) }),
          response: { 200: z.string(), 404: problemSchema },
        },
      },
      async (request, reply) => {
        const report = await desk.catalogReport(principalOf(request).retailerId, request.params.id);
        if (report === null) throw new ProblemError('not-found');
        return reply.type('text/plain; charset=utf-8').send(report);
      },
    );
  };
}
