import type { PostOutcome } from '../webhooks/post.ts';
import { retryAfterMs } from '../webhooks/retry-schedule.ts';
import { later, refused, type SinkResult, taken } from './order-sink.ts';

/** Client errors that may pass by themselves: timeout, conflict under way, too early, too many. */
const PASSING = [408, 423, 425, 429];

/** What an HTTP answer means for a receipt; 409 says that the other side has it already. */
export function httpResult(outcome: PostOutcome, nowMs: number): SinkResult {
  const { status, error, excerpt } = outcome;
  if (status === null) return later(error ?? 'no answer');
  if ((status >= 200 && status < 300) || status === 409) return taken(idIn(excerpt));
  const reason = `answered ${status}: ${excerpt}`;
  if (status >= 500 || PASSING.includes(status)) return later(reason, retryAfterMs(outcome.retryAfter, nowMs));
  return refused(reason);
}

/** The `id` of a JSON answer, where it has one. */
function idIn(text: string): string | null {
  try {
    const id = (JSON.parse(text) as { id?: unknown } | null)?.id;
    return typeof id === 'string' || typeof id === 'number' ? String(id).slice(0, 255) : null;
  } catch {
    return null;
  }
}
