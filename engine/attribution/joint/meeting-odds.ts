import type { Meeting } from './meeting-watch.ts';

/** How often two who came together for it, alone, handed something over, by looks with hands of both there (seen). */
const HANDED = [
  { fromLooks: 0, prob: 0.05 },
  { fromLooks: 3, prob: 0.3 },
  { fromLooks: 8, prob: 0.75 },
] as const;
/**
 * Hands of people who stand close together meet by chance. With others around the two this is so more often (seen: beside 19 of
 * 28 meetings without a hand-over, and none of 4 with one), and where they stood as near to each other before (22 of 35, none
 * of 4); log, half a case added to each count.
 */
const CROWDED_LOG = -1.9;
const STOOD_LOG = -1.8;
/** Who comes together comes nearer by this much at least, metres. */
const APPROACH_M = 0.25;

/** Probability that something changed hands in a meeting, by how the two met alone. */
export function handedProbOf({ bothLooks, crowdedShare, approachM }: Meeting): number {
  const { prob } = HANDED.findLast(({ fromLooks }) => bothLooks >= fromLooks)!;
  let log = Math.log(prob / (1 - prob));
  if (crowdedShare > 0.5) log += CROWDED_LOG;
  if (approachM !== null && approachM < APPROACH_M) log += STOOD_LOG;
  return 1 / (1 + Math.exp(-log));
}
