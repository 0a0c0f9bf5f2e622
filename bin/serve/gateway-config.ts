import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { type Retailer, retailerSchema } from '../../api/retailer/retailer.ts';
import { logSchema, mailSchema } from '../../api/sinks/sink-config.ts';
import { UserError } from '../user-error.ts';

const configSchema = z.strictObject({
  retailers: z.array(retailerSchema).min(1),
  /** Hours that each class of data is kept; one that is missing stops the start. */
  retention: z.record(z.string(), z.number().nullable()),
  /** Pages of other origins that may call the API from a browser. */
  origins: z.array(z.url()).default([]),
  /** The mail server for receipts and alerts. */
  mail: mailSchema.optional(),
  /** Log collectors, besides standard output. */
  logs: z.array(logSchema).default([]),
});
export type GatewayConfig = z.infer<typeof configSchema>;

/** Reads a gateway's configuration; throws `UserError` with everything that is wrong in it. */
export function readConfig(path: string): GatewayConfig {
  const read = configSchema.safeParse(parse(readFileSync(path, 'utf8')));
  if (read.success) return read.data;
  const lines = read.error.issues.map((issue) => `  ${issue.path.join('.') || '(top)'}: ${issue.message}`);
  throw new UserError(`${path}: ${lines.length} problem(s)\n${lines.join('\n')}`);
}

/** Video guidance argues for days where people are seen; tax law for years where money is. */
export const DEMO_RETENTION = {
  ...{ visit: 72, 'entry-code': 1, event: 7 * 24, fiscal: 10 * 365 * 24 },
  ...{ person: null, operation: null },
};

/** One retailer with one store and the built-in everything: what runs without a configuration. */
export function demoConfig(currency: string, storeName: string): GatewayConfig {
  const stores = [{ id: 'store-1', name: storeName, alternative: 'the staffed till next door' }];
  return configSchema.parse({
    retailers: [{ id: 'demo', name: 'Demo retailer', currency, stores }],
    retention: DEMO_RETENTION,
  });
}

/** The retailer and store that an engine in this process serves. */
export function soleStore(
  { retailers }: GatewayConfig,
  storeId: string | undefined,
): { retailer: Retailer; storeId: string } {
  for (const retailer of retailers) {
    const store = storeId === undefined ? retailer.stores[0] : retailer.stores.find(({ id }) => id === storeId);
    if (store) return { retailer, storeId: store.id };
  }
  throw new UserError(`--store-id: found ${storeId}, expected one of the configuration`);
}
