import type { ActionSpec } from '../schema/action-schema.ts';
import type { ScriptedSpec } from '../schema/shopper-schema.ts';
import type { ScenarioSpec } from '../spec.ts';
import type { Path } from '../yaml/tree.ts';
import { addressProblem, mayBeTaken } from './addresses.ts';
import type { Report } from './report.ts';

/** Checks what one action of a script names. `path` is the action's. */
export function checkAction(
  report: Report,
  spec: ScenarioSpec,
  places: ReadonlySet<string>,
  path: Path,
  name: string,
  shopper: ScriptedSpec,
  action: ActionSpec,
): void {
  const sku = (key: string, value: string) => report.checkSku([...path, key], value);
  const place = (key: string, value: string) => checkAddress(report, spec, [...path, key], value);
  const person = (key: string, value: string) => checkOther(report, spec, [...path, key], name, value);
  const source = (key: string, value: string, from: string) => {
    const known = sku(key, value);
    if (place('from', from) && known && !isUnread(report, spec, from) && !mayBeTaken(places, value, from)) {
      report.add([...path, 'from'], `a place where ${value} stands or is put`, `${from}, which never holds it`);
    }
  };
  switch (action.verb) {
    case 'walk':
      checkTarget(report, spec, [...path, 'walk'], action.walk);
      break;
    case 'look':
      if (action.on !== undefined) place('on', action.on);
      break;
    case 'take':
      source('take', action.take, action.from);
      break;
    case 'hold':
      source('hold', action.hold, action.from);
      if (action.keep > action.qty) report.add([...path, 'keep'], `at most qty (${action.qty})`);
      break;
    case 'withdraw':
      source('withdraw', action.withdraw, action.from);
      checkStaff(report, path, shopper);
      break;
    case 'restock':
      sku('restock', action.restock);
      place('to', action.to);
      checkStaff(report, path, shopper);
      break;
    case 'putback':
      sku('putback', action.putback);
      place('to', action.to);
      break;
    case 'touch':
      place('touch', action.touch);
      break;
    case 'sweep':
      if (action.sweep.split('.').length < 3) report.add([...path, 'sweep'], 'the address of one slot such as G1.2.1');
      place('sweep', action.sweep);
      break;
    case 'give':
      sku('give', action.give);
      person('to', action.to);
      break;
    case 'exchange':
      sku('exchange', action.exchange);
      sku('for', action.for);
      person('with', action.with);
      break;
    case 'drop':
      sku('drop', action.drop);
      break;
    case 'pickup':
      sku('pickup', action.pickup);
      break;
    case 'stow':
      sku('stow', action.stow);
      break;
    case 'consume':
      sku('consume', action.consume);
      break;
    case 'split-pack':
      if (sku('split-pack', action['split-pack']) && spec.catalog.get(action['split-pack'])?.multipack === undefined) {
        const whole = spec.catalog.has(action['split-pack']);
        if (whole) report.add([...path, 'split-pack'], 'a product with multipack in the catalog');
      }
      break;
    case 'join':
      person('join', action.join);
      break;
    case 'leave':
      report.checkName([...path, 'leave'], action.leave, 'a door', ['store', 'doors']);
      break;
    case 'change-clothes':
    case 'part':
      break;
  }
}

function checkStaff(report: Report, path: Path, { role }: ScriptedSpec): void {
  if (role !== 'staff') report.add(path, 'role: staff for this action', 'a shopper');
}

/** Whether the slots of an address's shelf could not be read: their own errors are noted, and they may hold anything. */
function isUnread(report: Report, { store }: ScenarioSpec, address: string): boolean {
  const shelf = address.split('.').slice(0, 2).join('.');
  return report.has(['store', 'planogram', shelf]) && !store.planogram.has(shelf);
}

function checkAddress(report: Report, spec: ScenarioSpec, path: Path, address: string): boolean {
  const isSlot = address.split('.').length > 2;
  if (isSlot && isUnread(report, spec, address)) return true;
  const problem = addressProblem(address, spec, report.names(['store', 'fixtures']));
  if (problem) report.addUnknown(path, problem.found, 'a place of the store', problem.known);
  return !problem;
}

function checkOther(report: Report, spec: ScenarioSpec, path: Path, name: string, other: string): void {
  if (!report.checkName(path, other, 'a shopper', ['shoppers'])) return;
  if (spec.shoppers.get(other)?.kind === 'population')
    report.add(path, 'one shopper with a script', `"${other}", a population`);
  if (other === name) report.add(path, 'another shopper');
}

/** Kinds of thing a name may walk to, in words and where they are defined. */
const TARGETS: readonly (readonly [what: string, where: Path])[] = [
  ['a fixture', ['store', 'fixtures']],
  ['a zone', ['store', 'zones']],
  ['a door', ['store', 'doors']],
  ['a shopper', ['shoppers']],
];

function checkTarget(report: Report, spec: ScenarioSpec, path: Path, target: string | readonly [number, number]): void {
  if (typeof target !== 'string') {
    const [x, y] = spec.store.size;
    const inside = target[0] >= 0 && target[1] >= 0 && target[0] <= x && target[1] <= y;
    if (!inside) report.add(path, `a point inside the store of ${x}m × ${y}m`, `[${target.join(', ')}]`);
    return;
  }
  const kinds = TARGETS.filter(([, where]) => report.has([...where, target]));
  if (kinds.length > 1)
    report.add(path, 'one thing', `"${target}", which is ${kinds.map(([what]) => what).join(' and ')}`);
  if (kinds.length > 0) return;
  if (/^[^.]+\.\d+(\.\d+)?$/.test(target)) checkAddress(report, spec, path, target);
  else {
    const known = TARGETS.flatMap(([, where]) => report.names(where));
    report.addUnknown(path, target, 'a fixture, an address, a zone, a door or a shopper', known);
  }
}
