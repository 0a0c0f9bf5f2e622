import type { RandomStream } from '../../random.ts';
import { LIMITS } from '../limits.ts';
import type { PopulationSpec } from '../schema/shopper-schema.ts';
import type { ScenarioSpec } from '../spec.ts';
import { parseClock } from '../units.ts';
import { drawMomentUs } from './time.ts';

const DAY_US = 24 * 3_600_000_000;

interface ProfilePoint {
  readonly clockUs: number;
  readonly factor: number;
}

/** Arrival times of a population's parties, µs since the run's start; party n + 1 comes at the n-th time. */
export function drawArrivalsUs(
  { run }: ScenarioSpec,
  { arrive }: PopulationSpec,
  choices: (purpose: string) => RandomStream,
): number[] {
  const fromUs = Math.max(run.warmup, arrive.from ? drawMomentUs(arrive.from, run.start, () => choices('from')) : 0);
  const toUs = Math.min(
    run.duration,
    arrive.to ? drawMomentUs(arrive.to, run.start, () => choices('to')) : run.duration,
  );
  if (toUs <= fromUs) return [];
  if (arrive.count !== undefined) {
    // One stream each, so that a larger count leaves the first ones alone.
    return Array.from({ length: arrive.count }, (_, i) => Math.round(choices(`arrive/${i + 1}`).between(fromUs, toUs)));
  }
  const profile = (arrive.profile ?? []).map(({ clock, factor }) => ({ clockUs: parseClock(clock)!, factor }));
  profile.sort((a, b) => a.clockUs - b.clockUs);
  return poissonUs(arrive.poisson ?? 0, profile, run.start, fromUs, toUs, choices('arrive'));
}

/** Non-homogeneous Poisson arrivals by thinning (Lewis & Shedler 1979). */
function poissonUs(
  perSecond: number,
  profile: readonly ProfilePoint[],
  startUs: number,
  fromUs: number,
  toUs: number,
  stream: RandomStream,
): number[] {
  const most = profile.length === 0 ? 1 : Math.max(...profile.map(({ factor }) => factor));
  const times: number[] = [];
  if (perSecond * most <= 0) return times;
  let timeUs = fromUs;
  while (times.length < LIMITS.shoppers) {
    timeUs += stream.exponential(1e6 / (perSecond * most));
    if (timeUs >= toUs) break;
    if (stream.chance(factorAt(profile, startUs + timeUs) / most)) times.push(Math.round(timeUs));
  }
  return times;
}

/** Linear between the points of a day, constant before the first and after the last; 1 without points. */
export function factorAt(profile: readonly ProfilePoint[], timeUs: number): number {
  const clockUs = timeUs % DAY_US;
  const after = profile.findIndex((point) => point.clockUs > clockUs);
  if (after === 0) return profile[0]!.factor;
  if (after < 0) return profile.at(-1)?.factor ?? 1;
  const [a, b] = [profile[after - 1]!, profile[after]!];
  return a.factor + ((b.factor - a.factor) * (clockUs - a.clockUs)) / (b.clockUs - a.clockUs);
}
