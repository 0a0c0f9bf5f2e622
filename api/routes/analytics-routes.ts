import { z } from 'zod';
import type { Gateway } from '../gateway.ts';
import { BudgetSpent, noisyCounts, spend } from '../privacy/noisy-counts.ts';
import { storeOf } from '../retailer/tenants.ts';
import { principalOf, storeIdOf } from '../server/authorise.ts';
import { ProblemError, problemSchema } from '../server/problem.ts';
import type { App } from '../server.ts';

/** Figures about many visits that say nothing about one. */
export function analyticsRoutes({ database, tenants, clock }: Gateway): (app: App) => void {
  return (app) => {
    app.post(
      '/v1/analytics/products',
      {
        config: { scope: 'orders:read' },
        schema: {
          summary:
            "In how many visits of a store's day each product was bought, with noise that hides every single visit",
          description:
            'Exact discrete Laplace noise; a visit counts in at most ten products. Every question spends epsilon of what the day may tell (1 in all, ever), so ask once and keep the answer. Figures may be negative: leave them so when adding up.',
          tags: ['Analytics'],
          body: z.strictObject({
            storeId: z.string().min(1).max(255),
            day: z.iso.date().describe('UTC, and over'),
            epsilon: z.number().min(0.01).max(1).default(0.5),
          }),
          response: {
            200: z.object({ products: z.array(z.object({ sku: z.string(), visits: z.int() })), epsilon: z.number() }),
            404: problemSchema,
            409: problemSchema,
          },
        },
      },
      async (request) => {
        const { retailerId } = principalOf(request);
        const { day, epsilon } = request.body;
        const storeId = storeIdOf(request, request.body.storeId)!;
        if (storeOf(tenants.get(retailerId).retailer, storeId) === null) throw new ProblemError('not-found');
        const fromMs = Date.parse(day);
        if (fromMs + 86_400_000 > clock.nowMs()) throw new ProblemError('conflict', `${day} is not over yet`);
        const epsilonPpm = Math.round(epsilon * 1_000_000);
        const products = await database
          .transaction(async (tx) => {
            await spend(tx, { retailerId, storeId, day, epsilonPpm });
            return noisyCounts(tx, { retailerId, storeId, fromMs, epsilonPpm });
          })
          .catch((error: unknown) => {
            throw error instanceof BudgetSpent ? new ProblemError('conflict', error.message) : error;
          });
        return { products, epsilon };
      },
    );
  };
}
