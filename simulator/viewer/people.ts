import type { Cart } from '../../engine/index.ts';
import type { NewsBook } from './time/news-book.ts';
import type { Words } from './words.ts';

/** Letters of a credential that tell people apart well enough. */
const SHORT = 6;

/**
 * What shoppers are called on the page. A credential is an opaque number; where the truth is at hand, the name that the
 * scenario gives to the one who showed it stands instead.
 */
export class People {
  readonly #book: NewsBook;
  readonly #words: Words;

  constructor(book: NewsBook, words: Words) {
    this.#book = book;
    this.#words = words;
  }

  nameOf({ credential }: Pick<Cart, 'credential'>): string {
    if (credential === null) return this.#words.unknownShopper;
    const entered = this.#book.truth.find((event) => event.kind === 'entered' && event.credential === credential);
    const party = entered?.party ?? entered?.shopper;
    return typeof party === 'string' ? party : `…${credential.slice(-SHORT)}`;
  }
}
