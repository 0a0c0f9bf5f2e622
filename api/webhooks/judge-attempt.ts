import type { AttemptRecord, Claim } from './delivery-queue.ts';
import type { PostOutcome } from './post.ts';
import { retryAfterMs, retryWaitMs } from './retry-schedule.ts';

/** Answers that ask to slow down, for the whole endpoint (Standard Webhooks 1.0). */
const THROTTLES = [429, 502, 503, 504];
const PAUSE_MS = 5_000;
const MAX_PAUSE_MS = 24 * 3_600_000;

/**
 * What one attempt means: a 2xx is a delivery, 410 disables the endpoint, everything else is tried again on the
 * schedule. An endpoint that has taken nothing since the first attempt of a delivery that ran out of schedule is disabled.
 */
export function judgeAttempt(
  claim: Claim,
  outcome: PostOutcome,
  time: {
    readonly atMs: number;
    readonly endedAtMs: number;
    readonly lastSuccessMs: number | null;
    readonly draw: number;
  },
): AttemptRecord {
  const { status, error, excerpt } = outcome;
  const record = { claim, atMs: time.atMs, tookMs: time.endedAtMs - time.atMs, status, error, excerpt };
  if (status !== null && status >= 200 && status < 300) {
    return { ...record, becomes: 'delivered', pauseUntilMs: null, disable: null };
  }
  const askedMs = retryAfterMs(outcome.retryAfter, time.endedAtMs);
  const waitMs = retryWaitMs(claim.attempts + 1, time.draw, askedMs);
  const throttled = status !== null && THROTTLES.includes(status);
  const pauseMs = Math.min(askedMs ?? Math.round(PAUSE_MS * (1 + time.draw)), MAX_PAUSE_MS);
  const isDead = waitMs === null && (time.lastSuccessMs ?? 0) < (claim.firstAtMs ?? time.atMs);
  return {
    ...record,
    becomes: waitMs === null ? 'failed' : { dueAtMs: time.endedAtMs + waitMs },
    pauseUntilMs: throttled ? time.endedAtMs + pauseMs : null,
    disable:
      status === 410
        ? 'the endpoint answered 410 Gone'
        : isDead
          ? 'nothing was taken over the whole retry schedule'
          : null,
  };
}
