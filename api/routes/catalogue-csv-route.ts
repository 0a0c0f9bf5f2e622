import { z } from 'zod';
import type { Gateway } from '../gateway.ts';
import { putItems } from '../reference-retailer/catalogue.ts';
import { CsvError, importCsv } from '../reference-retailer/import-csv.ts';
import { principalOf } from '../server/authorise.ts';
import { ProblemError, problemSchema } from '../server/problem.ts';
import type { App } from '../server.ts';

/** Items as a file from the retailer's own systems; its parser of bodies is its own, so it goes into a scope of its own. */
export function csvRoute(app: App, { database, tenants, audit }: Gateway): void {
  app.addContentTypeParser('text/csv', { parseAs: 'string' }, async (_request: unknown, text: string) => text);
  app.post(
    '/v1/catalogue/import',
    {
      config: { scope: 'catalogue:write' },
      schema: {
        summary: 'Put items into the built-in catalogue from CSV; nothing is stored while one line does not fit',
        description:
          'Header: sku,name,price and any of sell_by,deposit,tax_percent,restriction,sold_from,sold_until. Prices are decimals in the currency of the retailer. `partial=true` stores what fits.',
        tags: ['Catalogue'],
        consumes: ['text/csv'],
        querystring: z.strictObject({ partial: z.enum(['true', 'false']).default('false') }),
        body: z.string().max(1_048_576),
        response: {
          200: z.object({
            stored: z.int(),
            rejected: z.array(z.object({ line: z.int(), problem: z.string() })).readonly(),
          }),
          400: problemSchema,
        },
      },
    },
    async (request) => {
      const { retailerId, keyId } = principalOf(request);
      const { currency } = tenants.get(retailerId).retailer;
      const { items, rejected } = readOrProblem(request.body, currency);
      if (rejected.length > 0 && request.query.partial === 'false') return { stored: 0, rejected };
      await database.transaction(async (tx) => {
        await putItems(tx, retailerId, items);
        await audit.append(tx, { retailerId, actor: `key:${keyId}`, action: 'catalogue.import', about: retailerId });
      });
      return { stored: items.length, rejected };
    },
  );
}

function readOrProblem(text: string, currency: string): ReturnType<typeof importCsv> {
  try {
    return importCsv(text, currency);
  } catch (error) {
    if (error instanceof CsvError) throw new ProblemError('invalid-request', error.message);
    throw error;
  }
}
