import type { ShopperPlan } from '../scenario/run.ts';
import type { TruthCart } from '../truth.ts';
import type { Item, OpenedPack } from './item.ts';

interface Trip {
  /** Lowest index of the party in the run: its first member. */
  firstIndex: number;
  first: string;
  readonly members: string[];
  readonly inside: Set<string>;
  credential: string | null;
  role: 'shopper' | 'staff';
  readonly enteredAtUs: number;
  leftAtUs: number;
  /** SKU → items carried out or eaten. */
  readonly out: Map<string, number>;
  /** SKU → own items left on a shelf: the store's now, so one like it may be carried out. */
  readonly credit: Map<string, number>;
}

/**
 * What every trip should be charged: the store's own items its members carried out, whoever took them off the shelf,
 * and those they ate of.
 *
 * An item someone ate of is charged to the eater once, wherever the rest ends. An item brought in stays the bringer's;
 * left on a shelf it joins the store's stock and one like it may be carried out for it. A multipack opened inside is
 * charged as one pack to the trip that opened it as soon as any single of it leaves with that trip or is eaten there,
 * and its singles then to nobody else; if the opener keeps none, they count as singles for who carries them out.
 * What staff withdraw is charged to nobody.
 */
export class Trips {
  private readonly trips = new Map<string, Trip>();
  private readonly packs: OpenedPack[] = [];

  entered(plan: ShopperPlan, index: number, credential: string | null, timeUs: number): void {
    const trip = this.trips.get(plan.party);
    if (!trip) {
      this.trips.set(plan.party, {
        firstIndex: index,
        first: plan.key,
        members: [plan.key],
        inside: new Set([plan.key]),
        credential,
        role: plan.role,
        enteredAtUs: timeUs,
        leftAtUs: 0,
        out: new Map(),
        credit: new Map(),
      });
      return;
    }
    trip.members.push(plan.key);
    trip.inside.add(plan.key);
    trip.credential ??= credential;
    if (index > trip.firstIndex) return;
    trip.firstIndex = index;
    trip.first = plan.key;
    trip.role = plan.role;
  }

  left(plan: ShopperPlan, timeUs: number): void {
    const trip = this.trips.get(plan.party)!;
    trip.inside.delete(plan.key);
    trip.leftAtUs = timeUs;
  }

  opened(pack: OpenedPack): void {
    this.packs.push(pack);
  }

  carriedOut(party: string, item: Item): void {
    this.charge(party, item);
  }

  eaten(party: string, item: Item): void {
    this.charge(party, item);
    item.chargedTo ??= party;
  }

  /** A brought-in item was left on a shelf: from now on it is the store's, unless someone has eaten of it. */
  adopted(item: Item): void {
    if (item.broughtBy === null || item.chargedTo !== null) return;
    const trip = this.trips.get(item.broughtBy);
    if (trip) add(trip.credit, item.product.sku, 1);
    item.broughtBy = null;
  }

  /** One cart per trip, in the order of entry. */
  carts(): TruthCart[] {
    const extra = this.packLines();
    return [...this.trips].map(([party, trip]) => {
      const counts = new Map(trip.out);
      for (const [sku, count] of extra.get(party) ?? []) add(counts, sku, count);
      for (const [sku, count] of trip.credit) if (counts.has(sku)) add(counts, sku, -count);
      const lines = [...counts].filter(([, count]) => count > 0).map(([sku, count]) => ({ sku, count }));
      return {
        shopper: trip.first,
        members: [...trip.members],
        credential: trip.credential,
        role: trip.role,
        enteredAtUs: trip.enteredAtUs,
        exitedAtUs: trip.inside.size === 0 ? trip.leftAtUs : null,
        lines: lines.sort((a, b) => (a.sku < b.sku ? -1 : 1)),
      };
    });
  }

  private charge(party: string, item: Item): void {
    if (item.broughtBy !== null || item.withdrawn || item.chargedTo !== null) return;
    if (item.pack) add(item.pack.keptBy, party, 1);
    else add(this.trips.get(party)!.out, item.product.sku, 1);
  }

  private packLines(): Map<string, [string, number][]> {
    const lines = new Map<string, [string, number][]>();
    const append = (party: string, sku: string, count: number) => {
      const list = lines.get(party);
      if (list) list.push([sku, count]);
      else lines.set(party, [[sku, count]]);
    };
    for (const pack of this.packs) {
      if (pack.keptBy.has(pack.openedBy)) append(pack.openedBy, pack.sku, 1);
      else for (const [party, count] of pack.keptBy) append(party, pack.singleSku, count);
    }
    return lines;
  }
}

function add(counts: Map<string, number>, sku: string, count: number): void {
  counts.set(sku, (counts.get(sku) ?? 0) + count);
}
