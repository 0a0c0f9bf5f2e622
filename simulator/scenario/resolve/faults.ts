import { meanOf, type RandomStream } from '../../random.ts';
import type { Distribution, FaultPlan, ProductPlan, SlotPlan } from '../run.ts';
import type { FaultSpec } from '../schema/fault-schema.ts';
import type { ScenarioSpec } from '../spec.ts';
import { sensorIds, slotIds, targetsOf } from './sensor-ids.ts';
import { drawMomentUs } from './time.ts';

const NOTHING: Distribution = { fixed: 0 };

/** Streams are named after the fault's type and target, so that adding a fault leaves the others alone. */
export function resolveFaults(spec: ScenarioSpec, random: (path: string) => RandomStream): FaultPlan[] {
  const seen = new Map<string, number>();
  return [...spec.faults.values()].map((fault) => {
    const name = `fault/${fault.type}/${fault.on.join(',')}`;
    const repeat = seen.get(name) ?? 0;
    seen.set(name, repeat + 1);
    return faultPlan(spec, fault, (purpose) => random(`${name}/${repeat}/${purpose}`));
  });
}

function faultPlan(spec: ScenarioSpec, fault: FaultSpec, random: (purpose: string) => RandomStream): FaultPlan {
  const known = candidates(spec, fault);
  const { duration, start } = spec.run;
  const at = 'at' in fault ? fault.at : undefined;
  const length = 'for' in fault ? fault.for : undefined;
  const fromUs = at
    ? Math.min(
        drawMomentUs(at, start, () => random('at')),
        duration,
      )
    : 0;
  const forUs = length ? Math.max(0, Math.round(random('for').draw(length))) : duration;
  return {
    kind: fault.type,
    targets: [...new Set(fault.on.flatMap((glob) => targetsOf(glob, known)))],
    fromUs,
    toUs: Math.min(fromUs + forUs, duration),
    ratePerSecond: ratePerSecond(fault),
    share: 'share' in fault ? (fault.share ?? 0) : 0,
    ...sizes(fault),
  };
}

function candidates(spec: ScenarioSpec, { type }: FaultSpec): readonly string[] {
  if (type === 'wrong-planogram') return slotIds(spec);
  if (type === 'wrong-weight') return [...spec.catalog.keys()];
  return type === 'fog' ? [...spec.store.fixtures.keys()] : sensorIds(spec);
}

function ratePerSecond(fault: FaultSpec): number {
  if (fault.type === 'rate-collapse') return fault.to;
  return 'rate' in fault ? (fault.rate ?? 0) : 0;
}

function sizes(fault: FaultSpec): { size: Distribution; size2: Distribution } {
  switch (fault.type) {
    case 'burst-dropout':
      return { size: NOTHING, size2: fault.length };
    case 'spike':
      return { size: fault.size, size2: NOTHING };
    case 'stuck-at':
      return { size: fault.value, size2: NOTHING };
    case 'calibration':
      return { size: fault.by, size2: fault.turn };
    default:
      return { size: 'by' in fault ? fault.by : NOTHING, size2: NOTHING };
  }
}

/** Slots with the planogram made wrong: another SKU of the store is said to belong there, of the same shelf if there is one. */
export function withWrongPlanogram(
  slots: readonly SlotPlan[],
  faults: readonly FaultPlan[],
  random: (path: string) => RandomStream,
): SlotPlan[] {
  const wrong = new Set(faults.filter(({ kind }) => kind === 'wrong-planogram').flatMap(({ targets }) => targets));
  return slots.map((slot) => {
    if (!wrong.has(slot.id)) return slot;
    const foreign = (others: readonly SlotPlan[]) =>
      others.flatMap(({ skus }) => skus).filter((sku) => !slot.skus.includes(sku));
    const near = foreign(slots.filter(({ shelfId }) => shelfId === slot.shelfId));
    const choice = [...new Set(near.length > 0 ? near : foreign(slots))];
    if (choice.length === 0) return slot;
    return { ...slot, skus: [choice[random(`fault/wrong-planogram/${slot.id}`).below(choice.length)]!] };
  });
}

/** Products with the catalogue's weight made wrong; never below a tenth of a gram. */
export function withWrongWeights(
  products: readonly ProductPlan[],
  faults: readonly FaultPlan[],
  random: (path: string) => RandomStream,
): ProductPlan[] {
  return products.map((product) => {
    const own = faults.filter(({ kind, targets }) => kind === 'wrong-weight' && targets.includes(product.sku));
    if (own.length === 0) return product;
    const stream = random(`fault/wrong-weight/${product.sku}`);
    const right = product.catalogueGrams ?? meanOf(product.weightGrams);
    const off = own.reduce((sum, { size }) => sum + stream.draw(size), 0);
    return { ...product, catalogueGrams: Math.max(0.1, right + off) };
  });
}
