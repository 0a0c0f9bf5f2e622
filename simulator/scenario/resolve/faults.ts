import type { RandomStream } from '../../random.ts';
import type { Distribution, FaultPlan } from '../run.ts';
import type { FaultSpec } from '../schema/fault-schema.ts';
import type { ScenarioSpec } from '../spec.ts';
import { faultable, faultTargets } from './sensor-ids.ts';
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
  const known = faultable(spec, fault);
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
    targets: [...new Set(fault.on.flatMap((glob) => faultTargets(glob, fault, known)))],
    fromUs,
    toUs: Math.min(fromUs + forUs, duration),
    ratePerSecond: ratePerSecond(fault),
    share: 'share' in fault ? (fault.share ?? 0) : 0,
    ...sizes(fault),
  };
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
