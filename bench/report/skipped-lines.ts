import type { SkippedAction } from '../score/run-result.ts';
import { clock } from './figures.ts';

/**
 * Scripts that did not go as written, a line each, so that nobody blames the engine for them; of populations, whose
 * shoppers have a `/` in their key, only how many.
 */
export function skippedLines(skipped: readonly SkippedAction[]): string[] {
  const scripted = skipped.filter(({ shopper }) => !shopper.includes('/'));
  const lines = scripted.map(
    ({ timeUs, shopper, action, verb, reason }) =>
      `not as written: ${shopper}, action ${action + 1} (${verb}) at ${clock(timeUs)}: ${reason}`,
  );
  const others = skipped.length - scripted.length;
  if (others > 0) lines.push(`${others} actions of populations could not be done in full`);
  return lines;
}
