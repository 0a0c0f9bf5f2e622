import type { FaultPlan, Run } from '../scenario/run.ts';
import { FAULTS_ON } from './fault-table.ts';

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
  if (fault.kind === 'wrong-planogram') return ['slot'];
  if (fault.kind === 'wrong-weight') return ['product'];
  if (fault.kind === 'fog') return ['camera', 'fixture'];
  return [...FAULTS_ON[fault.kind]];
}

function kindOf(run: Run, target: string): string | null {
  if (run.cameras.some((c) => c.id === target)) return 'camera';
  if (run.scales.some((s) => s.id === target)) return 'scale';
  if (run.gates.some((g) => g.id === target)) return 'gate';
  if (run.store.fixtures.some((f) => f.id === target)) return 'fixture';
  if (run.store.slots.some((s) => s.id === target)) return 'slot';
  return run.products.some((p) => p.sku === target) ? 'product' : null;
}
