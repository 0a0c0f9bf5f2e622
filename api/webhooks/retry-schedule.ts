/** Seconds to wait before each attempt after the first: the schedule of Standard Webhooks 1.0, 75.6 hours in all. */
const WAITS_S = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400] as const;

export const MAX_ATTEMPTS = WAITS_S.length + 1;

/** Share of the wait that jitter may add, so that receivers coming back do not meet everything at once. */
const JITTER = 0.2;
const MAX_RETRY_AFTER_MS = 24 * 3_600_000;

/**
 * Milliseconds to wait after `attempts` failed attempts, or null when the schedule is used up.
 * `draw` is uniform in [0, 1); a `Retry-After` never shortens the wait.
 */
export function retryWaitMs(attempts: number, draw: number, retryAfterMs: number | null = null): number | null {
  const wait = WAITS_S[attempts - 1];
  if (wait === undefined) return null;
  const jittered = Math.round(wait * 1000 * (1 + JITTER * draw));
  return Math.max(jittered, Math.min(retryAfterMs ?? 0, MAX_RETRY_AFTER_MS));
}

/** Milliseconds that a `Retry-After` header asks for (RFC 9110: seconds or a date); null when it says nothing usable. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | null {
  if (header === undefined) return null;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1000;
  const atMs = Date.parse(header);
  return Number.isNaN(atMs) || /^[-\d.]/.test(header.trim()) ? null : Math.max(0, atMs - nowMs);
}
