import { contentsOf } from '../resolve/slots.ts';
import type { ScenarioSpec } from '../spec.ts';

/** What is wrong with an address, or undefined. Parts whose own errors are already noted count as right. */
export function addressProblem(
  address: string,
  { store }: ScenarioSpec,
  fixtureNames: readonly string[],
): { found: string; known: readonly string[] } | undefined {
  const [name = '', shelf = '', slot] = address.split('.');
  if (!fixtureNames.includes(name)) return { found: name, known: fixtureNames };
  const fixture = store.fixtures.get(name);
  if (!fixture) return undefined;
  const shelves = fixture.shelves.map((_, i) => `${name}.${i + 1}`);
  const shelfId = `${name}.${Number(shelf)}`;
  if (!shelves.includes(shelfId)) return { found: `${name}.${shelf}`, known: shelves };
  if (slot === undefined) return undefined;
  const count = store.planogram.get(shelfId)?.length ?? 0;
  if (Number(slot) >= 1 && Number(slot) <= count) return undefined;
  return { found: address, known: Array.from({ length: count }, (_, i) => `${shelfId}.${i + 1}`) };
}

/** Stands on a shelf with a misspelt SKU, whose own error is noted: it may have meant any. */
const ANYTHING = '*';

/** Where each SKU may be taken: at the start, and where a script puts it. Keys are `sku@fixture.shelf` and `sku@slot`. */
export function placesOfGoods({ store, shoppers }: ScenarioSpec, known: (sku: string) => boolean): ReadonlySet<string> {
  const places = new Set<string>();
  for (const [shelf, slots] of store.planogram) {
    slots.forEach((slot, i) => {
      for (const { sku } of contentsOf(slot)) {
        places.add(`${sku}@${shelf}`).add(`${sku}@${shelf}.${i + 1}`);
        if (!known(sku)) places.add(`${ANYTHING}@${shelf}`);
      }
    });
  }
  for (const shopper of shoppers.values()) {
    if (shopper.kind !== 'scripted') continue;
    for (const action of shopper.do) {
      if (action.verb === 'putback') addPlace(places, action.putback, action.to);
      else if (action.verb === 'restock') addPlace(places, action.restock, action.to);
    }
  }
  return places;
}

/** Goods put onto a shelf without a slot may end in any of its slots. */
function addPlace(places: Set<string>, sku: string, address: string): void {
  const [name, shelf, slot] = address.split('.');
  places.add(`${sku}@${name}.${shelf}`);
  places.add(slot === undefined ? `${sku}@${name}.${shelf}.*` : `${sku}@${address}`);
}

export function mayBeTaken(places: ReadonlySet<string>, sku: string, address: string): boolean {
  const [name, shelf, slot] = address.split('.');
  if (places.has(`${sku}@${address}`) || places.has(`${ANYTHING}@${name}.${shelf}`)) return true;
  return slot !== undefined && places.has(`${sku}@${name}.${shelf}.*`);
}
