import { z } from 'zod';
import { amountMinorSchema } from '../money.ts';
import type { Queries, Row, Transaction } from '../store/database.ts';
import type { Migration } from '../store/migrate.ts';

export const catalogueMigrations: readonly Migration[] = [
  {
    id: 'reference-retailer/1-catalogue-and-purchases',
    sqlite: `
      CREATE TABLE catalogue (
        retailer_id TEXT NOT NULL,
        sku TEXT NOT NULL,
        item TEXT NOT NULL,
        PRIMARY KEY (retailer_id, sku)
      );
      CREATE TABLE promotions (
        retailer_id TEXT NOT NULL,
        id TEXT NOT NULL,
        promotion TEXT NOT NULL,
        PRIMARY KEY (retailer_id, id)
      );
      CREATE TABLE purchases (
        trip_id TEXT PRIMARY KEY,
        retailer_id TEXT NOT NULL,
        purchase_id TEXT NOT NULL,
        prices TEXT NOT NULL
      );
    `,
  },
];

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);

export const catalogueItemSchema = z.strictObject({
  sku: z.string().min(1).max(255),
  name: z.string().min(1).max(255),
  /** Per item, or per kilogram where sold by weight; tax included. */
  priceMinor: amountMinorSchema,
  sellBy: z.enum(['each', 'g']).default('each'),
  /** Deposit per item. */
  depositMinor: amountMinorSchema.default(0),
  /** Millionths: 7 % is 70 000. */
  taxPpm: z.int().min(0).max(1_000_000).default(0),
  /** Why an attendant must agree, for instance `alcohol`. */
  restriction: z.string().max(100).optional(),
  /** Hours of sale on the store's clock, by the time of taking; may run over midnight. */
  soldBetween: z.tuple([timeOfDay, timeOfDay]).optional(),
  /** Why it was recalled: it is not sold at all, by nobody. */
  recalled: z.string().min(1).max(200).optional(),
});
export type CatalogueItem = z.infer<typeof catalogueItemSchema>;

/** Stores items, replacing those of the same SKU. */
export async function putItems(tx: Transaction, retailerId: string, items: readonly CatalogueItem[]): Promise<void> {
  for (const item of items) {
    await tx.query(
      `INSERT INTO catalogue (retailer_id, sku, item) VALUES (?, ?, ?)
       ON CONFLICT (retailer_id, sku) DO UPDATE SET item = excluded.item`,
      [retailerId, item.sku, JSON.stringify(item)],
    );
  }
}

/** The items of these SKUs that the catalogue has. */
export async function itemsBySku(
  queries: Queries,
  retailerId: string,
  skus: readonly string[],
): Promise<Map<string, CatalogueItem>> {
  const found = new Map<string, CatalogueItem>();
  for (const sku of new Set(skus)) {
    const [row] = await queries.query<Row & { item: string }>(
      'SELECT item FROM catalogue WHERE retailer_id = ? AND sku = ?',
      [retailerId, sku],
    );
    if (row) found.set(sku, JSON.parse(row.item) as CatalogueItem);
  }
  return found;
}

/** Items by SKU, those after one. */
export async function listItems(
  queries: Queries,
  retailerId: string,
  after: string,
  limit: number,
): Promise<CatalogueItem[]> {
  const rows = await queries.query<Row & { item: string }>(
    'SELECT item FROM catalogue WHERE retailer_id = ? AND sku > ? ORDER BY sku LIMIT ?',
    [retailerId, after, limit],
  );
  return rows.map(({ item }) => JSON.parse(item) as CatalogueItem);
}
