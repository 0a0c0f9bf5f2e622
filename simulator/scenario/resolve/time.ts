import type { RandomStream } from '../../random.ts';
import type { Moment } from '../schema/distribution.ts';

const DAY_US = 24 * 3_600_000_000;

/** Microseconds from a run's start at a clock time to the next such clock time. */
export function sinceStartUs(clockUs: number, startUs: number): number {
  return (((clockUs - startUs) % DAY_US) + DAY_US) % DAY_US;
}

/** A moment in whole microseconds since the run's start, drawn if it is a distribution. */
export function drawMomentUs(moment: Moment, startUs: number, stream: () => RandomStream): number {
  if ('clockUs' in moment) return sinceStartUs(moment.clockUs, startUs);
  if ('fixed' in moment) return Math.round(moment.fixed);
  return Math.max(0, Math.round(stream().draw(moment)));
}

/** The moment if nothing about it is drawn, else undefined. */
export function fixedMomentUs(moment: Moment, startUs: number): number | undefined {
  if ('clockUs' in moment) return sinceStartUs(moment.clockUs, startUs);
  return 'fixed' in moment ? Math.round(moment.fixed) : undefined;
}
