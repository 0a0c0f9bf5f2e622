import type { CartLine } from '../../../engine/index.ts';

export interface OpenReview {
  readonly id: string;
  readonly tripId: string;
  readonly reason: string;
  readonly openedAt: string;
  readonly dueAt: string;
}

/** A line of a trip as the gateway's API gives it: the engine's own, with fewer words. */
export type ReviewLine = Pick<CartLine, 'sku' | 'quantity' | 'confidence' | 'evidence'>;

export interface DecidedLine {
  readonly sku: string;
  readonly quantity: number;
}

export interface DeliveryRow {
  readonly id: string;
  readonly type: string;
  readonly tripId: string | null;
  readonly state: 'pending' | 'delivered' | 'failed';
  readonly attempts: number;
}

/** The gateway's API as the page uses it, with a key that lives a few minutes. Promises reject with what it says. */
export class GatewayDesk {
  #key: { readonly key: string; readonly endsAtMs: number } | null = null;

  async reviews(): Promise<OpenReview[]> {
    return (await this.#call<{ reviews: OpenReview[] }>('GET', 'v1/reviews?limit=20')).reviews;
  }

  /** Lines of a trip's cart with their evidence. */
  async linesOf(tripId: string): Promise<readonly ReviewLine[]> {
    return (await this.#call<{ lines: ReviewLine[] }>('GET', `v1/trips/${encodeURIComponent(tripId)}`)).lines;
  }

  /** Says what a cart holds; the engine books it and the order follows. */
  async decide(reviewId: string, lines: readonly DecidedLine[]): Promise<void> {
    await this.#call('POST', `v1/reviews/${encodeURIComponent(reviewId)}/decision`, { lines });
  }

  async deliveries(): Promise<DeliveryRow[]> {
    const reply = await fetch('live/deliveries');
    return ((await answerOf(reply)) as { deliveries: DeliveryRow[] }).deliveries;
  }

  async #call<T>(method: string, path: string, body?: object): Promise<T> {
    const reply = await fetch(path, {
      method,
      headers: {
        authorization: `Bearer ${await this.#fetchKey()}`,
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return (await answerOf(reply)) as T;
  }

  async #fetchKey(): Promise<string> {
    if (this.#key === null || performance.now() > this.#key.endsAtMs) {
      const answer = await answerOf(await fetch('live/page-key', { method: 'POST' }));
      const { key, endsInMs } = answer as { key: string; endsInMs: number };
      // Another is fetched well before this one ends.
      this.#key = { key, endsAtMs: performance.now() + endsInMs / 2 };
    }
    return this.#key.key;
  }
}

async function answerOf(reply: Response): Promise<unknown> {
  const answer = (await reply.json()) as Record<string, unknown>;
  if (!reply.ok) throw new Error(String(answer.detail ?? answer.error ?? answer.title ?? reply.status));
  return answer;
}
