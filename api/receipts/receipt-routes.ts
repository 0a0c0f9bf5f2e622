import { z } from 'zod';
import { findReceipt } from '../orders/make-receipt.ts';
import type { Receipt } from '../orders/order.ts';
import type { Tenants } from '../retailer/tenants.ts';
import { principalOf } from '../server/authorise.ts';
import { ProblemError, problemSchema } from '../server/problem.ts';
import type { App } from '../server.ts';
import type { Database } from '../store/database.ts';
import type { Kiosk } from './kiosk.ts';
import { RECEIPT_CSP, receiptHtml } from './receipt-html.ts';
import { receiptPdf } from './receipt-pdf.ts';
import { receiptText } from './receipt-text.ts';
import { type ReceiptStyle, receiptView } from './receipt-view.ts';
import type { Language } from './receipt-words.ts';

export interface ReceiptRouteParts {
  readonly database: Database;
  readonly tenants: Tenants;
  readonly kiosk: Kiosk;
}

/** How a store's receipts are read; the number of the corrected receipt is looked up. */
export async function receiptStyle(
  database: Database,
  tenants: Tenants,
  receipt: Receipt,
  language: Language,
): Promise<ReceiptStyle> {
  const { retailer } = tenants.get(receipt.retailerId);
  const store = retailer.stores.find(({ id }) => id === receipt.storeId);
  const corrected =
    receipt.correctsId === null ? null : await findReceipt(database, receipt.retailerId, receipt.correctsId);
  return { language, timeZone: store?.timeZone ?? 'UTC', correctsNumber: corrected?.number ?? null };
}

/** Receipts to read, and the kiosk's one question. */
export function receiptRoutes({ database, tenants, kiosk }: ReceiptRouteParts): (app: App) => void {
  return (app) => {
    app.get(
      '/v1/receipts/:id/:file',
      {
        config: { scope: 'orders:read' },
        schema: {
          summary: 'A receipt or credit note as a page, a PDF or text',
          tags: ['Receipts'],
          params: z.object({ id: z.string().max(255), file: z.enum(['receipt.html', 'receipt.pdf', 'receipt.txt']) }),
          querystring: z.strictObject({ language: z.enum(['en', 'de']).default('en') }),
          response: { 200: z.any(), 404: problemSchema },
        },
      },
      async (request, reply) => {
        const { retailerId, storeId } = principalOf(request);
        const receipt = await findReceipt(database, retailerId, request.params.id);
        if (receipt === null || (storeId !== null && receipt.storeId !== storeId)) throw new ProblemError('not-found');
        const view = receiptView(receipt, await receiptStyle(database, tenants, receipt, request.query.language));
        const plain = reply
          .serializer((payload: unknown) => payload as string)
          .header('cache-control', 'private, no-store');
        if (request.params.file === 'receipt.pdf')
          return plain.type('application/pdf').send(await receiptPdf(view, receipt.issuedAtMs));
        if (request.params.file === 'receipt.txt')
          return plain.type('text/plain; charset=utf-8').send(receiptText(view));
        return plain
          .header('content-security-policy', RECEIPT_CSP)
          .type('text/html; charset=utf-8')
          .send(await receiptHtml(view));
      },
    );
    app.put(
      '/v1/kiosk/receipt-address',
      {
        config: { scope: 'shoppers:write' },
        schema: {
          summary: "Send a card's receipts to a mail address from now on",
          tags: ['Receipts'],
          body: z.strictObject({ cardFingerprint: z.string().min(1).max(255), email: z.email().max(254) }),
          response: { 204: z.null() },
        },
      },
      async (request, reply) => {
        const { cardFingerprint, email } = request.body;
        const { retailerId } = principalOf(request);
        await database.transaction((tx) => kiosk.bind(tx, retailerId, cardFingerprint, email));
        return reply.code(204).send(null);
      },
    );
  };
}
