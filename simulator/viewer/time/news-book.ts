import type { LiveNews, LiveTruth, TrackLink } from '../../../api/live.ts';
import type { Cart, Claim, ShelfChange } from '../../../engine/index.ts';

type Timed<T> = { readonly timeUs: number; readonly what: T };

/** Something worth a mark on the timeline. */
export interface Mark {
  readonly timeUs: number;
  readonly kind: 'take' | 'put-back' | 'entry' | 'exit' | 'review' | 'receipt' | 'alert';
  readonly text: string;
}

/** All that happened, by what it is about, so that any moment can be looked at. */
export class NewsBook {
  readonly #carts = new Map<string, Timed<Cart>[]>();
  readonly changes = new Map<string, ShelfChange>();
  readonly claims: Claim[] = [];
  readonly alerts: Timed<{ about: string; text: string }>[] = [];
  readonly truth: LiveTruth[] = [];
  readonly business: Timed<{ event: string; data: unknown }>[] = [];
  readonly #links: Timed<readonly TrackLink[]>[] = [];
  readonly #silences: Timed<{ sensorId: string; isSilent: boolean }>[] = [];
  readonly #seen = new Set<number>();
  /** Counts up with everything that is new. */
  version = 0;

  /** Takes news once, however often it comes. */
  take(news: LiveNews): void {
    const key = hashOf(JSON.stringify(news));
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.version += 1;
    const { timeUs } = news;
    if (news.type === 'cart') {
      const rows = this.#carts.get(news.cart.tripId) ?? [];
      if (rows.length === 0) this.#carts.set(news.cart.tripId, rows);
      place(rows, { timeUs, what: news.cart });
    } else if (news.type === 'change') this.changes.set(news.change.changeId, news.change);
    else if (news.type === 'claim') this.claims.push(news.claim);
    else if (news.type === 'alert') place(this.alerts, { timeUs, what: news });
    else if (news.type === 'silence') place(this.#silences, { timeUs, what: news });
    else if (news.type === 'links') place(this.#links, { timeUs, what: news.links });
    else if (news.type === 'truth') this.truth.push(news.event);
    else if (news.type === 'business') place(this.business, { timeUs, what: news });
  }

  /** Every cart as it stood at a time, by time of entry. */
  cartsAt(timeUs: number): Cart[] {
    return [...this.#carts.values()]
      .flatMap((rows) => latest(rows, timeUs) ?? [])
      .sort((a, b) => a.enteredAtUs - b.enteredAtUs || (a.tripId < b.tripId ? -1 : 1));
  }

  /** Who each body was thought to be at a time. */
  linksAt(timeUs: number): readonly TrackLink[] {
    return latest(this.#links, timeUs) ?? [];
  }

  /** Sensors that were silent at a time, with when they fell silent. */
  silentAt(timeUs: number): Map<string, number> {
    const silent = new Map<string, number>();
    for (const { timeUs: sinceUs, what } of this.#silences) {
      if (sinceUs > timeUs) break;
      if (what.isSilent) silent.set(what.sensorId, sinceUs);
      else silent.delete(what.sensorId);
    }
    return silent;
  }

  /** A trip's cart, as it stood at a time. */
  cartAt(tripId: string, timeUs: number): Cart | null {
    return latest(this.#carts.get(tripId) ?? [], timeUs);
  }

  /** A trip's cart as it stood last. */
  lastCart(tripId: string): Cart | null {
    return this.#carts.get(tripId)?.at(-1)?.what ?? null;
  }

  /** What deserves a mark, in order of time. */
  marks(): Mark[] {
    const marks: Mark[] = [];
    for (const { timeUs, sku, quantity } of this.claims) {
      marks.push({ timeUs, kind: quantity > 0 ? 'take' : 'put-back', text: `${Math.abs(quantity)} × ${sku}` });
    }
    for (const rows of this.#carts.values()) {
      const last = rows[rows.length - 1].what;
      marks.push({ timeUs: last.enteredAtUs, kind: 'entry', text: last.credential ?? '' });
      if (last.exitedAtUs !== null) marks.push({ timeUs: last.exitedAtUs, kind: 'exit', text: last.credential ?? '' });
      if (last.status === 'review') marks.push({ timeUs: rows[rows.length - 1].timeUs, kind: 'review', text: '' });
    }
    for (const { timeUs, what } of this.#silences)
      if (what.isSilent) marks.push({ timeUs, kind: 'alert', text: what.sensorId });
    for (const { timeUs, what } of this.alerts)
      marks.push({ timeUs, kind: 'alert', text: `${what.about}: ${what.text}` });
    return marks.sort((a, b) => a.timeUs - b.timeUs);
  }
}

function place<T>(rows: Timed<T>[], row: Timed<T>): void {
  let at = rows.length;
  while (at > 0 && rows[at - 1].timeUs > row.timeUs) at -= 1;
  rows.splice(at, 0, row);
}

function latest<T>(rows: readonly Timed<T>[], timeUs: number): T | null {
  for (let i = rows.length - 1; i >= 0; i--) if (rows[i].timeUs <= timeUs) return rows[i].what;
  return null;
}

/** 53 bits of a text (cyrb53 by bryc, public domain): among a day's 100,000 pieces of news two meet with a chance of 1 in 1.8 million. */
function hashOf(text: string): number {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 2654435761);
    b = Math.imul(b ^ code, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return 4294967296 * (2097151 & b) + (a >>> 0);
}
