import { sensorIds, shelfIds, slotIds, targetsOf } from '../resolve/sensor-ids.ts';
import type { FaultSpec } from '../schema/fault-schema.ts';
import { matchesGlob } from '../schema/names.ts';
import type { ScenarioSpec } from '../spec.ts';
import type { Path } from '../yaml/tree.ts';
import type { Report } from './report.ts';

/** Checks sensors and faults against the store. */
export function checkSensors(report: Report, spec: ScenarioSpec): void {
  const gated = new Map<string, string>();
  for (const [id, sensor] of spec.sensors) {
    if (sensor.type !== 'entry') continue;
    const path = ['sensors', id, 'on'];
    const other = gated.get(sensor.on);
    if (report.checkName(path, sensor.on, 'a door', ['store', 'doors']) && other)
      report.add(path, `one entry sensor a door; ${other} is on it`);
    gated.set(sensor.on, id);
  }
  for (const [id, door] of spec.store.doors) checkGate(report, id, door.gate, gated.has(id));
  checkScales(report, spec);
  for (const [i, fault] of spec.faults) checkFault(report, spec, i, fault);
}

function checkGate(report: Report, id: string, gate: string | undefined, sensed: boolean): void {
  const path = ['store', 'doors', id, 'gate'];
  if (gate !== undefined && gate !== 'none' && !sensed) {
    report.add(path, `a sensor of type entry on this door, or no gate`, `gate: ${gate} without a sensor`);
  }
  if (gate === 'none' && sensed) report.add(path, 'a gate, since an entry sensor is on this door', 'gate: none');
}

function checkScales(report: Report, spec: ScenarioSpec): void {
  const shelves = shelfIds(spec);
  const owner = new Map<string, string>();
  for (const [id, sensor] of spec.sensors) {
    if (sensor.type !== 'weight') continue;
    sensor.on.forEach((glob, i) => {
      const path: Path = sensor.on.length > 1 ? ['sensors', id, 'on', i] : ['sensors', id, 'on'];
      const matches = shelves.filter((shelf) => matchesGlob(glob, shelf));
      if (matches.length === 0) report.addUnknown(path, glob, 'shelves', shelves);
      for (const shelf of matches) {
        const other = owner.get(shelf);
        if (other !== undefined && other !== id)
          report.add(path, `shelves with one weight sensor; ${other} is on ${shelf}`);
        owner.set(shelf, id);
        if (sensor.per === 'lane' && !spec.store.planogram.get(shelf)?.length) {
          report.add(['sensors', id, 'per'], `slots on ${shelf}, which lanes are made of`, 'lane');
        }
      }
    });
  }
}

const SCALES_ONLY: readonly string[] = ['stuck-at', 'offset', 'drift', 'spike'];

function checkFault(report: Report, spec: ScenarioSpec, i: number, fault: FaultSpec): void {
  const known = candidatesOf(report, spec, fault);
  fault.on.forEach((glob, k) => {
    const path: Path = fault.on.length > 1 ? ['faults', i, 'on', k] : ['faults', i, 'on'];
    const targets = targetsOf(glob, known);
    if (targets.length === 0) report.addUnknown(path, glob, whatOf(fault), known);
    for (const target of targets) {
      const type = spec.sensors.get(target.split('/')[0]!)?.type;
      if (SCALES_ONLY.includes(fault.type) && type && type !== 'weight') {
        report.add(path, `scales, for a fault of type ${fault.type}`, `${target}, a sensor of type ${type}`);
      }
      if (fault.type === 'calibration' && type && type !== 'camera') {
        report.add(path, 'cameras, for a fault of type calibration', `${target}, a sensor of type ${type}`);
      }
    }
  });
  if (fault.type === 'dropout' || fault.type === 'duplicate' || fault.type === 'reorder') {
    if ((fault.share === undefined) === (fault.rate === undefined)) {
      report.add(['faults', i], 'either share or rate', fault.share === undefined ? 'neither' : 'both');
    }
  }
}

function whatOf({ type }: FaultSpec): string {
  if (type === 'wrong-planogram') return 'slots';
  if (type === 'wrong-weight') return 'products';
  return type === 'fog' ? 'fixtures' : 'sensors';
}

function candidatesOf(report: Report, spec: ScenarioSpec, { type }: FaultSpec): readonly string[] {
  if (type === 'wrong-planogram') return slotIds(spec);
  if (type === 'wrong-weight') return report.names(['catalog']);
  if (type === 'fog') return report.names(['store', 'fixtures']);
  const valid = sensorIds(spec);
  const broken = report.names(['sensors']).filter((id) => !spec.sensors.has(id));
  return [...valid, ...broken];
}
