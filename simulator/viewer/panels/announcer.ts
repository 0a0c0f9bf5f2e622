import { element } from '../element.ts';
import type { People } from '../people.ts';
import type { Prices } from '../prices.ts';
import type { NewsBook } from '../time/news-book.ts';
import type { Words } from '../words.ts';

/** Sentences a listener can take in at once. */
const MOST_AT_ONCE = 3;

/** Tells those who do not see the picture what happens in it. */
export class Announcer {
  readonly root = element('p', { class: 'unseen', 'aria-live': 'polite', 'aria-atomic': 'true' });
  readonly #book: NewsBook;
  readonly #people: People;
  readonly #prices: Prices;
  readonly #words: Words;
  #toldUs = Number.NaN;

  constructor(book: NewsBook, people: People, prices: Prices, words: Words) {
    this.#book = book;
    this.#people = people;
    this.#prices = prices;
    this.#words = words;
  }

  /** Says what happened since the moment it was last at; jumping about in time says nothing. */
  show(timeUs: number): void {
    const fromUs = this.#toldUs;
    this.#toldUs = timeUs;
    if (!(timeUs > fromUs && timeUs - fromUs < 5e6)) return;
    const sentences = this.#book.claims
      .filter((claim) => claim.timeUs > fromUs && claim.timeUs <= timeUs)
      .slice(-MOST_AT_ONCE)
      .map(({ sku, quantity, shares }) => {
        const trip = shares.reduce((best, row) => (row.prob > best.prob ? row : best));
        const cart = trip.tripId === null ? null : this.#book.lastCart(trip.tripId);
        const who = cart ? this.#people.nameOf(cart) : this.#words.nobody;
        const verb = quantity > 0 ? this.#words.marks.take : this.#words.marks['put-back'];
        return `${who}: ${Math.abs(quantity)} ${this.#prices.nameOf(sku)} ${verb}.`;
      });
    if (sentences.length > 0) this.root.textContent = sentences.join(' ');
  }
}
