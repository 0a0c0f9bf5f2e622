import { meanOf } from '../../random.ts';
import { LIMITS } from '../limits.ts';
import { fixedMomentUs } from '../resolve/time.ts';
import type { PopulationSpec } from '../schema/shopper-schema.ts';
import type { ScenarioSpec } from '../spec.ts';
import { parseClock } from '../units.ts';
import type { Report } from './report.ts';

/** Checks a population by itself; returns the mean number of its shoppers. */
export function checkPopulation(
  report: Report,
  { run }: ScenarioSpec,
  name: string,
  population: PopulationSpec,
): number {
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
