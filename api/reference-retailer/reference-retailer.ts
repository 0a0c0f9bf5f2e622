import { idFrom } from '../ids.ts';
import type { Prices } from '../orders/order.ts';
import type { Retailer } from '../retailer/retailer.ts';
import {
  type IdentityAnswer,
  type IdentityRequest,
  type PlaceAnswer,
  type PlaceRequest,
  type RetailerPort,
  RetailerTrouble,
  type RiskAnswer,
  type RiskRequest,
} from '../retailer/retailer-port.ts';
import type { Database, Row } from '../store/database.ts';
import { itemsBySku } from './catalogue.ts';
import type { Loyalty } from './loyalty.ts';
import { priceCart, UnknownSku } from './price-cart.ts';
import { type Promotion, promotionSchema } from './promotion.ts';

/** The built-in retailer: knows every shopper who holds a valid credential, prices from its catalogue, trusts its cards. */
export class ReferenceRetailer implements RetailerPort {
  readonly #database: Database;
  readonly #retailer: Retailer;
  readonly #loyalty: Loyalty | null;

  constructor(database: Database, retailer: Retailer, loyalty: Loyalty | null = null) {
    this.#database = database;
    this.#retailer = retailer;
    this.#loyalty = loyalty;
  }

  async identify({ credential }: IdentityRequest): Promise<IdentityAnswer | null> {
    if (credential.value === '') return null;
    // A new name at every visit would not let repeats answer the same; this one says nothing outside this retailer.
    const visitorId = idFrom('visitor', this.#retailer.id, credential.value);
    return { visitorId, visitorType: credential.by === 'associate' ? 'ASSOCIATE' : 'SHOPPER' };
  }

  async assess({ hold }: RiskRequest): Promise<RiskAnswer> {
    return { authorized: true, holdMinor: hold.amountMinor, risks: [] };
  }

  /** The first answer stands, also when prices have changed since. */
  async place({ tripId, items }: PlaceRequest): Promise<PlaceAnswer> {
    const { id: retailerId, currency } = this.#retailer;
    return this.#database.transaction(async (tx) => {
      const [known] = await tx.query<Row & { purchase_id: string; prices: string }>(
        'SELECT purchase_id, prices FROM purchases WHERE trip_id = ? AND retailer_id = ?',
        [tripId, retailerId],
      );
      if (known) return { purchaseId: known.purchase_id, prices: JSON.parse(known.prices) as Prices };
      const skus = items.map(({ sku }) => sku);
      const catalogue = await itemsBySku(tx, retailerId, skus);
      const rows = await tx.query<Row & { promotion: string }>(
        'SELECT promotion FROM promotions WHERE retailer_id = ? ORDER BY id',
        [retailerId],
      );
      const offered: Promotion[] = rows.map((row) => promotionSchema.parse(JSON.parse(row.promotion)));
      const isMember = (await this.#loyalty?.isMember(tx, tripId)) ?? false;
      const promotions = offered.filter(({ membersOnly }) => !membersOnly || isMember);
      const prices = pricesOrTrouble(() => priceCart(items, catalogue, promotions, currency));
      const purchaseId = idFrom('purchase', retailerId, tripId);
      await tx.query('INSERT INTO purchases (trip_id, retailer_id, purchase_id, prices) VALUES (?, ?, ?, ?)', [
        ...[tripId, retailerId, purchaseId, JSON.stringify(prices)],
      ]);
      return { purchaseId, prices };
    });
  }
}

function pricesOrTrouble(price: () => Prices): Prices {
  try {
    return price();
  } catch (error) {
    if (error instanceof UnknownSku) throw new RetailerTrouble(`unknown SKU ${error.message}`, false);
    throw error;
  }
}
