/** Commissioning: what a fitter with a tape measure, a stock list and a catalogue would tell the engine about a store. */
import type { Camera, Product, ScaleUnit, Slot, Store } from '../engine/store.ts';
import { credentialOf } from './credential.ts';
import { skusOf, slotsOf } from './faults/targets.ts';
import { meanOf, RandomStream, sdOf } from './random.ts';
import type { Distribution, ProductPlan, Run, SlotPlan } from './scenario/run.ts';
import { toldCamera } from './sensors/told-camera.ts';

/**
 * The store description the engine is told, with the errors of `run.noise.commissioning` and of planogram, weight and
 * calibration faults; without the former when `run.knowledge` is `perfect`.
 */
export function commission(run: Run): Store {
  const { store } = run;
  const planogram = toldPlanogram(run);
  return {
    name: store.name,
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

/** SKUs told per slot: planned ones, some swapped with the right-hand neighbour's, some wrong by a fault. */
function toldPlanogram(run: Run): Map<string, readonly string[]> {
  const { slots } = run.store;
  const told = new Map(slots.map((slot) => [slot.id, run.knowledge === 'perfect' ? standing(slot) : slot.skus]));
  if (run.knowledge !== 'perfect') swapNeighbours(run, told);
  run.faults.forEach((fault, ordinal) => {
    if (fault.kind !== 'wrong-planogram') return;
    for (const id of slotsOf(run, fault)) {
      const stream = new RandomStream(run.seed, `fault/wrong-planogram/${id}/${ordinal}`);
      if (fault.share > 0 && !stream.chance(fault.share)) continue;
      const others = run.products.filter((product) => !told.get(id)!.includes(product.sku));
      if (others.length > 0) told.set(id, [others[stream.below(others.length)]!.sku]);
    }
  });
  return told;
}

/** What really stands in a slot, or what belongs there when it is empty. */
function standing(slot: SlotPlan): readonly string[] {
  const skus = slot.contents.filter(({ count }) => count > 0).map(({ sku }) => sku);
  return skus.length > 0 ? [...new Set(skus)] : slot.skus;
}

function swapNeighbours(run: Run, told: Map<string, readonly string[]>): void {
  const { slots } = run.store;
  const swapped = new Set<string>();
  slots.forEach((slot, i) => {
    const right = slots[i + 1];
    // Two slots are wrong after one swap.
    const stream = new RandomStream(run.seed, `commission/slot/${slot.id}/planogram`);
    if (!stream.chance(run.noise.commissioning.wrongSlots / 2)) return;
    if (right === undefined || right.shelfId !== slot.shelfId || swapped.has(slot.id) || swapped.has(right.id)) return;
    told.set(slot.id, right.skus);
    told.set(right.id, slot.skus);
    swapped.add(slot.id).add(right.id);
  });
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

/** Stock per told SKU: true where the SKU is there; the slot's own count where the planogram is wrong about it. */
function countedStock(run: Run, slot: SlotPlan, skus: readonly string[]): number[] {
  const countOf = (sku: string) => slot.contents.reduce((sum, held) => sum + (held.sku === sku ? held.count : 0), 0);
  const planned = run.knowledge === 'perfect' ? standing(slot) : slot.skus;
  const counts = skus.map((sku, i) => countOf(planned.includes(sku) ? sku : (planned[i] ?? sku)));
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

/** The lot on the shelf differs from the lot that was weighed for the catalogue; faults come on top. */
function catalogueGrams(run: Run, plan: ProductPlan): number {
  const trueMean = meanOf(plan.weightGrams);
  let grams = plan.catalogueGrams ?? trueMean;
  if (plan.catalogueGrams === null && run.knowledge !== 'perfect') {
    const lot = new RandomStream(run.seed, `commission/product/${plan.sku}/lot`);
    grams = trueMean * (1 + run.noise.commissioning.lotWeightBias * lot.normal());
  }
  run.faults.forEach((fault, ordinal) => {
    if (fault.kind !== 'wrong-weight' || !skusOf(run, fault).has(plan.sku)) return;
    grams += new RandomStream(run.seed, `fault/wrong-weight/${plan.sku}/${ordinal}`).draw(fault.size);
  });
  // A catalogue has no weightless goods.
  return Math.max(0.1, grams);
}

/** Sorted, so that their order says nothing about the people. */
function staffCredentials(run: Run): string[] {
  const parties = new Set(run.shoppers.filter((shopper) => shopper.role === 'staff').map((shopper) => shopper.party));
  return [...parties].map((party) => credentialOf(run.seed, party)).sort();
}
