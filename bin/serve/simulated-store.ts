import type { Gateway } from '../../api/gateway.ts';
import { putItems } from '../../api/reference-retailer/catalogue.ts';
import type { Store } from '../../engine/index.ts';
import { credentialOf } from '../../simulator/credential.ts';
import type { Run } from '../../simulator/scenario/run.ts';

/** Tax of the demo's goods, inside their prices: the reduced German rate. */
const TAX_PPM = 70_000;

/** The run with cameras that send detections: a live gateway draws no pictures. */
export function withoutPictures(run: Run): Run {
  return { ...run, cameras: run.cameras.map((camera) => ({ ...camera, output: 'detections' })) };
}

/** Puts a store's products into the reference retailer's catalogue. */
export async function stockCatalogue({ database }: Gateway, retailerId: string, store: Store): Promise<void> {
  const items = store.products.map(({ sku, name, priceMinor, sellBy, restriction }) => ({
    ...{ sku, name, priceMinor, sellBy: sellBy === 'weighed' ? ('g' as const) : sellBy, depositMinor: 0 },
    taxPpm: TAX_PPM,
    ...(restriction === undefined ? {} : { restriction }),
  }));
  await database.transaction((tx) => putItems(tx, retailerId, items));
}

/** Gives every party of a run a card that the test provider takes; `cards` names other tokens by party. */
export async function issueCards(
  { database, shoppers, clock }: Gateway,
  retailerId: string,
  run: Run,
  cards: Readonly<Record<string, string>>,
): Promise<void> {
  const parties = new Set(run.shoppers.map((shopper) => shopper.party));
  for (const [i, party] of [...parties].entries()) {
    // A card of their own each: what one of them owes keeps nobody else out.
    const wallet = { paymentMethod: cards[party] ?? `pm_card_visa_${i + 1}`, customer: null };
    const credential = credentialOf(run.seed, party);
    await database.transaction((tx) => shoppers.register(tx, retailerId, 'card', credential, wallet, clock.nowMs()));
  }
}
