import type { FaultPlan, Run } from '../scenario/run.ts';
import { FAULTS_ON } from './fault-table.ts';

/** Slots a fault of the planogram is about, by slot, shelf, fixture or scale id. */
export function slotsOf(run: Run, fault: FaultPlan): readonly string[] {
  const wanted = new Set(fault.targets);
  for (const scale of run.scales) if (wanted.has(scale.id)) wanted.add(scale.shelfId);
  for (const fixture of run.store.fixtures) {
    if (wanted.has(fixture.id)) for (const shelf of fixture.shelves) wanted.add(shelf.id);
  }
  return run.store.slots.filter((slot) => wanted.has(slot.id) || wanted.has(slot.shelfId)).map((slot) => slot.id);
}

/** SKUs a wrong weight is about: named themselves, or planned or standing in the slots that are. */
export function skusOf(run: Run, fault: FaultPlan): ReadonlySet<string> {
  const skus = new Set(run.products.filter((p) => fault.targets.includes(p.sku)).map((p) => p.sku));
  const slots = new Set(slotsOf(run, fault));
  for (const slot of run.store.slots) {
    if (!slots.has(slot.id)) continue;
    for (const sku of slot.skus) skus.add(sku);
    for (const { sku } of slot.contents) skus.add(sku);
  }
  return skus;
}

/** Throws when a fault names something the run does not have or that cannot suffer it. */
export function checkTargets(run: Run): void {
  run.faults.forEach((fault, i) => {
    for (const target of fault.targets) {
      const found = kindOf(run, target);
      const wanted = expected(fault);
      if (found === null || !wanted.includes(found)) {
        throw new Error(
          `faults[${i}] ${fault.kind} on ${target}: found ${found ?? 'nothing of that name'}, expected ${wanted.join(' or ')}`,
        );
      }
    }
  });
}

function expected(fault: FaultPlan): string[] {
  if (fault.kind === 'wrong-planogram') return ['slot', 'shelf', 'fixture', 'scale'];
  if (fault.kind === 'wrong-weight') return ['product', 'slot', 'shelf', 'fixture', 'scale'];
  if (fault.kind === 'fog') return ['camera', 'fixture'];
  return [...FAULTS_ON[fault.kind]];
}

function kindOf(run: Run, target: string): string | null {
  if (run.cameras.some((c) => c.id === target)) return 'camera';
  if (run.scales.some((s) => s.id === target)) return 'scale';
  if (run.gates.some((g) => g.id === target)) return 'gate';
  if (run.store.fixtures.some((f) => f.id === target)) return 'fixture';
  if (run.store.fixtures.some((f) => f.shelves.some((s) => s.id === target))) return 'shelf';
  if (run.store.slots.some((s) => s.id === target)) return 'slot';
  return run.products.some((p) => p.sku === target) ? 'product' : null;
}
