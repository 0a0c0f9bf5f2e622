import type { Row, Transaction } from '../store/database.ts';
import type { Migration } from '../store/migrate.ts';
import { discreteLaplace } from './discrete-laplace.ts';

export const budgetMigrations: readonly Migration[] = [
  {
    id: 'privacy/2-analytics-budget',
    sqlite: `
      CREATE TABLE analytics_budget (
        retailer_id TEXT NOT NULL,
        store_id TEXT NOT NULL,
        day TEXT NOT NULL,
        spent_ppm BIGINT NOT NULL,
        PRIMARY KEY (retailer_id, store_id, day)
      );
    `,
  },
];

/** What may be asked of one day's visits over all questions ever: epsilon 1, in millionths. */
export const DAY_BUDGET_PPM = 1_000_000;
/** A visit counts in at most so many products, so that one visit can move the answer only so far. */
export const PRODUCTS_PER_VISIT = 10;

/** A day that has told as much as it may. */
export class BudgetSpent extends Error {
  override readonly name = 'BudgetSpent';
}

/** Spends a day's budget, or throws `BudgetSpent` and spends nothing. */
export async function spend(
  tx: Transaction,
  about: { readonly retailerId: string; readonly storeId: string; readonly day: string; readonly epsilonPpm: number },
): Promise<void> {
  const { retailerId, storeId, day, epsilonPpm } = about;
  const rows = await tx.query(
    `INSERT INTO analytics_budget (retailer_id, store_id, day, spent_ppm) VALUES (?, ?, ?, ?)
     ON CONFLICT (retailer_id, store_id, day) DO UPDATE SET spent_ppm = analytics_budget.spent_ppm + excluded.spent_ppm
     WHERE analytics_budget.spent_ppm + excluded.spent_ppm <= ? RETURNING day`,
    [retailerId, storeId, day, epsilonPpm, DAY_BUDGET_PPM],
  );
  if (rows.length === 0) throw new BudgetSpent(`${day}: what this day may tell is told`);
}

/**
 * In how many visits of a store's day each product of the catalogue was bought, with noise: nobody can tell from the answer
 * whether one visit was among them. Every product gets a figure, also one that nobody bought.
 */
export async function noisyCounts(
  tx: Transaction,
  about: {
    readonly retailerId: string;
    readonly storeId: string;
    readonly fromMs: number;
    readonly epsilonPpm: number;
  },
): Promise<{ sku: string; visits: number }[]> {
  const { retailerId, storeId, fromMs, epsilonPpm } = about;
  const products = await tx.query<Row & { sku: string }>(
    'SELECT sku FROM catalogue WHERE retailer_id = ? ORDER BY sku',
    [retailerId],
  );
  const orders = await tx.query<Row & { items: string }>(
    `SELECT items FROM orders WHERE retailer_id = ? AND store_id = ? AND created_at_ms >= ? AND created_at_ms < ?
     AND state = 'completed'`,
    [retailerId, storeId, fromMs, fromMs + 86_400_000],
  );
  const counts = new Map(products.map(({ sku }) => [sku, 0]));
  for (const { items } of orders) {
    const skus = [...new Set((JSON.parse(items) as { sku: string }[]).map(({ sku }) => sku))].sort();
    for (const sku of skus.slice(0, PRODUCTS_PER_VISIT)) if (counts.has(sku)) counts.set(sku, counts.get(sku)! + 1);
  }
  const [s, t] = [BigInt(epsilonPpm), BigInt(PRODUCTS_PER_VISIT) * 1_000_000n];
  return [...counts].map(([sku, count]) => ({ sku, visits: count + Number(discreteLaplace(s, t)) }));
}
