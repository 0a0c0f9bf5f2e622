import { LIMITS } from '../limits.ts';
import { partyOf } from '../resolve/parties.ts';
import { resolveDoors } from '../resolve/store.ts';
import { fixedMomentUs } from '../resolve/time.ts';
import type { ScriptedSpec } from '../schema/shopper-schema.ts';
import type { ScenarioSpec } from '../spec.ts';
import { placesOfGoods } from './addresses.ts';
import { checkAction } from './check-actions.ts';
import { checkPopulation } from './check-population.ts';
import { checkSyncs } from './check-syncs.ts';
import type { Report } from './report.ts';

/** Checks shoppers and populations against the store and each other. */
export function checkShoppers(report: Report, spec: ScenarioSpec): void {
  const places = placesOfGoods(spec, (sku) => report.has(['catalog', sku]));
  let parties = 0;
  for (const [name, shopper] of spec.shoppers) {
    if (shopper.door !== undefined)
      report.checkName(['shoppers', name, 'door'], shopper.door, 'a door', ['store', 'doors']);
    if (shopper.kind === 'population') parties += checkPopulation(report, spec, name, shopper);
    else {
      checkPerson(report, spec, name, shopper);
      shopper.do.forEach((action, i) => {
        checkAction(report, spec, places, ['shoppers', name, 'do', i], name, shopper, action);
      });
    }
  }
  if (parties > LIMITS.shoppers) {
    report.add(['shoppers'], `at most ${LIMITS.shoppers}`, `about ${Math.round(parties)} shoppers`);
  }
  checkEntry(report, spec);
  checkSyncs(report, spec);
}

function checkEntry(report: Report, spec: ScenarioSpec): void {
  const doors = resolveDoors(spec);
  if (spec.shoppers.size === 0 || doors.length === 0) return;
  if (doors.every(({ use }) => use === 'exit')) report.add(['store', 'doors'], 'a door to come in by', 'only exits');
  if (doors.every(({ use }) => use === 'entry')) report.add(['store', 'doors'], 'a door to leave by', 'only entries');
}

function checkPerson(report: Report, spec: ScenarioSpec, name: string, shopper: ScriptedSpec): void {
  const path = ['shoppers', name];
  const { run } = spec;
  const atUs = shopper.at && fixedMomentUs(shopper.at, run.start);
  if (atUs !== undefined && atUs < run.warmup) {
    report.add([...path, 'at'], `a time not before run.warmup (${run.warmup / 1e6}s)`);
  }
  if (atUs !== undefined && atUs >= run.duration) {
    report.warn([...path, 'at'], `a time before the run's end (${run.duration / 1e6}s)`);
  }
  for (const sku of Object.keys(shopper.brings)) report.checkSku([...path, 'brings', sku], sku);
  for (const key of ['tailgates', 'carried-by'] as const) {
    const other = shopper[key];
    if (other === undefined || !checkScripted(report, spec, [...path, key], other)) continue;
    if (other === name) report.add([...path, key], 'another shopper');
  }
  if (shopper['carried-by'] !== undefined && shopper.party !== undefined) {
    report.add([...path, 'party'], "no party of its own: a carried shopper shares the carrier's");
  }
  if (carriedInCircle(spec, name)) report.add([...path, 'carried-by'], 'somebody who walks');
  if (shopper.tailgates !== undefined && shopper.tailgates !== name && spec.shoppers.has(shopper.tailgates)) {
    const same = partyOf(spec, name) === partyOf(spec, shopper.tailgates);
    if (same) report.add([...path, 'tailgates'], 'a shopper of another party');
  }
}

function carriedInCircle({ shoppers }: ScenarioSpec, name: string): boolean {
  const seen = new Set<string>();
  for (let next: string | undefined = name; next !== undefined; ) {
    if (seen.has(next)) return next === name;
    seen.add(next);
    const shopper = shoppers.get(next);
    next = shopper?.kind === 'scripted' ? shopper['carried-by'] : undefined;
  }
  return false;
}

/** Notes an error unless the name is a scripted shopper. */
function checkScripted(report: Report, spec: ScenarioSpec, path: readonly (string | number)[], name: string): boolean {
  if (!report.checkName(path, name, 'a shopper', ['shoppers'])) return false;
  if (spec.shoppers.get(name)?.kind !== 'population') return true;
  report.add(path, 'one shopper with a script', `"${name}", a population`);
  return false;
}
