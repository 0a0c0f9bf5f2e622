import type { Claim } from '../../../engine/index.ts';
import { element } from '../element.ts';
import type { LiveModel } from '../live-model.ts';
import type { Moment } from '../moment.ts';
import { type Business, businessAt, type Visit } from '../operations/business-book.ts';
import type { DeliveryRow, GatewayDesk, OpenReview } from '../operations/gateway-desk.ts';
import { lowStock } from '../operations/low-stock.ts';
import type { People } from '../people.ts';
import type { Prices } from '../prices.ts';
import type { NewsBook } from '../time/news-book.ts';
import { moneyText, timeText, type Words } from '../words.ts';
import { ReviewCard } from './review-card.ts';

/** How often the gateway is asked for what it does not tell by itself, ms. */
const ASK_MS = 3000;
/** Visits, refusals and alerts shown at most, newest first. */
const VISITS_SHOWN = 30;
const ROWS_SHOWN = 8;

export interface OperationsParts {
  readonly model: LiveModel;
  readonly book: NewsBook;
  readonly people: People;
  readonly prices: Prices;
  readonly words: Words;
  readonly desk: GatewayDesk;
}

/** What the retailer's people work with: carts to review, visits up to their receipts, gates, shelves, deliveries. */
export class OperationsPanel {
  readonly root = element('section', { class: 'operations' });
  readonly #parts: OperationsParts;
  readonly #reviews = element('div', { class: 'reviews' });
  readonly #visits = element('tbody');
  readonly #gates = element('ul', { class: 'notes' });
  readonly #shelves = element('ul', { class: 'notes' });
  readonly #deliveries = element('ul', { class: 'notes' });
  readonly #cards = new Map<string, ReviewCard>();
  #askedMs = Number.NEGATIVE_INFINITY;
  #shown = '';

  constructor(parts: OperationsParts) {
    this.#parts = parts;
    const text = parts.words.operating;
    this.root.append(
      element('h2', {}, text.review.title),
      this.#reviews,
      element('h2', {}, text.visits),
      element(
        'div',
        { class: 'scrolls', tabindex: 0, role: 'region', 'aria-label': text.visits },
        element(
          'table',
          {},
          element('thead', {}, element('tr', {}, ...text.columns.map((name) => element('th', { scope: 'col' }, name)))),
          this.#visits,
        ),
      ),
      element('h2', {}, text.gates),
      this.#gates,
      element('h2', {}, text.shelves),
      this.#shelves,
      element('h2', {}, text.deliveries),
      this.#deliveries,
      element(
        'p',
        {},
        element('a', { href: 'webhooks/' }, text.resend),
        ' · ',
        element('a', { href: 'docs' }, text.docs),
      ),
    );
    this.#showReviews([]);
    this.#showDeliveries([]);
  }

  show({ timeUs }: Moment): void {
    if (performance.now() - this.#askedMs > ASK_MS) void this.#ask();
    const { book } = this.#parts;
    const business = businessAt(book.business, timeUs);
    const low = lowStock(this.#parts.model.run, book.claims, book.changes, timeUs);
    const key = JSON.stringify([business, low]);
    if (key === this.#shown) return;
    this.#shown = key;
    this.#showVisits(business.visits);
    this.#showGates(business);
    this.#showShelves(business, low);
  }

  async #ask(): Promise<void> {
    this.#askedMs = performance.now();
    const { desk } = this.#parts;
    try {
      const [reviews, deliveries] = await Promise.all([desk.reviews(), desk.deliveries()]);
      this.#showReviews(reviews);
      this.#showDeliveries(deliveries);
    } catch (error) {
      this.#deliveries.replaceChildren(note((error as Error).message));
    }
  }

  /** Cards stay while their review is open, so that what is being written is kept. */
  #showReviews(reviews: readonly OpenReview[]): void {
    const { words } = this.#parts;
    for (const [id, card] of this.#cards)
      if (!reviews.some((review) => review.id === id)) {
        card.root.remove();
        this.#cards.delete(id);
      }
    if (reviews.length === 0) {
      this.#reviews.replaceChildren(element('p', { class: 'quiet' }, words.operating.review.none));
      return;
    }
    for (const review of reviews) {
      if (this.#cards.has(review.id)) continue;
      if (this.#cards.size === 0) this.#reviews.replaceChildren();
      const card = this.#card(review);
      this.#cards.set(review.id, card);
      this.#reviews.append(card.root);
    }
  }

  #card(review: OpenReview): ReviewCard {
    const { desk, prices, words, people, book, model } = this.#parts;
    const carts = book.cartsAt(Number.POSITIVE_INFINITY);
    const cart = carts.find(({ credential }) => credential === review.tripId);
    const claims: readonly Claim[] = book.claims;
    return new ReviewCard({
      ...{ desk, prices, words, review, claims },
      who: cart ? people.nameOf(cart) : words.unknownShopper,
      engineTripId: cart?.tripId ?? null,
      skus: model.run.products.map(({ sku }) => sku),
    });
  }

  #showVisits(visits: readonly Visit[]): void {
    const { words, people } = this.#parts;
    const { states } = words.operating;
    const stateText = (state: string | null) =>
      state === null ? '' : ((states as Record<string, string>)[state] ?? state);
    const rows = visits
      .slice(-VISITS_SHOWN)
      .reverse()
      .map((visit) =>
        element(
          'tr',
          { class: `is-${visit.order ?? 'open'}`, title: visit.reason ?? '' },
          element('th', { scope: 'row' }, people.nameOf({ credential: visit.tripId })),
          element('td', {}, stateText(visit.cart)),
          element('td', {}, stateText(visit.order)),
          element('td', {}, stateText(visit.payment)),
          element('td', { class: 'money' }, this.#amount(visit)),
        ),
      );
    this.#visits.replaceChildren(
      ...(rows.length > 0 ? rows : [element('tr', {}, element('td', { colspan: 5 }, words.operating.noVisits))]),
    );
  }

  #amount({ amount, receiptNumber }: Visit): string {
    if (amount === null) return '';
    const money = moneyText(amount.amountMinor, amount.currency, this.#parts.words.language);
    return receiptNumber === null ? money : `${money} · ${receiptNumber}`;
  }

  #showGates({ denials, visits }: Business): void {
    const { operating } = this.#parts.words;
    const inside = visits.filter(({ cart }) => cart === 'open').length;
    this.#gates.replaceChildren(
      note(operating.inside(inside, visits.length)),
      ...denials
        .slice(-ROWS_SHOWN)
        .reverse()
        .map(({ timeUs, gateId, reason }) => note(`${timeText(timeUs)} ${operating.denied(gateId, reason)}`)),
    );
  }

  #showShelves(
    { alerts }: Business,
    low: readonly { readonly slotId: string; readonly sku: string; readonly left: number }[],
  ): void {
    const { words, prices } = this.#parts;
    const rows = [
      ...low
        .slice(0, ROWS_SHOWN)
        .map(({ slotId, sku, left }) => note(words.operating.low(prices.nameOf(sku), slotId, left))),
      ...alerts
        .slice(-ROWS_SHOWN)
        .reverse()
        .map(({ timeUs, about, text }) => note(`${timeText(timeUs)} ${about}: ${text}`)),
    ];
    this.#shelves.replaceChildren(...(rows.length > 0 ? rows : [note(words.operating.allWell)]));
  }

  #showDeliveries(deliveries: readonly DeliveryRow[]): void {
    const { operating } = this.#parts.words;
    const rows = deliveries
      .slice(0, ROWS_SHOWN)
      .map(({ type, state, attempts }) => note(`${type}: ${operating.delivered[state](attempts)}`));
    this.#deliveries.replaceChildren(...(rows.length > 0 ? rows : [note(operating.noDeliveries)]));
  }
}

function note(text: string): HTMLLIElement {
  return element('li', {}, text);
}
