import { meanOf } from '../../random.ts';
import type { DoorPlan, FixturePlan, ProductPlan, Run, SlotPlan } from '../run.ts';
import type { ProductSpec } from '../schema/store-schema.ts';
import type { ScenarioSpec } from '../spec.ts';
import { fixturePlan } from './fixtures.ts';
import { layOutShelf } from './slots.ts';

/** The store as it really stands. */
export function resolveStore(spec: ScenarioSpec): Run['store'] {
  const fixtures = [...spec.store.fixtures].map(([id, fixture]) => fixturePlan(id, fixture));
  return {
    name: spec.store.name,
    sizeM: spec.store.size,
    doors: resolveDoors(spec),
    fixtures,
    slots: fixtures.flatMap((fixture) => slotsOf(spec, fixture)),
    zones: [...spec.store.zones].map(([id, { from, to }]) => ({ id, minM: from, maxM: to })),
  };
}

function slotsOf(spec: ScenarioSpec, fixture: FixturePlan): SlotPlan[] {
  return fixture.shelves.flatMap((shelf) => {
    const slots = spec.store.planogram.get(shelf.id);
    return slots ? layOutShelf(fixture, shelf, slots, spec.catalog).slots : [];
  });
}

/** Doors in the file's order. A gate makes an entry where other doors have none; those are then exits. */
export function resolveDoors({ store, sensors }: ScenarioSpec): DoorPlan[] {
  const gates = new Map<string, string>();
  for (const [id, sensor] of sensors) if (sensor.type === 'entry') gates.set(sensor.on, id);
  const gated = [...store.doors.keys()].filter((id) => gates.has(id)).length;
  const mixed = gated > 0 && gated < store.doors.size;
  return [...store.doors].map(([id, { at, width, use }]) => ({
    id,
    atM: at,
    widthM: width,
    use: use ?? (mixed ? (gates.has(id) ? 'entry' : 'exit') : 'both'),
    gateId: gates.get(id) ?? null,
  }));
}

export function resolveProducts({ catalog }: ScenarioSpec): ProductPlan[] {
  return [...catalog].map(([sku, product]) => productPlan(sku, product));
}

function productPlan(sku: string, product: ProductSpec): ProductPlan {
  const catalogue = product['catalogue-weight'];
  return {
    sku,
    name: product.name ?? sku,
    priceMinor: product.price.minor,
    currency: product.price.currency,
    weightGrams: product.weight,
    catalogueGrams: catalogue === undefined || catalogue === meanOf(product.weight) ? null : catalogue,
    sizeM: product.size,
    sellBy: product['sell-by'],
    multipack: product.multipack ?? null,
    restriction: product.restriction ?? null,
  };
}
