import { faultable, faultTargets, shelfIds } from '../resolve/sensor-ids.ts';
import type { FaultSpec } from '../schema/fault-schema.ts';
import { matchesGlob } from '../schema/names.ts';
import type { SensorSpec } from '../schema/sensor-schema.ts';
import type { ScenarioSpec } from '../spec.ts';
import type { Path } from '../yaml/tree.ts';
import type { Report } from './report.ts';

/** Checks sensors and faults against the store. */
export function checkSensors(report: Report, spec: ScenarioSpec): void {
  const gated = new Map<string, string>();
  for (const [id, sensor] of spec.sensors) {
    if (sensor.type === 'camera' && sensor.at.every((m, axis) => m === sensor.look[axis]))
      report.add(['sensors', id, 'look'], 'another point than the camera itself', `[${sensor.look.join(', ')}]`);
    if (sensor.type !== 'entry') continue;
    const path = ['sensors', id, 'on'];
    const other = gated.get(sensor.on);
    if (report.checkName(path, sensor.on, 'a door', ['store', 'doors']) && other)
      report.add(path, `one entry sensor a door; ${other} is on it`);
    gated.set(sensor.on, id);
  }
  const sensorsAreRight = report.names(['sensors']).length === spec.sensors.size;
  for (const [id, door] of spec.store.doors) {
    if (sensorsAreRight) checkGate(report, id, door.gate, gated.has(id));
  }
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
  const brokenFixtures = report.names(['store', 'fixtures']).filter((id) => !spec.store.fixtures.has(id));
  const owner = new Map<string, string>();
  for (const [id, sensor] of spec.sensors) {
    if (sensor.type !== 'weight') continue;
    sensor.on.forEach((glob, i) => {
      const path: Path = sensor.on.length > 1 ? ['sensors', id, 'on', i] : ['sensors', id, 'on'];
      const matches = shelves.filter((shelf) => matchesGlob(glob, shelf));
      const broken = brokenFixtures.some((id) => matchesGlob(glob.split('.')[0]!, id));
      if (matches.length === 0 && !broken) report.addUnknown(path, glob, 'shelves', shelves);
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

type SensorType = SensorSpec['type'];

/** Sensors that a fault can strike where it is not all of them. */
const STRIKES: Readonly<Partial<Record<FaultSpec['type'], readonly SensorType[]>>> = {
  freeze: ['camera', 'weight'],
  'stuck-at': ['weight'],
  offset: ['weight'],
  drift: ['weight'],
  spike: ['weight'],
  calibration: ['camera'],
  fog: ['camera'],
};

function checkFault(report: Report, spec: ScenarioSpec, i: number, fault: FaultSpec): void {
  const known = [...faultable(spec, fault), ...brokenNames(report, spec, fault)];
  const strikes = STRIKES[fault.type];
  fault.on.forEach((glob, k) => {
    const path: Path = fault.on.length > 1 ? ['faults', i, 'on', k] : ['faults', i, 'on'];
    const targets = faultTargets(glob, fault, known);
    if (targets.length === 0) report.addUnknown(path, glob, WHAT[fault.type] ?? 'sensors', known);
    const wrong = targets.find((target) => {
      const type = spec.sensors.get(target.split('/')[0]!)?.type;
      return strikes && type && !strikes.includes(type);
    });
    if (wrong)
      report.add(path, `sensors of type ${strikes!.join(' or ')} for a fault of type ${fault.type}`, `"${wrong}"`);
  });
  if (fault.type === 'dropout' || fault.type === 'duplicate' || fault.type === 'reorder') {
    if ((fault.share === undefined) === (fault.rate === undefined)) {
      report.add(['faults', i], 'either share or rate', fault.share === undefined ? 'neither' : 'both');
    }
  }
}

const WHAT: Readonly<Partial<Record<FaultSpec['type'], string>>> = {
  'wrong-planogram': 'slots, shelves or fixtures',
  'wrong-weight': 'products',
  fog: 'fixtures or cameras',
};

/** Names whose own errors are noted already; faults on them are not wrong as well. */
function brokenNames(report: Report, spec: ScenarioSpec, { type }: FaultSpec): readonly string[] {
  const broken = (path: Path, valid: ReadonlyMap<string, unknown>) => report.names(path).filter((id) => !valid.has(id));
  if (type === 'wrong-planogram') return broken(['store', 'planogram'], spec.store.planogram);
  if (type === 'wrong-weight') return broken(['catalog'], spec.catalog);
  return [
    ...broken(['sensors'], spec.sensors),
    ...(type === 'fog' ? broken(['store', 'fixtures'], spec.store.fixtures) : []),
  ];
}
