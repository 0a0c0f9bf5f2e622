import type { CartItem } from '../orders/order.ts';
import type { Queries } from '../store/database.ts';
import { type CatalogueItem, itemsBySku } from './catalogue.ts';

/** Why a product in a cart may not be sold without more ado. */
export interface SaleObstacle {
  readonly sku: string;
  readonly why: string;
  /** False: no attendant may let it through; it has to leave the cart. */
  readonly mayBeApproved: boolean;
}

/** What stands against selling these items: recalls first, then hours of sale, then restrictions. */
export async function obstaclesOf(
  queries: Queries,
  about: {
    readonly retailerId: string;
    /** Hours of sale are the store's. */
    readonly timeZone: string;
    readonly items: readonly CartItem[];
    /** Of the store's own description, by SKU. */
    readonly restrictions: ReadonlyMap<string, string>;
  },
): Promise<SaleObstacle[]> {
  const { retailerId, timeZone, items, restrictions } = about;
  const catalogue = await itemsBySku(
    queries,
    retailerId,
    items.map(({ sku }) => sku),
  );
  const found = items.flatMap((line) =>
    obstacleOf(line, catalogue.get(line.sku), restrictions.get(line.sku), timeZone),
  );
  return found.sort((a, b) => Number(a.mayBeApproved) - Number(b.mayBeApproved));
}

function obstacleOf(
  { sku, takenAtMs }: CartItem,
  item: CatalogueItem | undefined,
  restriction: string | undefined,
  timeZone: string,
): SaleObstacle[] {
  if (item?.recalled) return [{ sku, why: `recalled, ${item.recalled}`, mayBeApproved: false }];
  if (item?.soldBetween && takenAtMs.some((atMs) => !isWithin(item.soldBetween!, clockMinutes(atMs, timeZone))))
    return [{ sku, why: `sold only from ${item.soldBetween.join(' to ')}`, mayBeApproved: false }];
  const why = item?.restriction ?? restriction;
  return why === undefined ? [] : [{ sku, why, mayBeApproved: true }];
}

/** Minutes since midnight, on the store's clock. */
function clockMinutes(atMs: number, timeZone: string): number {
  const text = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }).format(atMs);
  return minutesOf(text);
}

function minutesOf(text: string): number {
  const [hours, minutes] = text.split(':');
  return (Number(hours) % 24) * 60 + Number(minutes);
}

/** From the first minute on, before the last; hours may run over midnight. */
function isWithin([from, until]: readonly [string, string], minutes: number): boolean {
  const [first, last] = [minutesOf(from), minutesOf(until)];
  return first <= last ? minutes >= first && minutes < last : minutes >= first || minutes < last;
}
