import { packLive } from '../../api/live.ts';

/** Memory for what passes quickly: pictures of the scene, tracks, samples. A demo fills about 1 MB a minute. */
const FLEETING_BYTES = 256 * 2 ** 20;
/** Things that happened, kept longer than pictures: a busy day. */
const NEWS_BYTES = 64 * 2 ** 20;

interface Kept {
  readonly timeUs: number;
  readonly bytes: Uint8Array;
}

/** The last hours of a live feed, for those who come later or look back. Oldest first out, by bytes. */
export class LiveTimeline {
  readonly #fleeting: Ring;
  readonly #news: Ring;

  constructor(fleetingBytes = FLEETING_BYTES, newsBytes = NEWS_BYTES) {
    this.#fleeting = new Ring(fleetingBytes);
    this.#news = new Ring(newsBytes);
  }

  keep(timeUs: number, bytes: Uint8Array, isNews: boolean): void {
    (isNews ? this.#news : this.#fleeting).push({ timeUs, bytes });
  }

  /** Since when scenes can be looked at; null before the first. */
  get fromUs(): number | null {
    return this.#fleeting.oldestUs;
  }

  /** Memory for all that is kept. */
  get bytes(): number {
    return this.#fleeting.bytes + this.#news.bytes;
  }

  /** All that happened and is still known, as one body of messages. */
  news(): Uint8Array {
    return packLive(this.#news.between(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY));
  }

  /** Scenes, tracks and samples of [fromUs, toUs), as one body of messages. */
  between(fromUs: number, toUs: number): Uint8Array {
    return packLive(this.#fleeting.between(fromUs, toUs));
  }
}

/** A queue bounded in bytes; times never go back by more than the few seconds that readings take. */
class Ring {
  #rows: Kept[] = [];
  #first = 0;
  bytes = 0;
  readonly #maxBytes: number;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get oldestUs(): number | null {
    return this.#rows[this.#first]?.timeUs ?? null;
  }

  push(row: Kept): void {
    this.#rows.push(row);
    this.bytes += row.bytes.byteLength;
    while (this.bytes > this.#maxBytes && this.#first < this.#rows.length - 1) {
      this.bytes -= this.#rows[this.#first++].bytes.byteLength;
    }
    if (this.#first > 4096 && 2 * this.#first > this.#rows.length) {
      this.#rows = this.#rows.slice(this.#first);
      this.#first = 0;
    }
  }

  between(fromUs: number, toUs: number): Uint8Array[] {
    const found: Uint8Array[] = [];
    for (let i = this.#first; i < this.#rows.length; i++) {
      const { timeUs, bytes } = this.#rows[i];
      if (timeUs >= fromUs && timeUs < toUs) found.push(bytes);
    }
    return found;
  }
}
