import { meanOf } from '../../random.ts';
import { LIMITS } from '../limits.ts';
import { firstMember, partyOf } from '../resolve/parties.ts';
import { fixedMomentUs } from '../resolve/time.ts';
import type { PopulationSpec, ScriptedSpec } from '../schema/shopper-schema.ts';
import type { ScenarioSpec } from '../spec.ts';
import { parseClock } from '../units.ts';
import { placesOfGoods } from './addresses.ts';
import { checkAction } from './check-actions.ts';
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

function checkEntry(report: Report, { shoppers, store }: ScenarioSpec): void {
  if (shoppers.size === 0 || store.doors.size === 0) return;
  const doors = [...store.doors.values()];
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
  const leaves = shopper.do.some(({ verb }) => verb === 'leave');
  if (!leaves && !shopper.refused && shopper['carried-by'] === undefined) {
    report.warn(path, '{ leave: door }, or the shopper stays inside', 'no leave');
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
export function checkScripted(
  report: Report,
  spec: ScenarioSpec,
  path: readonly (string | number)[],
  name: string,
): boolean {
  if (!report.checkName(path, name, 'a shopper', ['shoppers'])) return false;
  if (spec.shoppers.get(name)?.kind !== 'population') return true;
  report.add(path, 'one shopper with a script', `"${name}", a population`);
  return false;
}

/** Mean number of shoppers of a population. */
function checkPopulation(report: Report, { run }: ScenarioSpec, name: string, population: PopulationSpec): number {
  const path = ['shoppers', name];
  const { arrive, habits, party } = population;
  if ((arrive.poisson === undefined) === (arrive.count === undefined)) {
    report.add([...path, 'arrive'], 'either poisson or count', arrive.poisson === undefined ? 'neither' : 'both');
  }
  checkProfile(report, [...path, 'arrive', 'profile'], population);
  const fromUs = (arrive.from && fixedMomentUs(arrive.from, run.start)) ?? run.warmup;
  const toUs = (arrive.to && fixedMomentUs(arrive.to, run.start)) ?? run.duration;
  if (fromUs < run.warmup)
    report.add([...path, 'arrive', 'from'], `a time not before run.warmup (${run.warmup / 1e6}s)`);
  if (toUs < fromUs) {
    const key = arrive.to ? 'to' : arrive.from ? 'from' : undefined;
    report.add([...path, 'arrive', ...(key ? [key] : [])], 'arrivals that end after they begin');
  }
  const { 'browse-only': _, 'swap-hands': __, ...perItem } = habits ?? {};
  const sum = Object.values(perItem).reduce<number>((total, share) => total + (share ?? 0), 0);
  if (sum > 1 + 1e-9) {
    report.add([...path, 'habits'], 'habits of an item that sum to at most 100%', `${Math.round(sum * 1000) / 10}%`);
  }
  const most = Math.max(1, ...(arrive.profile ?? []).map(({ factor }) => factor));
  const parties = arrive.count ?? (arrive.poisson ?? 0) * (Math.max(0, toUs - fromUs) / 1e6) * most;
  const shoppers = parties * meanSize(party);
  const items = shoppers * Math.min(meanOf(population.basket), LIMITS.basket);
  if (items * 3 > LIMITS.actions) {
    report.add(
      path,
      `at most about ${Math.floor(LIMITS.actions / 3)} items in all`,
      `about ${Math.round(items)} items taken`,
    );
  }
  return shoppers;
}

function meanSize(party: Readonly<Record<string, number | undefined>>): number {
  let sum = 0;
  let total = 0;
  for (const [size, share] of Object.entries(party)) {
    sum += Number(size) * (share ?? 0);
    total += share ?? 0;
  }
  return total > 0 ? sum / total : 1;
}

function checkProfile(report: Report, path: readonly (string | number)[], { arrive }: PopulationSpec): void {
  if (!arrive.profile) return;
  if (arrive.poisson === undefined) report.add(path, 'no profile without poisson');
  if (arrive.profile.length === 0) report.add(path, 'at least one clock time');
  for (const { clock } of arrive.profile) {
    if (parseClock(clock) === undefined) report.addKey([...path, clock], `"${clock}"`, 'a clock time such as 12:30');
  }
}

/** A barrier needs two shoppers or more, once each, and two barriers must not wait for each other. */
function checkSyncs(report: Report, { shoppers }: ScenarioSpec): void {
  const members = new Map<string, { name: string; path: readonly (string | number)[] }[]>();
  const after = new Map<string, Set<string>>();
  for (const [name, shopper] of shoppers) {
    if (shopper.kind !== 'scripted') continue;
    let before: string | undefined;
    shopper.do.forEach(({ sync }, i) => {
      if (sync === undefined) return;
      const path = ['shoppers', name, 'do', i, 'sync'];
      const there = members.get(sync) ?? [];
      if (there.some((member) => member.name === name))
        report.add(path, 'each shopper once at a barrier', `"${sync}" a second time`);
      members.set(sync, [...there, { name, path }]);
      if (before !== undefined && before !== sync) after.set(before, (after.get(before) ?? new Set()).add(sync));
      before = sync;
    });
  }
  for (const [sync, there] of members) {
    if (there.length === 1)
      report.add(there[0]!.path, 'two shoppers or more at a barrier', `"${sync}" for ${there[0]!.name} alone`);
    else if (reaches(after, sync)) {
      report.add(
        there[0]!.path,
        'barriers that can be passed in one order by everybody',
        `"${sync}", which waits for itself`,
      );
    }
  }
}

function reaches(after: ReadonlyMap<string, ReadonlySet<string>>, start: string): boolean {
  const seen = new Set<string>();
  const queue = [...(after.get(start) ?? [])];
  while (queue.length > 0) {
    const next = queue.pop()!;
    if (next === start) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    queue.push(...(after.get(next) ?? []));
  }
  return false;
}

/** Checks whom and what `expect` names. */
export function checkExpect(report: Report, spec: ScenarioSpec): void {
  const parties = new Set([...spec.shoppers.keys()].flatMap((name) => partyOf(spec, name) ?? []));
  const known = [...report.names(['shoppers']), ...parties];
  const check = (
    path: readonly (string | number)[],
    name: string,
    addAt: (found: string, expected: string) => void,
  ) => {
    const shopper = spec.shoppers.get(name);
    if (name.includes('/') ? report.has(['shoppers', name.split('/')[0]!]) : parties.has(name) && !shopper) return;
    if (!report.has(['shoppers', name])) report.addUnknown(path, name, 'a shopper or a party', known);
    else if (shopper?.kind === 'population') addAt(`"${name}", a population`, `one party of it such as ${name}/1`);
    else if (shopper) {
      const first = firstMember(spec, partyOf(spec, name)!);
      if (first !== name) addAt(`"${name}"`, `the party's first member in the order of names, ${first}`);
    }
  };
  for (const name of Object.keys(spec.expect.receipts)) {
    const path = ['expect', 'receipts', name];
    check(path, name, (found, expected) => report.addKey(path, found, expected));
    for (const sku of Object.keys(spec.expect.receipts[name]!)) report.checkSku([...path, sku], sku);
  }
  spec.expect.review.forEach((name, i) => {
    const path = ['expect', 'review', i];
    check(path, name, (found, expected) => report.add(path, expected, found));
  });
}
