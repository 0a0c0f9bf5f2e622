import type { Till } from '../orders/till.ts';
import type { Retailer, StoreConfig } from './retailer.ts';
import type { RetailerPort } from './retailer-port.ts';

/** A retailer with everything that is reached for it. */
export interface Tenant {
  readonly retailer: Retailer;
  readonly port: RetailerPort;
  readonly till: Till;
}

/** All retailers of this gateway, by id. */
export class Tenants {
  readonly #tenants: ReadonlyMap<string, Tenant>;

  constructor(tenants: readonly Tenant[]) {
    this.#tenants = new Map(tenants.map((tenant) => [tenant.retailer.id, tenant]));
    if (this.#tenants.size !== tenants.length) throw new Error('tenants: two retailers share an id');
  }

  find(retailerId: string): Tenant | null {
    return this.#tenants.get(retailerId) ?? null;
  }

  /** For ids from our own tables; throws where the configuration has lost the retailer. */
  get(retailerId: string): Tenant {
    const tenant = this.#tenants.get(retailerId);
    if (tenant === undefined) throw new Error(`retailer ${retailerId} has rows but no configuration`);
    return tenant;
  }

  get all(): readonly Tenant[] {
    return [...this.#tenants.values()];
  }
}

export function storeOf(retailer: Retailer, storeId: string): StoreConfig | null {
  return retailer.stores.find(({ id }) => id === storeId) ?? null;
}
