/** Commissioning: what a fitter with a tape measure, a stock list and a catalogue would tell the engine about a store. */
import type { Camera, Product, ScaleUnit, Slot, Store } from '../engine/store.ts';
import { credentialOf } from './credential.ts';
import { meanOf, RandomStream, sdOf } from './random.ts';
import type { Distribution, ProductPlan, Run, SlotPlan } from './scenario/run.ts';
import { toldCamera } from './sensors/told-camera.ts';

/**
 * The store description the engine is told, with the errors of `run.noise.commissioning`, or without them when
 * `run.knowledge` is `perfect`; with the faults of planogram, catalogue and calibration either way.
 */
export function commission(run: Run): Store {
  const { store } = run;
  const planogram = toldPlanogram(run);
  return {
    // Not the scenario's: that would tell what is being played.
    name: 'store',
    sizeM: [...store.sizeM],
    doors: store.doors.map(({ id, atM, widthM, use, gateId }) => ({
      id,
      atM: [...atM],
      widthM,
      use,
      ...(gateId === null ? {} : { gateId }),
    })),
    fixtures: store.fixtures.map(({ id, kind, atM, facingRad, lengthM, depthM, heightM, shelves }) => ({
      id,
      kind,
      atM: [...atM],
      facingRad,
      lengthM,
      depthM,
      heightM,
      shelves: shelves.map((shelf) => ({ id: shelf.id, heightM: shelf.heightM, depthM: shelf.depthM })),
    })),
    scales: run.scales.map(toldScale),
    cameras: run.cameras.map((plan): Camera => toldCamera(run, plan)),
    poseSources: [],
    slots: store.slots.flatMap((slot) => toldSlot(run, slot, planogram.get(slot.id)!)),
    products: run.products.map((plan) => toldProduct(run, plan)),
    staffCredentials: staffCredentials(run),
  };
}

function toldScale(plan: Run['scales'][number]): ScaleUnit {
  return {
    id: plan.id,
    shelfId: plan.shelfId,
    rateHz: plan.rateHz,
    quantumGrams: plan.noise.quantumGrams,
    noiseGrams: Math.abs(typicalOf(plan.noise.whiteGrams)),
    tradeApproved: plan.tradeApproved,
    cells: plan.cells.map(({ fromM, toM }) => ({ fromM, toM })),
  };
}

/** What a data sheet would call typical: the median where the mean is drawn out by a tail. */
function typicalOf(d: Distribution): number {
  return 'lognormal' in d ? d.lognormal.median : meanOf(d);
}

/** SKUs told per slot: planned ones, some swapped with the right-hand neighbour's; what really stands there when perfect. */
function toldPlanogram(run: Run): Map<string, readonly string[]> {
  const { slots } = run.store;
  if (run.knowledge === 'perfect') {
    // A fault is asked for by name, so it holds even then.
    const wrong = new Set(run.faults.filter((f) => f.kind === 'wrong-planogram').flatMap((f) => f.targets));
    return new Map(slots.map((slot) => [slot.id, wrong.has(slot.id) ? slot.skus : standing(slot)]));
  }
  const told = new Map(slots.map((slot) => [slot.id, slot.skus]));
  swapNeighbours(run, told);
  return told;
}

/** What really stands in a slot, or what belongs there when it is empty. */
function standing(slot: SlotPlan): readonly string[] {
  const skus = slot.contents.filter(({ count }) => count > 0).map(({ sku }) => sku);
  return skus.length > 0 ? [...new Set(skus)] : slot.skus;
}

/** Each slot starts a swap with half the documented chance, since one swap makes two slots wrong. */
function swapNeighbours(run: Run, told: Map<string, readonly string[]>): void {
  const { slots } = run.store;
  const swapped = new Set<string>();
  slots.forEach((slot, i) => {
    const stream = new RandomStream(run.seed, `commission/slot/${slot.id}/planogram`);
    if (!stream.chance(run.noise.commissioning.wrongSlots / 2)) return;
    const other = partnerOf(slots, i);
    if (other === undefined || swapped.has(slot.id) || swapped.has(other.id)) return;
    told.set(slot.id, other.skus);
    told.set(other.id, slot.skus);
    swapped.add(slot.id).add(other.id);
  });
}

/** The slot whose label was mixed up with this one's: its neighbour on the shelf, or the next slot of the store. */
function partnerOf(slots: readonly SlotPlan[], i: number): SlotPlan | undefined {
  const beside = [slots[i + 1], slots[i - 1]].find((other) => other?.shelfId === slots[i]!.shelfId);
  return beside ?? slots[i + 1] ?? slots[i - 1];
}

function toldSlot(run: Run, slot: SlotPlan, skus: readonly string[]): Slot[] {
  if (skus.length === 0) return [];
  const counts = countedStock(run, slot, skus);
  return [
    {
      id: slot.id,
      shelfId: slot.shelfId,
      fromM: slot.fromM,
      toM: slot.toM,
      skus: [...skus],
      facings: slot.facings,
      depth: slot.depth,
      stock: Object.fromEntries(skus.map((sku, i) => [sku, counts[i]!])),
    },
  ];
}

/** Stock per told SKU, as counted by someone who believes the planogram: foreign goods count as what should be there. */
function countedStock(run: Run, slot: SlotPlan, skus: readonly string[]): number[] {
  const foreign = slot.contents.filter(({ sku }) => !skus.includes(sku)).map(({ count }) => count);
  const counts = skus.map((told) => {
    const held = slot.contents.filter(({ sku }) => sku === told);
    return held.length > 0 ? held.reduce((sum, { count }) => sum + count, 0) : (foreign.shift() ?? 0);
  });
  if (run.knowledge === 'perfect') return counts;
  const stream = new RandomStream(run.seed, `commission/slot/${slot.id}/stock`);
  if (stream.chance(run.noise.commissioning.stockOffByOne)) {
    const which = stream.below(counts.length);
    const miscount = stream.chance(0.5) ? 1 : -1;
    // An empty place can only be counted one too many.
    counts[which] = counts[which] === 0 ? 1 : counts[which]! + miscount;
  }
  return counts;
}

function toldProduct(run: Run, plan: ProductPlan): Product {
  const [width, depth, height] = plan.sizeM;
  return {
    sku: plan.sku,
    name: plan.name,
    priceMinor: plan.priceMinor,
    currency: plan.currency,
    weightGrams: { mean: catalogueGrams(run, plan), sd: sdOf(plan.weightGrams) },
    sizeM: [width, depth, height],
    sellBy: plan.sellBy,
    ...(plan.multipack === null ? {} : { multipack: { of: plan.multipack.of, count: plan.multipack.count } }),
    ...(plan.restriction === null ? {} : { restriction: plan.restriction }),
  };
}

/** The lot on the shelf differs from the lot that was weighed for the catalogue, unless the scenario says what that says. */
function catalogueGrams(run: Run, plan: ProductPlan): number {
  if (plan.catalogueGrams !== null) return plan.catalogueGrams;
  const trueMean = meanOf(plan.weightGrams);
  if (run.knowledge === 'perfect') return trueMean;
  const lot = new RandomStream(run.seed, `commission/product/${plan.sku}/lot`);
  return trueMean * (1 + run.noise.commissioning.lotWeightBias * lot.normal());
}

/** Sorted, so that their order says nothing about the people. */
function staffCredentials(run: Run): string[] {
  const parties = new Set(run.shoppers.filter((shopper) => shopper.role === 'staff').map((shopper) => shopper.party));
  return [...parties].map((party) => credentialOf(run.seed, party)).sort();
}
