/** One body that a track may be, by the id under which that body was first followed. */
export interface Origin {
  readonly trackId: number;
  readonly prob: number;
}

interface Span {
  readonly sinceUs: number;
  readonly origins: readonly Origin[];
}

/** Shares smaller than this are dropped. */
const MIN_PROB = 0.002;

/**
 * Who each track may be after others came so near that the two may have been mixed up: a belief over identities in
 * which every encounter mixes two rows (Shin, Guibas and Zhao 2003, identity management).
 */
export class Origins {
  /** By track id; tracks that never were in doubt have no entry. */
  #spans = new Map<number, Span[]>();

  /** Who a track was at `timeUs`, likeliest first. */
  at(trackId: number, timeUs: number): readonly Origin[] {
    const spans = this.#spans.get(trackId);
    if (spans !== undefined)
      for (let i = spans.length - 1; i >= 0; i--) if (spans[i]!.sinceUs <= timeUs) return spans[i]!.origins;
    return [{ trackId, prob: 1 }];
  }

  isSure(trackId: number): boolean {
    return !this.#spans.has(trackId);
  }

  /** From `sinceUs` on each of two tracks is the other with `prob`. */
  mix(a: number, b: number, prob: number, sinceUs: number): void {
    if (prob < MIN_PROB) return;
    const ofA = this.at(a, Number.POSITIVE_INFINITY);
    const ofB = this.at(b, Number.POSITIVE_INFINITY);
    this.#append(a, sinceUs, mixed(ofA, ofB, prob));
    this.#append(b, sinceUs, mixed(ofB, ofA, prob));
  }

  forget(trackId: number): void {
    this.#spans.delete(trackId);
  }

  #append(trackId: number, sinceUs: number, origins: readonly Origin[]): void {
    const spans = this.#spans.get(trackId) ?? [];
    this.#spans.set(trackId, spans);
    // Encounters are judged some time after they happened, and not always in their order.
    spans.push({ sinceUs: Math.max(sinceUs, spans.at(-1)?.sinceUs ?? 0), origins });
  }
}

function mixed(own: readonly Origin[], other: readonly Origin[], prob: number): Origin[] {
  const byId = new Map<number, number>();
  for (const row of own) byId.set(row.trackId, (1 - prob) * row.prob);
  for (const row of other) byId.set(row.trackId, (byId.get(row.trackId) ?? 0) + prob * row.prob);
  const kept = [...byId].filter(([, share]) => share >= MIN_PROB);
  const total = kept.reduce((sum, [, share]) => sum + share, 0);
  return kept
    .map(([trackId, share]) => ({ trackId, prob: share / total }))
    .sort((one, two) => two.prob - one.prob || one.trackId - two.trackId);
}
