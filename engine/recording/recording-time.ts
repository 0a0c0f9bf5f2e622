/**
 * A recording's clock: a run's time 0 is stored as 2000-01-01T00:00:00Z.
 * Not as 0, because stamps of a badly set sensor may lie before the run's start and MCAP times are unsigned, and
 * not as the wall clock, because the same run must give the same file.
 */
const EPOCH_SECONDS = 946_684_800;
export const EPOCH_NS = BigInt(EPOCH_SECONDS) * 1_000_000_000n;
const EPOCH_US = EPOCH_SECONDS * 1e6;

/** MCAP time in ns of a moment in µs since the run's start; moments before 1970 and non-integers are moved to the nearest that fits. */
export function nsFromUs(timeUs: number): bigint {
  const wholeUs = Number.isFinite(timeUs) ? Math.round(timeUs) : 0;
  return BigInt(Math.max(0, Math.min(wholeUs, LATEST_US) + EPOCH_US)) * 1000n;
}

/** Latest moment whose nanoseconds fit into 63 bits, µs since the run's start. */
const LATEST_US = 8e15;

/** Moment in µs since the run's start of an MCAP time. */
export function usFromNs(timeNs: bigint): number {
  return Number(timeNs / 1000n) - EPOCH_US;
}

/** The same moment as Foxglove's JSON messages write it. */
export function foxgloveTime(timeUs: number): { sec: number; nsec: number } {
  const ns = nsFromUs(timeUs);
  return { sec: Number(ns / 1_000_000_000n), nsec: Number(ns % 1_000_000_000n) };
}
